import type { Names } from '../sql-expression';

/** Reads a filter as conditions on a column, all of which must hold. Throws an Error if they can't be computed. */
export type FilterReader<T> = (filter: T, sql: string, scope: FilterScope) => readonly string[];

/** What filters are read with. */
export interface FilterScope {
  readonly names: Names;
  /** Values in force, by parameter. */
  readonly parameters: ReadonlyMap<string, readonly string[]>;
}

/** A bound of a range. */
export interface Bound {
  readonly sql: string | undefined;
  readonly isIncluded: boolean | undefined;
}

/** A condition that something is between two bounds, either of which may be missing. */
export function range(sql: string, from: Bound, to: Bound): string {
  const bounds = [
    ...(from.sql === undefined ? [] : [`${sql} ${from.isIncluded ? '>=' : '>'} ${from.sql}`]),
    ...(to.sql === undefined ? [] : [`${sql} ${to.isIncluded ? '<=' : '<'} ${to.sql}`]),
  ];
  return bounds.join(' AND ') || 'TRUE';
}

/** A condition with what QuickSight's option says of nulls. */
export function nulls(sql: string, option: string | undefined, condition = 'TRUE'): string[] {
  if (option === 'NULLS_ONLY') return [`${sql} IS NULL`];
  if (option === 'NON_NULLS_ONLY') return [condition === 'TRUE' ? `${sql} IS NOT NULL` : `(${condition})`];
  return condition === 'TRUE' ? [] : [`(${condition} OR ${sql} IS NULL)`];
}
