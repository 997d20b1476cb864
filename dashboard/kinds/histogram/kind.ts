import type { Dimension, Measure } from '../../../metrics/measure';
import type { Kind, VisualBase } from '../kind';

export interface Histogram<D extends string = string> extends VisualBase<D> {
  readonly kind: 'histogram';
  readonly bin: Dimension<D>;
  readonly measure: Measure<D>;
}

export const histogram: Kind<Histogram> = {
  dimensionsOf: ({ bin }) => [bin],
  queriesOf: ({ bin, measure }, { query }) => ({ main: query([bin], [measure]) }),
};
