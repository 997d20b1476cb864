import type { CustomSeriesRenderItem } from 'echarts';
import type { EChartsCoreOption } from 'echarts/core';
import type { Dimension } from '../../../metrics/measure';
import { formatLabel, formatShort, formatValue } from '../../format';
import { axes, margins } from '../../page/axes';
import { type ChartKind, type Drawing, faded, px, textWidth } from '../../page/drawing';
import { frame } from '../../page/frame';
import { distinct, recordsOf } from '../../page/records';
import type { Cell, Rows } from '../../protocol';
import type { HeatMap } from './kind';

export const heatMapChart: ChartKind<HeatMap> = { optionOf: heatMapOption };

function heatMapOption(visual: HeatMap, rows: Rows, drawing: Drawing): EChartsCoreOption {
  const { measure, rows: down, columns: across } = visual;
  const records = recordsOf(rows);
  const downs = distinct(records.map((record) => record[down.id]!)).sort(byValue);
  const acrosses = distinct(records.map((record) => record[across.id]!)).sort(byValue);
  const downLabels = downs.map((key) => formatLabel(key, down));
  const cells = records.map((record) => cellOf(visual, record, downs, acrosses, drawing));
  const values = records.map((record) => Number(record[measure.id] ?? 0));
  const isPercent = measure.format === 'percent';
  const most = Math.max(...values, isPercent ? 0.01 : 1);
  const top = isNumbered(across) ? px(4, drawing) + nameGapOf(drawing) : px(16, drawing);
  return {
    grid: { ...margins(drawing), top, bottom: px(40, drawing) },
    xAxis: columnAxis(across, acrosses, downLabels, drawing),
    yAxis: { ...axes(drawing).category, inverse: true, data: downLabels, axisLine: { show: false } },
    tooltip: {
      ...(frame(drawing, visual).tooltip as object),
      formatter: ({ data }: { readonly data: { readonly shown: string } }) => data.shown,
    },
    visualMap: scaleOf(visual, values, most, drawing),
    series: [
      {
        // ECharts' own heat map takes several frames to draw, and a page that is printed has one.
        type: 'custom',
        renderItem: heatMapCell(drawing, isPercent, most, cells),
        encode: { x: 0, y: 1, tooltip: 2 },
        data: cells,
      },
    ],
  };
}

function cellOf(
  { measure, rows: down, columns: across }: HeatMap,
  record: Record<string, Cell>,
  downs: readonly Cell[],
  acrosses: readonly Cell[],
  { selected }: Drawing,
) {
  const mark = { values: { [down.id]: record[down.id]!, [across.id]: record[across.id]! } };
  const shown = formatValue(record[measure.id], measure.format);
  return {
    value: [acrosses.indexOf(record[across.id]!), downs.indexOf(record[down.id]!), Number(record[measure.id] ?? 0)],
    mark,
    shown: `${formatLabel(record[down.id], down)}, ${formatLabel(record[across.id], across)}\n${shown} ${measure.unit}`,
    itemStyle: { opacity: faded(selected, mark.values) },
  };
}

/** Whether columns are numbers, which say little without the name of their axis. */
function isNumbered(across: Dimension): boolean {
  return across.kind === 'part' || across.field.type === 'integer';
}

function nameGapOf({ textSize }: Drawing): number {
  return 2.4 * textSize;
}

/** The axis of columns, with slanted labels where they would touch each other. */
function columnAxis(across: Dimension, keys: readonly Cell[], downLabels: readonly string[], drawing: Drawing) {
  const { category } = axes(drawing);
  const labels = keys.map((key) => formatLabel(key, across));
  const widest = (texts: readonly string[]): number => Math.max(...texts.map((text) => textWidth(text, drawing)));
  const room = drawing.width - widest(downLabels) - px(40, drawing);
  const isCramped = widest(labels.flatMap((label) => label.split(' '))) > room / keys.length;
  const name = {
    name: across.label,
    nameLocation: 'middle',
    nameGap: nameGapOf(drawing),
    nameTextStyle: { color: drawing.theme.inks.muted, fontSize: drawing.textSize },
  };
  return {
    ...category,
    position: 'top',
    ...(isNumbered(across) ? name : {}),
    data: labels,
    axisLine: { show: false },
    axisLabel: {
      ...category.axisLabel,
      interval: 0,
      lineHeight: px(14, drawing),
      ...(isCramped && !isNumbered(across)
        ? { rotate: 45 }
        : { formatter: (label: string) => label.replace(' ', '\n') }),
    },
  };
}

function scaleOf({ measure }: HeatMap, values: readonly number[], most: number, drawing: Drawing) {
  const { theme } = drawing;
  const { muted } = theme.inks;
  return {
    type: 'continuous',
    min: Math.min(0, ...values),
    max: most,
    calculable: false,
    orient: 'horizontal',
    left: px(8, drawing),
    bottom: 0,
    padding: px(5, drawing),
    itemWidth: px(10, drawing),
    itemHeight: px(140, drawing),
    textGap: px(10, drawing),
    inRange: { color: theme.scale },
    text: [formatShort(Math.max(...values, 0), measure.format), formatShort(0, measure.format)],
    textStyle: { color: muted, fontSize: drawing.textSize },
  };
}

/** Draws a cell with a gap around it, and with its value where there is room for it. */
function heatMapCell(
  drawing: Drawing,
  isLabelled: boolean,
  most: number,
  cells: readonly { readonly itemStyle: { readonly opacity: number } }[],
): CustomSeriesRenderItem {
  const { theme, textSize } = drawing;
  const { surface, text } = theme.inks;
  const gap = px(2, drawing);
  return ({ dataIndex }, api) => {
    const value = Number(api.value(2));
    const [x, y] = api.coord([api.value(0), api.value(1)]) as [number, number];
    const [width, height] = api.size!([1, 1]) as [number, number];
    const label = isLabelled ? cellLabel(value, width, height, textSize) : '';
    return {
      type: 'rect',
      shape: {
        x: x - (width - gap) / 2,
        y: y - (height - gap) / 2,
        width: width - gap,
        height: height - gap,
        r: px(2, drawing),
      },
      style: { fill: api.visual('color') as string, opacity: cells[dataIndex]!.itemStyle.opacity },
      textContent: {
        type: 'text',
        style: { text: label, fontSize: textSize, fill: value > most / 2 ? surface : text },
      },
      textConfig: { position: 'inside' },
    };
  };
}

/** A share as it fits into a cell of so many pixels: with decimals, without, without the sign, or not at all. */
export function cellLabel(value: number, width: number, height: number, textSize: number): string {
  if (height < 1.2 * textSize || width < 2 * textSize) return '';
  if (width >= 4 * textSize) return formatValue(value, 'percent');
  return `${Math.round(value * 100)}${width < 2.8 * textSize ? '' : '%'}`;
}

function byValue(a: Cell, b: Cell): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : String(a) < String(b) ? -1 : 1;
}
