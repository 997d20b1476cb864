import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DAY_S, HOUR_S } from '../../core/time';
import { backfill } from '../../sources/simulator/backfill';
import { landWindow, newLandings, type Tally } from '../../sources/simulator/landings';
import { landScheduled, windowBefore } from '../../sources/simulator/schedule';
import { simulation } from '../../sources/simulator/simulation';
import { type MemoryStore, memoryLog, memoryStore, memoryWatermark } from './memory-lake';
import { countries, journeys, START } from './simulations';

const WINDOW_S = 1800;
/** A tick that EventBridge delivers at 12:03:17. */
const NOON = START + 12 * HOUR_S;
const TICK = NOON + 3 * 60 + 17;
const simulate = simulation({ ...journeys, eventsPerDay: 960 }, countries);

/** A lake that ticks of the schedule land in, whose watermark is at a time. */
function lakeAt(landedUntil?: number) {
  const [store, watermark, log] = [memoryStore(), memoryWatermark(landedUntil), memoryLog()];
  return {
    store,
    watermark,
    log,
    async tick(time: number): Promise<Readonly<Tally>> {
      const landings = newLandings(simulate, store, log);
      try {
        await landScheduled(time, { windowS: WINDOW_S, watermark, landings, log });
      } catch (error) {
        if (store.failing.length === 0) throw error;
      }
      return landings.total;
    },
  };
}

test('a tick lands the last whole window before its own time, whatever the clock says', async () => {
  const lake = lakeAt();
  const landed = memoryStore();
  await lake.tick(TICK);
  await landWindow(simulate, { from: NOON - WINDOW_S, to: NOON }, landed);
  expect(keysOf(lake.store)).toEqual(['raw/date=2026-03-02/hour=11/20260302T113000Z-20260302T120000Z-0000.ndjson.gz']);
  expect(lake.store.objects).toEqual(landed.objects);
});

test('a tick on the edge of two windows lands the one that ended', () => {
  expect(windowBefore(NOON, WINDOW_S)).toEqual({ from: NOON - WINDOW_S, to: NOON });
  expect(windowBefore(NOON - 1, WINDOW_S)).toEqual({ from: NOON - 2 * WINDOW_S, to: NOON - WINDOW_S });
});

test('a repeated tick, and one that comes late, find their windows landed', async () => {
  const lake = lakeAt();
  await lake.tick(TICK);
  await lake.tick(TICK + WINDOW_S);
  const before = new Map(lake.store.objects);
  for (const time of [TICK + WINDOW_S, TICK]) expect(await lake.tick(time)).toMatchObject({ objects: 0, events: 0 });
  expect(lake.store.objects).toEqual(before);
  expect(lake.watermark).toMatchObject({ time: NOON + WINDOW_S, writes: 2 });
});

test('a tick that ran but could not say so lands the same keys and bytes again', async () => {
  const [told, untold] = [lakeAt(), lakeAt()];
  await told.tick(TICK);
  await untold.tick(TICK);
  untold.watermark.time = undefined;
  await untold.tick(TICK);
  expect(untold.store.objects).toEqual(told.store.objects);
});

test('a tick whose window a history has landed as a part of its day does not land it again', async () => {
  const lake = lakeAt();
  const landings = newLandings(simulate, lake.store, lake.log);
  await backfill({ history_days: 1 }, { now: TICK, windowS: WINDOW_S, watermark: lake.watermark, landings });
  await lake.tick(TICK);
  await lake.tick(TICK + WINDOW_S);
  const whole = memoryStore();
  await landWindow(simulate, { from: START - DAY_S, to: NOON + WINDOW_S }, whole);
  expect(idsOf(lake.store)).toEqual(idsOf(whole));
});

test('the first tick of all lands its own window only', async () => {
  const lake = lakeAt();
  expect(await lake.tick(TICK)).toMatchObject({ objects: 1, windowsCaughtUp: 0 });
  expect(lake.watermark.time).toBe(NOON);
});

test('missed windows are landed before its own, oldest first, as they would have been on time', async () => {
  const [late, onTime] = [lakeAt(NOON - 4 * WINDOW_S), lakeAt(NOON - 4 * WINDOW_S)];
  const total = await late.tick(TICK);
  for (const n of [3, 2, 1, 0]) await onTime.tick(TICK - n * WINDOW_S);
  expect([...late.store.objects]).toEqual([...onTime.store.objects]);
  expect(total).toMatchObject({ objects: 4, windowsCaughtUp: 3, events: late.store.events().length });
  expect(late.log.lines.map(({ is_catch_up }) => is_catch_up)).toEqual([true, true, true, false]);
  expect(late.watermark.time).toBe(NOON);
});

test('a gap of more than a day is caught up for a day, and the rest is warned of with the backfill that lands it', async () => {
  const lake = lakeAt(NOON - 3 * DAY_S);
  const { windowsCaughtUp } = await lake.tick(TICK);
  const earliest = '2026-03-01T11:30:00Z';
  expect(windowsCaughtUp).toBe(DAY_S / WINDOW_S);
  expect(keysOf(lake.store)[0]).toContain('/20260301T113000Z-20260301T120000Z-');
  const warnings = lake.log.lines.filter(({ level }) => level === 'warn');
  expect(warnings).toMatchObject([{ gap_from: '2026-02-27T12:00:00Z', gap_to: earliest }]);
  const remedy = JSON.parse(String(warnings[0]!.remedy).replace(/^invoke the function with /, '')) as {
    from: string;
    to: string;
  };
  const landings = newLandings(simulate, lake.store, lake.log);
  await backfill(remedy, { now: TICK, windowS: WINDOW_S, watermark: lake.watermark, landings });
  const whole = memoryStore();
  await landWindow(simulate, { from: NOON - 3 * DAY_S, to: NOON }, whole);
  expect(idsOf(lake.store)).toEqual(idsOf(whole));
});

test('a gap of exactly a day is caught up without a warning', async () => {
  const lake = lakeAt(NOON - WINDOW_S - DAY_S);
  expect((await lake.tick(TICK)).windowsCaughtUp).toBe(DAY_S / WINDOW_S);
  expect(lake.log.lines.filter(({ level }) => level === 'warn')).toEqual([]);
});

test('a long catch-up moves the watermark on its way, but not with every window', async () => {
  const lake = lakeAt(NOON - DAY_S);
  await lake.tick(TICK);
  expect(lake.watermark.time).toBe(NOON);
  expect(lake.watermark.writes).toBe(4);
});

test('a window that fails makes the tick fail, and the watermark stays with what was landed before', async () => {
  const lake = lakeAt(NOON - 4 * WINDOW_S);
  const landings = newLandings(simulate, lake.store, lake.log);
  lake.store.failing.push('T110000Z-2');
  const options = { windowS: WINDOW_S, watermark: lake.watermark, landings, log: lake.log };
  await expect(landScheduled(TICK, options)).rejects.toThrow("can't be written");
  expect(lake.watermark.time).toBe(NOON - 2 * WINDOW_S);
  expect(landings.total).toMatchObject({ objects: 2, windowsCaughtUp: 2 });
  lake.store.failing.pop();
  await lake.tick(TICK);
  expect(lake.watermark.time).toBe(NOON);
  expect(lake.store.objects.size).toBe(4);
});

test('a tick that lands nothing leaves the watermark', async () => {
  const lake = lakeAt();
  lake.store.failing.push('raw/');
  await lake.tick(TICK);
  expect(lake.watermark).toMatchObject({ time: undefined, writes: 0 });
});

test('whatever ticks are lost, late, repeated or fail within a day, the next one that succeeds leaves no gap', async () => {
  const ticks = fc.array(fc.record({ window: fc.integer({ min: 1, max: 40 }), fails: fc.boolean() }), {
    maxLength: 12,
  });
  await fc.assert(
    fc.asyncProperty(ticks, async (ticks) => {
      const lake = lakeAt(NOON);
      for (const { window, fails } of ticks) {
        if (fails) lake.store.failing.push('raw/date=');
        await lake.tick(TICK + window * WINDOW_S);
        lake.store.failing.length = 0;
      }
      await lake.tick(TICK + 41 * WINDOW_S);
      const whole = memoryStore();
      await landWindow(simulate, { from: NOON, to: NOON + 41 * WINDOW_S }, whole);
      expect(idsOf(lake.store)).toEqual(idsOf(whole));
      expect(lake.watermark.time).toBe(NOON + 41 * WINDOW_S);
    }),
    { numRuns: 20 },
  );
});

function keysOf({ objects }: MemoryStore): string[] {
  return [...objects.keys()];
}

function idsOf(store: MemoryStore): string[] {
  return store
    .events()
    .map(({ event_id }) => event_id)
    .sort();
}
