import { expect, test } from '@jest/globals';
import { loadCountries } from '../../schema/countries';
import {
  ENTRY,
  EVENT_TYPE_OF,
  EVENTS_PER_SESSION,
  PAGES,
  type Page,
  TRANSITIONS,
} from '../../sources/simulator/journey';
import { populationOf } from '../../sources/simulator/population';

const VISITS: Readonly<Record<Page, number>> = {
  home_page: 0.8,
  product_page: 1.6,
  cart_page: 0.8,
  checkout_page: 0.4,
  search_page: 0.4,
};

test.each(PAGES)('sessions begin on %s and lead there as often as it is expected to be visited', (page) => {
  const arriving = PAGES.reduce(
    (sum, other) => sum + VISITS[other] * (TRANSITIONS[other][page] ?? 0),
    ENTRY[page] ?? 0,
  );
  expect(Math.abs(arriving - VISITS[page])).toBeLessThan(1e-12);
});

test('a walk always ends, so the expected visits are the only solution', () => {
  for (const page of PAGES)
    expect(Object.values(TRANSITIONS[page]).reduce((sum, chance) => sum + chance, 0)).toBeLessThanOrEqual(0.95);
});

test('the expected visits give the weights of event types and pages', () => {
  const shareOf = (type: string) =>
    PAGES.reduce((sum, page) => sum + (EVENT_TYPE_OF[page] === type ? VISITS[page] : 0), 0) / EVENTS_PER_SESSION;
  expect(shareOf('click')).toBeCloseTo(0.6, 12);
  expect(shareOf('search')).toBeCloseTo(0.3, 12);
  expect(shareOf('purchase')).toBeCloseTo(0.1, 12);
  expect(PAGES.map((page) => VISITS[page] / EVENTS_PER_SESSION)).toEqual([0.2, 0.4, 0.2, 0.1, 0.1]);
});

test('checkout chances differ by country, and their mean weighted by population is that of the journey', () => {
  const { countries, checkoutChances } = populationOf(loadCountries(), 5760);
  const people = countries.reduce((sum, { population }) => sum + population, 0);
  const mean = countries.reduce((sum, { population }, n) => sum + (population / people) * checkoutChances[n]!, 0);
  expect(mean).toBeCloseTo(TRANSITIONS.cart_page.checkout_page!, 12);
  expect(new Set(checkoutChances).size).toBeGreaterThan(45);
  // Above .7 the chances of all that can follow a cart would exceed 1.
  expect(Math.max(...checkoutChances)).toBeLessThanOrEqual(0.7);
});

test('users come from at least 45 countries', () => {
  expect(populationOf(loadCountries(), 5760).countries.length).toBeGreaterThanOrEqual(45);
});

test('a population that cannot have so many sessions names the least that can', () => {
  expect(() => populationOf(loadCountries(), 1e6, 1000)).toThrow(/use at least \d+/);
  const least = Number(/at least (\d+)/.exec(messageOf(() => populationOf(loadCountries(), 1e6, 1000)))![1]);
  expect(() => populationOf(loadCountries(), 1e6, least)).not.toThrow();
});

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('it did not throw');
}
