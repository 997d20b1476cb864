import { expect, test } from '@jest/globals';
import { DAY_S, HOUR_S } from '../../core/time';
import { type BackfillEvent, backfill } from '../../sources/simulator/backfill';
import { landWindow, newLandings } from '../../sources/simulator/landings';
import { simulation } from '../../sources/simulator/simulation';
import { memoryLog, memoryStore, memoryWatermark } from './memory-lake';
import { countries, days, journeys, START } from './simulations';

const simulate = simulation({ ...journeys, eventsPerDay: 200 }, countries);
/** 12:03:17.5 on the third day, when the last window of five minutes ended at 12:00. */
const NOON = START + 2 * DAY_S + 12 * HOUR_S;
const NOW = NOON + 197.5;

function lakeAt(landedUntil?: number) {
  const [store, watermark] = [memoryStore(), memoryWatermark(landedUntil)];
  return {
    store,
    watermark,
    fill: (event: BackfillEvent, now = NOW, windowS = 300) =>
      backfill(event, { now, windowS, watermark, landings: newLandings(simulate, store, memoryLog()) }),
  };
}

test('a history lands from a midnight to the last whole window, a day an object, and moves the watermark there', async () => {
  const lake = lakeAt();
  const summary = await lake.fill({ history_days: 2 });
  const expected = memoryStore();
  for (const window of [days(0, 1), days(1, 2), { from: START + 2 * DAY_S, to: NOON }])
    await landWindow(simulate, window, expected);
  expect([...lake.store.objects]).toEqual([...expected.objects]);
  expect(summary).toEqual({
    events: expected.events().length,
    objects: 3,
    bytes: [...expected.objects.values()].reduce((sum, { length }) => sum + length, 0),
    from: '2026-03-02T00:00:00Z',
    to: '2026-03-04T12:00:00Z',
  });
  expect(lake.watermark.time).toBe(NOON);
});

test('a history of 400 days has an object for each day', async () => {
  const lake = lakeAt();
  expect(await lake.fill({ history_days: 400 }, START)).toMatchObject({ objects: 400, to: '2026-03-02T00:00:00Z' });
});

test('a history of no days is what there was of today, which may be nothing', async () => {
  expect(await lakeAt().fill({ history_days: 0 })).toMatchObject({ objects: 1, from: '2026-03-04T00:00:00Z' });
  const midnight = '2026-03-02T00:00:00Z';
  const nothing = { events: 0, objects: 0, bytes: 0, from: midnight, to: midnight };
  expect(await lakeAt().fill({ history_days: 0 }, START + 299)).toEqual(nothing);
  expect(await lakeAt().fill({ history_days: 0 }, START + 59, 420)).toEqual(nothing);
});

test('a history never moves the watermark back', async () => {
  const lake = lakeAt(NOON + 300);
  await lake.fill({ history_days: 1 });
  expect(lake.watermark).toMatchObject({ time: NOON + 300, writes: 0 });
});

test('a range lands a day an object, and leaves the watermark', async () => {
  const lake = lakeAt();
  const summary = await lake.fill({ from: '2026-03-02T06:00', to: '2026-03-04' });
  const expected = memoryStore();
  for (const window of [{ from: START + 6 * HOUR_S, to: START + DAY_S }, days(1, 2)])
    await landWindow(simulate, window, expected);
  expect([...lake.store.objects]).toEqual([...expected.objects]);
  expect(summary).toMatchObject({ objects: 2, from: '2026-03-02T06:00:00Z', to: '2026-03-04T00:00:00Z' });
  expect(lake.watermark.writes).toBe(0);
});

test('a range of 400 days that ends now is taken', async () => {
  const [from, to] = ['2025-01-28', '2026-03-04'];
  expect(await lakeAt().fill({ from, to }, START + 2 * DAY_S)).toMatchObject({ objects: 400 });
});

test.each<[event: BackfillEvent, message: RegExp]>([
  [{ history_days: -1 }, /history_days is -1: use a whole number from 0 to 400/],
  [{ history_days: 401 }, /history_days is 401/],
  [{ history_days: 1.5 }, /history_days is 1.5/],
  [{ history_days: '60' }, /history_days is "60"/],
  [{ history_days: null }, /history_days is null/],
  [{ from: '2026-03-02', to: '2026-03-02' }, /"to":"2026-03-02"} has no time in it: use a from before its to/],
  [{ from: '2026-03-03', to: '2026-03-02' }, /has no time in it/],
  [{ from: '2026-03-02', to: '2026-03-04T12:04' }, /ends in the future: use a to up to 2026-03-04T12:03:17Z/],
  [{ from: '2025-01-27', to: '2026-03-04' }, /longer than 400 days: split it/],
  [{ from: '2 March', to: '2026-03-04' }, /from is "2 March": use a date or time in UTC, such as 2026-11-01/],
  [{ from: '2026-02-30', to: '2026-03-04' }, /from is "2026-02-30"/],
  [{ from: '2026-03-02', to: 1_772_409_600 }, /to is 1772409600/],
])('%j is refused, and lands nothing', async (event, message) => {
  const lake = lakeAt();
  await expect(lake.fill(event)).rejects.toThrow(message);
  expect(lake.store.objects.size).toBe(0);
  expect(lake.watermark.writes).toBe(0);
});
