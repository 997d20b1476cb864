import { forecastOf } from '../../forecast';
import { type Drawing, px } from '../../page/drawing';
import type { Cell } from '../../protocol';
import type { Tick } from '../../time-axis';
import type { Line } from './kind';

/** Names of the two lines that a forecast's band lies between. */
export const BAND = ['from', 'to'];

/** A dashed line for the days to come, and the band in which they should be; from the last day that is complete. */
export function forecast(
  visual: Line,
  records: readonly Record<string, Cell>[],
  drawing: Drawing,
  ticks: readonly Tick[],
) {
  const { theme } = drawing;
  const [measure] = visual.measures;
  const byDay = new Map(records.map((record) => [String(record.day_start), Number(record[measure.id])]));
  const lastComplete = ticks.findLastIndex(({ coverage }) => coverage === 'complete');
  const values = ticks
    .slice(0, lastComplete + 1)
    .map(({ start, coverage }) => (coverage === 'no data' ? null : (byDay.get(start) ?? 0)));
  const points = forecastOf(values.slice(values.findIndex((each) => each !== null)), visual.forecast!);
  if (points.length === 0) return undefined;
  const gap: null[] = Array(lastComplete).fill(null);
  const shownAfter = ticks.length - 1 - lastComplete;
  const times = points.map((_, n) => dayAfter(ticks[lastComplete]!.start, n + 1)).slice(shownAfter);
  const start = values[lastComplete]!;
  const band = {
    type: 'line',
    stack: 'band',
    silent: true,
    showSymbol: false,
    lineStyle: { opacity: 0 },
  };
  return {
    times,
    series: [
      {
        name: 'Forecast',
        type: 'line',
        showSymbol: false,
        lineStyle: { width: px(2, drawing), type: 'dashed' },
        color: theme.series[0],
        data: [...gap, start, ...points.map(({ value }) => Math.round(value))],
      },
      { ...band, name: 'from', data: [...gap, start, ...points.map(({ low }) => low)] },
      {
        ...band,
        name: 'to',
        areaStyle: { color: theme.series[0], opacity: 0.15 },
        data: [...gap, 0, ...points.map(({ low, high }) => high - low)],
      },
    ],
  };
}

function dayAfter(text: string, days: number): string {
  const date = new Date(`${text.slice(0, 10)}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return `${date.toISOString().slice(0, 10)} 00:00:00`;
}
