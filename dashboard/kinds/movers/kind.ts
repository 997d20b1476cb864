import type { Dimension, Measure } from '../../../metrics/measure';
import type { Kind, VisualBase } from '../kind';

/** What changed most since the time before, up and down. */
export interface Movers<D extends string = string> extends VisualBase<D> {
  readonly kind: 'movers';
  readonly by: Dimension<D>;
  readonly measure: Measure<D>;
  /** So many in each direction. */
  readonly count: number;
}

export const movers: Kind<Movers> = {
  dimensionsOf: ({ by }) => [by],
  comparedMeasuresOf: ({ measure }) => [measure],
  queriesOf: ({ by, measure }, { query, comparing }) => ({ main: query([by], [measure], comparing) }),
};
