import { beforeOf } from '../metrics/names';
import type { Movers } from './kinds/movers/kind';
import type { Cell, Rows } from './protocol';

export interface Mover {
  readonly key: Cell;
  readonly value: number;
  readonly before: number;
  readonly change: number;
}

/** The values that rose most, the most first, then those that fell most, the most last; none without a time before. */
export function moversOf(
  { by, measure }: Pick<Movers, 'by' | 'measure'>,
  { columns, rows }: Rows,
  count: number,
): Mover[] {
  const [key, value, before] = [by.id, measure.id, beforeOf(measure.id)].map((name) => columns.indexOf(name));
  if (before! < 0) return [];
  const all = rows
    .map((row): Mover => {
      const [now, then] = [Number(row[value!] ?? 0), Number(row[before!] ?? 0)];
      return { key: row[key!]!, value: now, before: then, change: now - then };
    })
    .sort((a, b) => b.change - a.change);
  const risen = all.filter(({ change }) => change > 0).slice(0, count);
  const fallen = all.filter(({ change }) => change < 0).slice(-count);
  return [...risen, ...fallen];
}
