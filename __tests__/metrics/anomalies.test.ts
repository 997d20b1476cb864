import type { DuckDBConnection } from '@duckdb/node-api';
import { beforeEach, expect, test } from '@jest/globals';
import { emptyWarehouse, rowsOf, type Value } from './warehouse';

let connection: DuckDBConnection;

beforeEach(async () => {
  connection = await emptyWarehouse();
});

test('a flood shows in its hours and its day, and nowhere else: it does not raise the band of other days', async () => {
  await fourWeeks('DE', 'click', '10');
  await fourWeeks(
    'DE',
    'click',
    "CASE WHEN hour BETWEEN '2026-01-14 22:00:00' AND '2026-01-15 00:00:00' THEN 200 ELSE 0 END",
  );
  expect(await anomalies()).toEqual([
    ['day', '2026-01-14 00:00:00', 'DE', 'click', 640, 'spike'],
    ['hour', '2026-01-14 22:00:00', 'DE', 'click', 210, 'spike'],
    ['hour', '2026-01-14 23:00:00', 'DE', 'click', 210, 'spike'],
    ['day', '2026-01-15 00:00:00', 'DE', 'click', 440, 'spike'],
    ['hour', '2026-01-15 00:00:00', 'DE', 'click', 210, 'spike'],
  ]);
});

test('an outage shows in its hours, though none of them alone is improbable', async () => {
  await fourWeeks('DE', 'click', '10');
  await fourWeeks(
    'DE',
    'purchase',
    "CASE WHEN hour BETWEEN '2026-01-14 10:00:00' AND '2026-01-14 15:00:00' THEN 0 ELSE 4 END",
  );
  expect(await anomalies()).toEqual(
    ['10', '11', '12', '13', '14', '15'].map((h) => ['hour', `2026-01-14 ${h}:00:00`, 'DE', 'purchase', 0, 'drop']),
  );
});

test('hours without any event at all are a drop', async () => {
  await fourWeeks(
    'DE',
    'click',
    "CASE WHEN hour IN (TIMESTAMP '2026-01-14 10:00:00', TIMESTAMP '2026-01-14 11:00:00') THEN 0 ELSE 20 END",
  );
  expect(await anomalies()).toEqual([
    ['hour', '2026-01-14 10:00:00', 'DE', 'click', 0, 'drop'],
    ['hour', '2026-01-14 11:00:00', 'DE', 'click', 0, 'drop'],
  ]);
});

test('the band is around the mean of the same hour on usual days', async () => {
  await fourWeeks('DE', 'click', "CASE WHEN hour = '2026-01-14 10:00:00' THEN 90 ELSE 10 END");
  const [hour, ...others] = await rowsOf(connection, 'anomalies');
  expect(others).toEqual([]);
  // 14 of the 28 days remain as usual: (14 * 10 + 0.5) / 14. The dispersion is at its least, 1.
  expect(hour?.slice(4, 6)).toEqual([90, expect.closeTo(10.0357, 4)]);
  // On the scale of (n + 1) ^ (2/3): (20.231 - 4.957) / 0.9947, and (4.957 - 4.8 * 0.9947, + 5.6 * 0.9947) ^ 1.5 - 1
  expect(hour?.slice(6)).toEqual([0, expect.closeTo(33.16, 1), expect.closeTo(15.355, 2), 'spike']);
});

test('a usual week is silent: nights, weekends, small series, and an hour that the data ends in', async () => {
  const shape = '(CASE WHEN EXTRACT(HOUR FROM hour) < 8 THEN 2 ELSE 12 END)';
  await fourWeeks('DE', 'click', `${shape} + (CASE WHEN EXTRACT(ISODOW FROM hour) > 5 THEN 6 ELSE 0 END)`);
  await fourWeeks('IS', 'click', "CASE WHEN hour = '2026-01-14 10:00:00' THEN 30 ELSE 0 END");
  await connection.run("DELETE FROM clickstream_db.clickstream_table WHERE click_date > '2026-02-01 12:03:00'");
  expect(await anomalies()).toEqual([]);
});

/** Adds a number of events, an SQL expression of its `hour`, to each hour from Monday 2026-01-05 to Sunday 2026-02-01. */
async function fourWeeks(country: string, eventType: string, count: string): Promise<void> {
  await connection.run(`
    INSERT INTO clickstream_db.clickstream_table (user_id, event_type, country_code, click_date)
    SELECT 'ann', '${eventType}', '${country}', hour + INTERVAL (59 * n // (${count})) MINUTE
    FROM (SELECT TIMESTAMP '2026-01-05 00:00:00' + INTERVAL (h) HOUR AS hour FROM range(28 * 24) AS hours (h)), range(200) AS numbers (n)
    WHERE n < (${count})`);
}

/** The alarms without their statistics. */
async function anomalies(): Promise<Value[][]> {
  return (await rowsOf(connection, 'anomalies')).map((row) => [...row.slice(0, 5), row[9]!]);
}
