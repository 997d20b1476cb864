import { type Bar, bar } from './bar/kind';
import { type Funnel, funnel } from './funnel/kind';
import { type HeatMap, heatMap } from './heat-map/kind';
import { type Histogram, histogram } from './histogram/kind';
import { type Insight, insight } from './insight/kind';
import type { Kind } from './kind';
import { type Kpi, kpi } from './kpi/kind';
import { type Line, line } from './line/kind';
import { type WorldMap, worldMap } from './map/kind';
import { type Movers, movers } from './movers/kind';
import { type Pie, pie } from './pie/kind';
import { type Table, table } from './table/kind';

/** Every kind of visual. What is added here does not compile until each registry below and in `quicksight/` and `page/` has it. */
export interface Visuals<D extends string = string> {
  readonly kpi: Kpi<D>;
  readonly line: Line<D>;
  readonly bar: Bar<D>;
  readonly pie: Pie<D>;
  readonly map: WorldMap<D>;
  readonly table: Table<D>;
  readonly 'heat-map': HeatMap<D>;
  readonly funnel: Funnel<D>;
  readonly histogram: Histogram<D>;
  readonly movers: Movers<D>;
  readonly insight: Insight<D>;
}

export type KindName = keyof Visuals;

export type Visual<D extends string = string> = Visuals<D>[KindName];

const kinds: { readonly [K in KindName]: Kind<Visuals[K]> } = {
  kpi,
  line,
  bar,
  pie,
  map: worldMap,
  table,
  'heat-map': heatMap,
  funnel,
  histogram,
  movers,
  insight,
};

/** What is known of a visual's kind. */
export function kindOf(visual: Visual): Kind<Visual> {
  return kinds[visual.kind];
}
