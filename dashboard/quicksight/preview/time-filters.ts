import type {
  RelativeDatesFilter,
  TimeEqualityFilter,
  TimeRangeFilter,
  TimeRangeFilterValue,
} from '@aws-sdk/client-quicksight';
import { timeOfFile } from '../definition-check';
import { printable } from '../printable';
import { granularityUnit, type Names, shiftedSql, sqlExpression, timestampSql, truncatedSql } from '../sql-expression';
import { type FilterScope, nulls, range } from './conditions';

export function timeRangeConditions(filter: TimeRangeFilter, sql: string, { names }: FilterScope): string[] {
  const { RangeMinimumValue, RangeMaximumValue, IncludeMinimum, IncludeMaximum, TimeGranularity, NullOption } = filter;
  const unit = TimeGranularity && granularityUnit(TimeGranularity);
  const within = (text: string): string => (unit ? truncatedSql(unit, text) : text);
  const bound = (value: TimeRangeFilterValue | undefined, isIncluded: boolean | undefined) => {
    const time = timeOf(value, names);
    return { sql: time === undefined ? undefined : within(time), isIncluded };
  };
  const [from, to] = [bound(RangeMinimumValue, IncludeMinimum), bound(RangeMaximumValue, IncludeMaximum)];
  return nulls(sql, NullOption, range(within(sql), from, to));
}

export function timeEqualityConditions(filter: TimeEqualityFilter, sql: string, { names }: FilterScope): string[] {
  const { Value, ParameterName, RollingDate, TimeGranularity = 'DAY' } = filter;
  const unit = granularityUnit(TimeGranularity);
  const within = (text: string): string => truncatedSql(unit, text);
  const time = timeOf({ StaticValue: Value, Parameter: ParameterName, RollingDate }, names);
  return time === undefined ? [] : [`${within(sql)} = ${within(time)}`];
}

export function relativeDatesConditions(filter: RelativeDatesFilter, sql: string, { names }: FilterScope): string[] {
  const { RelativeDateType, TimeGranularity = 'DAY', RelativeDateValue = 1, NullOption } = filter;
  const unit = granularityUnit(TimeGranularity);
  const start = (periods: number): string => shiftedSql(truncatedSql(unit, names.now), periods, unit);
  const periods = new Map<string, () => readonly [string, string]>([
    ['THIS', () => [start(0), start(1)]],
    ['PREVIOUS', () => [start(-1), start(0)]],
    ['NEXT', () => [start(1), start(2)]],
    ['NOW', () => [start(0), names.now]],
    ['LAST', () => [start(1 - RelativeDateValue), start(1)]],
  ]);
  const find = periods.get(RelativeDateType!);
  if (!find) throw new Error(`the relative dates ${printable(String(RelativeDateType))} can't be computed here`);
  const [from, to] = find();
  return nulls(sql, NullOption, `${sql} >= ${from} AND ${sql} < ${to}`);
}

function timeOf(value: TimeRangeFilterValue | undefined, names: Names): string | undefined {
  if (value?.Parameter !== undefined) return names.parameters.get(value.Parameter);
  if (value?.RollingDate) {
    const { sql, isAggregate } = sqlExpression(value.RollingDate.Expression!, names);
    if (isAggregate) throw new Error('is filtered by a time that is aggregated');
    return sql;
  }
  if (value?.StaticValue === undefined) return undefined;
  const time = timeOfFile(value.StaticValue);
  if (!time) throw new Error(`is filtered by a time that can't be read: ${printable(String(value.StaticValue))}`);
  return timestampSql(time.toISOString().slice(0, 19));
}
