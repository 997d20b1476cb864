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
  const { theme, textSize, selected, points } = drawing;
  const { measure, country, name } = visual;
  const records = recordsOf(rows);
  const { line, muted } = theme.inks;
  const strength = (record: Record<string, Cell>): number => Math.log10(Math.max(1, Number(record[measure.id])));
  const most = Math.max(1, ...records.map(strength));
  const scaleLength = px(180, drawing);
  const datum = (record: Record<string, Cell>, style: object = {}) => {
    const values = { [country.id]: record[country.id]!, [name.id]: record[name.id]! };
    return {
      mark: { values: { [name.id]: record[name.id]! } },
      shown: `${record[name.id]}\n${formatValue(record[measure.id], measure.format)} ${measure.unit}`,
      itemStyle: { ...style, opacity: faded(selected, values) },
    };
  };
  const small = records.filter((record) => points.has(String(record[country.id])));
  return {
    tooltip: {
      ...(frame(drawing, visual).tooltip as object),
      trigger: 'item',
      formatter: ({ data }: { readonly data?: { readonly shown?: string } }) => data?.shown ?? '',
    },
    geo: {
      map: 'world',
      roam: false,
      left: px(8, drawing),
      right: px(8, drawing),
      top: px(8, drawing),
      bottom: px(44, drawing),
      itemStyle: { areaColor: line, borderColor: theme.inks.surface, borderWidth: px(0.5, drawing) },
      emphasis: { disabled: true },
      tooltip: { show: false },
    },
    visualMap: {
      type: 'continuous',
      min: 0,
      max: most,
      calculable: false,
      orient: 'horizontal',
      left: px(8, drawing),
      bottom: px(20, drawing),
      padding: 0,
      itemWidth: px(10, drawing),
      itemHeight: scaleLength,
      textStyle: { color: muted, fontSize: textSize },
      formatter: (power: number) => formatShort(Math.round(10 ** power), measure.format), // beside what is pointed at
      inRange: { color: theme.scale },
    },
    graphic: {
      type: 'group',
      left: px(8, drawing),
      bottom: px(4, drawing),
      silent: true,
      children: powersOfTen(most).map((power) => ({
        type: 'text',
        x: (power / most) * scaleLength,
        style: {
          text: formatShort(10 ** power, measure.format),
          align: power === 0 ? 'left' : 'center',
          fill: muted,
          fontSize: textSize,
          fontFamily: fontFamily(theme),
        },
      })),
    },
    series: [
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
    ],
  };
}

/** Exponents along a scale of logarithms up to one, four or five at most. */
function powersOfTen(most: number): number[] {
  const step = Math.ceil((Math.floor(most) + 1) / 5);
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, n) => n * step);
}
