import { FunnelBody } from '../kinds/funnel/body';
import { InsightBody } from '../kinds/insight/body';
import { KpiBody } from '../kinds/kpi/body';
import { MoversBody } from '../kinds/movers/body';
import type { KindName, Visuals } from '../kinds/registry';
import { TableBody } from '../kinds/table/body';
import type { Body } from './body';
import type { ChartName } from './charts';

type HtmlName = Exclude<KindName, ChartName>;

/** What draws each kind of visual that is no chart. */
const bodies: { readonly [K in HtmlName]: Body<Visuals[K]> } = {
  kpi: KpiBody,
  table: TableBody,
  funnel: FunnelBody,
  movers: MoversBody,
  insight: InsightBody,
};

/** What draws a visual that is no chart. */
export function bodyOf(visual: Visuals[HtmlName]): Body<Visuals[HtmlName]> {
  return bodies[visual.kind];
}
