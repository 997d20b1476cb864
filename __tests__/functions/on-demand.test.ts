import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { HOUR_S } from '../../core/time';
import { answer } from '../../functions/generator/on-demand';
import { dailyAllowance } from '../../sources/landing/daily-allowance';
import { exactEvents } from '../../sources/simulator/exact-events';
import { newLandings } from '../../sources/simulator/landings';
import { simulation } from '../../sources/simulator/simulation';
import { memoryLog, memoryStore, memoryVersions } from '../sources/memory-lake';
import { countries, days, eventsOf, journeys, START } from '../sources/simulations';

const WINDOW_S = 300;
const NOON = START + 12 * HOUR_S;
const ID = '20260302T115500Z-20260302T120000Z-JKJaXmPLvHcESHA_';

function api(eventsPerExecution = 20, eventsPerDay = 100_000) {
  const [store, log, counts] = [memoryStore(), memoryLog(), memoryVersions()];
  const allowance = dailyAllowance(counts, eventsPerDay);
  return {
    store,
    log,
    counts,
    async post(body?: string, requestId = 'JKJaXmPLvHcESHA=', isBase64Encoded = false) {
      const landings = newLandings(simulation(journeys, countries), store, log);
      const request = { body, isBase64Encoded, requestContext: { requestId, timeEpoch: NOON * 1000 + 250 } };
      const options = { eventsPerExecution, windowS: WINDOW_S, countries, allowance, landings, log };
      const { statusCode, headers, body: text } = await answer(request, options);
      if (headers?.['retry-after'] !== undefined) expect(headers['retry-after']).toBe(String(12 * HOUR_S));
      return { statusCode, ...(JSON.parse(text!) as Readonly<Record<string, unknown>>) };
    },
  };
}

test.each([1, 20, 9999])('a request for %d events lands exactly so many of the window before it', async (n) => {
  const { store, post } = api();
  const keys = [`raw/date=2026-03-02/hour=11/${ID}-0000.ndjson.gz`];
  expect(await post(JSON.stringify({ events: n }))).toEqual({ statusCode: 200, events: n, keys, correlation_id: ID });
  const events = store.events();
  expect([...store.objects.keys()]).toEqual(keys);
  expect(new Set(events.map(({ event_id }) => event_id)).size).toBe(n);
  expect(events.filter(({ timestamp }) => timestamp < NOON - WINDOW_S || timestamp >= NOON)).toEqual([]);
  expect(events).toEqual(events.map((event) => ({ ...event, ingest_time: NOON })));
});

test('its log line and the metadata of its object have the id that the answer tells', async () => {
  const { store, log, post } = api();
  await post('{"events": 3}');
  expect(log.lines).toMatchObject([{ message: 'window landed', correlation_id: ID, events: 3 }]);
  expect([...store.metadata.values()]).toEqual([{ 'correlation-id': ID }]);
});

test('the same request lands the same bytes, and another one other events', async () => {
  const [first, again, other] = [api(), api(), api()];
  await first.post('{"events": 500}');
  await again.post('{"events": 500}');
  await other.post('{"events": 500}', 'another');
  expect(again.store.objects).toEqual(first.store.objects);
  const ids = [first, other].flatMap(({ store }) => store.events()).map(({ event_id }) => event_id);
  expect(new Set(ids).size).toBe(1000);
});

test('its events are none of the schedule', async () => {
  const { store, post } = api();
  await post('{"events": 10000}');
  const scheduled = new Set(eventsOf(journeys, days(0, 1)).map(({ event_id }) => event_id));
  expect(store.events().filter(({ event_id }) => scheduled.has(event_id))).toEqual([]);
});

test('any number at any hour of the week, in windows of any length, is exact', () => {
  const [counts, hours] = [fc.integer({ min: 1, max: 300 }), fc.integer({ min: 0, max: 168 })];
  const lengths = fc.constantFrom(60, 300, HOUR_S, 24 * HOUR_S);
  fc.assert(
    fc.property(counts, hours, lengths, fc.string(), (count, hour, length, name) => {
      const window = { from: START + hour * HOUR_S - length, to: START + hour * HOUR_S };
      expect(exactEvents(count, name, window, countries).flat()).toHaveLength(count);
    }),
    { numRuns: 60 },
  );
});

describe('a request without a body', () => {
  test.each([
    [20, 20],
    [0.2, 1],
    [20.6, 21],
    [50_000, 10_000],
  ])('gets what a window of %d expected events has: %d', async (eventsPerExecution, events) => {
    const { post } = api(eventsPerExecution);
    expect(await post()).toMatchObject({ statusCode: 200, events });
  });
});

test('a body of white space is none', async () => {
  expect(await api().post(' \n')).toMatchObject({ statusCode: 200, events: 20 });
});

test('a body in base64 is read', async () => {
  const body = Buffer.from('{"events": 7}').toString('base64');
  expect(await api().post(body, 'id', true)).toMatchObject({ statusCode: 200, events: 7 });
});

test.each([
  '{"events": 0}',
  '{"events": 10001}',
  '{"events": -1}',
  '{"events": 1.5}',
  '{"events": "20"}',
  '{"events": null}',
  '{"events": [20]}',
  '{"events": 1e400}',
  '{"events": 20, "seed": 1}',
  '{"event": 20}',
  '{}',
  '[]',
  '[20]',
  '20',
  'null',
  '"events"',
  '{"events": 20',
  'events=20',
])('%s is answered with what is accepted, lands nothing and uses nothing of the day', async (body) => {
  const { store, counts, post } = api();
  const message = 'send {"events": n} with a whole number from 1 to 10000, or no body';
  expect(await post(body)).toEqual({ statusCode: 400, message });
  expect(store.objects.size).toBe(0);
  expect(counts.requests).toEqual([]);
});

describe("the day's limit", () => {
  test('is taken to its last event, and what exceeds it is answered with how much is left, until when, and the setting', async () => {
    const { store, log, post } = api(20, 1000);
    expect(await post('{"events": 990}', 'a')).toMatchObject({ statusCode: 200 });
    expect(await post(undefined, 'b')).toEqual({
      statusCode: 429,
      message:
        '20 more events would exceed the limit of 1000 a day, of which 990 are used: ask for at most 10, wait until 2026-03-03T00:00:00Z, or deploy with a higher on_demand_events_per_day',
      limit: 1000,
      used: 990,
      resets_at: '2026-03-03T00:00:00Z',
    });
    expect(log.lines.at(-1)).toMatchObject({ level: 'warn', message: 'request refused', events: 20, used: 990 });
    expect(await post('{"events": 10}', 'c')).toMatchObject({ statusCode: 200, events: 10 });
    expect(await post('{"events": 1}', 'd')).toMatchObject({
      statusCode: 429,
      message: expect.stringContaining('1000 are used: wait until'),
    });
    expect(store.events()).toHaveLength(1000);
  });

  test('of 0 turns the API off, without a request to S3', async () => {
    const { store, counts, post } = api(20, 0);
    const message = 'events on demand are turned off: deploy with on_demand_events_per_day above 0';
    expect(await post()).toEqual({ statusCode: 403, message });
    expect([store.objects.size, counts.requests]).toEqual([0, []]);
  });

  test('is not given back by a landing that failed, so that what lands never exceeds it', async () => {
    const { store, post } = api(20, 100);
    store.failing.push('raw/');
    expect(await post('{"events": 60}', 'a')).toMatchObject({ statusCode: 500 });
    store.failing.pop();
    expect(await post('{"events": 60}', 'b')).toMatchObject({ statusCode: 429, used: 60 });
    expect(await post('{"events": 40}', 'c')).toMatchObject({ statusCode: 200 });
  });

  test('lands nothing while its count can not be read', async () => {
    const { store, counts, post } = api();
    counts.replace = () => Promise.reject(new Error('S3 is away'));
    expect(await post('{"events": 1}')).toMatchObject({ statusCode: 500 });
    expect(store.objects.size).toBe(0);
  });
});

test('a failure is answered with the id under which it is logged, and nothing of its inside', async () => {
  const { store, log, post } = api();
  store.failing.push('raw/');
  const message = 'the events could not be landed: try again';
  expect(await post('{"events": 1}')).toEqual({ statusCode: 500, message, correlation_id: ID });
  expect(log.lines.at(-1)).toMatchObject({ level: 'error', correlation_id: ID, error: expect.any(Error) });
});

test('a request id is kept to what a key can hold', async () => {
  expect(await api().post(undefined, '../a b/é?')).toMatchObject({
    correlation_id: expect.stringMatching(/Z-___a_b___$/),
  });
});
