import type { Dimension } from '../../../metrics/measure';
import type { IncidentGroup, IncidentMark } from '../../incidents';
import type { Drawing } from '../../page/drawing';
import type { Cell } from '../../protocol';
import type { Tick } from '../../time-axis';

/** Which line an incident belongs to: that of its value, where there is one for each, and else the first. */
export function courseOf(incident: IncidentGroup, series: Dimension | undefined, keys: readonly Cell[]): number {
  const { name } = series?.field ?? {};
  return name === 'continent' || name === 'country_name' ? keys.indexOf(incident[name]) : 0;
}

/** Numbers on a line where incidents begin; the tooltip says what they are. */
export function incidentPoints(
  marks: readonly IncidentMark[],
  values: readonly (Cell | undefined)[],
  color: string | undefined,
  { theme, textSize }: Drawing,
) {
  if (marks.length === 0) return {};
  const { surface, text } = theme.inks;
  return {
    markPoint: {
      silent: true,
      symbol: 'circle',
      symbolSize: 1.5 * textSize,
      symbolOffset: [0, -textSize],
      itemStyle: { color: text, borderColor: color, borderWidth: 2 },
      label: { color: surface, fontSize: textSize - 1, fontWeight: 'bold' },
      data: marks.map(({ number, first }) => ({
        coord: [first, values[first] ?? 0],
        value: number,
        label: { formatter: String(number) },
      })),
    },
  };
}

/** The days of an axis on which there is no data, shaded. */
export function withoutData(ticks: readonly Tick[], { theme, textSize: fontSize }: Drawing) {
  const areas: [number, number][] = [];
  for (const [n, { coverage }] of ticks.entries()) {
    if (coverage !== 'no data') continue;
    const last = areas.at(-1);
    if (last && last[1] === n) last[1] = n + 1;
    else areas.push([Math.max(0, n - 1), n + 1]);
  }
  if (areas.length === 0) return {};
  const { muted, line } = theme.inks;
  return {
    markArea: {
      silent: true,
      itemStyle: { color: line, opacity: 0.4 },
      label: { show: true, position: 'insideTop', color: muted, fontSize },
      data: areas.map(([from, to]) => [{ name: 'No data', xAxis: from }, { xAxis: Math.min(to, ticks.length - 1) }]),
    },
  };
}
