import { mean, probit, standardDeviation } from 'simple-statistics';
import type { Forecast } from './spec';

export interface ForecastPoint {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Seasons that a forecast looks back on. */
const SEASONS = 4;

/**
 * What to expect next of values in equal steps: the mean of the values at the same place in the seasons before, with a band from how
 * far such means were off so far. None if there are less than two seasons.
 */
export function forecastOf(values: readonly number[], { periods, seasonality, interval }: Forecast): ForecastPoint[] {
  if (values.length < 2 * seasonality) return [];
  const expected = (n: number, known: readonly number[]): number => {
    const before = Array.from({ length: SEASONS }, (_, season) => known[n - (season + 1) * seasonality]);
    return mean(before.filter((value) => value !== undefined));
  };
  const errors = values.slice(seasonality).map((value, n) => value - expected(n + seasonality, values));
  const reach = probit(0.5 + interval / 2) * (errors.length > 1 ? standardDeviation(errors) : 0);
  const known = [...values];
  return Array.from({ length: periods }, () => {
    const value = expected(known.length, known);
    known.push(value);
    return { value, low: Math.max(0, value - reach), high: value + reach };
  });
}
