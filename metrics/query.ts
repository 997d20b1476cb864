import { sqlNumber, sqlString } from '../core/sql';
import type { DataSet, Field } from './data-set';
import { localTimeSql } from './local-time';
import type { Aggregate, Condition, Dimension, Measure } from './measure';
import { beforeOf } from './names';
import type { Period } from './period';

export type Value = string | number | boolean | null;

/** What rows must be to be asked: of a period by a time, or of some values of a dimension. */
export type Filter<D extends string = string> =
  | { readonly field: Field<D>; readonly within: Period }
  | { readonly dimension: Dimension<D>; readonly in: readonly Value[] }
  | { readonly field: Field<D>; readonly isKnown: true }
  /** Rows for which all of these hold are left out. */
  | { readonly not: readonly Filter<D>[] };

/** Measures by dimensions: one row for each combination of their values. */
export interface Query<D extends string = string> {
  readonly dataSet: DataSet<D>;
  readonly dimensions: readonly Dimension<D>[];
  readonly measures: readonly Measure<D>[];
  readonly filters: readonly Filter<D>[];
  /** Adds measures once more, of the time before, as `…_before`. The rows asked are those of both periods. */
  readonly compare?: Comparison<D>;
  /** IANA time zone of periods and parts of days. @default 'UTC' */
  readonly timeZone?: string;
  /** Names of columns. What is not told apart by them is in the order of the dimensions. @default the dimensions */
  readonly orderBy?: readonly { readonly column: string; readonly isDescending: boolean }[];
  readonly limit?: number;
}

export interface Comparison<D extends string = string> {
  readonly time: Field<D>;
  readonly current: Period;
  readonly before: Period;
  readonly measures: readonly Measure<D>[];
}

/** SQL with its values apart, as `$1`, `$2` …, to be bound. */
export interface BoundSql {
  readonly text: string;
  readonly values: readonly (string | number | boolean)[];
}

/** A query in the SQL that Athena and DuckDB share, with values to be bound. */
export function boundSql(query: Query): BoundSql {
  const values: (string | number | boolean)[] = [];
  const text = emit(query, (value) => {
    values.push(value);
    return `$${values.length}`;
  });
  return { text, values };
}

/** The same with values in it, to be read and copied. */
export function literalSql(query: Query): string {
  return emit(query, literal);
}

/** Names of the columns of a query's rows. */
export function columnsOf({ dimensions, measures, compare }: Query): string[] {
  return [...dimensions.map(({ id }) => id), ...measures.flatMap(({ id }) => (compare ? [id, beforeOf(id)] : [id]))];
}

type Emit = (value: string | number | boolean) => string;

function emit(query: Query, value: Emit): string {
  const { dataSet, dimensions, measures, filters, compare, orderBy = [], limit } = query;
  const clock = clockOf(query);
  const grouped = dimensions.map((dimension) => `${dimensionSql(dimension, clock)} AS ${dimension.id}`);
  const within = (period: Period | undefined): string | undefined =>
    compare && period && withinSql(compare.time, period, value);
  const measured = measures.flatMap((measure) => [
    `${measureSql(measure, within(compare?.current), clock, value)} AS ${measure.id}`,
    ...(compare?.measures.includes(measure)
      ? [`${measureSql(measure, within(compare.before), clock, value)} AS ${beforeOf(measure.id)}`]
      : []),
  ]);
  const conditions = [
    ...(compare ? [eitherSql(compare, value)] : []),
    ...filters.map((filter) => filterSql(filter, clock, value)),
  ];
  const columns = columnsOf(query);
  const order = [
    ...orderBy.map(({ column, isDescending }) => `${columns.indexOf(column) + 1}${isDescending ? ' DESC' : ''}`),
    ...dimensions
      .map((_, n) => `${n + 1}`)
      .filter((n) => !orderBy.some(({ column }) => `${columns.indexOf(column) + 1}` === n)),
  ];
  return [
    `SELECT\n  ${[...grouped, ...measured].join(',\n  ')}`,
    `FROM ${dataSet.relation}`,
    ...(conditions.length > 0 ? [`WHERE ${conditions.join('\n  AND ')}`] : []),
    ...(dimensions.length > 0 ? [`GROUP BY ${dimensions.map((_, n) => n + 1).join(', ')}`] : []),
    ...(order.length > 0 ? [`ORDER BY ${order.join(', ')}`] : []),
    ...(limit === undefined ? [] : [`LIMIT ${Math.trunc(limit)}`]),
  ].join('\n');
}

/** What stands in SQL for a time, as viewers' clocks show it: of a field, or of an aggregate of it. */
type Clock = (field: Field, sql: string) => string;

const inUtc: Clock = (_, sql) => sql;

/** A field that is limited to a period need be right in it alone. */
function clockOf({ filters, compare, timeZone = 'UTC' }: Query): Clock {
  const limits = filters.flatMap((filter) =>
    'within' in filter ? [{ time: filter.field, period: filter.within }] : [],
  );
  if (compare) limits.push({ time: compare.time, period: { from: compare.before.from, to: compare.current.to } });
  return (field, sql) => localTimeSql(sql, timeZone, limits.find(({ time }) => time.name === field.name)?.period);
}

/** A dimension in SQL. */
export function dimensionSql(dimension: Dimension, clock = inUtc): string {
  const { name, type } = dimension.field;
  const local = type === 'timestamp' ? clock(dimension.field, name) : name;
  switch (dimension.kind) {
    case 'value':
      return local;
    case 'time':
      return `CAST(date_trunc('${dimension.grain}', ${local}) AS TIMESTAMP)`;
    case 'bin':
      return `CAST(FLOOR(CAST(${name} AS DOUBLE) / ${dimension.width}) * ${dimension.width} AS BIGINT)`;
    case 'part':
      return dimension.part === 'hour'
        ? `CAST(EXTRACT(HOUR FROM ${local}) AS BIGINT)`
        : `CAST(EXTRACT(DAY FROM ${local} - CAST(date_trunc('week', ${local}) AS TIMESTAMP)) + 1 AS BIGINT)`;
  }
}

/** A measure in SQL, of the rows within a condition. */
export function measureSql({ expression }: Measure, within?: string, clock = inUtc, value: Emit = literal): string {
  const aggregate = (each: Aggregate): string => aggregateSql(each, within, value);
  switch (expression.kind) {
    case 'ratio':
      return `CAST(${aggregate(expression.numerator)} AS DOUBLE) / NULLIF(${aggregate(expression.denominator)}, 0)`;
    case 'difference':
      return `${aggregate(expression.minuend)} - ${aggregate(expression.subtrahend)}`;
    case 'min':
    case 'max':
      return expression.field.type === 'timestamp'
        ? clock(expression.field, aggregate(expression))
        : aggregate(expression);
    default:
      return aggregate(expression);
  }
}

function aggregateSql(aggregate: Aggregate, within: string | undefined, value: Emit): string {
  const conditions = [within, aggregate.where && conditionSql(aggregate.where, value)].filter(
    (text) => text !== undefined,
  );
  const filter = conditions.length > 0 ? ` FILTER (WHERE ${conditions.join(' AND ')})` : '';
  return `${callSql(aggregate)}${filter}`;
}

function callSql(aggregate: Aggregate): string {
  switch (aggregate.kind) {
    case 'count':
      return 'COUNT(*)';
    case 'countDistinct':
      return `COUNT(DISTINCT ${aggregate.field.name})`;
    default:
      return `${aggregate.kind.toUpperCase()}(${aggregate.field.name})`;
  }
}

function conditionSql(condition: Condition, value: Emit): string {
  if ('isNot' in condition) return `${condition.field.name} <> ${value(condition.isNot)}`;
  return condition.equals === true ? condition.field.name : `${condition.field.name} = ${value(condition.equals)}`;
}

function withinSql(time: Field, { from, to }: Period, value: Emit): string {
  const at = (text: string): string => `CAST(${value(text)} AS TIMESTAMP)`;
  return `${time.name} >= ${at(from)} AND ${time.name} < ${at(to)}`;
}

/** Rows of both periods, which may have time between them. */
function eitherSql({ time, current, before }: Comparison, value: Emit): string {
  if (before.to >= current.from) return withinSql(time, { from: before.from, to: current.to }, value);
  return `(${withinSql(time, before, value)} OR ${withinSql(time, current, value)})`;
}

function filterSql(filter: Filter, clock: Clock, value: Emit): string {
  if ('not' in filter) return `NOT (${filter.not.map((each) => filterSql(each, clock, value)).join(' AND ')})`;
  if ('within' in filter) return withinSql(filter.field, filter.within, value);
  if ('isKnown' in filter) return `${filter.field.name} IS NOT NULL`;
  const column = dimensionSql(filter.dimension, clock);
  const known = filter.in.filter((each) => each !== null);
  const type = typeOf(filter.dimension);
  const list = known.map((each) => (type === undefined ? value(each) : `CAST(${value(each)} AS ${type})`)).join(', ');
  const conditions = [
    ...(known.length > 0 ? [`${column} IN (${list})`] : []),
    ...(known.length < filter.in.length ? [`${column} IS NULL`] : []),
  ];
  return conditions.length === 1 ? conditions[0]! : `(${conditions.join(' OR ') || 'FALSE'})`;
}

/** The type that values of a dimension are written in, where text is not enough. */
function typeOf({ kind, field }: Dimension): string | undefined {
  if (kind === 'time' || (kind === 'value' && field.type === 'timestamp')) return 'TIMESTAMP';
  return kind === 'value' && field.type === 'date' ? 'DATE' : undefined;
}

/** A value in SQL. */
export function literal(value: string | number | boolean): string {
  if (typeof value === 'string') return sqlString(value);
  return typeof value === 'number' ? sqlNumber(value) : String(value);
}
