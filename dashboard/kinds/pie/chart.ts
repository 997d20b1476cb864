import type { EChartsCoreOption } from 'echarts/core';
import { formatLabel, formatValue } from '../../format';
import { type ChartKind, type Datum, type Drawing, faded, px } from '../../page/drawing';
import { frame } from '../../page/frame';
import { recordsOf } from '../../page/records';
import type { Rows } from '../../protocol';
import type { Pie } from './kind';

export const pieChart: ChartKind<Pie> = { optionOf: pieOption };

/** So many parts are shown by themselves. */
const OTHERS_AFTER = 7;

function pieOption(visual: Pie, rows: Rows, drawing: Drawing): EChartsCoreOption {
  const { theme, textSize, level, selected } = drawing;
  const dimension = level!;
  const { measure } = visual;
  const records = recordsOf(rows);
  const shown = records.length > OTHERS_AFTER + 1 ? records.slice(0, OTHERS_AFTER) : records;
  const others = records.slice(shown.length).reduce((sum, record) => sum + Number(record[measure.id]), 0);
  const { muted, surface, text } = theme.inks;
  const data: Datum[] = shown.map((record) => {
    const values = { [dimension.id]: record[dimension.id]! };
    return {
      name: formatLabel(record[dimension.id], dimension),
      value: record[measure.id],
      mark: { values },
      itemStyle: { opacity: faded(selected, values) },
    };
  });
  if (others > 0)
    data.push({ name: `${records.length - shown.length} others`, value: others, itemStyle: { color: muted } });
  return {
    tooltip: {
      ...(frame(drawing, visual).tooltip as object),
      trigger: 'item',
      formatter: ({
        name,
        value,
        percent,
      }: {
        readonly name: string;
        readonly value: number;
        readonly percent: number;
      }) => `${name}\n${formatValue(value, measure.format)} (${percent.toFixed(1)}%)`,
    },
    series: [
      {
        type: 'pie',
        radius: data.length > 5 ? ['34%', '54%'] : ['42%', '64%'],
        center: ['50%', '52%'],
        itemStyle: { borderColor: surface, borderWidth: px(2, drawing) },
        label: {
          color: text,
          fontSize: textSize,
          lineHeight: px(17, drawing),
          formatter: ({ name, percent }: { readonly name: string; readonly percent: number }) =>
            `${name}\n${percent.toFixed(1)}%`,
        },
        labelLine: { length: px(8, drawing), length2: px(4, drawing), lineStyle: { width: px(1, drawing) } },
        data,
      },
    ],
  };
}
