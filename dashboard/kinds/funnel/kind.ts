import type { Dimension, Measure } from '../../../metrics/measure';
import type { Kind, VisualBase } from '../kind';

export interface Funnel<D extends string = string> extends VisualBase<D> {
  readonly kind: 'funnel';
  /** Its values in their order are the steps. */
  readonly step: Dimension<D>;
  readonly name: Dimension<D>;
  readonly measure: Measure<D>;
}

export const funnel: Kind<Funnel> = {
  dimensionsOf: () => [],
  queriesOf: ({ step, name, measure }, { query }) => ({ main: query([step, name], [measure]) }),
};
