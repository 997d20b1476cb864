import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { HOUR_S } from '../../core/time';
import { openLake } from '../../lake/duckdb/open-lake';
import { parseReplacement, type ReplayOptions, type ReplayResult, replay } from '../../lake/duckdb/replay';
import { MAX_EVENT_BYTES } from '../../schema/event';
import { type TemporaryLake, temporaryLake } from '../../support/temporary-lake';
import { edgeCases, notJson } from '../etl/edge-cases';
import { fuzzRuns } from '../fuzz-runs';

type Fields = Readonly<Record<string, unknown>>;

let lake: TemporaryLake;
beforeEach(() => {
  lake = temporaryLake();
});
afterEach(() => lake.remove());

describe('a replay', () => {
  test('keeps what has failed on the same line of other content under the same key', async () => {
    lake.land('a', `${event('one', { location: 'UK' })}\n`);
    await lake.transform();
    lake.land('a', `${event('two', { location: 'XX' })}\n`);
    await lake.transform();
    expect(await replayed(lake, 'location:UK=GB')).toMatchObject({ chosen: 2, valid: 1 });
    expect(await failedRaws()).toEqual([event('two', { location: 'XX' })]);
    expect(landedTexts()).toEqual([`${event('one', { location: 'GB' })}\n`]);
  });

  test('puts lines of a day in order, under a key made of them', async () => {
    lake.land('a', ['z', 'é', 'a'].map((id) => `${event(id, { location: 'UK' })}\n`).join(''));
    lake.land('b', `${event('m', { location: 'UK', timestamp: 1_700_100_000 })}\n`);
    await lake.transform();
    await replayed(lake, 'location:UK=GB');
    const files = [...lake.files('raw')].map(([key, body]) => [key, gunzipSync(body).toString()] as const);
    const contents = [['a', 'z', 'é'], ['m']].map((ids) => ids.map((id) => `"event_id":"${id}"`));
    for (const [n, [key, text]] of files.entries()) {
      const digest = createHash('sha256').update(text).digest('hex').slice(0, 16);
      expect(key).toBe(`date=2023-11-${[14, 16][n]}/replay-${digest}-0000.ndjson.gz`);
      expect(
        text
          .split('\n')
          .filter(Boolean)
          .map((line) => /"event_id":"[^"]*"/.exec(line)?.[0]),
      ).toEqual(contents[n]);
    }
    expect(files).toHaveLength(2);
  });

  test('never takes what is no line of text, even if it reads like an event', async () => {
    const whole = event('cut');
    lake.land('a', Buffer.concat([Buffer.from([0xff]), Buffer.from(event('bytes'))]));
    lake.land('b', `${event('x')}\r${event('y')}\n`);
    await lake.transform();
    await inLake(
      lake,
      `INSERT INTO clickstream_db.failed_events (source_file, source_line, reasons, raw) VALUES ('raw/c.gz', 9, 'unreadable_file', '${whole}')`,
    );
    const before = await failedRaws();
    expect(await replayed(lake)).toEqual({ chosen: 3, valid: 0, failed: { not_text: 2, unreadable_file: 1 } });
    expect(await failedRaws()).toEqual(before);
    expect(lake.files('raw').size).toBe(0);
  });

  test('does not land a line that its replacement makes too long', async () => {
    const padding = 'x'.repeat(MAX_EVENT_BYTES - event('long', { location: 'UK', padding: '' }).length);
    lake.land('a', `${event('long', { location: 'UK', padding })}\n`);
    await lake.transform();
    expect(await replayed(lake, 'location:UK=', `product_category:=${'y'.repeat(60)}`)).toEqual({
      chosen: 1,
      valid: 0,
      failed: { line_too_long: 1 },
    });
    expect(await replayed(lake, 'location:UK=GB')).toMatchObject({ valid: 1 });
  });

  test('adds up, and changes no line to which nothing applies', async () => {
    const lines = [...edgeCases, ...notJson].map(({ line }) => line);
    lake.land('a', lines.map((line) => `${line}\n`).join(''));
    await lake.transform();
    const before = await failedRaws();
    const result = await replayed(lake, 'location:nowhere=DE', 'event_type:Click=click');
    expect(result.chosen).toBe(before.length);
    expect(result.valid + Object.values(result.failed).reduce((sum, count) => sum + count, 0)).toBe(result.chosen);
    expect(result.valid).toBe(1);
    await lake.transform();
    expect(await failedRaws()).toEqual(before.filter((raw) => !raw.includes('"Click"')));
  });

  test('compares the text of any field, and sets any text', async () => {
    const good = { event_type: 'click', user_action: 'home', product_category: 'books', location: 'DE', event_id: 'e' };
    const valid: Readonly<Record<string, string>> = { ...good, user_id: 'u', user_age: '7', timestamp: '1700000000' };
    const text = fc.oneof(
      fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }),
      fc.constantFrom('1', 'true', "it's", '"', '\\', '{}', 'base64:', '%_', '$.x'),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...Object.keys(valid)), text, text, async (name, from, to) => {
        fc.pre(!from.includes('=') && !['?', to, valid[name]].includes(from) && from.trim() !== '');
        const one = temporaryLake();
        one.land('a', `${event('e', { user_action: '?', user_id: 'x', [name]: from, kept: 0.5 })}\n`);
        await one.transform();
        const rules = [
          `${name}:${from}=${valid[name]}`,
          'user_action:?=home',
          `user_id:${name === 'user_id' ? 'u' : 'x'}=${to}`,
        ];
        // A name that happens to be right is not what this is about.
        if ((await failedRawsOf(one)).length > 0) {
          expect(await replayed(one, ...rules)).toMatchObject({ chosen: 1, valid: 1 });
          await one.transform();
          const sql = 'SELECT user_id, extra FROM clickstream_db.clickstream_table';
          expect(await one.rows(sql)).toEqual([{ user_id: to, extra: '{"kept":0.5}' }]);
        }
        one.remove();
      }),
      { numRuns: fuzzRuns(12) },
    );
  });

  test('ends where landing what is right at once would have', async () => {
    const location = fc.constantFrom('UK', 'XX', 'DE', undefined);
    const events = fc.array(
      fc.record({ n: fc.integer({ min: 0, max: 15 }), location, hour: fc.integer({ min: 0, max: 70 }) }),
      {
        minLength: 1,
        maxLength: 30,
      },
    );
    await fc.assert(
      fc.asyncProperty(events, fc.boolean(), async (drawn, isTwice) => {
        const [late, right] = [temporaryLake(), temporaryLake()];
        const lineOf = ({ n, location, hour }: (typeof drawn)[number], fix: boolean): string =>
          `${event(`e${n}-${hour}`, { location: fix && location === 'UK' ? 'GB' : location, timestamp: 1_700_000_000 + hour * HOUR_S })}\n`;
        const distinct = [...new Map(drawn.map((one) => [`${one.n}-${one.hour}`, one])).values()];
        late.land('a', distinct.map((one) => lineOf(one, false)).join(''));
        right.land('a', distinct.map((one) => lineOf(one, true)).join(''));
        for (const each of [late, right]) await each.transform();
        for (let n = 0; n < (isTwice ? 2 : 1); n++) await replayed(late, 'location:UK=GB');
        await late.transform();
        for (const sql of [
          'SELECT * EXCLUDE (source_file) FROM clickstream_db.clickstream_table ORDER BY ALL',
          'SELECT * FROM clickstream_db.sessions ORDER BY ALL',
          'SELECT reasons, raw FROM clickstream_db.failed_events ORDER BY ALL',
        ])
          expect(await late.rows(sql)).toEqual(await right.rows(sql));
        for (const each of [late, right]) each.remove();
      }),
      { numRuns: fuzzRuns(5) },
    );
  });
});

async function replayed(
  { root }: TemporaryLake,
  ...rules: readonly (string | NonNullable<ReplayOptions['replacements']>[number])[]
): Promise<ReplayResult> {
  const opened = await openLake(root, { mode: 'write' });
  const replacements = rules.map((rule) => (typeof rule === 'string' ? parseReplacement(rule) : rule));
  return replay(opened, { replacements }).finally(() => opened.close());
}

async function inLake({ root }: TemporaryLake, sql: string): Promise<void> {
  const opened = await openLake(root, { mode: 'write' });
  await opened.connection.run(sql).finally(() => opened.close());
}

const failedRaws = (): Promise<string[]> => failedRawsOf(lake);

async function failedRawsOf(of: TemporaryLake): Promise<string[]> {
  return (await of.rows('SELECT raw FROM clickstream_db.failed_events ORDER BY raw')).map(({ raw }) => String(raw));
}

function landedTexts(): string[] {
  return [...lake.files('raw').values()].map((body) => gunzipSync(body).toString());
}

function event(id: string, fields: Fields = {}): string {
  const required = {
    event_id: id,
    event_type: 'click',
    user_id: 'u',
    user_action: 'home_page',
    timestamp: 1_700_000_000,
  };
  return JSON.stringify({ ...required, ...fields });
}
