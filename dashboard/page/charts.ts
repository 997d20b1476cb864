import type { EChartsCoreOption } from 'echarts/core';
import { barChart } from '../kinds/bar/chart';
import { heatMapChart } from '../kinds/heat-map/chart';
import { histogramChart } from '../kinds/histogram/chart';
import { lineChart } from '../kinds/line/chart';
import { mapChart } from '../kinds/map/chart';
import { pieChart } from '../kinds/pie/chart';
import type { KindName, Visual, Visuals } from '../kinds/registry';
import type { Rows } from '../protocol';
import type { ChartKind, Drawing } from './drawing';
import { frame } from './frame';

const charts = {
  line: lineChart,
  bar: barChart,
  pie: pieChart,
  map: mapChart,
  'heat-map': heatMapChart,
  histogram: histogramChart,
} satisfies { readonly [K in KindName]?: ChartKind<Visuals[K]> };

/** Kinds that ECharts draws; `bodies.tsx` has all others. */
export type ChartName = keyof typeof charts;

export type ChartVisual = Visuals[ChartName];

export function isChart(visual: Visual): visual is ChartVisual {
  return Object.hasOwn(charts, visual.kind);
}

/** How a visual's kind is drawn. */
export function chartKindOf(visual: ChartVisual): ChartKind<ChartVisual> {
  return charts[visual.kind];
}

/** What ECharts is given for a visual. */
export function chartOption(visual: ChartVisual, rows: Rows, drawing: Drawing): EChartsCoreOption {
  return { ...frame(drawing, visual), ...chartKindOf(visual).optionOf(visual, rows, drawing) };
}
