import type { EChartsCoreOption } from 'echarts/core';
import { formatLabel, formatValue } from '../../format';
import { axes, legend, legendHeight, margins } from '../../page/axes';
import { type ChartKind, type Datum, type Drawing, faded, px } from '../../page/drawing';
import { frame } from '../../page/frame';
import { distinct, ranked, recordsOf } from '../../page/records';
import type { Cell, Rows } from '../../protocol';
import type { Bar } from './kind';

export const barChart: ChartKind<Bar> = { optionOf: barOption };

function barOption(visual: Bar, rows: Rows, drawing: Drawing): EChartsCoreOption {
  const { measure, series: stack, below = [] } = visual;
  const records = recordsOf(rows);
  const keys = keysOf(visual, records, drawing);
  const isHorizontal = visual.orientation === 'horizontal';
  const isLabelled = isHorizontal && !stack;
  const series = seriesOf(visual, records, keys, drawing);
  const names = series.map(({ name }) => name);
  const categories = categoriesOf(visual, keys, drawing);
  const value = axes(drawing).value(measure.format);
  return {
    grid: {
      ...margins(drawing),
      ...(isLabelled ? { right: 5 * drawing.textSize } : {}),
      ...(names.length > 1 ? { top: legendHeight(names, drawing) } : {}),
    },
    legend: legend(drawing, names),
    tooltip: {
      ...(frame(drawing, visual).tooltip as object),
      trigger: 'axis',
      axisPointer: { type: 'shadow' },
      valueFormatter: (shown: unknown) =>
        formatValue(below.length > 0 ? Math.abs(Number(shown)) : (shown as Cell), measure.format),
    },
    xAxis: isHorizontal ? { ...value, show: !isLabelled } : categories,
    yAxis: isHorizontal ? categories : value,
    series: isLabelled ? series.map((each) => ({ ...each, label: barLabel(visual, drawing) })) : series,
  };
}

/** Categories in their order, or by their totals, the largest first. */
function keysOf({ measure, isInOrderOfCategory }: Bar, records: readonly Record<string, Cell>[], { level }: Drawing) {
  return isInOrderOfCategory
    ? distinct(records.map((record) => record[level!.id]!))
    : ranked(records, level!.id, measure.id);
}

/** A series for each value of the stack, or one. */
function seriesOf(
  { measure, series: stack, below = [] }: Bar,
  records: readonly Record<string, Cell>[],
  keys: readonly Cell[],
  drawing: Drawing,
) {
  const { level, selected, textSize } = drawing;
  const { id } = level!;
  const bar = (name: string, own: readonly Record<string, Cell>[], extra: Readonly<Record<string, Cell>>, sign = 1) => {
    const byKey = new Map<Cell, Cell | undefined>(own.map((record) => [record[id]!, record[measure.id]]));
    return {
      name,
      type: 'bar',
      stack: 'all',
      barMaxWidth: 2.3 * textSize,
      emphasis: { focus: stack ? 'series' : 'none' },
      data: keys.map((key): Datum => {
        const values = { [id]: key, ...extra };
        return {
          value: sign * Number(byKey.get(key) ?? 0),
          mark: { values },
          itemStyle: { opacity: faded(selected, values) },
        };
      }),
    };
  };
  if (!stack) return [bar(measure.label, records, {})];
  return ranked(records, stack.id, measure.id).map((part) => {
    const own = records.filter((record) => record[stack.id] === part);
    return bar(formatLabel(part, stack), own, { [stack.id]: part }, below.includes(String(part)) ? -1 : 1);
  });
}

function categoriesOf({ orientation, below = [] }: Bar, keys: readonly Cell[], drawing: Drawing) {
  const { category } = axes(drawing);
  return {
    ...category,
    axisLine: { ...category.axisLine, onZero: below.length === 0 },
    data: keys.map((key) => formatLabel(key, drawing.level!)),
    ...(orientation === 'horizontal'
      ? { inverse: true, axisLabel: { ...category.axisLabel, width: 10 * drawing.textSize, overflow: 'truncate' } }
      : {}),
  };
}

/** The value of a bar, at its end. */
function barLabel({ measure }: Bar, drawing: Drawing) {
  return {
    show: true,
    position: 'right',
    distance: px(5, drawing),
    color: drawing.theme.inks.text,
    fontSize: drawing.textSize,
    formatter: ({ value: shown }: { readonly value: number }) => formatValue(shown, measure.format),
  };
}
