import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { DATABASE } from '../../core/names';
import { openLake } from '../../lake/duckdb/open-lake';
import {
  failureReasons,
  parseReplacement,
  type ReplayOptions,
  type ReplayResult,
  replay,
} from '../../lake/duckdb/replay';
import { reprocess } from '../../lake/duckdb/reprocess';
import type { TransformResult } from '../../lake/duckdb/transform';
import { type Row, type TemporaryLake, temporaryLake } from '../../support/temporary-lake';

const DAYS = ['2026-03-01', '2026-03-02', '2026-03-03'] as const;
const [FIRST, MIDDLE, LAST] = DAYS;
const TABLES = ['clickstream_table', 'sessions', 'failed_events'] as const;

let lake: TemporaryLake;
beforeEach(() => {
  lake = temporaryLake();
});
afterEach(() => lake.remove());

describe('replay', () => {
  const UK = { reasons: ['unknown_country'], replacements: [parseReplacement('location:UK=GB')] };

  beforeEach(async () => {
    lake.land(
      'a.ndjson',
      [
        event('uk-1', FIRST, '10:00', { location: 'UK' }),
        event('uk-2', MIDDLE, '10:00', { location: 'UK', big: 12345678901234567890n }),
        event('fr', FIRST, '11:00', { location: 'Fr' }),
        event('old', FIRST, '12:00', { user_age: 200 }),
        event('both', FIRST, '13:00', { location: 'UK', user_age: 'x' }),
        'nonsense\n',
        event('fine', FIRST, '14:00'),
      ].join(''),
    );
    lake.land('b.ndjson', Buffer.concat([Buffer.from([0xff]), Buffer.from(event('fine-2', LAST, '10:00'))]));
    await lake.transform();
  });

  test('puts through what is valid after its replacement, and leaves the rest failed', async () => {
    const result = await replayed(UK);
    expect(result).toEqual({ chosen: 4, valid: 2, failed: { unknown_country: 1, invalid_user_age: 1 } });
    expect([...lake.files('raw').keys()].map((key) => key.replace(/-[0-9a-f]{16}-/, '-*-'))).toEqual([
      `date=${FIRST}/replay-*-0000.ndjson.gz`,
      `date=${MIDDLE}/replay-*-0000.ndjson.gz`,
    ]);
    await lake.transform();
    expect(await ids()).toEqual(['fine', 'uk-1', 'uk-2']);
    expect(
      await lake.rows(`SELECT country_code, extra FROM ${DATABASE}.clickstream_table WHERE event_id = 'uk-2'`),
    ).toEqual([{ country_code: 'GB', extra: '{"big":12345678901234567890}' }]);
    expect((await failed()).map(({ reasons }) => reasons)).toEqual([
      'invalid_user_age',
      'invalid_user_age,unknown_country',
      'not_an_event',
      'not_text',
      'unknown_country',
    ]);
  });

  test('counts events at once, before they are transformed', async () => {
    await replayed(UK);
    expect(await lake.rows(`SELECT COUNT(*) AS n FROM ${DATABASE}.clickstream_live`)).toEqual([{ n: 3 }]);
  });

  test('lands nothing when it is dry, and nothing twice', async () => {
    const before = await failed();
    expect(await replayed({ ...UK, isDryRun: true })).toMatchObject({ valid: 2 });
    expect([lake.files('raw').size, await failed()]).toEqual([0, before]);
    await replayed(UK);
    expect(await replayed(UK)).toMatchObject({ chosen: 2, valid: 0 });
    expect(lake.files('raw').size).toBe(2);
  });

  test('takes replacements in order, of fields that are missing, and away', async () => {
    const replacements = ['user_age:200=', 'location:UK=XX', 'location:XX=DE', 'location:Fr=FR', 'user_age:x=40'];
    const result = await replayed({ replacements: replacements.map(parseReplacement) });
    expect(result).toMatchObject({ valid: 5 });
    await lake.transform();
    const sql = `SELECT event_id, country_code, user_age FROM ${DATABASE}.clickstream_table ORDER BY ALL`;
    expect((await lake.rows(sql)).map((row) => Object.values(row))).toEqual([
      ['both', 'DE', 40],
      ['fine', 'ZZ', null],
      ['fr', 'FR', null],
      ['old', 'ZZ', null],
      ['uk-1', 'DE', null],
      ['uk-2', 'DE', null],
    ]);
    expect((await failed()).map(({ reasons }) => reasons)).toEqual(['not_an_event', 'not_text']);
  });

  test.each(['judged', 'landed', 'forgotten'])(
    'that ends when it has %s is made good by the same again',
    async (step) => {
      const stop = (at: string): void => {
        if (at === step) throw new Error(step);
      };
      await expect(replayed(UK, stop)).rejects.toThrow(step);
      if (step === 'landed') await lake.transform(); // as the schedule may
      await replayed(UK);
      await lake.transform();
      expect(await ids()).toEqual(['fine', 'uk-1', 'uk-2']);
      expect((await failed()).length).toBe(5);
    },
  );

  test('knows the reasons, and how often each is one', async () => {
    const opened = await openLake(lake.root);
    expect([...(await failureReasons(opened))]).toEqual([
      ['unknown_country', 4],
      ['invalid_user_age', 2],
      ['not_an_event', 1],
      ['not_text', 1],
    ]);
    opened.close();
  });

  test.each([
    ['location', 'FIELD:TEXT=OTHER'],
    ['location=UK', 'FIELD:TEXT=OTHER'],
    ['country:UK=GB', 'must be one of event_id'],
  ])('refuses the replacement %s', (text, message) => {
    expect(() => parseReplacement(text)).toThrow(message);
  });
});

describe('reprocess', () => {
  beforeEach(async () => {
    // Sessions over both midnights of the middle day, and an event of it that came in a file of the next.
    land(FIRST, [event('a', FIRST, '10:00'), event('b', FIRST, '23:50')]);
    land(MIDDLE, [
      event('c', MIDDLE, '00:10'),
      event('d', MIDDLE, '12:00'),
      event('bad', MIDDLE, '12:00', { user_age: -1 }),
    ]);
    land(LAST, [event('late', MIDDLE, '23:55'), event('e', LAST, '00:05'), event('f', LAST, '09:00')]);
    await lake.transform();
  });

  test.each([
    ['nothing is wrong', 'SELECT 1'],
    ['events of the day are gone', `DELETE FROM ${DATABASE}.clickstream_table WHERE event_id IN ('c', 'd')`],
    [
      'there are too many',
      `INSERT INTO ${DATABASE}.clickstream_table BY NAME SELECT * REPLACE ('x' AS event_id) FROM ${DATABASE}.clickstream_table WHERE event_id = 'd'`,
    ],
    [
      'events are others',
      `UPDATE ${DATABASE}.clickstream_table SET country_name = 'x' WHERE event_id IN ('c', 'd', 'late')`,
    ],
    [
      'sessions are others',
      `UPDATE ${DATABASE}.sessions SET event_count = 9 WHERE session_end >= '${MIDDLE}' AND session_start < '${LAST}'`,
    ],
    ['a failed event is gone', `DELETE FROM ${DATABASE}.failed_events`],
    [
      'a failed event is none',
      `INSERT INTO ${DATABASE}.failed_events (source_file, source_line, reasons, raw) VALUES ('raw/date=${MIDDLE}/0.ndjson', 1, 'x', 'y')`,
    ],
  ])('makes a day what it should be when %s', async (_, sql) => {
    const before = await state();
    await write(sql);
    const result = await reprocessed(MIDDLE, MIDDLE);
    expect(result).toMatchObject({ files: 2, new_events: 3, failed_events: 1 });
    expect(await state()).toEqual(before);
    await reprocessed(MIDDLE, MIDDLE);
    expect(await state()).toEqual(before);
  });

  test('leaves other days as they are', async () => {
    await write(`UPDATE ${DATABASE}.clickstream_table SET user_action = 'changed'`);
    await reprocessed(MIDDLE, MIDDLE);
    const changed = await lake.rows(
      `SELECT event_id FROM ${DATABASE}.clickstream_table WHERE user_action = 'changed' ORDER BY 1`,
    );
    expect(changed.map(({ event_id }) => event_id)).toEqual(['a', 'b', 'e', 'f']);
  });

  test('keeps what a replay has corrected', async () => {
    const opened = await openLake(lake.root, { mode: 'write' });
    await replay(opened, { replacements: [parseReplacement('user_age:-1=1')] });
    opened.close();
    await lake.transform();
    const events = await ids();
    expect(events).toContain('bad');
    await reprocessed(FIRST, LAST);
    expect(await ids()).toEqual(events);
    expect(await failed()).toHaveLength(1);
  });

  test('passes over days without events, and says how far it is', async () => {
    const before = await state();
    const progress: number[][] = [];
    await reprocessed('2026-02-27', LAST, (...done) => void progress.push(done));
    expect(await state()).toEqual(before);
    expect(progress).toEqual([0, 1, 2, 3].map((n) => [n, 3]));
  });

  test('stops before it changes a day one of whose files is gone', async () => {
    lake.discard(`processed/date=${LAST}/0.ndjson`);
    const before = await state();
    await expect(reprocessed(MIDDLE, MIDDLE)).rejects.toThrow(`raw/date=${LAST}/0.ndjson`);
    expect(await state()).toEqual(before);
  });

  test.each(['staged', 'checked', 'written'] as const)('changes nothing if it ends when it has %s', async (step) => {
    const before = await state();
    await write(`UPDATE ${DATABASE}.clickstream_table SET user_action = 'changed'`);
    const changed = await state();
    const opened = await openLake(lake.root, { mode: 'write' });
    const onStep = (at: string): void => {
      if (at === step) throw new Error(step);
    };
    await expect(reprocess(opened, { from: FIRST, to: LAST, onStep })).rejects.toThrow(step);
    opened.close();
    expect(await state()).toEqual(changed);
    await reprocessed(FIRST, LAST);
    expect(await state()).toEqual(before);
  });
});

function land(day: string, lines: readonly string[]): void {
  lake.land(`date=${day}/0.ndjson`, lines.join(''));
}

function event(id: string, day: string, time: string, fields: Readonly<Record<string, unknown>> = {}): string {
  const timestamp = Date.parse(`${day}T${time}Z`) / 1000;
  const all = { event_id: id, event_type: 'click', user_id: 'u', user_action: 'home_page', timestamp, ...fields };
  const big = fields.big === undefined ? '' : String(fields.big);
  return `${JSON.stringify({ ...all, ...(big ? { big: 0 } : {}) }).replace('"big":0', `"big":${big}`)}\n`;
}

async function replayed(options: ReplayOptions, onStep?: (step: string) => void): Promise<ReplayResult> {
  const opened = await openLake(lake.root, { mode: 'write' });
  return replay(opened, options, onStep).finally(() => opened.close());
}

async function reprocessed(
  from: string,
  to: string,
  onProgress?: (done: number, total: number) => void,
): Promise<TransformResult> {
  const opened = await openLake(lake.root, { mode: 'write' });
  return reprocess(opened, { from, to, onProgress }).finally(() => opened.close());
}

async function write(sql: string): Promise<void> {
  const opened = await openLake(lake.root, { mode: 'write' });
  await opened.connection.run(sql).finally(() => opened.close());
}

async function ids(): Promise<unknown[]> {
  const rows = await lake.rows(`SELECT event_id FROM ${DATABASE}.clickstream_table ORDER BY 1`);
  return rows.map(({ event_id }) => event_id);
}

function failed(): Promise<Row[]> {
  return lake.rows(`SELECT * FROM ${DATABASE}.failed_events ORDER BY reasons`);
}

async function state(): Promise<Row[][]> {
  const rows: Row[][] = [];
  for (const table of TABLES) rows.push(await lake.rows(`SELECT * FROM ${DATABASE}.${table} ORDER BY ALL`));
  return rows;
}
