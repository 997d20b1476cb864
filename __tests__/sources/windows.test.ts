import { gunzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { TimeRange } from '../../core/time';
import { DAY_S, HOUR_S } from '../../core/time';
import { objectKey, windowsOf } from '../../sources/landing/landing';
import type { ObjectStore } from '../../sources/landing/object-store';
import { INCIDENT_KINDS, type Incident } from '../../sources/simulator/incidents';
import { landWindow } from '../../sources/simulator/landings';
import { candidates, populationOf } from '../../sources/simulator/population';
import { MODELS, type SimulatedEvent, type SimulationOptions, simulation } from '../../sources/simulator/simulation';
import { countries, days, eventsOf, independent, journeys, START, textOf } from './simulations';

const seeds = fc.integer({ min: 0, max: 2 ** 31 });
/** Seconds within a day, often on the clock, where rates that divide it are most exposed to rounding. */
const times = fc
  .oneof(
    fc.integer({ min: 0, max: DAY_S }),
    fc.integer({ min: 0, max: 288 }).map((n) => n * 300),
  )
  .map((time) => START + time);
const windows = fc
  .tuple(times, times, times)
  .map((three) => three.toSorted((a, b) => a - b) as [number, number, number]);
const incidents: fc.Arbitrary<Incident> = fc
  .record({
    kind: fc.constantFrom(...INCIDENT_KINDS),
    country: fc.constantFrom('IN', 'DE', 'LU'),
    from: times,
    duration: fc.integer({ min: 60, max: 4 * HOUR_S }),
  })
  .map(({ duration, ...incident }) => ({ ...incident, to: incident.from + duration }));
const volumes = fc.constantFrom(20, 288, 1000, 2881);
const journeyOptions = fc.record({
  seed: seeds,
  model: fc.constant('journeys' as const),
  eventsPerDay: volumes,
  population: fc.option(fc.integer({ min: 4000, max: 8000 }), { nil: undefined }),
  incidents: fc.array(incidents, { maxLength: 3 }),
});
const independentOptions = fc.record({
  seed: seeds,
  model: fc.constant('independent' as const),
  eventsPerDay: volumes,
  incidents: fc.constant([]),
});
const options: fc.Arbitrary<SimulationOptions> = fc.oneof(journeyOptions, independentOptions);

test('two adjacent windows have the events of the one that spans both', () => {
  fc.assert(
    fc.property(options, windows, (options, [a, b, c]) => {
      const parts = eventsOf(options, { from: a, to: b }, { from: b, to: c });
      expect(textOf(parts)).toBe(textOf(eventsOf(options, { from: a, to: c })));
    }),
    { numRuns: 60 },
  );
});

test('every event of journeys and incidents happens in its window', () => {
  fc.assert(
    fc.property(journeyOptions, windows, (options, [from, , to]) => {
      expect(eventsOf(options, { from, to }).filter(({ timestamp }) => timestamp < from || timestamp >= to)).toEqual(
        [],
      );
    }),
    { numRuns: 60 },
  );
});

test('what arrives on the edge of two windows is in the later, though the rate rounds it into the other', () => {
  const flood = { kind: 'bot-flood', country: 'DE', ...days(0, 2) } as const;
  const options = { ...journeys, eventsPerDay: 7001, incidents: [flood] };
  const clicks = eventsOf(options, days(1, 2)).filter(({ timestamp }) => timestamp === START + DAY_S);
  expect(eventsOf(options, days(0, 1)).filter(({ timestamp }) => timestamp >= START + DAY_S)).toEqual([]);
  expect(clicks.length).toBeGreaterThan(0);
});

test('independent events happened in the 60 days before they arrive', () => {
  const { from, to } = days(0, 1);
  const times = eventsOf(independent, { from, to }).map(({ timestamp }) => timestamp);
  expect(Math.max(...times)).toBeLessThan(to);
  expect(Math.min(...times)).toBeGreaterThan(from - 60 * DAY_S);
  expect(Math.min(...times)).toBeLessThan(from - 59 * DAY_S);
});

test('event ids are unique', () => {
  fc.assert(
    fc.property(options, windows, (options, [from, , to]) => {
      const ids = eventsOf(options, { from, to }).map(({ event_id }) => event_id);
      expect(new Set(ids).size).toBe(ids.length);
    }),
    { numRuns: 30 },
  );
});

test('simulations of another seed, volume, population or model share no event ids', () => {
  const others: SimulationOptions[] = [
    journeys,
    { ...journeys, seed: 2 },
    { ...journeys, eventsPerDay: 5761 },
    { ...journeys, population: 10_000 },
    independent,
    { ...independent, seed: 2 },
  ];
  const ids = others.flatMap((options) => eventsOf(options, days(0, 3)).map(({ event_id }) => event_id));
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.length).toBeGreaterThan(6 * 10_000);
});

test('a window lands as the same keys and bytes however often it runs', async () => {
  await fc.assert(
    fc.asyncProperty(options, windows, async (options, [from, , to]) => {
      const [first, second] = [memoryStore(), memoryStore()];
      const landed = await landWindow(simulation(options, countries), { from, to }, first);
      await landWindow(simulation(options, countries), { from, to }, second);
      expect(second.objects).toEqual(first.objects);
      expect(landed.keys).toEqual([...first.objects.keys()]);
      expect(landed.eventCount).toBe(eventsOf(options, { from, to }).length);
    }),
    { numRuns: 15 },
  );
});

test('a window lands as gzipped lines of JSON with the end of the window as the time of arrival', async () => {
  const store = memoryStore();
  const window = days(1, 2);
  const landed = await landWindow(simulation(journeys, countries), window, store);
  const lines = store.texts().join('').trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toEqual(
    eventsOf(journeys, window).map((event) => ({ ...event, ingest_time: window.to })),
  );
  expect(landed.keys).toEqual(['raw/date=2026-03-03/hour=00/20260303T000000Z-20260304T000000Z-0000.ndjson.gz']);
  expect(landed.bytes).toBe([...store.objects.values()].reduce((sum, body) => sum + body.length, 0));
});

test('a window without events lands nothing', async () => {
  const store = memoryStore();
  const landed = await landWindow(simulation(journeys, countries), { from: START, to: START }, store);
  expect(landed).toEqual({ keys: [], eventCount: 0, bytes: 0 });
});

test('a large window lands in parts of 100,000 events', async () => {
  const store = memoryStore();
  const large = { ...journeys, eventsPerDay: 230_000 };
  const landed = await landWindow(simulation(large, countries), days(0, 1), store);
  const sizes = store.texts().map((text) => text.split('\n').length - 1);
  expect(landed.keys.map((key) => key.slice(-14))).toEqual(['0000.ndjson.gz', '0001.ndjson.gz', '0002.ndjson.gz']);
  expect(sizes.slice(0, -1)).toEqual([100_000, 100_000]);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(eventsOf(large, days(0, 1)).length);
  expect(landed.eventCount).toBe(eventsOf(large, days(0, 1)).length);
});

test('a store that fails makes the landing fail', async () => {
  const store = { put: () => Promise.reject(new Error('the disk is full')) };
  await expect(landWindow(simulation(journeys, countries), days(0, 1), store)).rejects.toThrow('the disk is full');
});

test('keys tell the window and the part, under the date and hour (UTC) of its start', () => {
  fc.assert(
    fc.property(windows, fc.nat(9999), ([from, , to], part) => {
      const match = /^raw\/date=(\d{4}-\d\d-\d\d)\/hour=(\d\d)\/(\w{16})-(\w{16})-(\d{4})\.ndjson\.gz$/.exec(
        objectKey({ from, to }, part),
      );
      const [, date, hour, start, end, number] = match!;
      expect(`${date}T${hour}`).toBe(new Date(from * 1000).toISOString().slice(0, 13));
      expect([start!, end!].map(basicTime)).toEqual([from, to]);
      expect(Number(number)).toBe(part);
    }),
  );
});

test('a range is cut at multiples of the step, without gap or overlap', () => {
  fc.assert(
    fc.property(windows, fc.constantFrom(60, 300, HOUR_S, DAY_S), ([from, , to], step) => {
      const cut = [...windowsOf({ from, to }, step)];
      expect([from, ...cut.map((window) => window.to)]).toEqual([...cut.map((window) => window.from), to]);
      expect(cut.every((window) => window.from < window.to)).toBe(true);
      expect(cut.every((window) => Math.floor(window.from / step) === Math.floor((window.to - 1) / step))).toBe(true);
    }),
  );
});

test('a session has no gap of 30 minutes, and a user has more than that between sessions', () => {
  const users = new Map<string, { start: number; end: number }[]>();
  const gapsWithin: number[] = [];
  for (const events of eventsBySession(days(0, 28)).values()) {
    const times = events.map(({ timestamp }) => timestamp);
    gapsWithin.push(...times.slice(1).map((time, n) => time - times[n]!));
    const { user_id } = events[0]!;
    users.set(user_id, [...(users.get(user_id) ?? []), { start: times[0]!, end: times.at(-1)! }]);
  }
  const gapsBetween = [...users.values()].flatMap((sessions) => {
    const ordered = sessions.toSorted((a, b) => a.start - b.start);
    return ordered.slice(1).map(({ start }, n) => start - ordered[n]!.end);
  });
  expect(gapsWithin.every((gap) => gap > 0 && gap < 30 * 60)).toBe(true);
  expect(gapsBetween.every((gap) => gap > 30 * 60)).toBe(true);
  expect(gapsBetween.length).toBeGreaterThan(10_000);
});

test('a user keeps its country and its age', () => {
  const attributes = new Map<string, string>();
  for (const { user_id, location, user_age } of eventsOf(journeys, days(0, 1), days(20, 21), days(40, 41))) {
    const known = attributes.get(user_id) ?? `${location} ${user_age}`;
    expect(`${location} ${user_age}`).toBe(known);
    attributes.set(user_id, known);
  }
});

test('users come back after weeks, so that retention means something', () => {
  const [before, after] = [days(0, 7), days(28, 35)].map(
    (week) => new Set(eventsOf(journeys, week).map((e) => e.user_id)),
  );
  const returned = [...before!].filter((user) => after!.has(user)).length / before!.size;
  expect(returned).toBeGreaterThan(0.1);
  expect(returned).toBeLessThan(0.9);
});

test('a window costs as many candidates ten years later as today', () => {
  const population = populationOf(countries, 5760);
  const candidatesIn = ({ from, to }: TimeRange) => {
    const [first, end] = candidates(population, from, to);
    return end - first;
  };
  for (const length of [1, HOUR_S, DAY_S]) {
    const today = candidatesIn({ from: START, to: START + length });
    const later = candidatesIn({ from: START + 3650 * DAY_S, to: START + 3650 * DAY_S + length });
    expect(Math.abs(later - today)).toBeLessThanOrEqual(1); // one user more or less by rounding
  }
});

test('impossible options are refused', () => {
  expect(() => simulation({ ...journeys, population: 10 }, countries)).toThrow(/use at least \d+/);
  const incident = { kind: 'bot-flood', country: 'DE', ...days(0, 1) } as const;
  expect(() => simulation({ ...independent, incidents: [incident] }, countries)).toThrow(/--model journeys/);
});

test.each(MODELS)('%s never repeats what it yields, however it is iterated', (model) => {
  const simulate = simulation({ ...journeys, model }, countries);
  const [first, second] = [simulate(days(0, 1)), simulate(days(0, 1))];
  const interleaved = [first.next().value, second.next().value, first.next().value, second.next().value];
  expect(interleaved[0]).toEqual(interleaved[1]);
  expect(interleaved[2]).toEqual(interleaved[3]);
});

/** Events by session, whose id begins those of its events. */
function eventsBySession(range: TimeRange): Map<string, SimulatedEvent[]> {
  const sessions = new Map<string, SimulatedEvent[]>();
  for (const event of eventsOf(journeys, range)) {
    const session = event.event_id.slice(0, 20);
    const events = sessions.get(session);
    if (events) events.push(event);
    else sessions.set(session, [event]);
  }
  return sessions;
}

function memoryStore(): ObjectStore & { objects: Map<string, Buffer>; texts(): string[] } {
  const objects = new Map<string, Buffer>();
  return {
    objects,
    put: async (key, body) => {
      objects.set(key, body);
    },
    texts: () => [...objects.values()].map((body) => gunzipSync(body).toString()),
  };
}

/** Epoch seconds of a time in ISO 8601 basic format. */
function basicTime(text: string): number {
  return Date.parse(text.replace(/(....)(..)(..T..)(..)(..Z)/, '$1-$2-$3:$4:$5')) / 1000;
}
