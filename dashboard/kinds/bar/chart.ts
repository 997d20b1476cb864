import type { EChartsCoreOption } from 'echarts/core';
import { formatLabel, formatValue } from '../../format';
import { axes, legend, legendHeight, margins } from '../../page/axes';
import { type ChartKind, type Datum, type Drawing, faded, px } from '../../page/drawing';
import { frame } from '../../page/frame';
import { ranked, recordsOf } from '../../page/records';
import type { Cell, Rows } from '../../protocol';
import type { Bar } from './kind';

export const barChart: ChartKind<Bar> = { optionOf: barOption };

function barOption(visual: Bar, rows: Rows, drawing: Drawing): EChartsCoreOption {
  const { theme, level, selected } = drawing;
  const dimension = level!;
  const records = recordsOf(rows);
  const { measure, series: stack, below = [] } = visual;
  const total = new Map<Cell, number>();
  for (const record of records)
    total.set(record[dimension.id]!, (total.get(record[dimension.id]!) ?? 0) + Number(record[measure.id] ?? 0));
  const keys = [...total.keys()];
  if (!visual.isInOrderOfCategory) keys.sort((a, b) => total.get(b)! - total.get(a)!);
  const { category, value } = axes(drawing);
  const bar = (
    name: string,
    of: (key: Cell) => Record<string, Cell> | undefined,
    extra: Readonly<Record<string, Cell>> = {},
    sign: 1 | -1 = 1,
  ) => ({
    name,
    type: 'bar',
    stack: 'all',
    barMaxWidth: 2.3 * drawing.textSize,
    emphasis: { focus: stack ? 'series' : 'none' },
    data: keys.map((key): Datum => {
      const values = { [dimension.id]: key, ...extra };
      return {
        value: sign * Number(of(key)?.[measure.id] ?? 0),
        mark: { values },
        itemStyle: { opacity: faded(selected, values) },
      };
    }),
  });
  const parts = stack ? ranked(records, stack.id, measure.id) : [];
  const series = stack
    ? parts.map((part) => {
        const own = new Map<Cell, Record<string, Cell>>(
          records.filter((record) => record[stack.id] === part).map((record) => [record[dimension.id]!, record]),
        );
        const sign = below.includes(String(part)) ? -1 : 1;
        return bar(formatLabel(part, stack), (key) => own.get(key), { [stack.id]: part }, sign);
      })
    : [bar(measure.label, (key) => records.find((record) => record[dimension.id] === key))];
  const isHorizontal = visual.orientation === 'horizontal';
  const categories = {
    ...category,
    axisLine: { ...category.axisLine, onZero: below.length === 0 },
    data: keys.map((key) => formatLabel(key, dimension)),
    ...(isHorizontal
      ? { inverse: true, axisLabel: { ...category.axisLabel, width: 10 * drawing.textSize, overflow: 'truncate' } }
      : {}),
  };
  const names = series.map(({ name }) => name);
  const isLabelled = isHorizontal && !stack;
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
    xAxis: isHorizontal ? { ...value(measure.format), show: !isLabelled } : categories,
    yAxis: isHorizontal ? categories : value(measure.format),
    series: isLabelled
      ? series.map((each) => ({
          ...each,
          label: {
            show: true,
            position: 'right',
            distance: px(5, drawing),
            color: theme.inks.text,
            fontSize: drawing.textSize,
            formatter: ({ value: shown }: { readonly value: number }) => formatValue(shown, measure.format),
          },
        }))
      : series,
  };
}
