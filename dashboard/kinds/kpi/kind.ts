import type { Dimension, Measure } from '../../../metrics/measure';
import type { Kind, VisualBase } from '../kind';

/** A number, that of the time before, and its course. */
export interface Kpi<D extends string = string> extends VisualBase<D> {
  readonly kind: 'kpi';
  readonly measure: Measure<D>;
  /** Periods of the sparkline. */
  readonly trend?: Dimension<D>;
  /** Of a time: up to how many hours old it is as it should be. The page then shows its age. @default it shows the time */
  readonly freshHours?: number;
}

export const kpi: Kind<Kpi> = {
  isNumber: true,
  dimensionsOf: () => [],
  comparedMeasuresOf: ({ measure }) => [measure],
  trendOf: ({ trend }) => trend,
  queriesOf: ({ measure, trend }, { query, comparing }) => ({
    main: query([], [measure], comparing),
    ...(trend ? { trend: query([trend], [measure]) } : {}),
  }),
};
