import { expect, test } from '@jest/globals';
import { cumulativeStdNormalProbability, probit } from 'simple-statistics';
import { MODELS, type SimulatedEvent } from '../../functions/generator/simulation';
import { countries, days, eventsOf, independent, journeys } from './simulations';

const MILLION = 48_000 * 21;
const simulated = {
  journeys: eventsOf({ ...journeys, eventsPerDay: 48_000 }, days(0, 21)),
  independent: eventsOf({ ...independent, eventsPerDay: 48_000 }, days(0, 21)),
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
  const effect = meanDesignEffect([...countByUser(simulated.journeys, field).values()], WEIGHTS[field]);
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
  const { statistic, critical } = chiSquare(countBy(usersOf(simulated[model]), 'location'), shares);
  expect(statistic).toBeLessThan(critical);
});

test.each(MODELS)('ages of the users of %s are whole, normal(35, 10) and clamped to 16..80', (model) => {
  const below = (age: number) => (age <= 16 ? 0 : age > 80 ? 1 : cumulativeStdNormalProbability((age - 35) / 10));
  const users = usersOf(simulated[model]);
  const ages = Array.from({ length: 65 }, (_, n) => n + 16);
  const counts = countBy(users, 'user_age');
  for (const age of ages) {
    const count = counts.get(String(age)) ?? 0;
    const share = below(age + 1) - below(age);
    // 4 standard deviations, and one of the 4096 quantiles that the simulator draws from
    expect(Math.abs(count / users.length - share)).toBeLessThan(4 * Math.sqrt(share / users.length) + 1 / 4096);
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

function meanDesignEffect(clusters: readonly Counts[], shares: Shares): number {
  const sizes = clusters.map((counts) => sum(counts.values()));
  const effects = Object.entries(shares).map(([value, share]) => {
    const squares = clusters.map((counts, n) => ((counts.get(value) ?? 0) - share * sizes[n]!) ** 2);
    return sum(squares) / sum(sizes) / share; // times (1 - share), as the mean weights it, over share * (1 - share)
  });
  return sum(effects) / (effects.length - 1);
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

function countByUser(events: readonly SimulatedEvent[], field: keyof SimulatedEvent): Map<string, Counts> {
  const byUser = new Map<string, SimulatedEvent[]>();
  for (const event of events) {
    const own = byUser.get(event.user_id);
    if (own) own.push(event);
    else byUser.set(event.user_id, [event]);
  }
  return new Map([...byUser].map(([user, own]) => [user, countBy(own, field)]));
}

/** One event of each user. */
function usersOf(events: readonly SimulatedEvent[]): SimulatedEvent[] {
  return [...new Map(events.map((event) => [event.user_id, event])).values()];
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}
