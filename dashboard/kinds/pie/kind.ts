import type { Dimension, Hierarchy, Measure } from '../../../metrics/measure';
import { descending, type Kind, levelsOf, type VisualBase } from '../kind';

export interface Pie<D extends string = string> extends VisualBase<D> {
  readonly kind: 'pie';
  readonly category: Dimension<D> | Hierarchy<D>;
  readonly measure: Measure<D>;
}

export const pie: Kind<Pie> = {
  axisOf: ({ category }) => category,
  dimensionsOf: ({ category }) => levelsOf(category),
  queriesOf: ({ measure }, { query, level }) => ({
    main: query([level()], [measure], { orderBy: descending(measure.id) }),
  }),
};
