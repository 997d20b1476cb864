import type { EChartsCoreOption } from 'echarts/core';
import { formatLabel, formatValue } from '../../format';
import { axes, margins } from '../../page/axes';
import { type ChartKind, type Datum, type Drawing, faded } from '../../page/drawing';
import { frame } from '../../page/frame';
import { recordsOf } from '../../page/records';
import type { Cell, Rows } from '../../protocol';
import type { Histogram } from './kind';

export const histogramChart: ChartKind<Histogram> = { optionOf: histogramOption };

function histogramOption(visual: Histogram, rows: Rows, drawing: Drawing): EChartsCoreOption {
  const { selected } = drawing;
  const { bin, measure } = visual;
  const records = recordsOf(rows);
  const width = bin.kind === 'bin' ? bin.width : 1;
  const [first, last] = [Number(records[0]?.[bin.id] ?? 0), Number(records.at(-1)?.[bin.id] ?? 0)];
  const bins = Array.from({ length: Math.round((last - first) / width) + 1 }, (_, n) => first + n * width);
  const counts = new Map(records.map((record) => [Number(record[bin.id]), record[measure.id]]));
  const { category, value } = axes(drawing);
  return {
    grid: margins(drawing),
    tooltip: {
      ...(frame(drawing, visual).tooltip as object),
      trigger: 'axis',
      axisPointer: { type: 'shadow' },
      valueFormatter: (shown: unknown) => formatValue(shown as Cell, measure.format),
    },
    xAxis: { ...category, data: bins.map((each) => formatLabel(each, bin)) },
    yAxis: value(measure.format),
    series: [
      {
        name: measure.label,
        type: 'bar',
        barCategoryGap: '6%',
        data: bins.map((each): Datum => {
          const values = { [bin.id]: each };
          return { value: counts.get(each) ?? 0, mark: { values }, itemStyle: { opacity: faded(selected, values) } };
        }),
      },
    ],
  };
}
