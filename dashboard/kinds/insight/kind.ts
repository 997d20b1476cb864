import type { Dimension, Measure } from '../../../metrics/measure';
import { descending, type Kind, type VisualBase } from '../kind';

/** The last period against the one before, as a whole and by what moved most; of a measure whose parts add up. */
export interface Insight<D extends string = string> extends VisualBase<D> {
  readonly kind: 'insight';
  readonly time: Dimension<D>;
  readonly by: Dimension<D>;
  readonly measure: Measure<D>;
  /** So many in each direction. */
  readonly count: number;
}

/** More rows than two periods have. */
const LATEST_ROWS = 1000;

export const insight: Kind<Insight> = {
  dimensionsOf: ({ by }) => [by],
  queriesOf: ({ time, by, measure }, { query, filtersOfComplete }) => ({
    main: query([time, by], [measure], {
      filters: filtersOfComplete(time.kind === 'time' ? time.grain : undefined),
      orderBy: descending(time.id),
      limit: LATEST_ROWS,
    }),
  }),
};
