import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DAY_S, HOUR_S } from '../../core/time';
import { type Row, type TemporaryLake, temporaryLake } from '../../support/temporary-lake';
import { fuzzRuns } from '../fuzz-runs';

interface SmallEvent {
  readonly event_id: string;
  readonly user_id: string;
  readonly event_type: string;
  readonly location: string;
  readonly timestamp: number;
}

const MINUTE = 60;
const MIDNIGHT = Date.UTC(2026, 0, 10) / 1000;
const NAMES: Readonly<Record<string, string>> = { DE: 'Germany', FR: 'France', NA: 'Namibia' };

const SESSIONS = `
  SELECT user_id, country_code, country_name, session_start, session_end, duration_s, event_count, purchase_count, is_engaged
  FROM clickstream_db.sessions ORDER BY user_id, session_start`;
const EVENTS = `
  SELECT event_id, user_id, event_type, country_code AS location, epoch(click_date)::BIGINT AS timestamp
  FROM clickstream_db.clickstream_table ORDER BY event_id`;

let lake: TemporaryLake;
beforeEach(() => {
  lake = temporaryLake();
});
afterEach(() => lake.remove());

describe('sessions', () => {
  test('last through a gap of 30 minutes and end at one of a second more', async () => {
    await arrive([at(0), at(30 * MINUTE), at(60 * MINUTE + 1), at(61 * MINUTE)]);
    expect(await spans()).toEqual([
      [0, 30 * MINUTE],
      [60 * MINUTE + 1, 61 * MINUTE],
    ]);
  });

  test('are joined when an event arrives late between two of them', async () => {
    await arrive([at(0), at(60 * MINUTE)], [at(30 * MINUTE)]);
    expect(await spans()).toEqual([[0, 60 * MINUTE]]);
  });

  test('stay two when the late event reaches one of them only', async () => {
    await arrive([at(0), at(60 * MINUTE + 1)], [at(30 * MINUTE)]);
    expect(await spans()).toEqual([
      [0, 30 * MINUTE],
      [60 * MINUTE + 1, 60 * MINUTE + 1],
    ]);
  });

  test('are joined in a chain, and by late events of several batches', async () => {
    const minutes = [0, 25, 50, 75, 100, 125];
    await arrive(...[0, 2, 4, 5, 3, 1].map((n) => [at(minutes[n]! * MINUTE)]));
    expect(await spans()).toEqual([[0, 125 * MINUTE]]);
  });

  test('go on across midnight, also when the day before comes later', async () => {
    await arrive([at(24 * HOUR_S + 60), at(24 * HOUR_S + 20 * MINUTE)], [at(24 * HOUR_S - 60), at(23 * HOUR_S)]);
    expect(await spans()).toEqual([
      [23 * HOUR_S, 23 * HOUR_S],
      [24 * HOUR_S - 60, 24 * HOUR_S + 20 * MINUTE],
    ]);
  });

  test('are left as they are when only copies of their events arrive', async () => {
    const events = [at(0), at(60), at(7200)];
    await arrive(events);
    const before = await lake.rows('SELECT * FROM clickstream_db.sessions ORDER BY ALL');
    await arrive(events, events);
    expect(await lake.rows('SELECT * FROM clickstream_db.sessions ORDER BY ALL')).toEqual(before);
  });

  test('of one user are not touched by events of another', async () => {
    await arrive([at(0), at(60 * MINUTE)], [{ ...at(30 * MINUTE), user_id: 'other' }]);
    expect(await lake.rows('SELECT COUNT(*) AS n FROM clickstream_db.sessions')).toEqual([{ n: 3 }]);
  });

  test('and events are the same whatever the batches, the order and the copies', async () => {
    await fc.assert(
      fc.asyncProperty(histories(), async (batches) => {
        lake.remove();
        lake = temporaryLake();
        await arrive(...batches);
        const distinct = [...new Map(batches.flat().map((event) => [event.event_id, event])).values()];
        expect(await lake.rows(EVENTS)).toEqual(distinct.sort((a, b) => compare(a.event_id, b.event_id)));
        expect(await lake.rows(SESSIONS)).toEqual(plainSessions(distinct));
        expect(
          await lake.rows('SELECT COUNT(DISTINCT session_id) = COUNT(*) AS is_key FROM clickstream_db.sessions'),
        ).toEqual([{ is_key: true }]);
      }),
      { numRuns: fuzzRuns(12), seed: 20260110 },
    );
  });
});

/** Batches of events with gaps about the limit, some of them copied into other batches, in any order, over two midnights. */
function histories(): fc.Arbitrary<SmallEvent[][]> {
  const gap = fc.oneof(
    { arbitrary: fc.constantFrom(0, 1, 9, 10, 30 * MINUTE - 1, 30 * MINUTE, 30 * MINUTE + 1), weight: 4 },
    { arbitrary: fc.integer({ min: 1, max: 40 * MINUTE }), weight: 3 },
    { arbitrary: fc.integer({ min: HOUR_S, max: 20 * HOUR_S }), weight: 1 },
  );
  const step = fc.record({
    gap,
    event_type: fc.constantFrom('click', 'click', 'search', 'purchase'),
    location: fc.constantFrom(...Object.keys(NAMES)),
    batches: fc.array(fc.nat(4), { minLength: 1, maxLength: 2 }),
    order: fc.nat(),
  });
  return fc.array(fc.array(step, { minLength: 1, maxLength: 14 }), { minLength: 1, maxLength: 6 }).map((users) => {
    const arrivals = users.flatMap((steps, user) => {
      let timestamp = MIDNIGHT + 22 * HOUR_S;
      return steps.flatMap(({ gap, event_type, location, batches, order }, n) => {
        timestamp += gap;
        // Ids in no order of time: events of the same second go by their ids.
        const event = {
          event_id: `${order % 97}-${user}-${n}`,
          user_id: `user${user}`,
          event_type,
          location,
          timestamp,
        };
        return batches.map((batch) => ({ batch, order, event }));
      });
    });
    arrivals.sort((a, b) => a.order - b.order);
    return [0, 1, 2, 3, 4].map((batch) =>
      arrivals.filter((arrival) => arrival.batch === batch).map(({ event }) => event),
    );
  });
}

/** The sessions of events, computed in the plainest way. */
function plainSessions(events: readonly SmallEvent[]): Row[] {
  const sorted = [...events].sort(
    (a, b) => compare(a.user_id, b.user_id) || a.timestamp - b.timestamp || compare(a.event_id, b.event_id),
  );
  const sessions: SmallEvent[][] = [];
  for (const event of sorted) {
    const last = sessions.at(-1)?.at(-1);
    if (last?.user_id === event.user_id && event.timestamp - last.timestamp <= 30 * MINUTE)
      sessions.at(-1)!.push(event);
    else sessions.push([event]);
  }
  return sessions.map((session) => {
    const first = session[0]!;
    const duration = session.at(-1)!.timestamp - first.timestamp;
    const purchases = session.filter(({ event_type }) => event_type === 'purchase').length;
    return {
      user_id: first.user_id,
      country_code: first.location,
      country_name: NAMES[first.location]!,
      session_start: textOf(first.timestamp),
      session_end: textOf(session.at(-1)!.timestamp),
      duration_s: duration,
      event_count: session.length,
      purchase_count: purchases,
      is_engaged: session.length >= 2 || purchases > 0 || duration >= 10,
    };
  });
}

/** Each batch is a file, taken in its order by a transaction of its own. */
async function arrive(...batches: readonly (readonly SmallEvent[])[]): Promise<void> {
  const run = lake.files('processed').size;
  for (const [n, events] of batches.entries()) {
    const lines = events.map(
      (event) => `${JSON.stringify({ ...event, user_action: 'home', ingest_time: MIDNIGHT + 7 * DAY_S })}\n`,
    );
    lake.land(`${run}-${n}.ndjson`, lines.join(''));
  }
  await lake.transform({ batchBytes: 1 });
}

/** Starts and ends of all sessions, in seconds since midnight. */
async function spans(): Promise<[number, number][]> {
  const rows = await lake.rows(
    'SELECT epoch(session_start) AS a, epoch(session_end) AS b FROM clickstream_db.sessions ORDER BY 1',
  );
  return rows.map(({ a, b }) => [Number(a) - MIDNIGHT, Number(b) - MIDNIGHT]);
}

function at(second: number): SmallEvent {
  return {
    event_id: `at-${second}`,
    user_id: 'ann',
    event_type: 'click',
    location: 'DE',
    timestamp: MIDNIGHT + second,
  };
}

function textOf(timestamp: number): string {
  return new Date(timestamp * 1000).toISOString().slice(0, 19).replace('T', ' ');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
