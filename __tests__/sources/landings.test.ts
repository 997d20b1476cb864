import { expect, test } from '@jest/globals';
import { HOUR_S } from '../../core/time';
import { newLandings } from '../../sources/simulator/landings';
import { simulation } from '../../sources/simulator/simulation';
import { memoryLog, memoryStore } from './memory-lake';
import { countries, days, journeys, START } from './simulations';

const simulate = simulation({ ...journeys, eventsPerDay: 230_000 }, countries);
const ID = '20260302T000000Z-20260303T000000Z';

test('one id leads from an object to the log line of its window: it is in the key, in the metadata and in the line', async () => {
  const [store, log] = [memoryStore(), memoryLog()];
  const { keys, bytes, eventCount } = await newLandings(simulate, store, log).land(days(0, 1));
  expect(keys).toEqual(['0000', '0001', '0002'].map((n) => `raw/date=2026-03-02/hour=00/${ID}-${n}.ndjson.gz`));
  expect([...store.metadata.values()]).toEqual(keys.map(() => ({ 'correlation-id': ID })));
  expect(log.lines).toEqual([
    {
      level: 'info',
      message: 'window landed',
      correlation_id: ID,
      window_from: '2026-03-02T00:00:00Z',
      window_to: '2026-03-03T00:00:00Z',
      is_catch_up: false,
      events: eventCount,
      objects: 3,
      bytes,
      keys,
    },
  ]);
});

test('a failure is logged under the same id, and thrown', async () => {
  const [store, log] = [memoryStore(), memoryLog()];
  store.failing.push('-0001.');
  await expect(newLandings(simulate, store, log).land(days(0, 1))).rejects.toThrow("0001.ndjson.gz can't be written");
  expect(log.lines).toMatchObject([{ level: 'error', correlation_id: ID, error: expect.any(Error) }]);
});

test('the total is that of all windows of the invocation', async () => {
  const [store, log] = [memoryStore(), memoryLog()];
  const landings = newLandings(simulate, store, log);
  const landed = [
    await landings.land({ from: START, to: START + HOUR_S }, { isCatchUp: true }),
    await landings.land({ from: START + HOUR_S, to: START + 2 * HOUR_S }),
  ];
  expect(landings.total).toEqual({
    events: store.events().length,
    objects: 2,
    bytes: landed[0]!.bytes + landed[1]!.bytes,
    windows: 2,
    windowsCaughtUp: 1,
  });
});
