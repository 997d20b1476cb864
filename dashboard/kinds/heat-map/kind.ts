import type { Dimension, Measure } from '../../../metrics/measure';
import type { Kind, VisualBase } from '../kind';

export interface HeatMap<D extends string = string> extends VisualBase<D> {
  readonly kind: 'heat-map';
  readonly rows: Dimension<D>;
  readonly columns: Dimension<D>;
  readonly measure: Measure<D>;
}

export const heatMap: Kind<HeatMap> = {
  dimensionsOf: ({ rows, columns }) => [rows, columns],
  queriesOf: ({ rows, columns, measure }, { query }) => ({ main: query([rows, columns], [measure]) }),
};
