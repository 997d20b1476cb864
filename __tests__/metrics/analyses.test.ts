import type { DuckDBConnection } from '@duckdb/node-api';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { DAY_MS } from '../../core/time';
import { ANSWERS } from '../../sources/ground-truth/answers';
import {
  analysisNames,
  type EventRow,
  emptyWarehouse,
  insert,
  insertEvents,
  rowsOf,
  sqlOf,
  type Value,
} from './warehouse';

/**
 * Output columns, in order, of the analyses that others rely on: the answer key, the dashboards, and whoever copied the query. One
 * that nobody relies on yet need not be here.
 */
const COLUMNS: Readonly<Record<string, string>> = {
  active_users: 'event_date dau wau mau stickiness',
  anomalies:
    'period period_start country_code event_type event_count expected lower_bound upper_bound z_score direction',
  cohort_retention: 'cohort_week week_n cohort_users active_users retention_rate churn_rate',
  conversion_by_country: 'country_code country_name unique_users buyers conversion_rate',
  customer_behavior: 'continent event_type avg_customer_age event_volume unique_users',
  events_over_time: 'event_date event_count unique_users purchase_count',
  funnel: 'step step_name users step_conversion drop_off overall_conversion',
  hourly_heat_map: 'weekday hour event_count unique_users',
  lifecycle: 'week_start new_users retained_users resurrected_users churned_users',
  n_day_retention:
    'cohort_week day_n cohort_users returned_users retention_rate returned_on_or_after unbounded_retention_rate churn_rate',
  product_category_performance:
    'product_category event_count unique_users product_views cart_adds purchases buyers conversion_rate',
  session_statistics:
    'continent sessions unique_users events_per_session average_duration_s engaged_sessions engagement_rate bounce_rate',
  top_countries: 'country_code country_name event_count unique_users event_share',
};

let connection: DuckDBConnection;

beforeEach(async () => {
  connection = await emptyWarehouse();
});

test('every analysis that others rely on is there, and has its columns listed here', () => {
  expect(analysisNames).toEqual(expect.arrayContaining(Object.keys(COLUMNS)));
  expect(Object.keys(COLUMNS)).toEqual(expect.arrayContaining(Object.keys(ANSWERS)));
});

describe.each(analysisNames)('%s', (name) => {
  test('is one select of at most 60 lines that begins with its grain', () => {
    const text = sqlOf(name);
    expect(text).toMatch(/^-- One row per /);
    expect(text).not.toContain(';');
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(60);
  });

  test('runs on empty tables, and its columns have names and types that every engine has: CAST the others', async () => {
    const reader = await connection.runAndReadAll(sqlOf(name));
    const types = reader.columnTypes();
    const columns = reader.columnNames().map((column, n) => `${column} ${types[n]}`);
    expect(columns.filter((column) => !/^[a-z]\w* (BIGINT|DOUBLE|DATE|TIMESTAMP|VARCHAR)$/.test(column))).toEqual([]);
  });
});

test.each(Object.entries(COLUMNS))(
  '%s gives the columns that others rely on, and no row of empty tables',
  async (name, columns) => {
    const reader = await connection.runAndReadAll(sqlOf(name));
    expect(reader.columnNames().join(' ')).toBe(columns);
    expect(reader.currentRowCount).toBe(name === 'funnel' ? 4 : 0);
  },
);

test('customer_behavior looks back seven days', async () => {
  const daysAgo = (n: number) => new Date(Date.now() - n * DAY_MS).toISOString().slice(0, 10);
  await events(
    ['ann', daysAgo(0), { user_age: 30 }],
    ['ann', daysAgo(6), { user_age: 30 }],
    ['bob', daysAgo(6), { user_age: 60 }],
    ['bob', daysAgo(9), { user_age: 60 }],
    ['bob', daysAgo(1), { event_type: 'search', user_age: null }],
  );
  expect(await rows('customer_behavior')).toEqual([
    ['Europe', 'click', 40, 3, 2],
    ['Europe', 'search', null, 1, 1],
  ]);
});

test('events_over_time cuts days at midnight UTC and counts a user once a day', async () => {
  await events(
    ['ann', '2026-01-05 23:59:59', { event_type: 'purchase' }],
    ['ann', '2026-01-06 00:00:00'],
    ['ann', '2026-01-06 13:00:00'],
    ['bob', '2026-01-06 12:00:00'],
  );
  expect(await rows('events_over_time')).toEqual([
    ['2026-01-05', 1, 1, 1],
    ['2026-01-06', 3, 2, 0],
  ]);
});

test('top_countries gives ten, ties by code, with their share of all events', async () => {
  const codes = ['AJ', 'AI', 'AH', 'AG', 'AF', 'AE', 'AD', 'AC', 'AB', 'AA', 'ZW', 'ZW'];
  await events(
    ...codes.map((code): EventRow => ['ann', '2026-01-05', { country_code: code, country_name: `Land ${code}` }]),
  );
  expect(await rows('top_countries')).toEqual([
    ['ZW', 'Land ZW', 2, 1, 2 / 12],
    ...['AA', 'AB', 'AC', 'AD', 'AE', 'AF', 'AG', 'AH', 'AI'].map((code) => [code, `Land ${code}`, 1, 1, 1 / 12]),
  ]);
});

test('conversion_by_country counts a buyer once, in the countries where they bought', async () => {
  const france = { country_code: 'FR', country_name: 'France' };
  await events(
    ['ann', '2026-01-05', { event_type: 'purchase' }],
    ['ann', '2026-01-06', { event_type: 'purchase' }],
    ['bob', '2026-01-05'],
    ['cat', '2026-01-05'],
    ['ann', '2026-01-07', france],
    ['dan', '2026-01-07', { ...france, event_type: 'search' }],
    ['eve', '2026-01-07', { event_type: 'purchase', country_code: 'ZZ', country_name: 'Unknown' }],
  );
  expect(await rows('conversion_by_country')).toEqual([
    ['DE', 'Germany', 3, 1, 1 / 3],
    ['FR', 'France', 2, 0, 0],
    ['ZZ', 'Unknown', 1, 1, 1],
  ]);
});

test('funnel counts a step only strictly after the one before, however much later', async () => {
  await events(
    ['ann', '2026-01-05 10:00:00', { user_action: 'home_page' }],
    ['ann', '2026-01-05 10:00:01', { user_action: 'product_page' }],
    ['ann', '2026-01-05 10:00:02', { user_action: 'cart_page' }],
    ['ann', '2026-01-05 10:00:03', { user_action: 'checkout_page' }],
    ['bob', '2026-01-05 10:00:00', { user_action: 'product_page' }],
    ['bob', '2026-01-05 10:00:01', { user_action: 'home_page' }],
    ['bob', '2026-01-05 10:00:02', { user_action: 'cart_page' }],
    ['cat', '2026-01-05 10:00:00', { user_action: 'home_page' }],
    ['cat', '2026-01-05 10:00:00', { user_action: 'product_page' }],
    ['dan', '2026-01-05 10:00:00', { user_action: 'home_page' }],
    ['dan', '2026-01-05 10:00:01', { user_action: 'cart_page' }],
    ['dan', '2026-01-05 10:00:02', { user_action: 'product_page' }],
    ['dan', '2026-01-05 10:00:03', { user_action: 'checkout_page' }],
    ['eve', '2026-01-04 10:00:00', { user_action: 'cart_page' }],
    ['eve', '2026-01-05 10:00:00', { user_action: 'home_page' }],
    ['eve', '2026-02-05 10:00:00', { user_action: 'product_page' }],
    ['eve', '2026-03-05 10:00:00', { user_action: 'cart_page' }],
    ['fay', '2026-01-05 10:00:00', { user_action: 'checkout_page' }],
  );
  expect(await rows('funnel')).toEqual([
    [1, 'home_page', 5, null, null, 1],
    [2, 'product_page', 3, 3 / 5, 2, 3 / 5],
    [3, 'cart_page', 2, 2 / 3, 1, 2 / 5],
    [4, 'checkout_page', 1, 1 / 2, 1, 1 / 5],
  ]);
});

test('funnel conversions are null where nobody reached the step before', async () => {
  await events(['ann', '2026-01-05', { user_action: 'home_page' }]);
  expect(await rows('funnel')).toEqual([
    [1, 'home_page', 1, null, null, 1],
    [2, 'product_page', 0, 0, 1, 0],
    [3, 'cart_page', 0, null, 0, 0],
    [4, 'checkout_page', 0, null, 0, 0],
  ]);
});

describe('cohort_retention', () => {
  test('goes by weeks from Monday, a first week in part included, and has a row for a week without returns', async () => {
    await events(
      ['ann', '2026-01-01 12:00:00'], // a Thursday, the first day of the data
      ['bob', '2026-01-05 00:00:00'],
      ['cat', '2026-01-11 23:59:59'],
      ['cat', '2026-01-12 00:00:00'],
      ['cat', '2026-01-13 00:00:00'],
      ['dan', '2026-01-17 12:00:00'],
      ['ann', '2026-01-18 00:00:00'],
    );
    expect(await rows('cohort_retention')).toEqual([
      ['2025-12-29', 0, 1, 1, 1, 0],
      ['2025-12-29', 1, 1, 0, 0, 1],
      ['2025-12-29', 2, 1, 1, 1, 0],
      ['2026-01-05', 0, 2, 2, 1, 0],
      ['2026-01-05', 1, 2, 1, 1 / 2, 1 / 2],
      ['2026-01-12', 0, 1, 1, 1, 0],
    ]);
  });

  test('has a row for a week in which nobody did anything', async () => {
    await events(['ann', '2026-01-05'], ['ann', '2026-01-25']);
    expect((await rows('cohort_retention')).map((row) => row.slice(0, 4))).toEqual([
      ['2026-01-05', 0, 1, 1],
      ['2026-01-05', 1, 1, 0],
      ['2026-01-05', 2, 1, 1],
    ]);
  });

  test('leaves out a week that the data ends in', async () => {
    await events(['ann', '2026-01-05'], ['ann', '2026-01-17 23:59:59']);
    expect(await rows('cohort_retention')).toEqual([['2026-01-05', 0, 1, 1, 1, 0]]);
  });
});

test('n_day_retention tells exactly on day N from on or after it, over users whose day N was observed', async () => {
  await events(
    ['ann', '2026-01-05 23:59:59'],
    ['ann', '2026-01-06 00:00:00'],
    ['ann', '2026-01-06 01:00:00'],
    ['ann', '2026-02-04 12:00:00'], // day 30, the last of the data
    ['bob', '2026-01-05 12:00:00'],
    ['bob', '2026-01-13 12:00:00'], // day 8
    ['cat', '2026-01-30 12:00:00'], // day 7 would be after the end
    ['dan', '2026-02-01 12:00:00'],
    ['dan', '2026-02-02 12:00:00'],
  );
  expect(await rows('n_day_retention')).toEqual([
    ['2026-01-05', 1, 2, 1, 1 / 2, 2, 1, 1 / 2],
    ['2026-01-05', 7, 2, 0, 0, 2, 1, 1],
    ['2026-01-05', 14, 2, 0, 0, 1, 1 / 2, 1],
    ['2026-01-05', 30, 2, 1, 1 / 2, 1, 1 / 2, 1 / 2],
    ['2026-01-26', 1, 2, 1, 1 / 2, 1, 1 / 2, 1 / 2],
  ]);
});

test('active_users counts distinct users in the 1, 7 and 30 days that end with a day', async () => {
  await events(
    ['ann', '2026-01-01 00:00:00'],
    ['ann', '2026-01-01 12:00:00'],
    ['ann', '2026-01-07'],
    ['bob', '2026-01-07'],
    ['ann', '2026-01-08'],
    ['cat', '2026-01-31'],
    ['bob', '2026-02-06'],
    ['cat', '2026-02-07'],
  );
  expect(await rows('active_users')).toEqual([
    ['2026-01-01', 1, 1, 1, 1],
    ['2026-01-07', 2, 2, 2, 1],
    ['2026-01-08', 1, 2, 2, 1 / 2],
    ['2026-01-31', 1, 1, 3, 1 / 3], // bob's 7 January is day 25, ann's 8 January day 24
    ['2026-02-06', 1, 2, 3, 1 / 3], // ann's 8 January is day 30
    ['2026-02-07', 1, 2, 2, 1 / 2],
  ]);
});

test('lifecycle goes by the calendar week before, even if it has no events', async () => {
  await events(
    ['ann', '2026-01-05'],
    ['ann', '2026-01-06'],
    ['bob', '2026-01-11 23:59:59'],
    ['ann', '2026-01-12'],
    ['cat', '2026-01-18'],
    // nothing from 19 to 25 January
    ['ann', '2026-01-26'],
    ['cat', '2026-01-27'],
    ['dan', '2026-01-28'],
    ['dan', '2026-02-02'],
  );
  expect(await rows('lifecycle')).toEqual([
    ['2026-01-05', 2, 0, 0, 0],
    ['2026-01-12', 1, 1, 0, 1],
    ['2026-01-26', 1, 0, 2, 0],
    ['2026-02-02', 0, 1, 0, 2],
  ]);
});

test('session_statistics has All first, where a user of two continents counts once', async () => {
  const session = { user_id: 'ann', continent: 'Europe', duration_s: 0, event_count: 1, is_engaged: false };
  await insert(connection, 'sessions', [
    { ...session, duration_s: 20, event_count: 3, is_engaged: true },
    session,
    { ...session, user_id: 'bob', duration_s: 4, event_count: 2, is_engaged: true },
    { ...session, continent: 'Asia' },
  ]);
  expect(await rows('session_statistics')).toEqual([
    ['All', 4, 2, 7 / 4, 6, 2, 1 / 2, 1 / 2],
    ['Asia', 1, 1, 1, 0, 0, 0, 1],
    ['Europe', 3, 2, 2, 8, 2, 2 / 3, 1 - 2 / 3],
  ]);
});

test('product_category_performance tells views, cart adds and purchases apart and skips events without a category', async () => {
  const toys = { product_category: 'toys', user_action: 'product_page' };
  await events(
    ['ann', '2026-01-05', toys],
    ['ann', '2026-01-05', { ...toys, user_action: 'cart_page' }],
    ['ann', '2026-01-05', { ...toys, user_action: 'checkout_page', event_type: 'purchase' }],
    ['ann', '2026-01-06', { ...toys, user_action: 'checkout_page', event_type: 'purchase' }],
    ['bob', '2026-01-05', toys],
    ['bob', '2026-01-05', { ...toys, product_category: 'games' }],
    ['bob', '2026-01-05', { ...toys, product_category: 'books' }],
    ['bob', '2026-01-05', { event_type: 'search', user_action: 'search_page' }],
  );
  expect(await rows('product_category_performance')).toEqual([
    ['toys', 5, 2, 2, 1, 2, 1, 1 / 2],
    ['books', 1, 1, 1, 0, 0, 0, 0],
    ['games', 1, 1, 1, 0, 0, 0, 0],
  ]);
});

test('hourly_heat_map counts weekdays from Monday and lays weeks over each other', async () => {
  await events(
    ['ann', '2026-01-05 00:00:00'],
    ['ann', '2026-01-12 00:59:59'],
    ['bob', '2026-01-12 00:30:00'],
    ['ann', '2026-01-07 13:00:00'],
    ['ann', '2026-01-11 23:59:59'],
  );
  expect(await rows('hourly_heat_map')).toEqual([
    [1, 0, 3, 2],
    [3, 13, 1, 1],
    [7, 23, 1, 1],
  ]);
});

function events(...list: readonly EventRow[]): Promise<void> {
  return insertEvents(connection, list);
}

function rows(name: string): Promise<Value[][]> {
  return rowsOf(connection, name);
}
