import type { Dimension, Hierarchy, Measure } from '../../../metrics/measure';
import { descending, type Kind, levelsOf, seriesOf, type VisualBase } from '../kind';

export interface Bar<D extends string = string> extends VisualBase<D> {
  readonly kind: 'bar';
  readonly category: Dimension<D> | Hierarchy<D>;
  readonly measure: Measure<D>;
  /** Stacked, in this dimension's order. */
  readonly series?: Dimension<D>;
  readonly orientation: 'horizontal' | 'vertical';
  /** Values of the series that count against the others: below zero on the page. */
  readonly below?: readonly string[];
  /** The largest so many. @default all */
  readonly limit?: number;
  /** @default by the measure, the largest first */
  readonly isInOrderOfCategory?: boolean;
}

export const bar: Kind<Bar> = {
  axisOf: ({ category }) => category,
  dimensionsOf: (visual) => [...levelsOf(visual.category), ...seriesOf(visual)],
  queriesOf: (visual, { query, level }) => {
    const { measure, series, limit, isInOrderOfCategory } = visual;
    if (series) return { main: query([level(), series], [measure]) };
    const orderBy = isInOrderOfCategory ? [] : descending(measure.id);
    return { main: query([level()], [measure], { orderBy, ...(limit === undefined ? {} : { limit }) }) };
  },
};
