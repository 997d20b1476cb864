import type { Measure } from '../../metrics/measure';
import { formatShort, shortenTime } from '../format';
import { type Drawing, px, textWidth } from './drawing';

/** An axis of categories, and one of values. */
export function axes(drawing: Drawing) {
  const { theme, textSize: fontSize } = drawing;
  const { muted, line } = theme.inks;
  const [lineStyle, margin] = [{ color: line, width: px(1, drawing) }, px(8, drawing)];
  return {
    category: {
      type: 'category',
      axisTick: { show: false },
      axisLine: { lineStyle },
      axisLabel: {
        color: muted,
        fontSize,
        margin,
        hideOverlap: true,
        formatter: shortenTime,
      },
    },
    value: (format: Measure['format']) => ({
      type: 'value',
      splitNumber: 4,
      ...(format === 'integer' ? { minInterval: 1 } : {}),
      splitLine: { lineStyle },
      axisLabel: {
        color: muted,
        fontSize,
        margin,
        hideOverlap: true,
        formatter: (value: number) => formatShort(value, format),
      },
    }),
  };
}

/** A legend above a chart, where it has more than one item. */
export const legend = (drawing: Drawing, data: readonly string[]) => ({
  show: data.length > 1,
  type: 'plain',
  top: 0,
  left: 0,
  padding: px(5, drawing),
  itemGap: px(10, drawing),
  icon: 'roundRect',
  itemWidth: drawing.textSize,
  itemHeight: (2 / 3) * drawing.textSize,
  textStyle: {
    color: drawing.theme.inks.text,
    fontSize: drawing.textSize,
    lineHeight: px(14, drawing),
    padding: [0, 0, 0, px(5, drawing) - 5], // ECharts has 5 pixels there, whatever the size of text
  },
  data,
});

/** In how many rows of a width items fit that follow each other. */
function rowsIn(width: number, items: readonly number[]): number {
  let [rows, used] = [1, 0];
  for (const item of items) {
    if (used > 0 && used + item > width) [rows, used] = [rows + 1, 0];
    used += item;
  }
  return rows;
}

/** The room that a grid and its labels leave around them. */
export const margins = (drawing: Drawing) => ({
  left: px(8, drawing),
  right: px(16, drawing),
  top: px(12, drawing),
  bottom: px(8, drawing),
  containLabel: true,
});

/** The room that a grid leaves above itself for a legend of these names, in one row or more. */
export function legendHeight(names: readonly string[], drawing: Drawing): number {
  const widths = names.map((name) => 2.6 * drawing.textSize + textWidth(name, drawing));
  return px(8 + 24 * rowsIn(drawing.width, widths), drawing);
}
