import type { Visual as QuickSightVisual } from '@aws-sdk/client-quicksight';
import { quickSightBar } from '../kinds/bar/quicksight';
import { quickSightFunnel } from '../kinds/funnel/quicksight';
import { quickSightHeatMap } from '../kinds/heat-map/quicksight';
import { quickSightHistogram } from '../kinds/histogram/quicksight';
import { quickSightInsight } from '../kinds/insight/quicksight';
import { quickSightKpi } from '../kinds/kpi/quicksight';
import { quickSightLine } from '../kinds/line/quicksight';
import { quickSightMap } from '../kinds/map/quicksight';
import { quickSightMovers } from '../kinds/movers/quicksight';
import { quickSightPie } from '../kinds/pie/quicksight';
import type { KindName, Visual, Visuals } from '../kinds/registry';
import { quickSightTable } from '../kinds/table/quicksight';
import type { QuickSightKind } from './kind';
import type { Reader } from './wells';

const kinds: { readonly [K in KindName]: QuickSightKind<Visuals[K]> } = {
  kpi: quickSightKpi,
  line: quickSightLine,
  bar: quickSightBar,
  pie: quickSightPie,
  map: quickSightMap,
  table: quickSightTable,
  'heat-map': quickSightHeatMap,
  funnel: quickSightFunnel,
  histogram: quickSightHistogram,
  movers: quickSightMovers,
  insight: quickSightInsight,
};

/** How QuickSight has each kind of visual. */
export const quickSightKinds: readonly QuickSightKind<Visual>[] = Object.values(kinds);

/** How QuickSight has a visual's kind. */
export function quickSightKindOf(visual: Visual): QuickSightKind<Visual> {
  return kinds[visual.kind];
}

const readers: ReadonlyMap<string, Reader<unknown>> = new Map(
  quickSightKinds.flatMap((kind) => Object.entries(kind.readers) as [string, Reader<unknown>][]),
);

/** Type and body of a visual of QuickSight, which holds one. */
export function typeOf(item: QuickSightVisual): readonly [type: string, body: NonNullable<unknown>] {
  return Object.entries(item)[0] as [string, NonNullable<unknown>];
}

/** The reader of a type of QuickSight's visuals; undefined if no kind has one. */
export function readerOf(type: string): Reader<unknown> | undefined {
  return readers.get(type);
}
