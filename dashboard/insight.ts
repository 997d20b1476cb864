import { beforeOf } from '../metrics/names';
import type { Insight } from './kinds/insight/kind';
import { type Mover, moversOf } from './movers';
import type { Cell, Rows } from './protocol';

/** What an insight says: the last period that has rows against the one before, as a whole and by what moved most. */
export interface Insights {
  /** Starts of the two periods, as many as there are. */
  readonly last?: Cell;
  readonly before?: Cell;
  readonly total: number;
  readonly totalBefore: number;
  readonly movers: readonly Mover[];
}

/** From rows of period, value and measure, the latest period first. */
export function insightsOf(
  { time, by, measure, count }: Pick<Insight, 'time' | 'by' | 'measure' | 'count'>,
  main: Rows,
): Insights {
  const [period, key, value] = [time.id, by.id, measure.id].map((name) => main.columns.indexOf(name)) as [
    number,
    number,
    number,
  ];
  const [last, before] = [...new Set(main.rows.map((row) => row[period]!))];
  const both = new Map<Cell, { value: number; before: number }>();
  for (const row of main.rows.filter((each) => each[period] === last || each[period] === before)) {
    const known = both.get(row[key]!) ?? { value: 0, before: 0 };
    known[row[period] === last ? 'value' : 'before'] += Number(row[value]);
    both.set(row[key]!, known);
  }
  const rows = [...both]
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))
    .map(([id, each]) => [id, each.value, each.before]);
  const sum = (n: 1 | 2): number => rows.reduce((total, row) => total + Number(row[n]), 0);
  const columns = [by.id, measure.id, beforeOf(measure.id)];
  return {
    ...(last === undefined ? {} : { last }),
    ...(before === undefined ? {} : { before }),
    total: sum(1),
    totalBefore: sum(2),
    movers: moversOf({ by, measure }, { ...main, columns, rows }, count),
  };
}
