import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { DATABASE } from '../../core/names';
import { DAY_S, HOUR_S } from '../../core/time';
import { warnings } from '../../etl/transformation';
import { openLake } from '../../lake/duckdb/open-lake';
import { queryAll } from '../../lake/duckdb/query';
import { type TemporaryLake, temporaryLake } from '../../support/temporary-lake';

const NOW = Math.floor(Date.now() / 1000);
const MIDNIGHT = Math.floor(NOW / DAY_S) * DAY_S;

let lake: TemporaryLake;
beforeEach(() => {
  lake = temporaryLake();
});
afterEach(() => lake.remove());

test('nothing is odd about the same volume every day, up to now', async () => {
  land([NOW]);
  land(days(8).flatMap((day) => times(day, 10)));
  expect(await warned()).toEqual([]);
});

test.each([
  [4, ['volume: event_count 4, usual_count 10']],
  [5, []],
  [20, []],
  [21, ['volume: event_count 21, usual_count 10']],
  [0, ['volume: event_count 0, usual_count 10']],
])('%d events yesterday after ten a day', async (count, expected) => {
  land([NOW]);
  land(days(8).flatMap((day) => times(day, day === MIDNIGHT - DAY_S ? count : 10)));
  expect(await warned()).toEqual(expected);
});

test('volume says nothing before there is a week to compare with', async () => {
  land([NOW]);
  land(days(7).flatMap((day) => times(day, day === MIDNIGHT - DAY_S ? 1 : 10)));
  expect(await warned()).toEqual([]);
});

test('an event of a day ago is fresh, one of 27 hours ago is not', async () => {
  land([NOW - 25 * HOUR_S]);
  expect(await warned()).toEqual([]);
  lake.remove();
  lake = temporaryLake();
  land([NOW - 27 * HOUR_S]);
  const [time] = new Date((NOW - 27 * HOUR_S) * 1000).toISOString().replace('T', ' ').split('.');
  expect(await warned()).toEqual([`freshness: newest_event ${time}`]);
});

test('an empty table is not fresh', async () => {
  expect(await warned()).toEqual(['freshness: newest_event none']);
});

function days(count: number): number[] {
  return Array.from({ length: count }, (_, n) => MIDNIGHT - (n + 1) * DAY_S);
}

function times(day: number, count: number): number[] {
  return Array.from({ length: count }, (_, n) => day + n * 600);
}

function land(timestamps: readonly number[]): void {
  const lines = timestamps.map((timestamp) =>
    JSON.stringify({
      event_id: `e${timestamp}`,
      event_type: 'click',
      user_id: 'u',
      user_action: 'home_page',
      timestamp,
    }),
  );
  lake.land(`${timestamps.length}.ndjson`, lines.map((line) => `${line}\n`).join(''));
}

/** What the queries find, such as `volume: event_count 12, usual_count 5760`. */
async function warned(): Promise<string[]> {
  await lake.transform().catch(() => {});
  const opened = await openLake(lake.root, { mode: 'write' });
  try {
    await opened.connection.run(`
      CREATE TEMP VIEW recent_events AS
      FROM ${DATABASE}.clickstream_table WHERE click_date >= CURRENT_DATE - INTERVAL 8 DAY`);
    const found: string[] = [];
    for (const { name, sql } of warnings()) {
      const { columns, rows } = await queryAll(opened, sql);
      for (const row of rows)
        found.push(`${name}: ${columns.map((column, n) => `${column} ${row[n] ?? 'none'}`).join(', ')}`);
    }
    return found;
  } finally {
    opened.close();
  }
}
