import { sqlInteger, sqlString } from '../../core/sql';
import { printable } from './printable';

/**
 * QuickSight's expressions in SQL (AWS, "Functions and operators"), of rows or of groups of them. Texts and names of an expression
 * become SQL by quoting or by a table here, never as they are.
 */

export interface SqlExpression {
  readonly sql: string;
  /** Whether it is of a group of rows. */
  readonly isAggregate: boolean;
  /** How deep operations lie in each other: DuckDB parses 1,000 levels. */
  readonly depth: number;
  /** Of a literal text. */
  readonly text?: string;
}

/** What names stand for. */
export interface Names {
  /** SQL by column. */
  readonly columns: ReadonlyMap<string, string>;
  /** Expressions by calculated field. */
  readonly calculated: ReadonlyMap<string, string>;
  /** What calculated fields were found to be, filled in as they are looked up, so that each is worked out once. */
  readonly expanded: Map<string, SqlExpression>;
  /** SQL by parameter. */
  readonly parameters: ReadonlyMap<string, string>;
  /** SQL of the present. */
  readonly now: string;
}

/** Parts of time that SQL knows. A file's words become one of them by a table. */
export type Unit = 'year' | 'quarter' | 'month' | 'week' | 'day' | 'hour' | 'minute' | 'second' | 'millisecond';

/** The longest expression: QuickSight takes 32,000 characters. */
const MOST_CHARACTERS = 100_000;

/** The longest SQL of a calculated field, with those that it refers to. */
const MOST_SQL = 100_000;

/** How deep parentheses, functions and calculated fields may lie in each other. */
const MOST_NESTING = 200;

/** How deep operations may lie in each other, in levels of DuckDB's parser. */
const MOST_DEPTH = 600;

const TOKEN =
  /\s*(?:(?<number>\d+(?:\.\d+)?)|'(?<text>[^']*(?:''[^']*)*)'|"(?<quoted>[^"]*)"|\{(?<field>[^}]+)\}|\$\{(?<parameter>\w+)\}|(?<name>[A-Za-z_]\w*)|(?<sign><>|!=|<=|>=|[-+*/%=<>(),]))/y;

interface Token {
  readonly kind: string;
  readonly text: string;
}

/** Binary operators from the loosest to the tightest. */
const OPERATORS: readonly (readonly string[])[] = [
  ['OR'],
  ['AND'],
  ['<>', '!=', '<=', '>=', '=', '<', '>'],
  ['+', '-'],
  ['*', '/', '%'],
];

/** What is being read: calculated fields from the outside in, and how deep it lies in them. */
interface Within {
  readonly fields: readonly string[];
  readonly nesting: number;
}

const OUTSIDE: Within = { fields: [], nesting: 0 };

/** @throws an Error that says what is not understood, or which limit is exceeded. */
export function sqlExpression(source: string, names: Names, within: Within = OUTSIDE): SqlExpression {
  const field = within.fields.at(-1);
  const subject = field === undefined ? 'the expression' : `the calculated field ${printable(field)}`;
  const about = `in ${printable(source)}`;
  if (source.length > MOST_CHARACTERS)
    throw new Error(`${subject} is longer than ${MOST_CHARACTERS.toLocaleString('en')} characters`);
  const tokens = tokensOf(source);
  let next = 0;
  let { nesting } = within;
  const deeper = <T>(read: () => T): T => {
    if (++nesting > MOST_NESTING)
      throw new Error(`${subject} is nested more than ${MOST_NESTING} levels deep ${about}`);
    const found = read();
    nesting--;
    return found;
  };
  const peek = (): string | undefined => {
    const token = tokens[next];
    return token && (token.kind === 'sign' || token.kind === 'name') ? token.text.toUpperCase() : undefined;
  };
  const take = (text: string): boolean => {
    if (peek() !== text) return false;
    next++;
    return true;
  };
  const here = (): string => printable(tokens[next]?.text ?? 'the end');
  const demand = (text: string): void => {
    if (!take(text)) throw new Error(`"${text}" is expected before "${here()}" ${about}`);
  };
  const join = (
    parts: readonly SqlExpression[],
    levels: number,
    write: (...sql: string[]) => string,
  ): SqlExpression => {
    const length = parts.reduce((sum, { sql }) => sum + sql.length, 0);
    const depth = parts.reduce((most, part) => Math.max(most, part.depth), 0) + levels;
    if (length > MOST_SQL)
      throw new Error(`${subject} expands to more than ${MOST_SQL.toLocaleString('en')} characters of SQL`);
    if (depth > MOST_DEPTH) throw new Error(`${subject} has too many operations in each other ${about}`);
    const isAggregate = parts.some((part) => part.isAggregate);
    return { sql: write(...parts.map(({ sql }) => sql)), isAggregate, depth };
  };
  const binary = (level: number): SqlExpression => {
    const signs = OPERATORS[level];
    if (!signs) return unary();
    const first = binary(level + 1);
    if (level < 2) return chain(level, first, signs[0]!);
    let left = first;
    for (;;) {
      const sign = signs.find((each) => take(each));
      if (sign === undefined) return left;
      left = join([left, binary(level + 1)], sign === '/' ? 3 : 1, (a, b) => `(${operation(a!, sign, b!)})`);
    }
  };
  // SQL takes any number of conditions beside each other, and only some in each other.
  const chain = (level: number, first: SqlExpression, sign: string): SqlExpression => {
    const parts = [first];
    while (take(sign)) parts.push(binary(level + 1));
    return parts.length === 1 ? first : join(parts, 1, (...sql) => `(${sql.join(` ${sign} `)})`);
  };
  const unary = (): SqlExpression => {
    const sign = ['-', 'NOT'].find((each) => take(each));
    if (sign === undefined) return primary();
    return join([deeper(unary)], 1, (operand) => `(${sign} ${operand})`);
  };
  const primary = (): SqlExpression => {
    if (take('(')) {
      const inner = deeper(() => binary(0));
      demand(')');
      return inner;
    }
    const token = tokens[next++];
    const fieldOf = (name: string) => deeper(() => fieldExpression(name, names, { fields: within.fields, nesting }));
    switch (token?.kind) {
      case 'number':
        return ofRow(token.text);
      case 'text':
      case 'quoted': {
        const text = token.text.replaceAll("''", "'");
        return { ...ofRow(sqlString(text)), text };
      }
      case 'parameter':
        return ofRow(known(names.parameters, token.text, 'parameter'));
      case 'field':
        return fieldOf(token.text);
      case 'name':
        return peek() === '(' ? called(token.text) : fieldOf(token.text);
      default:
        throw new Error(`"${printable(token?.text ?? 'the end')}" is not expected ${about}`);
    }
  };
  const called = (name: string): SqlExpression => {
    demand('(');
    const args: SqlExpression[] = [];
    if (!take(')')) {
      do args.push(deeper(() => binary(0)));
      while (take(','));
      demand(')');
    }
    return call(name, args, names, join);
  };
  const whole = binary(0);
  if (next < tokens.length) throw new Error(`"${here()}" is not expected ${about}`);
  return whole;
}

/** A column, or a calculated field. */
export function fieldExpression(name: string, names: Names, { fields, nesting }: Within = OUTSIDE): SqlExpression {
  const calculated = names.calculated.get(name);
  if (calculated === undefined) return ofRow(known(names.columns, name, 'column'));
  const found = names.expanded.get(name);
  if (found) return found;
  if (fields.includes(name)) throw new Error(`the calculated field ${printable(name)} is made of itself`);
  // Inside an expression, a literal is no longer one that could stand for a unit.
  const { text: _, ...expression } = sqlExpression(calculated, names, { fields: [...fields, name], nesting });
  names.expanded.set(name, expression);
  return expression;
}

/** Units by the words of functions. */
const PERIODS: ReadonlyMap<string, Unit> = new Map([
  ['YYYY', 'year'],
  ['Q', 'quarter'],
  ['MM', 'month'],
  ['WK', 'week'],
  ['DD', 'day'],
  ['HH', 'hour'],
  ['MI', 'minute'],
  ['SS', 'second'],
]);

/** Units by the words of fields and filters. */
const GRANULARITIES: ReadonlyMap<string, Unit> = new Map([
  ['YEAR', 'year'],
  ['QUARTER', 'quarter'],
  ['MONTH', 'month'],
  ['WEEK', 'week'],
  ['DAY', 'day'],
  ['HOUR', 'hour'],
  ['MINUTE', 'minute'],
  ['SECOND', 'second'],
  ['MILLISECOND', 'millisecond'],
]);

/** The unit of a granularity, such as `DAY`. @throws an Error for any other text. */
export function granularityUnit(granularity: string): Unit {
  const unit = GRANULARITIES.get(granularity);
  if (unit === undefined) throw new Error(`the granularity ${printable(granularity)} can't be computed here`);
  return unit;
}

/** Of a group of rows; with `If`, of those for which the last argument holds. */
const AGGREGATES: ReadonlyMap<string, (sql: string) => string> = new Map([
  ['count', (sql) => `COUNT(${sql})`],
  ['distinct_count', (sql) => `COUNT(DISTINCT ${sql})`],
  ['sum', (sql) => `SUM(${sql})`],
  ['avg', (sql) => `AVG(${sql})`],
  ['min', (sql) => `MIN(${sql})`],
  ['max', (sql) => `MAX(${sql})`],
  ['median', (sql) => `MEDIAN(${sql})`],
  ['stdev', (sql) => `STDDEV_SAMP(${sql})`],
  ['stdevp', (sql) => `STDDEV_POP(${sql})`],
  ['var', (sql) => `VAR_SAMP(${sql})`],
  ['varp', (sql) => `VAR_POP(${sql})`],
]);

/** An aggregation of a well, such as `DISTINCT_COUNT`. */
export function aggregated(aggregation: string, { sql, isAggregate, depth }: SqlExpression): SqlExpression {
  const aggregate = AGGREGATES.get(aggregation === 'AVERAGE' ? 'avg' : aggregation.toLowerCase());
  if (!aggregate) throw new Error(`the aggregation ${printable(aggregation)} can't be computed here`);
  if (isAggregate) throw new Error(`${aggregation} of what is aggregated already`);
  return { sql: aggregate(sql), isAggregate: true, depth: depth + 1 };
}

/** How a function is written, with the fewest and most arguments it takes. */
interface Written {
  readonly least: number;
  readonly most: number;
  readonly write: (...args: string[]) => string;
}

function taking(least: number, most: number, write: Written['write']): Written {
  return { least, most, write };
}

function taking1(write: (value: string) => string): Written {
  return taking(1, 1, (value) => write(value!));
}

function taking2(write: (a: string, b: string) => string): Written {
  return taking(2, 2, (a, b) => write(a!, b!));
}

function taking3(write: (a: string, b: string, c: string) => string): Written {
  return taking(3, 3, (a, b, c) => write(a!, b!, c!));
}

const FUNCTIONS: ReadonlyMap<string, Written> = new Map([
  [
    'ifelse',
    taking(2, Infinity, (...args) => {
      const cases = args.slice(0, args.length - (args.length % 2));
      const whens = cases.flatMap((condition, n) => (n % 2 === 0 ? [`WHEN ${condition} THEN ${cases[n + 1]}`] : []));
      return `CASE ${whens.join(' ')} ELSE ${args.length % 2 === 1 ? args.at(-1) : 'NULL'} END`;
    }),
  ],
  ['isnull', taking1((value) => `(${value} IS NULL)`)],
  ['isnotnull', taking1((value) => `(${value} IS NOT NULL)`)],
  ['nullif', taking2((a, b) => `NULLIF(${a}, ${b})`)],
  ['coalesce', taking(1, Infinity, (...args) => `COALESCE(${args.join(', ')})`)],
  ['in', taking(2, Infinity, (value, ...list) => `(${value} IN (${list.join(', ')}))`)],
  ['notin', taking(2, Infinity, (value, ...list) => `(${value} NOT IN (${list.join(', ')}))`)],
  ['abs', taking1((value) => `ABS(${value})`)],
  ['ceil', taking1((value) => `CEIL(${value})`)],
  ['floor', taking1((value) => `CAST(FLOOR(${value}) AS BIGINT)`)],
  ['round', taking(1, 2, (value, places = '0') => `ROUND(${value}, ${places})`)],
  ['sqrt', taking1((value) => `SQRT(${value})`)],
  ['exp', taking1((value) => `EXP(${value})`)],
  ['ln', taking1((value) => `LN(${value})`)],
  ['log', taking1((value) => `LOG10(${value})`)],
  ['mod', taking2((a, b) => `(${a} % ${b})`)],
  ['concat', taking(1, Infinity, (...args) => `CONCAT(${args.join(', ')})`)],
  ['tolower', taking1((value) => `LOWER(${value})`)],
  ['toupper', taking1((value) => `UPPER(${value})`)],
  ['trim', taking1((value) => `TRIM(${value})`)],
  ['strlen', taking1((value) => `LENGTH(${value})`)],
  ['substring', taking3((value, start, length) => `SUBSTRING(${value}, ${start}, ${length})`)],
  ['left', taking2((value, length) => `LEFT(${value}, ${length})`)],
  ['right', taking2((value, length) => `RIGHT(${value}, ${length})`)],
  ['replace', taking3((value, from, to) => `REPLACE(${value}, ${from}, ${to})`)],
  ['contains', taking2((value, part) => `CONTAINS(${value}, ${part})`)],
  ['startswith', taking2((value, part) => `STARTS_WITH(${value}, ${part})`)],
  ['endswith', taking2((value, part) => `ENDS_WITH(${value}, ${part})`)],
  ['tostring', taking1((value) => `CAST(${value} AS VARCHAR)`)],
  ['parseint', taking1((value) => `TRY_CAST(${value} AS BIGINT)`)],
  ['parsedecimal', taking1((value) => `TRY_CAST(${value} AS DOUBLE)`)],
  ['inttodecimal', taking1((value) => `CAST(${value} AS DOUBLE)`)],
  ['decimaltoint', taking1((value) => `CAST(TRUNC(${value}) AS BIGINT)`)],
  ['epochdate', taking1((value) => `CAST(TO_TIMESTAMP(${value}) AT TIME ZONE 'UTC' AS TIMESTAMP)`)],
]);

/** Functions with a period among their arguments, which is a word and no SQL. */
const PERIOD_FUNCTIONS: ReadonlyMap<
  string,
  Omit<Written, 'write'> & { write(args: readonly SqlExpression[]): string }
> = new Map([
  [
    'extract',
    {
      least: 2,
      most: 2,
      write: ([unit, value]) =>
        unit!.text?.toUpperCase() === 'WD'
          ? `(EXTRACT(DOW FROM ${value!.sql}) + 1)`
          : `EXTRACT(${unitSql(periodOf(unit!))} FROM ${value!.sql})`,
    },
  ],
  ['truncdate', { least: 2, most: 2, write: ([unit, value]) => truncatedSql(periodOf(unit!), value!.sql) }],
  [
    'adddatetime',
    {
      least: 3,
      most: 3,
      write: ([amount, unit, value]) => `(${value!.sql} + ${amount!.sql} * INTERVAL 1 ${unitSql(periodOf(unit!))})`,
    },
  ],
  [
    'datediff',
    {
      least: 2,
      most: 3,
      write: ([from, to, unit]) => `DATE_DIFF('${unitSql(unit ? periodOf(unit) : 'day')}', ${from!.sql}, ${to!.sql})`,
    },
  ],
]);

/** A time in SQL, from ISO 8601 or with a space instead of the T. */
export function timestampSql(text: string): string {
  return `CAST(${sqlString(text.replace('T', ' ').replace('Z', ''))} AS TIMESTAMP)`;
}

/** The longest SQL of a visual. */
const MOST_VISUAL_SQL = 250_000;

/** @throws an Error if a visual's SQL would be longer than one can be. */
export function demandShort(length: number): void {
  if (length > MOST_VISUAL_SQL)
    throw new Error(`needs more than ${MOST_VISUAL_SQL.toLocaleString('en')} characters of SQL`);
}

/** Columns and parameters that an expression names. */
export function namesIn(expression: string): { readonly columns: string[]; readonly parameters: string[] } {
  // Up to the last brace, so that each opening one is closed: looking for the end is not repeated.
  const bare = expression.slice(0, expression.lastIndexOf('}') + 1).replace(/'[^']*(?:''[^']*)*'/g, "''");
  return {
    columns: [...bare.replace(/\$\{\w+\}/g, '').matchAll(/\{([^}]+)\}/g)].map(([, name]) => name!),
    parameters: [...bare.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name!),
  };
}

const UNIT_WORDS: Readonly<Record<Unit, string>> = {
  year: 'year',
  quarter: 'quarter',
  month: 'month',
  week: 'week',
  day: 'day',
  hour: 'hour',
  minute: 'minute',
  second: 'second',
  millisecond: 'millisecond',
};

/** A unit in SQL. The type allows none but these; so does this table, for what comes around the types. */
function unitSql(unit: Unit): string {
  if (!Object.hasOwn(UNIT_WORDS, unit)) throw new Error(`the unit ${printable(String(unit))} can't be computed here`);
  return UNIT_WORDS[unit];
}

/** The start of a period; weeks begin on Sunday (AWS, "truncDate"). */
export function truncatedSql(unit: Unit, value: string): string {
  if (unit === 'week') return `(CAST(DATE_TRUNC('week', ${value} + INTERVAL 1 DAY) AS TIMESTAMP) - INTERVAL 1 DAY)`;
  return `CAST(DATE_TRUNC('${unitSql(unit)}', ${value}) AS TIMESTAMP)`;
}

/** A time some units later, or earlier. */
export function shiftedSql(value: string, count: number, unit: Unit): string {
  return `${value} + ${sqlInteger(count, -MOST_UNITS, MOST_UNITS)} * INTERVAL 1 ${unitSql(unit)}`;
}

/** How far relative dates reach, in any unit. */
const MOST_UNITS = 1_000_000;

type Join = (parts: readonly SqlExpression[], levels: number, write: (...sql: string[]) => string) => SqlExpression;

/** Levels of DuckDB's parser that the deepest function takes. */
const FUNCTION_LEVELS = 6;

function call(name: string, args: readonly SqlExpression[], { now }: Names, join: Join): SqlExpression {
  if (name === 'now') {
    demandArguments(name, args, 0, 0);
    return ofRow(now);
  }
  const aggregate = AGGREGATES.get(name.replace(/If$/, ''));
  if (aggregate) {
    if (args.some(({ isAggregate }) => isAggregate)) throw new Error(`${name} of what is aggregated already`);
    const count = name.endsWith('If') ? 2 : 1;
    demandArguments(name, args, count, count);
    const write = (value: string, condition?: string): string =>
      `${aggregate(value)}${condition === undefined ? '' : ` FILTER (WHERE ${condition})`}`;
    return { ...join(args, 1, (...sql) => write(sql[0]!, sql[1])), isAggregate: true };
  }
  const lower = name.toLowerCase();
  const ofPeriod = PERIOD_FUNCTIONS.get(lower);
  const written = ofPeriod ?? FUNCTIONS.get(lower);
  if (!written) throw new Error(`the function ${printable(name)} can't be computed here`);
  demandArguments(name, args, written.least, written.most);
  return join(args, FUNCTION_LEVELS, (...sql) =>
    ofPeriod ? ofPeriod.write(args) : (written as Written).write(...sql),
  );
}

function demandArguments(name: string, args: readonly SqlExpression[], least: number, most: number): void {
  if (args.length < least || args.length > most)
    throw new Error(`${printable(name)} of ${args.length} arguments can't be computed here`);
}

function operation(left: string, sign: string, right: string): string {
  if (sign === '/') return `CAST(${left} AS DOUBLE) / NULLIF(${right}, 0)`;
  return `${left} ${sign === '!=' ? '<>' : sign} ${right}`;
}

function ofRow(sql: string): SqlExpression {
  return { sql, isAggregate: false, depth: 0 };
}

function known(names: ReadonlyMap<string, string>, name: string, what: string): string {
  const sql = names.get(name);
  if (sql === undefined) throw new Error(`there is no ${what} ${printable(name)}`);
  return sql;
}

/** The unit that an argument stands for. */
function periodOf({ text, sql }: SqlExpression): Unit {
  const unit = PERIODS.get(text?.toUpperCase() ?? '');
  if (unit === undefined) throw new Error(`the unit ${printable(sql)} can't be computed here`);
  return unit;
}

function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  const end = source.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const at = TOKEN.lastIndex;
    const groups = TOKEN.exec(source)?.groups;
    if (!groups) throw new Error(`"${printable(source.slice(at, at + 20))}" is not understood in ${printable(source)}`);
    const [kind, text] = Object.entries(groups).find(([, each]) => each !== undefined)!;
    tokens.push({ kind, text: text! });
  }
  return tokens;
}
