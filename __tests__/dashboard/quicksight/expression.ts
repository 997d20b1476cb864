import { DAY_MS, HOUR_MS } from '../../../core/time';
/**
 * QuickSight's calculated fields, read and computed from AWS's documentation alone ("Function and operator reference"): shares
 * nothing with what writes them.
 */

export type Cell = string | number | boolean | null;
export type Row = Readonly<Record<string, Cell>>;

/** What names stand for: other calculated fields by name, and parameters. */
export interface Scope {
  readonly fields: ReadonlyMap<string, string>;
  readonly parameters: Readonly<Record<string, string>>;
  readonly now: string;
}

type OfRow = (row: Row) => Cell;
type OfRows = (rows: readonly Row[]) => Cell;
export type Compiled =
  | { readonly kind: 'row'; readonly of: OfRow; readonly isConstant?: true }
  | { readonly kind: 'rows'; readonly of: OfRows };

const TOKEN =
  /\s*(?:(\d+(?:\.\d+)?)|'((?:[^']|'')*)'|\{([^}]+)\}|\$\{(\w+)\}|([A-Za-z_]\w*)|(<>|<=|>=|[-+*/%=<>(),]))/y;

interface Token {
  readonly kind: 'number' | 'text' | 'field' | 'parameter' | 'name' | 'sign';
  readonly text: string;
}

function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.trimEnd().length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(source);
    if (!match) throw new Error(`at ${at} in ${source}`);
    const kinds = ['number', 'text', 'field', 'parameter', 'name', 'sign'] as const;
    const n = match.slice(1).findIndex((part) => part !== undefined);
    tokens.push({ kind: kinds[n]!, text: match[n + 1]! });
  }
  return tokens;
}

/** Of what a group of rows has, or of each row. */
export function compile(source: string, scope: Scope): Compiled {
  const tokens = tokensOf(source);
  let next = 0;
  const peek = (): string | undefined =>
    tokens[next]?.kind === 'sign' || tokens[next]?.kind === 'name' ? tokens[next]!.text : undefined;
  const take = (text: string): boolean => {
    if (peek()?.toUpperCase() !== text) return false;
    next++;
    return true;
  };
  const demand = (text: string): void => {
    if (!take(text)) throw new Error(`${text} expected at ${next} in ${source}`);
  };
  const binary = (operand: () => Compiled, operators: Readonly<Record<string, (a: Cell, b: Cell) => Cell>>) => () => {
    let left = operand();
    for (;;) {
      const sign = Object.keys(operators).find((each) => take(each));
      if (sign === undefined) return left;
      left = lift([left, operand()], ([a, b]) => operators[sign]!(a!, b!));
    }
  };
  const product = binary(unary, {
    '*': numeric((a, b) => a * b),
    '/': numeric((a, b) => (b === 0 ? null : a / b)),
    '%': numeric((a, b) => a % b),
  });
  const sum = binary(product, { '+': numeric((a, b) => a + b), '-': numeric((a, b) => a - b) });
  const comparison = binary(sum, {
    '<>': compared((order) => order !== 0),
    '<=': compared((order) => order <= 0),
    '>=': compared((order) => order >= 0),
    '=': compared((order) => order === 0),
    '<': compared((order) => order < 0),
    '>': compared((order) => order > 0),
  });
  const conjunction = binary(comparison, { AND: (a, b) => a === true && b === true });
  const expression = binary(conjunction, { OR: (a, b) => a === true || b === true });

  function unary(): Compiled {
    return take('-') ? lift([unary()], ([a]) => (a === null ? null : -Number(a))) : primary();
  }
  function primary(): Compiled {
    if (take('(')) {
      const inner = expression();
      demand(')');
      return inner;
    }
    const token = tokens[next++];
    switch (token?.kind) {
      case 'number':
        return constant(Number(token.text));
      case 'text':
        return constant(token.text.replaceAll("''", "'"));
      case 'parameter': {
        const value = scope.parameters[token.text];
        if (value === undefined) throw new Error(`there is no parameter ${token.text}`);
        return constant(value);
      }
      case 'field': {
        const { text: name } = token;
        const calculated = scope.fields.get(name);
        return calculated === undefined
          ? { kind: 'row', of: (row) => cell(row, name) }
          : remembered(scope, name, () => compile(calculated, scope));
      }
      case 'name': {
        demand('(');
        const args: Compiled[] = [];
        if (!take(')')) {
          do args.push(expression());
          while (take(','));
          demand(')');
        }
        return call(token.text, args, scope.now);
      }
      default:
        throw new Error(`${token?.text} unexpected in ${source}`);
    }
  }
  const compiled = expression();
  if (next < tokens.length) throw new Error(`${tokens[next]!.text} is left of ${source}`);
  return compiled;
}

function call(name: string, args: readonly Compiled[], now: string): Compiled {
  if (name === 'now') return constant(now);
  const aggregate = AGGREGATES[name.replace(/If$/, '')];
  if (!aggregate) {
    const scalar = SCALARS[name];
    if (!scalar) throw new Error(`there is no function ${name}`);
    return lift(args, scalar);
  }
  const [value, condition] = args.map((arg) => {
    if (arg.kind === 'rows') throw new Error(`${name} of an aggregate`);
    return arg.of;
  });
  if (name.endsWith('If') !== (condition !== undefined) || !value)
    throw new Error(`${name} of ${args.length} arguments`);
  return {
    kind: 'rows',
    of: (rows) =>
      aggregate(
        (condition ? rows.filter((row) => condition(row) === true) : rows).map(value).filter((each) => each !== null),
      ),
  };
}

/** Nulls are left out before. */
export const AGGREGATES: Readonly<Record<string, (values: readonly Cell[]) => Cell>> = {
  count: (values) => values.length,
  distinct_count: (values) => new Set(values).size,
  sum: (values) => (values.length === 0 ? null : values.reduce<number>((total, each) => total + Number(each), 0)),
  avg: (values) =>
    values.length === 0 ? null : values.reduce<number>((total, each) => total + Number(each), 0) / values.length,
  min: (values) => extreme(values, (a, b) => a < b),
  max: (values) => extreme(values, (a, b) => a > b),
};

function extreme(values: readonly Cell[], isBetter: (a: Cell & {}, b: Cell & {}) => boolean): Cell {
  return values.reduce<Cell>((best, each) => (best === null || isBetter(each!, best) ? each : best), null);
}

const UNITS: Readonly<Record<string, number>> = { DD: DAY_MS, HH: HOUR_MS, MI: 60_000, SS: 1000 };

const SCALARS: Readonly<Record<string, (args: readonly Cell[]) => Cell>> = {
  ifelse: (args) => {
    for (let n = 0; n + 1 < args.length; n += 2) if (args[n] === true) return args[n + 1]!;
    return args.length % 2 === 1 ? args.at(-1)! : null;
  },
  isNull: ([value]) => value === null,
  nullIf: ([a, b]) => (a === b ? null : a!),
  abs: ([value]) => (value === null ? null : Math.abs(Number(value))),
  floor: ([value]) => (value === null ? null : Math.floor(Number(value))),
  mod: ([a, b]) => (a === null || b === null ? null : Number(a) % Number(b)),
  extract: ([unit, value]) => {
    if (value === null) return null;
    const date = new Date(msOf(value!));
    if (unit === 'WD') return date.getUTCDay() + 1; // Sunday is 1
    if (unit === 'HH') return date.getUTCHours();
    throw new Error(`extract of ${unit}`);
  },
  truncDate: ([unit, value]) => (value === null ? null : truncated(String(value), String(unit))),
  addDateTime: ([amount, unit, value]) => textOf(msOf(value!) + Number(amount) * UNITS[String(unit)]!),
  /** From the first to the second. */
  dateDiff: ([from, to, unit]) => Math.trunc((msOf(to!) - msOf(from!)) / UNITS[String(unit)]!),
};

/** Start of the period that a time is in; weeks begin with Monday, as the dashboard's options say. */
export function truncated(time: string, unit: string): string {
  const [date, clock] = [time.slice(0, 10), time.slice(11)];
  switch (unit) {
    case 'YYYY':
    case 'YEAR':
      return `${date.slice(0, 4)}-01-01 00:00:00`;
    case 'MM':
    case 'MONTH':
      return `${date.slice(0, 7)}-01 00:00:00`;
    case 'WK':
    case 'WEEK': {
      const ms = msOf(`${date} 00:00:00`);
      return textOf(ms - ((new Date(ms).getUTCDay() + 6) % 7) * DAY_MS);
    }
    case 'DD':
    case 'DAY':
      return `${date} 00:00:00`;
    case 'HH':
    case 'HOUR':
      return `${date} ${clock.slice(0, 2)}:00:00`;
    case 'MI':
    case 'MINUTE':
      return `${date} ${clock.slice(0, 5)}:00`;
    default:
      throw new Error(`there is no unit ${unit}`);
  }
}

function msOf(value: Cell): number {
  return Date.parse(`${String(value).replace(' ', 'T')}Z`);
}

function textOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}

function cell(row: Row, name: string): Cell {
  const value = row[name];
  if (value === undefined) throw new Error(`there is no column ${name}`);
  return value;
}

function constant(value: Cell): Compiled {
  return { kind: 'row', of: () => value, isConstant: true };
}

const compiledIn = new WeakMap<Scope, Map<string, Compiled>>();

/** A calculated field, computed once for each row however often it is named. */
function remembered(scope: Scope, name: string, compileField: () => Compiled): Compiled {
  const known = compiledIn.get(scope) ?? new Map<string, Compiled>();
  compiledIn.set(scope, known);
  const before = known.get(name);
  if (before) return before;
  const compiled = compileField();
  const values = new WeakMap<Row, Cell>();
  const of = (row: Row): Cell => {
    let value = values.get(row);
    if (value === undefined) {
      value = (compiled.of as OfRow)(row);
      values.set(row, value);
    }
    return value;
  };
  const result: Compiled = compiled.kind === 'row' ? { kind: 'row', of } : compiled;
  known.set(name, result);
  return result;
}

/** A function of each row, or of each group as soon as one of its arguments is. */
function lift(args: readonly Compiled[], action: (values: readonly Cell[]) => Cell): Compiled {
  if (args.every((arg) => arg.kind === 'row')) {
    const ofs = args.map((arg) => arg.of as OfRow);
    if (args.every((arg) => arg.kind === 'row' && arg.isConstant)) return constant(action(ofs.map((of) => of({}))));
    return { kind: 'row', of: (row) => action(ofs.map((of) => of(row))) };
  }
  return {
    kind: 'rows',
    of: (rows) => action(args.map((arg) => (arg.kind === 'rows' ? arg.of(rows) : arg.of(rows[0] ?? {})))),
  };
}

function numeric(action: (a: number, b: number) => Cell) {
  return (a: Cell, b: Cell): Cell => (a === null || b === null ? null : action(Number(a), Number(b)));
}

function compared(holds: (order: number) => boolean) {
  return (a: Cell, b: Cell): Cell => {
    if (a === null || b === null) return null;
    if (typeof a !== typeof b) throw new Error(`${a} and ${b} can't be compared`);
    return holds(a < b ? -1 : a > b ? 1 : 0);
  };
}
