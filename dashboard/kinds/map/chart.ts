import type { EChartsCoreOption } from 'echarts/core';
import { formatShort, formatValue } from '../../format';
import { type ChartKind, type Drawing, faded, px } from '../../page/drawing';
import { frame } from '../../page/frame';
import { recordsOf } from '../../page/records';
import type { Cell, Rows } from '../../protocol';
import { fontFamily } from '../../theme';
import type { WorldMap } from './kind';

export const mapChart: ChartKind<WorldMap> = { optionOf: mapOption, needsWorld: true };

function mapOption(visual: WorldMap, rows: Rows, drawing: Drawing): EChartsCoreOption {
  const records = recordsOf(rows);
  const most = Math.max(1, ...records.map((record) => strengthOf(visual, record)));
  return {
    tooltip: {
      ...(frame(drawing, visual).tooltip as object),
      trigger: 'item',
      formatter: ({ data }: { readonly data?: { readonly shown?: string } }) => data?.shown ?? '',
    },
    geo: geoOf(drawing),
    visualMap: scaleOf(visual, most, drawing),
    graphic: labelsOf(visual, most, drawing),
    series: seriesOf(visual, records, drawing),
  };
}

/** Where a country lies on the scale, which is one of logarithms. */
function strengthOf({ measure }: WorldMap, record: Record<string, Cell>): number {
  return Math.log10(Math.max(1, Number(record[measure.id])));
}

function geoOf(drawing: Drawing) {
  const { theme } = drawing;
  const { line } = theme.inks;
  return {
    map: 'world',
    roam: false,
    left: px(8, drawing),
    right: px(8, drawing),
    top: px(8, drawing),
    bottom: px(44, drawing),
    itemStyle: { areaColor: line, borderColor: theme.inks.surface, borderWidth: px(0.5, drawing) },
    emphasis: { disabled: true },
    tooltip: { show: false },
  };
}

/** Length of the scale, as drawn with text of the usual size. */
const SCALE_LENGTH = 180;

function scaleOf({ measure }: WorldMap, most: number, drawing: Drawing) {
  const { theme, textSize } = drawing;
  const { muted } = theme.inks;
  return {
    type: 'continuous',
    min: 0,
    max: most,
    calculable: false,
    orient: 'horizontal',
    left: px(8, drawing),
    bottom: px(20, drawing),
    padding: 0,
    itemWidth: px(10, drawing),
    itemHeight: px(SCALE_LENGTH, drawing),
    textStyle: { color: muted, fontSize: textSize },
    formatter: (power: number) => formatShort(Math.round(10 ** power), measure.format), // beside what is pointed at
    inRange: { color: theme.scale },
  };
}

/** Powers of ten below the scale. */
function labelsOf({ measure }: WorldMap, most: number, drawing: Drawing) {
  const { theme, textSize } = drawing;
  const { muted } = theme.inks;
  return {
    type: 'group',
    left: px(8, drawing),
    bottom: px(4, drawing),
    silent: true,
    children: powersOfTen(most).map((power) => ({
      type: 'text',
      x: (power / most) * px(SCALE_LENGTH, drawing),
      style: {
        text: formatShort(10 ** power, measure.format),
        align: power === 0 ? 'left' : 'center',
        fill: muted,
        fontSize: textSize,
        fontFamily: fontFamily(theme),
      },
    })),
  };
}

/** Shapes of countries, and dots for those too small for one. */
function seriesOf(visual: WorldMap, records: readonly Record<string, Cell>[], drawing: Drawing) {
  const { theme, points } = drawing;
  const { country } = visual;
  const { muted } = theme.inks;
  const small = records.filter((record) => points.has(String(record[country.id])));
  const datum = (record: Record<string, Cell>, style?: object) => datumOf(visual, record, drawing, style);
  const strength = (record: Record<string, Cell>): number => strengthOf(visual, record);
  return [
    {
      type: 'map',
      geoIndex: 0,
      emphasis: { label: { show: false } },
      select: { disabled: true },
      data: records
        .filter((record) => !points.has(String(record[country.id])))
        .map((record) => ({ name: String(record[country.id]), value: strength(record), ...datum(record) })),
    },
    {
      type: 'scatter',
      coordinateSystem: 'geo',
      symbolSize: px(8, drawing),
      data: small.map((record) => ({
        value: [...points.get(String(record[country.id]))!, strength(record)],
        ...datum(record, { borderColor: muted, borderWidth: px(1, drawing) }),
      })),
    },
  ];
}

function datumOf(
  { measure, country, name }: WorldMap,
  record: Record<string, Cell>,
  { selected }: Drawing,
  style: object = {},
) {
  const values = { [country.id]: record[country.id]!, [name.id]: record[name.id]! };
  return {
    mark: { values: { [name.id]: record[name.id]! } },
    shown: `${record[name.id]}\n${formatValue(record[measure.id], measure.format)} ${measure.unit}`,
    itemStyle: { ...style, opacity: faded(selected, values) },
  };
}

/** Exponents along a scale of logarithms up to one, four or five at most. */
function powersOfTen(most: number): number[] {
  const step = Math.ceil((Math.floor(most) + 1) / 5);
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, n) => n * step);
}
