import type { Dimension, Measure } from '../../../metrics/measure';
import { descending, type Kind, type VisualBase } from '../kind';

export interface Table<D extends string = string> extends VisualBase<D> {
  readonly kind: 'table';
  readonly rows: readonly [Dimension<D>, ...Dimension<D>[]];
  readonly measures: readonly [Measure<D>, ...Measure<D>[]];
  /** Measures whose change since the time before has a column. */
  readonly changes?: readonly Measure<D>[];
  /** @default the first measure, the largest first */
  readonly orderBy?: { readonly by: Measure<D> | Dimension<D>; readonly isDescending: boolean };
}

export const table: Kind<Table> = {
  definesColumns: true,
  dimensionsOf: ({ rows }) => rows,
  comparedMeasuresOf: ({ changes = [] }) => changes,
  queriesOf: ({ rows, measures, orderBy: order }, { query, comparing }) => {
    const orderBy = order ? [{ column: order.by.id, isDescending: order.isDescending }] : descending(measures[0].id);
    return { main: query(rows, measures, { ...comparing, orderBy }) };
  },
};
