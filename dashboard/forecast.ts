import { mean, probit, standardDeviation } from 'simple-statistics';
import type { Forecast } from './kinds/line/kind';

export interface ForecastPoint {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Seasons that a forecast looks back on. */
const SEASONS = 4;

/**
 * What to expect next of values in equal steps, null where there is no data: the mean of the values at the same place in the seasons
 * before, with a band from how far such means were off so far. None if there are less than two seasons.
 */
export function forecastOf(
  values: readonly (number | null)[],
  { periods, seasonality, interval }: Forecast,
): ForecastPoint[] {
  if (values.length < 2 * seasonality) return [];
  const expected = (n: number, known: readonly (number | null)[]): number | null => {
    const before = Array.from({ length: SEASONS }, (_, season) => known[n - (season + 1) * seasonality]);
    const there = before.filter((value) => typeof value === 'number');
    return there.length === 0 ? null : mean(there);
  };
  const errors = values.slice(seasonality).flatMap((value, n) => {
    const before = expected(n + seasonality, values);
    return value === null || before === null ? [] : [value - before];
  });
  const reach = probit(0.5 + interval / 2) * (errors.length > 1 ? standardDeviation(errors) : 0);
  const known = [...values];
  const points: ForecastPoint[] = [];
  for (let n = 0; n < periods; n++) {
    const value = expected(known.length, known);
    if (value === null) return []; // as many days without data as it looks back on
    known.push(value);
    points.push({ value, low: Math.max(0, value - reach), high: value + reach });
  }
  return points;
}
