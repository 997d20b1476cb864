/** A period of a sparkline. */
export interface TrendPoint {
  /** Null where there is no data, or nothing to be a share of. */
  readonly value: number | null;
  readonly isSoFar: boolean;
}

/** A point in the sparkline's box; `y` grows downward. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly isSoFar: boolean;
}

export const BOX = { width: 100, height: 28 };

/** Kept free at the top and the bottom, so that lines are drawn in full. */
const MARGIN = 2;

/**
 * Where the points of a sparkline are in its box, undefined where there is none. Complete periods alone make the scale: one that has
 * just begun is at the edge if it is off it. Empty if fewer than two periods have a value, or none of them is complete.
 */
export function sparklinePlaces(points: readonly TrendPoint[]): readonly (Place | undefined)[] {
  const known = points.filter(({ value }) => value !== null);
  const complete = known.filter(({ isSoFar }) => !isSoFar).map(({ value }) => value!);
  if (known.length < 2 || complete.length === 0) return [];
  const most = Math.max(...complete);
  const lowest = Math.min(...complete);
  const least = Math.max(Math.min(0, lowest), lowest - (most - lowest) / 2);
  return points.map(({ value, isSoFar }, n) => {
    if (value === null) return undefined;
    const share = Math.min(1, Math.max(0, (value - least) / (most - least || 1)));
    return {
      x: (n / (points.length - 1)) * BOX.width,
      y: BOX.height - MARGIN - share * (BOX.height - 2 * MARGIN),
      isSoFar,
    };
  });
}
