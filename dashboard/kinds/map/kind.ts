import type { Dimension, Measure } from '../../../metrics/measure';
import { descending, type Kind, type VisualBase } from '../kind';

/** Countries, colored by a measure. */
export interface WorldMap<D extends string = string> extends VisualBase<D> {
  readonly kind: 'map';
  /** ISO 3166-1 alpha-2. */
  readonly country: Dimension<D>;
  readonly name: Dimension<D>;
  readonly measure: Measure<D>;
}

export const worldMap: Kind<WorldMap> = {
  dimensionsOf: ({ country, name }) => [country, name],
  queriesOf: ({ country, name, measure }, { query }) => ({
    main: query([country, name], [measure], { orderBy: descending(measure.id) }),
  }),
};
