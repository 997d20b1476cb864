import { expect, test } from '@jest/globals';
import { errorFunction, probit } from 'simple-statistics';
import { MODELS, type SimulatedEvent } from '../../sources/simulator/simulation';
import { countries, days, eventsOf, independent, journeys } from './simulations';

const MILLION = 48_000 * 21;
const simulated = {
  journeys: eventsOf({ ...journeys, eventsPerDay: 48_000 }, days(0, 21)),
  independent: eventsOf({ ...independent, eventsPerDay: 48_000 }, days(0, 21)),
};
/** One event of each user. */
const users = {
  journeys: [...new Map(simulated.journeys.map((event) => [event.user_id, event])).values()],
  independent: simulated.independent,
};

type Counts = ReadonlyMap<string, number>;
type Shares = Readonly<Record<string, number>>;

/** Fields of an event, with the article's share of each value among the events that have one. */
const WEIGHTS = {
  event_type: { click: 0.6, search: 0.3, purchase: 0.1 },
  user_action: { home_page: 0.2, product_page: 0.4, cart_page: 0.2, checkout_page: 0.1, search_page: 0.1 },
  product_category: { electronics: 0.3, clothing: 0.2, books: 0.2, home_appliances: 0.1, toys: 0.1, other: 0.1 },
} as const satisfies Partial<Record<keyof SimulatedEvent, Shares>>;
const FIELDS = Object.keys(WEIGHTS) as (keyof typeof WEIGHTS)[];

test.each(FIELDS)('independent events have the weights of %s', (field) => {
  const { statistic, critical } = chiSquare(countBy(simulated.independent, field), WEIGHTS[field]);
  expect(statistic).toBeLessThan(critical);
});

/*
 * Events of one user aren't independent, which inflates the statistic. Rao and Scott's first-order correction (The Analysis of
 * Categorical Data from Complex Sample Surveys, JASA 76, 1981) divides it by the mean design effect of the cells: the variance
 * of each share over clusters, by that of independent events. The cluster is the user and not the session, because a user's
 * sessions share a country and so its chance from cart to checkout.
 */
test.each(FIELDS)('journeys have the weights of %s', (field) => {
  const counts = countBy(simulated.journeys, field);
  const { statistic, critical } = chiSquare(counts, WEIGHTS[field]);
  const effect = meanDesignEffect(simulated.journeys, field, WEIGHTS[field]);
  expect(effect).toBeGreaterThan(0.5);
  expect(effect).toBeLessThan(5);
  expect(statistic / effect).toBeLessThan(critical);
});

test('whole weeks have the expected volume of events', () => {
  expect(Math.abs(simulated.journeys.length / MILLION - 1)).toBeLessThan(0.01);
  expect(simulated.independent).toHaveLength(MILLION);
});

test.each(MODELS)('users of %s come from countries as their population is', (model) => {
  const people = countries.reduce((sum, { population }) => sum + population, 0);
  const shares = Object.fromEntries(countries.map(({ code, population }) => [code, population / people]));
  const { statistic, critical } = chiSquare(countBy(users[model], 'location'), shares);
  expect(statistic).toBeLessThan(critical);
});

test.each(MODELS)('ages of the users of %s are whole, normal(35, 10) and clamped to 16..80', (model) => {
  const below = (age: number) =>
    age <= 16 ? 0 : age > 80 ? 1 : 0.5 + 0.5 * errorFunction((age - 35) / 10 / Math.SQRT2);
  const ages = Array.from({ length: 65 }, (_, n) => n + 16);
  const counts = countBy(users[model], 'user_age');
  for (const age of ages) {
    const count = counts.get(String(age)) ?? 0;
    const share = below(age + 1) - below(age);
    // 4 standard deviations, and one of the 4096 quantiles that the simulator draws from
    expect(Math.abs(count / users[model].length - share)).toBeLessThan(
      4 * Math.sqrt(share / users[model].length) + 1 / 4096,
    );
  }
  expect([...counts.keys()].filter((age) => !ages.includes(Number(age)))).toEqual([]);
});

test('user ids are ten lower-case letters, different for every user', () => {
  const ids = new Set(simulated.independent.map(({ user_id }) => user_id));
  expect(ids.size).toBe(simulated.independent.length);
  expect([...ids].every((id) => /^[a-z]{10}$/.test(id))).toBe(true);
});

/** Pearson's statistic, with cells pooled that expect under five; `critical` is exceeded by chance once in a thousand times. */
function chiSquare(counts: Counts, shares: Shares): { statistic: number; critical: number } {
  const total = sum(counts.values());
  const cells = Object.entries(shares).map(([value, share]) => [counts.get(value) ?? 0, share * total] as const);
  expect(sum(cells.map(([count]) => count))).toBe(total); // no other values
  const small = cells.filter(([, expected]) => expected < 5);
  const pool = [sum(small.map(([count]) => count)), sum(small.map(([, expected]) => expected))] as const;
  const pooled = [...cells.filter(([, expected]) => expected >= 5), ...(pool[1] > 0 ? [pool] : [])];
  return {
    statistic: sum(pooled.map(([count, expected]) => (count - expected) ** 2 / expected)),
    critical: chiSquareQuantile(0.999, pooled.length - 1),
  };
}

/** Wilson and Hilferty's approximation. */
function chiSquareQuantile(p: number, degrees: number): number {
  const variance = 2 / (9 * degrees);
  return degrees * (1 - variance + probit(p) * Math.sqrt(variance)) ** 3;
}

function meanDesignEffect(events: readonly SimulatedEvent[], field: keyof SimulatedEvent, shares: Shares): number {
  const values = Object.keys(shares);
  const weights = Object.values(shares);
  const users = new Map<string, number[]>();
  for (const event of events) {
    const value = values.indexOf(String(event[field]));
    if (value < 0) continue;
    const counts = users.get(event.user_id) ?? values.map(() => 0);
    counts[value]!++;
    users.set(event.user_id, counts);
  }
  let squares = 0;
  let total = 0;
  for (const counts of users.values()) {
    const size = sum(counts);
    total += size;
    // Over the weight; and times (1 - weight), as the mean weights it, over (1 - weight).
    for (const [n, weight] of weights.entries()) squares += (counts[n]! - weight * size) ** 2 / weight;
  }
  return squares / total / (weights.length - 1);
}

/** Counts events by the value of a field, if they have one. */
function countBy(events: readonly SimulatedEvent[], field: keyof SimulatedEvent): Counts {
  const counts = new Map<string, number>();
  for (const event of events) {
    const value = event[field];
    if (value !== null) counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
  }
  return counts;
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}
