import type { Field } from '../../metrics/data-set';
import { dataSetOf } from '../../metrics/data-sets';
import type { Aggregate, Condition, Dimension, Measure } from '../../metrics/measure';

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

/** Whether a time is in the range of the same length before it. */
export function inDatesBefore({ name }: Field): string {
  const days = `dateDiff(\${${DATE_FROM}}, \${${DATE_TO}}, 'DD')`;
  return `{${name}} < \${${DATE_FROM}} AND {${name}} >= addDateTime(-1 - ${days}, 'DD', \${${DATE_FROM}})`;
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
