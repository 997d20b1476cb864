import type { FieldSortOptions } from '@aws-sdk/client-quicksight';
import { printable } from '../printable';
import { aggregated, fieldExpression, type Names } from '../sql-expression';

export interface Order {
  readonly by: string;
  /** What is ordered by, where it is not shown. */
  readonly column?: string;
}

/** What to order by, with a column of its own where it is not shown. */
export function orderOf(
  { FieldSort, ColumnSort }: FieldSortOptions,
  names: Names,
  byField: ReadonlyMap<string, { readonly at: number }>,
  next: number,
): Order {
  const direction = (FieldSort ?? ColumnSort)?.Direction === 'DESC' ? ' DESC NULLS LAST' : ' NULLS FIRST';
  if (FieldSort) {
    const field = byField.get(FieldSort.FieldId!);
    if (!field) throw new Error(`is sorted by ${printable(FieldSort.FieldId!)}, which it does not show`);
    return { by: `${field.at}${direction}` };
  }
  const { SortBy, AggregationFunction } = ColumnSort!;
  const { SimpleNumericalAggregation } = AggregationFunction?.NumericalAggregationFunction ?? {};
  const aggregation =
    SimpleNumericalAggregation ??
    AggregationFunction?.CategoricalAggregationFunction ??
    AggregationFunction?.DateAggregationFunction;
  const source = fieldExpression(SortBy!.ColumnName!, names);
  const { sql } = source.isAggregate ? source : aggregated(aggregation ?? 'MIN', source);
  return { by: `${next}${direction}`, column: `${sql} AS sort_${next}` };
}
