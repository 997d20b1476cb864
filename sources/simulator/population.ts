import { probit } from 'simple-statistics';
import { DAY_S, HOUR_S } from '../../core/time';
import type { Country } from '../../schema/countries';
import { EVENTS_PER_SESSION, MAX_SESSION_S } from './journey';
import { cumulative, fraction, mix, pick, quantileTable } from './random';

const SESSION_GAP_S = 30 * 60;

/**
 * A user's time is cut into slots that hold at most one session each. It starts in the first part of the slot, so that what
 * remains takes the longest session and the 30 minutes that set it apart from the next.
 */
export const SLOT_S = 4 * HOUR_S;
export const START_RANGE_S = SLOT_S - MAX_SESSION_S - SESSION_GAP_S;

/** Sessions by local hour of the day and by day of the week from Monday, relative to each other: an e-commerce site's usual shape. */
const HOUR_WEIGHTS = [3, 2, 1.5, 1, 1, 1.5, 2.5, 4, 5.5, 6.5, 7, 7, 7.5, 7, 6.5, 6.5, 7, 7.5, 8.5, 9.5, 10, 9, 7, 5];
const WEEKDAY_WEIGHTS = [1, 0.95, 0.95, 1, 1.05, 1.2, 1.25];
const WEEK_WEIGHTS = WEEKDAY_WEIGHTS.flatMap((day) => HOUR_WEIGHTS.map((hour) => day * hour));
const MAX_WEIGHT = Math.max(...WEEK_WEIGHTS);
/** Chance that a session drawn for an hour of the local week takes place, 168 values from Monday 00:00. */
const HOUR_CHANCES = Float64Array.from(WEEK_WEIGHTS, (weight) => weight / MAX_WEIGHT);
const MEAN_HOUR_CHANCE = mean(HOUR_CHANCES);

/** How long users stay: Weibull with a falling churn hazard (shape .7, scale 30 days), none over 120 days. */
const LONGEST_STAY_S = 120 * DAY_S;
const STAYS_S = quantileTable((p) => weibullQuantile(p * weibullCdf(LONGEST_STAY_S)));
const MEAN_STAY_S = mean(STAYS_S);

/** Sessions per day of the mean user, unless the population is given. */
const DEFAULT_SESSIONS_PER_USER_DAY = 0.2;

/** Normal(35, 10) cut to whole years and clamped to 16..80, as the original draws it. */
const AGES = quantileTable((p) => Math.max(16, Math.min(80, Math.trunc(35 + 10 * probit(p)))));

/** Size and habits of the population that gives an expected volume of events. */
export interface Population {
  readonly countries: readonly Country[];
  readonly countrySums: Float64Array;
  /** Users who join, per second. */
  readonly joinsPerS: number;
  /** Chance of a session in a slot at the busiest hour, by activity quantile: a bounded Pareto distribution (heavy tail). */
  readonly slotChances: Float64Array;
  /** Chance from cart to checkout by country, whose mean weighted by population is exactly the journey's. */
  readonly checkoutChances: Float64Array;
}

/**
 * Builds the population. `users` is the number present at any time; by default it grows with the volume so that the mean user
 * has .2 sessions a day. Throws when so few users can't have that many sessions.
 */
export function populationOf(countries: readonly Country[], eventsPerDay: number, users?: number): Population {
  const inhabited = countries.filter((country) => country.population > 0);
  const weights = inhabited.map((country) => country.population);
  const sessionsPerDay = eventsPerDay / EVENTS_PER_SESSION;
  const present = users ?? Math.max(1, sessionsPerDay / DEFAULT_SESSIONS_PER_USER_DAY);
  const least = leastPopulation(eventsPerDay);
  if (present < least) {
    const sessions = Math.round(sessionsPerDay);
    throw new RangeError(`a population of ${present} can't have ${sessions} sessions a day: use at least ${least}`);
  }
  const slotChances = slotChancesFor((sessionsPerDay * SLOT_S) / DAY_S / MEAN_HOUR_CHANCE / present);
  const meanChance = mean(slotChances);
  return {
    countries: inhabited,
    countrySums: cumulative(weights),
    joinsPerS: (sessionsPerDay * SLOT_S) / DAY_S / MEAN_HOUR_CHANCE / meanChance / MEAN_STAY_S,
    slotChances,
    checkoutChances: checkoutChances(inhabited),
  };
}

/** Fewest users who can have an expected volume of events: a session in every second slot of the mean user's busiest hour. */
export function leastPopulation(eventsPerDay: number): number {
  return Math.ceil(((eventsPerDay / EVENTS_PER_SESSION) * SLOT_S * 2) / DAY_S / MEAN_HOUR_CHANCE);
}

/** Index of the first user who can have joined early enough, and the one after the last, to have a session in [from, to). */
export function candidates(population: Population, from: number, to: number): [first: number, end: number] {
  const { joinsPerS } = population;
  return [Math.floor((from - SLOT_S - LONGEST_STAY_S) * joinsPerS) - 1, Math.ceil(to * joinsPerS) + 1];
}

/** Seconds that a user stays, from 12 bits of hash. */
export function stayOf(hash: number): number {
  return STAYS_S[hash & 4095]!;
}

export function ageOf(hash: number): number {
  return AGES[hash & 4095]!;
}

export function countryIndexOf(population: Population, hash: number): number {
  return pick(population.countrySums, fraction(hash));
}

/** Chance that a session at this time takes place, by the hour of the user's local week. */
export function hourChance(time: number, country: Country): number {
  const hours = Math.floor((time + country.utcOffsetMinutes * 60) / HOUR_S) + 3 * 24; // the epoch was a Thursday
  return HOUR_CHANCES[((hours % 168) + 168) % 168]!;
}

/** Bounded Pareto over [low, 1] (shape 1) whose mean is the chance wanted; the mean rises with low, so bisect. */
function slotChancesFor(chance: number): Float64Array {
  let low = 0;
  let high = 1;
  for (let n = 0; n < 60; n++) {
    const middle = (low + high) / 2;
    if ((middle * Math.log(1 / middle)) / (1 - middle) < chance) low = middle;
    else high = middle;
  }
  return quantileTable((p) => low / (1 - p * (1 - low)));
}

function checkoutChances(countries: readonly Country[]): Float64Array {
  const spread = countries.map(
    ({ code }) => (fraction(mix(code.charCodeAt(0) * 256 + code.charCodeAt(1))) - 0.5) * 0.2,
  );
  const total = countries.reduce((sum, country) => sum + country.population, 0);
  const offset = countries.reduce((sum, country, n) => sum + (country.population / total) * spread[n]!, 0);
  return Float64Array.from(spread, (value) => 0.5 + value - offset);
}

function weibullCdf(seconds: number): number {
  return 1 - Math.exp(-((seconds / (30 * DAY_S)) ** 0.7));
}

function weibullQuantile(p: number): number {
  return 30 * DAY_S * (-Math.log(1 - p)) ** (1 / 0.7);
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
