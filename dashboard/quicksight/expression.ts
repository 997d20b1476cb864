import type { Field } from '../../metrics/data-set';
import { dataSetOf, dataSpan } from '../../metrics/data-sets';
import type { Aggregate, Condition, Dimension, Grain, Measure } from '../../metrics/measure';

/**
 * Measures and dimensions in QuickSight's expressions (AWS, "Functions and operators"). Booleans come as 0 and 1, and a dashboard's
 * range of dates as two parameters.
 */

export const DATE_FROM = 'DateFrom';
export const DATE_TO = 'DateTo';

/** What stands in lists of values for a null, as on the local page. */
export const NONE = '(none)';

/** The column that has it instead of nulls. */
export function orNone(column: string): string {
  return `${column}_or_none`;
}

/** The name by which QuickSight knows a dimension: a column's, or that of a calculated field. */
export function columnOf(dimension: Dimension): string {
  const { kind, id, field } = dimension;
  if (kind === 'bin' || kind === 'part') return id;
  return field.isOptional && field.type === 'string' ? orNone(field.name) : field.name;
}

/** A dimension that is no column: its calculated field's expression. Periods are columns with a granularity. */
export function dimensionExpression(dimension: Dimension): string | undefined {
  const column = `{${dimension.field.name}}`;
  switch (dimension.kind) {
    case 'bin':
      return `floor(${column} / ${dimension.width}) * ${dimension.width}`;
    case 'part':
      return dimension.part === 'hour' ? `extract('HH', ${column})` : `mod(extract('WD', ${column}) + 5, 7) + 1`;
    default:
      return undefined;
  }
}

/** Whether a time is in the range of dates. */
export function inDates({ name }: Field): string {
  return `{${name}} >= \${${DATE_FROM}} AND {${name}} < addDateTime(1, 'DD', \${${DATE_TO}})`;
}

/** A time as many days earlier as the range of dates has. */
function daysEarlier(time: string): string {
  return `addDateTime(-1 - dateDiff(\${${DATE_FROM}}, \${${DATE_TO}}, 'DD'), 'DD', ${time})`;
}

/** Whether there is data in the range of dates, and for all of the time before it. */
export function isCompared(): string {
  const { data_from: from, data_to: to } = dataSpan.fields;
  return `{${from.name}} <= ${daysEarlier(`\${${DATE_FROM}}`)} AND {${to.name}} > \${${DATE_FROM}}`;
}

/** Whether a time is in the range before that of dates, which reaches as far as data does in the range of dates: both have the same length. */
export function inDatesBefore({ name }: Field): string {
  const column = `{${name}}`;
  return [
    `${column} >= ${daysEarlier(`\${${DATE_FROM}}`)}`,
    `${column} < \${${DATE_FROM}}`,
    `${column} < ${daysEarlier(`{${dataSpan.fields.data_to.name}}`)}`,
  ].join(' AND ');
}

/** Units of QuickSight's functions of dates. */
const UNITS: Readonly<Record<Grain, string>> = { hour: 'HH', day: 'DD', week: 'WK', month: 'MM', year: 'YYYY' };

/** Whether data reaches to the end of the period that a time is in. */
export function isComplete({ name }: Field, grain: Grain): string {
  const unit = `'${UNITS[grain]}'`;
  return `addDateTime(1, ${unit}, truncDate(${unit}, {${name}})) <= {${dataSpan.fields.data_to.name}}`;
}

/** A measure, of the rows within a condition. */
export function measureExpression({ dataSet, expression }: Measure, within?: string): string {
  const aggregate = (each: Aggregate): string => aggregateExpression(each, dataSet, within);
  switch (expression.kind) {
    case 'ratio':
      return `${aggregate(expression.numerator)} / nullIf(${aggregate(expression.denominator)}, 0)`;
    case 'difference':
      return `${aggregate(expression.minuend)} - ${aggregate(expression.subtrahend)}`;
    default:
      return aggregate(expression);
  }
}

const FUNCTIONS = { count: 'count', countDistinct: 'distinct_count', sum: 'sum', avg: 'avg', min: 'min', max: 'max' };

function aggregateExpression(aggregate: Aggregate, dataSet: string, within: string | undefined): string {
  const { kind, where } = aggregate;
  const column = aggregate.kind === 'count' ? keyOf(dataSet) : `{${aggregate.field.name}}`;
  const conditions = [within, where && conditionExpression(where)].filter((each) => each !== undefined);
  return conditions.length === 0
    ? `${FUNCTIONS[kind]}(${column})`
    : `${FUNCTIONS[kind]}If(${column}, ${conditions.join(' AND ')})`;
}

/** A column that is never null: QuickSight counts values, not rows. */
function keyOf(dataSet: string): string {
  return `{${Object.keys(dataSetOf(dataSet).fields)[0]}}`;
}

function conditionExpression(condition: Condition): string {
  const column = `{${condition.field.name}}`;
  if ('isNot' in condition) return `${column} <> ${text(condition.isNot)}`;
  return `${column} = ${typeof condition.equals === 'boolean' ? Number(condition.equals) : text(condition.equals)}`;
}

function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
