import type { Measure } from '../../metrics/measure';
import type { Cell, Rows } from '../protocol';

/** Rows by the names of their columns. */
export function recordsOf({ columns, rows }: Rows): Record<string, Cell>[] {
  return rows.map((row) => Object.fromEntries(columns.map((name, n) => [name, row[n]!])));
}

/** Values of a column by the sum of another, the largest first. */
export function ranked(records: readonly Record<string, Cell>[], column: string, by: string): Cell[] {
  const sums = new Map<Cell, number>();
  for (const record of records) sums.set(record[column]!, (sums.get(record[column]!) ?? 0) + Number(record[by] ?? 0));
  return [...sums.keys()].sort((a, b) => sums.get(b)! - sums.get(a)!);
}

export function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}

/** Whether there being no rows means 0. */
export function isCount({ expression }: Measure): boolean {
  return expression.kind === 'count' || expression.kind === 'countDistinct';
}
