import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { HOUR_S } from '../../core/time';
import { openLake } from '../../lake/duckdb/open-lake';
import { reprocess } from '../../lake/duckdb/reprocess';
import type { TransformResult } from '../../lake/duckdb/transform';
import { eventFields } from '../../schema/event';
import { type Row, type TemporaryLake, temporaryLake } from '../../support/temporary-lake';
import { fuzzRuns } from '../fuzz-runs';

type Fields = Readonly<Record<string, unknown>>;

const DAY = '2023-11-14';
const NEXT = '2023-11-15';
const MIDNIGHT = Date.UTC(2023, 10, 14) / 1000;

let lake: TemporaryLake;
beforeEach(() => {
  lake = temporaryLake();
});
afterEach(() => lake.remove());

describe('a reprocess', () => {
  test.each(['plain', 'careful'])('knows two contents of one key apart, and keeps its name (%s)', async (how) => {
    const bad = how === 'plain' ? '{}' : 'words';
    lake.land(`date=${DAY}/a.ndjson.gz`, gzipSync(`${event('one')}\n${bad}\n`));
    await lake.transform();
    lake.land(`date=${DAY}/a.ndjson.gz`, gzipSync(`${event('two')}\n${bad}\n`));
    lake.land('other', `${event('three')}\n${bad}\n`);
    await lake.transform();
    lake.land('other', `${event('four')}\n\n${bad}\n`);
    await lake.transform();
    const before = await state(lake);
    for (let n = 0; n < 2; n++) {
      expect(await reprocessed(lake)).toMatchObject({ files: 4, new_events: 4, failed_events: 4 });
      expect(await state(lake)).toEqual(before);
    }
  });

  test.each(['', '.sha8'])('stops, and changes nothing, when one content of a key is gone (%s)', async (which) => {
    for (const id of ['one', 'two']) {
      lake.land(`date=${DAY}/a.ndjson`, `${event(id)}\n`);
      await lake.transform();
    }
    const names = [...lake.files('processed').keys()];
    const beside = names.find((name) => /\.[0-9a-f]{8}\.ndjson$/.test(name))!;
    lake.discard(`processed/${which === '' ? `date=${DAY}/a.ndjson` : beside}`);
    const before = await state(lake);
    await expect(reprocessed(lake)).rejects.toThrow(`${DAY} can't be rebuilt, its rows would be lost`);
    expect(await state(lake)).toEqual(before);
  });

  test('stops before the first day when a file of the last is gone', async () => {
    lake.land(`date=${DAY}/a`, `${event('one')}\n`);
    lake.land(`date=${NEXT}/b`, `${event('two', { timestamp: MIDNIGHT + 90_000 })}\n`);
    await lake.transform();
    lake.discard(`processed/date=${NEXT}/b`);
    await write("UPDATE clickstream_db.clickstream_table SET user_action = 'changed'");
    const before = await state(lake);
    await expect(reprocessed(lake, DAY, NEXT)).rejects.toThrow(`${NEXT} can't be rebuilt`);
    expect(await state(lake)).toEqual(before);
  });

  test('says that a file which waits to be archived needs a transform first', async () => {
    lake.land(`date=${DAY}/a`, `${event('one')}\n`);
    await lake.transform();
    mkdirSync(dirname(join(lake.root, `raw/date=${DAY}/a`)), { recursive: true });
    renameSync(join(lake.root, `processed/date=${DAY}/a`), join(lake.root, `raw/date=${DAY}/a`));
    await expect(reprocessed(lake)).rejects.toThrow('run "clickstream transform" first');
    await lake.transform();
    expect(await reprocessed(lake)).toMatchObject({ new_events: 1 });
  });

  test.each([
    ['2023-11-15', '2023-11-14', 'is after the last'],
    ['2023-11-31', '2023-12-01', '2023-11-31 is no date'],
    ['2023-02-29', '2023-12-01', 'is no date'],
    ['yesterday', '2023-12-01', 'is no date'],
    ['2023-11-14', "2023-11-14'", 'is no date'],
  ])('from %s to %s is refused', async (from, to, message) => {
    await expect(reprocessed(lake, from, to)).rejects.toThrow(message);
  });

  test('takes any range, of which it does the days that there are', async () => {
    lake.land(`date=${DAY}/a`, `${event('one')}\n`);
    await lake.transform();
    expect(await reprocessed(lake, '0001-01-01', '9999-12-31')).toMatchObject({ files: 1, new_events: 1 });
  });

  test('finds sessions anew of which the day has no more events', async () => {
    const near = (id: string, minutes: number, user_id = 'u'): string =>
      `${event(id, { user_id, timestamp: MIDNIGHT + minutes * 60 })}\n`;
    lake.land(`date=2023-11-13/a`, near('before', -10) + near('earlier', -30));
    lake.land(`date=${DAY}/b`, near('in', 10) + near('out', 1430));
    lake.land(`date=${NEXT}/c`, near('after', 1450));
    await lake.transform();
    // The file comes to hold nothing, as if the SQL refused its lines now.
    lake.land('../processed/date=2023-11-14/b', '{}\n');
    expect(await reprocessed(lake)).toMatchObject({ new_events: 0, failed_events: 1 });
    const spans = 'SELECT session_id, event_count, duration_s FROM clickstream_db.sessions ORDER BY session_start';
    expect(await lake.rows(spans)).toEqual([
      { session_id: 'earlier', event_count: 2, duration_s: 1200 },
      { session_id: 'after', event_count: 1, duration_s: 0 },
    ]);
  });

  test('puts events of other days in that the table does not hold, and makes failed lines valid under new rules', async () => {
    lake.land(
      `date=${DAY}/a`,
      [event('old', { user_age: 200 }), event('next', { timestamp: MIDNIGHT + 90_000 }), event('fine'), '{}'].join(
        '\n',
      ),
    );
    await lake.transform();
    await write(
      "DELETE FROM clickstream_db.clickstream_table WHERE event_id = 'next'; DELETE FROM clickstream_db.sessions WHERE session_id = 'next'",
    );
    await withOldestAge(300)(lake.root);
    const ages = 'SELECT event_id, user_age FROM clickstream_db.clickstream_table ORDER BY 1';
    expect(await lake.rows(ages)).toEqual([
      { event_id: 'fine', user_age: null },
      { event_id: 'next', user_age: null },
      { event_id: 'old', user_age: 200 },
    ]);
    const failed = 'SELECT source_line, raw FROM clickstream_db.failed_events';
    expect(await lake.rows(failed)).toEqual([{ source_line: 4, raw: '{}' }]);
    await reprocessed(lake); // and back
    expect((await lake.rows(failed)).map(({ source_line }) => source_line).sort()).toEqual([1, 4]);
  });

  test('gives back what transform gave, whatever happened to the day', async () => {
    const drawn = fc.array(
      fc.record({
        folder: fc.constantFrom('2023-11-13', DAY, NEXT, ''),
        minutes: fc.oneof(
          fc.integer({ min: -90, max: 90 }),
          fc.integer({ min: 1380, max: 1500 }),
          fc.integer({ min: -1000, max: 2400 }),
        ),
        user: fc.constantFrom('u', 'v'),
        isBad: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
        isTwice: fc.boolean(),
      }),
      { minLength: 3, maxLength: 40 },
    );
    const within = `click_date >= '${DAY}' AND click_date < '${NEXT}' AND source_file LIKE 'raw/date=${DAY}/%'`;
    const harm = fc.constantFrom(
      `DELETE FROM clickstream_db.clickstream_table WHERE ${within} AND hash(event_id) % 2 = 0`,
      `UPDATE clickstream_db.clickstream_table SET user_age = 1, country_name = 'x' WHERE ${within}`,
      `INSERT INTO clickstream_db.clickstream_table BY NAME SELECT * REPLACE (event_id || '?' AS event_id) FROM clickstream_db.clickstream_table WHERE ${within}`,
      `UPDATE clickstream_db.sessions SET event_count = 77, is_engaged = false WHERE session_end >= '${DAY}' AND session_start < '${NEXT}' AND session_id IN (SELECT event_id FROM clickstream_db.clickstream_table WHERE ${within})`,
      `DELETE FROM clickstream_db.failed_events WHERE source_file LIKE 'raw/date=${DAY}/%'`,
    );
    await fc.assert(
      fc.asyncProperty(drawn, fc.array(harm, { maxLength: 3 }), async (events, harms) => {
        const one = temporaryLake();
        const files = new Map<string, string>();
        for (const [n, { folder, minutes, user, isBad, isTwice }] of events.entries()) {
          const line = isBad ? `bad ${n}` : event(`e${n}`, { user_id: user, timestamp: MIDNIGHT + minutes * 60 });
          const name = folder === '' ? 'a.ndjson' : `date=${folder}/a.ndjson`;
          files.set(name, `${files.get(name) ?? ''}${line}\n`);
          if (isTwice) files.set('b.ndjson', `${files.get('b.ndjson') ?? ''}${line}\n`);
        }
        for (const [name, text] of files) one.land(name, text);
        await one.transform();
        const before = await state(one);
        const opened = await openLake(one.root, { mode: 'write' });
        for (const sql of harms) await opened.connection.run(sql);
        opened.close();
        for (let n = 0; n < 2; n++) {
          await reprocessed(one);
          expect(await state(one)).toEqual(before);
        }
        expect(existsSync(join(one.root, 'results/.batch'))).toBe(false);
        one.remove();
      }),
      { numRuns: fuzzRuns(10) },
    );
  });
});

async function reprocessed({ root }: TemporaryLake, from = DAY, to = from): Promise<TransformResult> {
  const opened = await openLake(root, { mode: 'write' });
  return reprocess(opened, { from, to }).finally(() => opened.close());
}

/** Reprocesses the day by a schema that takes older users. */
function withOldestAge(max: number): (root: string) => Promise<void> {
  const actual = jest.requireActual<typeof import('../../schema/event')>('../../schema/event');
  const changed = eventFields.map((field) => (field.name === 'user_age' ? { ...field, max } : field));
  let run: ((root: string) => Promise<void>) | undefined;
  jest.isolateModules(() => {
    jest.doMock('../../schema/event', () => ({ ...actual, eventFields: changed }));
    const { openLake } = require('../../lake/duckdb/open-lake') as typeof import('../../lake/duckdb/open-lake');
    const { reprocess } = require('../../lake/duckdb/reprocess') as typeof import('../../lake/duckdb/reprocess');
    run = async (root) => {
      const opened = await openLake(root, { mode: 'write' });
      await reprocess(opened, { from: DAY, to: DAY }).finally(() => opened.close());
    };
    jest.dontMock('../../schema/event');
  });
  return run!;
}

async function write(sql: string): Promise<void> {
  const opened = await openLake(lake.root, { mode: 'write' });
  await opened.connection.run(sql).finally(() => opened.close());
}

async function state(of: TemporaryLake): Promise<Row[][]> {
  const rows: Row[][] = [];
  for (const table of ['clickstream_table', 'sessions', 'failed_events'])
    rows.push(await of.rows(`SELECT * FROM clickstream_db.${table} ORDER BY ALL`));
  return rows;
}

function event(id: string, fields: Fields = {}): string {
  const required = {
    event_id: id,
    event_type: 'click',
    user_id: 'u',
    user_action: 'home_page',
    timestamp: MIDNIGHT + HOUR_S,
  };
  return JSON.stringify({ ...required, ...fields });
}
