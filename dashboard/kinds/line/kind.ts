import type { Dimension, Hierarchy, Measure } from '../../../metrics/measure';
import { type Kind, levelsOf, seriesOf, type VisualBase } from '../kind';

/** Measures over time, or one for each value of a dimension. */
export interface Line<D extends string = string> extends VisualBase<D> {
  readonly kind: 'line';
  readonly time: Dimension<D> | Hierarchy<D>;
  readonly measures: readonly [Measure<D>, ...Measure<D>[]];
  readonly series?: Dimension<D>;
  readonly forecast?: Forecast;
}

export interface Forecast {
  readonly periods: number;
  /** Periods after which it repeats. */
  readonly seasonality: number;
  /** Share of the values that the band is to hold. */
  readonly interval: number;
}

export const line: Kind<Line> = {
  isMarked: true,
  axisOf: ({ time }) => time,
  dimensionsOf: (visual) => [...levelsOf(visual.time), ...seriesOf(visual)],
  queriesOf: (visual, { query, level }) => ({ main: query([level(), ...seriesOf(visual)], visual.measures) }),
};
