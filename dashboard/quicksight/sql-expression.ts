import { literal } from '../../metrics/query';

/** QuickSight's expressions in SQL (AWS, "Functions and operators"), of rows or of groups of them. */

export interface SqlExpression {
  readonly sql: string;
  /** Whether it is of a group of rows. */
  readonly isAggregate: boolean;
}

/** What names stand for. */
export interface Names {
  /** SQL by column. */
  readonly columns: ReadonlyMap<string, string>;
  /** Expressions by calculated field. */
  readonly calculated: ReadonlyMap<string, string>;
  /** SQL by parameter. */
  readonly parameters: ReadonlyMap<string, string>;
  /** SQL of the present. */
  readonly now: string;
}

const TOKEN =
  /\s*(?:(?<number>\d+(?:\.\d+)?)|'(?<text>(?:[^']|'')*)'|"(?<quoted>[^"]*)"|\{(?<field>[^}]+)\}|\$\{(?<parameter>\w+)\}|(?<name>[A-Za-z_]\w*)|(?<sign><>|!=|<=|>=|[-+*/%=<>(),]))/y;

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

/** Throws an Error that says what is not understood. */
export function sqlExpression(source: string, names: Names, within: readonly string[] = []): SqlExpression {
  const tokens = tokensOf(source);
  let next = 0;
  const peek = (): string | undefined => {
    const token = tokens[next];
    return token && (token.kind === 'sign' || token.kind === 'name') ? token.text.toUpperCase() : undefined;
  };
  const take = (text: string): boolean => {
    if (peek() !== text) return false;
    next++;
    return true;
  };
  const demand = (text: string): void => {
    if (!take(text)) throw new Error(`"${text}" is expected before "${tokens[next]?.text ?? 'the end'}" in ${source}`);
  };
  const binary = (level: number): SqlExpression => {
    const signs = OPERATORS[level];
    if (!signs) return unary();
    let left = binary(level + 1);
    for (;;) {
      const sign = signs.find((each) => take(each));
      if (sign === undefined) return left;
      const right = binary(level + 1);
      left = joined([left, right], `(${operation(left.sql, sign, right.sql)})`);
    }
  };
  const unary = (): SqlExpression => {
    const sign = ['-', 'NOT'].find((each) => take(each));
    if (sign === undefined) return primary();
    const operand = unary();
    return joined([operand], `(${sign} ${operand.sql})`);
  };
  const primary = (): SqlExpression => {
    if (take('(')) {
      const inner = binary(0);
      demand(')');
      return inner;
    }
    const token = tokens[next++];
    switch (token?.kind) {
      case 'number':
        return ofRow(token.text);
      case 'text':
      case 'quoted':
        return ofRow(literal(token.text.replaceAll("''", "'")));
      case 'parameter':
        return ofRow(known(names.parameters, token.text, 'parameter'));
      case 'field':
        return fieldExpression(token.text, names, within);
      case 'name': {
        if (peek() !== '(') return fieldExpression(token.text, names, within);
        demand('(');
        const args: SqlExpression[] = [];
        if (!take(')')) {
          do args.push(binary(0));
          while (take(','));
          demand(')');
        }
        return call(token.text, args, names);
      }
      default:
        throw new Error(`"${token?.text ?? 'the end'}" is not expected in ${source}`);
    }
  };
  const whole = binary(0);
  if (next < tokens.length) throw new Error(`"${tokens[next]!.text}" is not expected in ${source}`);
  return whole;
}

/** A column, or a calculated field. */
export function fieldExpression(name: string, names: Names, within: readonly string[] = []): SqlExpression {
  const calculated = names.calculated.get(name);
  if (calculated === undefined) return ofRow(known(names.columns, name, 'column'));
  if (within.includes(name)) throw new Error(`the calculated field ${name} is made of itself`);
  return sqlExpression(calculated, names, [...within, name]);
}

const UNITS: Readonly<Record<string, string>> = {
  YYYY: 'year',
  Q: 'quarter',
  MM: 'month',
  WK: 'week',
  DD: 'day',
  HH: 'hour',
  MI: 'minute',
  SS: 'second',
};

/** Of a group of rows; with `If`, of those for which the last argument holds. */
const AGGREGATES: Readonly<Record<string, (sql: string) => string>> = {
  count: (sql) => `COUNT(${sql})`,
  distinct_count: (sql) => `COUNT(DISTINCT ${sql})`,
  sum: (sql) => `SUM(${sql})`,
  avg: (sql) => `AVG(${sql})`,
  min: (sql) => `MIN(${sql})`,
  max: (sql) => `MAX(${sql})`,
  median: (sql) => `MEDIAN(${sql})`,
  stdev: (sql) => `STDDEV_SAMP(${sql})`,
  stdevp: (sql) => `STDDEV_POP(${sql})`,
  var: (sql) => `VAR_SAMP(${sql})`,
  varp: (sql) => `VAR_POP(${sql})`,
};

/** Names of aggregations in wells that differ from those of functions. */
const AGGREGATIONS: Readonly<Record<string, string>> = { AVERAGE: 'avg' };

/** An aggregation of a well, such as `DISTINCT_COUNT`. */
export function aggregated(aggregation: string, { sql, isAggregate }: SqlExpression): SqlExpression {
  const aggregate = AGGREGATES[AGGREGATIONS[aggregation] ?? aggregation.toLowerCase()];
  if (!aggregate) throw new Error(`the aggregation ${aggregation} can't be computed here`);
  if (isAggregate) throw new Error(`${aggregation} of what is aggregated already`);
  return { sql: aggregate(sql), isAggregate: true };
}

const FUNCTIONS: Readonly<Record<string, (...args: string[]) => string>> = {
  ifelse: (...args) => {
    const cases = args.slice(0, args.length - (args.length % 2));
    const whens = cases.flatMap((condition, n) => (n % 2 === 0 ? [`WHEN ${condition} THEN ${cases[n + 1]}`] : []));
    return `CASE ${whens.join(' ')} ELSE ${args.length % 2 === 1 ? args.at(-1) : 'NULL'} END`;
  },
  isnull: (value) => `(${value} IS NULL)`,
  isnotnull: (value) => `(${value} IS NOT NULL)`,
  nullif: (a, b) => `NULLIF(${a}, ${b})`,
  coalesce: (...args) => `COALESCE(${args.join(', ')})`,
  in: (value, ...list) => `(${value} IN (${list.join(', ')}))`,
  notin: (value, ...list) => `(${value} NOT IN (${list.join(', ')}))`,
  abs: (value) => `ABS(${value})`,
  ceil: (value) => `CEIL(${value})`,
  floor: (value) => `CAST(FLOOR(${value}) AS BIGINT)`,
  round: (value, places = '0') => `ROUND(${value}, ${places})`,
  sqrt: (value) => `SQRT(${value})`,
  exp: (value) => `EXP(${value})`,
  ln: (value) => `LN(${value})`,
  log: (value) => `LOG10(${value})`,
  mod: (a, b) => `(${a} % ${b})`,
  concat: (...args) => `CONCAT(${args.join(', ')})`,
  tolower: (value) => `LOWER(${value})`,
  toupper: (value) => `UPPER(${value})`,
  trim: (value) => `TRIM(${value})`,
  strlen: (value) => `LENGTH(${value})`,
  substring: (value, start, length) => `SUBSTRING(${value}, ${start}, ${length})`,
  left: (value, length) => `LEFT(${value}, ${length})`,
  right: (value, length) => `RIGHT(${value}, ${length})`,
  replace: (value, from, to) => `REPLACE(${value}, ${from}, ${to})`,
  contains: (value, part) => `CONTAINS(${value}, ${part})`,
  startswith: (value, part) => `STARTS_WITH(${value}, ${part})`,
  endswith: (value, part) => `ENDS_WITH(${value}, ${part})`,
  tostring: (value) => `CAST(${value} AS VARCHAR)`,
  parseint: (value) => `TRY_CAST(${value} AS BIGINT)`,
  parsedecimal: (value) => `TRY_CAST(${value} AS DOUBLE)`,
  inttodecimal: (value) => `CAST(${value} AS DOUBLE)`,
  decimaltoint: (value) => `CAST(TRUNC(${value}) AS BIGINT)`,
  epochdate: (value) => `CAST(TO_TIMESTAMP(${value}) AT TIME ZONE 'UTC' AS TIMESTAMP)`,
  extract: (unit, value) =>
    unitIn(unit!, 'WD') ? `(EXTRACT(DOW FROM ${value}) + 1)` : `EXTRACT(${unitOf(unit!)} FROM ${value})`,
  truncdate: (unit, value) => truncatedSql(unitOf(unit!), value!),
  adddatetime: (amount, unit, value) => `(${value} + ${amount} * INTERVAL 1 ${unitOf(unit!)})`,
  datediff: (from, to, unit = "'DD'") => `DATE_DIFF('${unitOf(unit)}', ${from}, ${to})`,
};

/** A time in SQL, from ISO 8601 or with a space instead of the T. */
export function timestampSql(text: string): string {
  return `CAST(${literal(text.replace('T', ' ').replace('Z', ''))} AS TIMESTAMP)`;
}

/** Columns and parameters that an expression names. */
export function namesIn(expression: string): { readonly columns: string[]; readonly parameters: string[] } {
  const bare = expression.replace(/'(?:[^']|'')*'/g, "''");
  return {
    columns: [...bare.replace(/\$\{\w+\}/g, '').matchAll(/\{([^}]+)\}/g)].map(([, name]) => name!),
    parameters: [...bare.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name!),
  };
}

/** Start of a period; weeks begin on Sunday (AWS, "truncDate"). */
export function truncatedSql(unit: string, value: string): string {
  if (unit === 'week') return `(CAST(DATE_TRUNC('week', ${value} + INTERVAL 1 DAY) AS TIMESTAMP) - INTERVAL 1 DAY)`;
  return `CAST(DATE_TRUNC('${unit}', ${value}) AS TIMESTAMP)`;
}

function call(name: string, args: readonly SqlExpression[], { now }: Names): SqlExpression {
  if (name === 'now') return ofRow(now);
  const aggregate = AGGREGATES[name.replace(/If$/, '')];
  const texts = args.map(({ sql }) => sql);
  if (aggregate) {
    if (args.some(({ isAggregate }) => isAggregate)) throw new Error(`${name} of what is aggregated already`);
    const [value, condition] = texts;
    if (value === undefined || args.length !== (name.endsWith('If') ? 2 : 1))
      throw new Error(`${name} of ${args.length} arguments can't be computed here`);
    return {
      sql: `${aggregate(value)}${condition === undefined ? '' : ` FILTER (WHERE ${condition})`}`,
      isAggregate: true,
    };
  }
  const write = FUNCTIONS[name.toLowerCase()];
  if (!write) throw new Error(`the function ${name} can't be computed here`);
  return joined(args, write(...texts));
}

function operation(left: string, sign: string, right: string): string {
  if (sign === '/') return `CAST(${left} AS DOUBLE) / NULLIF(${right}, 0)`;
  return `${left} ${sign === '!=' ? '<>' : sign} ${right}`;
}

function joined(parts: readonly SqlExpression[], sql: string): SqlExpression {
  return { sql, isAggregate: parts.some(({ isAggregate }) => isAggregate) };
}

function ofRow(sql: string): SqlExpression {
  return { sql, isAggregate: false };
}

function known(names: ReadonlyMap<string, string>, name: string, what: string): string {
  const sql = names.get(name);
  if (sql === undefined) throw new Error(`there is no ${what} ${name}`);
  return sql;
}

function unitOf(literal: string): string {
  const unit = UNITS[literal.replaceAll("'", '').toUpperCase()];
  if (unit === undefined) throw new Error(`the unit ${literal} can't be computed here`);
  return unit;
}

function unitIn(literal: string, unit: string): boolean {
  return literal.replaceAll("'", '').toUpperCase() === unit;
}

function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.trimEnd().length) {
    const at = TOKEN.lastIndex;
    const groups = TOKEN.exec(source)?.groups;
    if (!groups) throw new Error(`"${source.slice(at, at + 20)}" is not understood in ${source}`);
    const [kind, text] = Object.entries(groups).find(([, each]) => each !== undefined)!;
    tokens.push({ kind, text: text! });
  }
  return tokens;
}
