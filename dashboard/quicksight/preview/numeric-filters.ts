import type { NumericEqualityFilter, NumericRangeFilter, NumericRangeFilterValue } from '@aws-sdk/client-quicksight';
import { sqlNumber } from '../../../core/sql';
import { type FilterScope, nulls, range } from './conditions';

export function numericEqualityConditions(
  filter: NumericEqualityFilter,
  sql: string,
  { names }: FilterScope,
): string[] {
  const { Value, ParameterName, MatchOperator, SelectAllOptions, NullOption } = filter;
  const value = ParameterName === undefined ? numberOf(Value) : names.parameters.get(ParameterName);
  if (SelectAllOptions === 'FILTER_ALL_VALUES' || value === undefined) return nulls(sql, NullOption);
  return nulls(sql, NullOption, `${sql} ${MatchOperator === 'DOES_NOT_EQUAL' ? '<>' : '='} ${value}`);
}

export function numericRangeConditions(filter: NumericRangeFilter, sql: string, { names }: FilterScope): string[] {
  const { RangeMinimum, RangeMaximum, IncludeMinimum, IncludeMaximum, SelectAllOptions, NullOption } = filter;
  if (SelectAllOptions === 'FILTER_ALL_VALUES') return nulls(sql, NullOption);
  const bound = (value: NumericRangeFilterValue | undefined, isIncluded: boolean | undefined) => ({
    sql: value?.Parameter === undefined ? numberOf(value?.StaticValue) : names.parameters.get(value.Parameter),
    isIncluded,
  });
  return nulls(sql, NullOption, range(sql, bound(RangeMinimum, IncludeMinimum), bound(RangeMaximum, IncludeMaximum)));
}

function numberOf(value: number | undefined): string | undefined {
  return value === undefined ? undefined : sqlNumber(value);
}
