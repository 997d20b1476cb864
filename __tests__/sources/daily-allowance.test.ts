import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DAY_S } from '../../core/time';
import { dailyAllowance } from '../../sources/landing/daily-allowance';
import type { VersionedStore } from '../../sources/landing/object-store';
import { memoryVersions } from './memory-lake';
import { START } from './simulations';

const KEY = 'on-demand/date=2026-03-02/used.json';

test('a day grants its limit to the last event, and refuses the rest until midnight UTC', async () => {
  const { reserve } = dailyAllowance(memoryVersions(), 100);
  const common = { limit: 100, resetsAt: START + DAY_S };
  expect(await reserve(70, START)).toEqual({ ...common, isGranted: true, used: 70 });
  expect(await reserve(31, START + 1)).toEqual({ ...common, isGranted: false, used: 70 });
  expect(await reserve(30, START + DAY_S - 1)).toEqual({ ...common, isGranted: true, used: 100 });
  expect(await reserve(1, START + DAY_S - 1)).toEqual({ ...common, isGranted: false, used: 100 });
  expect(await reserve(1, START + DAY_S)).toEqual({
    limit: 100,
    resetsAt: START + 2 * DAY_S,
    isGranted: true,
    used: 1,
  });
});

test('the count is an object of its day, outside raw/, with what is used', async () => {
  const store = memoryVersions();
  await dailyAllowance(store, 100).reserve(70, START);
  expect([...store.objects].map(([key, { body }]) => [key, body.toString()])).toEqual([[KEY, '{"events":70}']]);
});

test('whoever starts later goes on from what others have used', async () => {
  const store = memoryVersions();
  await dailyAllowance(store, 100).reserve(70, START);
  expect(await dailyAllowance(store, 100).reserve(31, START)).toMatchObject({ isGranted: false, used: 70 });
  expect(await dailyAllowance(store, 100).reserve(30, START)).toMatchObject({ isGranted: true, used: 100 });
});

test('in any interleaving of any requests in several execution environments, what is granted is what is counted, and never exceeds the limit', async () => {
  const requests = fc.array(fc.record({ environment: fc.nat(3), events: fc.integer({ min: 1, max: 60 }) }), {
    maxLength: 12,
  });
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), requests, fc.nat(200), async (scheduler, asked, limit) => {
      const store = memoryVersions();
      const environments = [0, 1, 2, 3].map(() => dailyAllowance(scheduled(store, scheduler), limit));
      const reservations = asked.map(({ environment, events }) => environments[environment]!.reserve(events, START));
      const outcomes = await scheduler.waitFor(Promise.all(reservations));
      const granted = asked.filter((_, n) => outcomes[n]!.isGranted).reduce((sum, { events }) => sum + events, 0);
      const counted = JSON.parse(store.objects.get(KEY)?.body.toString() ?? '{"events":0}').events;
      expect(granted).toBe(counted);
      expect(granted).toBeLessThanOrEqual(limit);
      // A day only fills up, so a refusal that was right once would be right at the end.
      const wronged = asked.filter(({ events }, n) => !outcomes[n]!.isGranted && granted + events <= limit);
      expect(wronged).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

describe('requests to the store', () => {
  test('are one per grant, and none for a refusal that follows from what is known', async () => {
    const store = memoryVersions();
    const { reserve } = dailyAllowance(store, 100);
    await reserve(50, START);
    await reserve(50, START);
    for (let n = 0; n < 1000; n++) await reserve(1, START);
    expect(store.requests).toEqual([`replace ${KEY}`, `replace ${KEY}`]);
  });

  test('are none with a limit of 0', async () => {
    const store = memoryVersions();
    expect(await dailyAllowance(store, 0).reserve(1, START)).toMatchObject({ isGranted: false, used: 0 });
    expect(store.requests).toEqual([]);
  });

  test('end with an error if others are always faster', async () => {
    const store = { ...memoryVersions(), replace: async () => undefined };
    await expect(dailyAllowance(store, 100).reserve(1, START)).rejects.toThrow(`${KEY} was changed by others 20 times`);
  });
});

test.each(['', '{"events":-1}', '{"events":"1"}', '{"events":1.5}', '[1]'])(
  'a count that is %j is an error that says what to do, until it is mended',
  async (text) => {
    const store = memoryVersions();
    const { reserve } = dailyAllowance(store, 100);
    await reserve(1, START);
    store.objects.set(KEY, { body: Buffer.from(text), version: 'by hand' });
    const message = `${KEY} is "${text}" instead of {"events":N}: correct it, or delete it, which starts the day's count at 0`;
    await expect(reserve(1, START)).rejects.toThrow(message);
    store.objects.delete(KEY);
    expect(await reserve(1, START)).toMatchObject({ isGranted: true, used: 1 });
  },
);

/** A store whose answers, and what it does for them, come in the scheduler's order. */
function scheduled(store: VersionedStore, scheduler: fc.Scheduler): VersionedStore {
  return {
    read: (key) => scheduler.schedule(Promise.resolve()).then(() => store.read(key)),
    replace: (...args) => scheduler.schedule(Promise.resolve()).then(() => store.replace(...args)),
  };
}
