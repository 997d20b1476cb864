import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openLake } from '../../lake/duckdb/open-lake';
import { type TransformOptions, type TransformResult, transform } from '../../lake/duckdb/transform';
import { HEAD_BYTES, MAX_EVENT_BYTES } from '../../schema/event';
import { type Row, type TemporaryLake, temporaryLake } from '../../support/temporary-lake';
import { documentCases } from '../etl/document-cases';
import { type EdgeCase, edgeCases, notJson } from '../etl/edge-cases';
import { event } from './events';

type Content = string | Buffer;

interface Taken extends TransformResult {
  /** Whether a line made the fast reader give up. */
  readonly wasCareful: boolean;
  readonly events: readonly Row[];
  readonly failed: readonly Row[];
}

const GARBAGE = Buffer.from(Array.from({ length: 5000 }, (_, n) => (n * n * 31 + 7 * n) % 251));

let lake: TemporaryLake;
beforeEach(() => {
  lake = temporaryLake();
});
afterEach(() => lake.remove());

describe('the edge cases', () => {
  test('are more than sixty, each named once', () => {
    expect(edgeCases.length).toBeGreaterThan(60);
    expect(new Set(edgeCases.map(({ name }) => name)).size).toBe(edgeCases.length);
  });

  test('are judged alike by the fast reader, and beside lines that it can not read', async () => {
    const fast = await take({ 'a.ndjson': textOf(edgeCases) });
    expect(fast.wasCareful).toBe(false);
    expectJudged(fast, edgeCases);
    lake.remove();
    lake = temporaryLake();
    const mixed = edgeCases.flatMap((edgeCase, n) => [edgeCase, notJson[n % notJson.length]!]);
    const careful = await take({ 'a.ndjson': textOf(mixed) });
    expect(careful.wasCareful).toBe(true);
    expectJudged(careful, mixed);
  });

  test('are judged alike when gzipped, with CRLF and with neither order nor batch in common', async () => {
    const half = edgeCases.length >> 1;
    const files = {
      'b.ndjson.gz': gzipSync(textOf(edgeCases.slice(0, half).reverse())),
      'a.ndjson': textOf(edgeCases.slice(half)).replaceAll('\n', '\r\n'),
    };
    const { events, failed } = await take(files, { batchBytes: 1 });
    expect(events.map(comparable)).toEqual(rowsOf(edgeCases));
    expect(failed).toHaveLength(edgeCases.filter(({ row }) => !row).length);
  });
});

describe('a file that is not what it should be', () => {
  const three = `${event('a')}\n${event('b')}\n${event('c')}\n`;

  test('is empty', async () => {
    expect(await take({ 'empty.ndjson': '', 'empty.ndjson.gz': gzipSync('') })).toMatchObject({
      files: 2,
      new_events: 0,
    });
  });

  test('has blank lines, which are no events but count as lines', async () => {
    const { failed } = await take({ 'blank.ndjson': `\n  \n${event('a')}\n\t\n\r\n${event('b')}\n{}\n\n` });
    expect(failed).toMatchObject([
      { source_file: 'raw/blank.ndjson', source_line: 7, reasons: 'not_an_event', raw: '{}' },
    ]);
  });

  test('has an event with the text of a delimiter, which is no control character', async () => {
    const escaped = event('a', { referrer: 'C:\\x01', other: '\\n' });
    expect(await take({ 'a.ndjson': `${escaped}\n${event('b')}\nwords\n` })).toMatchObject({ new_events: 2 });
  });

  test('has nothing but blank lines', async () => {
    expect(await take({ 'blank.ndjson': '\n\n \n\t\n\n' })).toMatchObject({ files: 1, failed_events: 0 });
  });

  test('begins with a byte order mark', async () => {
    const { new_events, failed } = await take({
      'bom.ndjson': `\ufeff${event('a')}\n{}\n`,
      'bom.ndjson.gz': gzipSync(`\ufeff${event('b')}\nwords\n`),
      'only-bom.ndjson': '\ufeff',
    });
    expect(new_events).toBe(2);
    expect(failed.map(({ source_line, raw }) => [source_line, raw])).toEqual([
      [2, '{}'],
      [2, 'words'],
    ]);
  });

  test('has CRLF, or some lines with it', async () => {
    const { new_events, failed } = await take({
      'all.ndjson': `${event('a')}\r\n{}\r\n${event('b')}\r\nwords\r\n`,
      'some.ndjson.gz': gzipSync(`${event('c')}\n${event('d')}\r\n{}\r\n\r\n${event('e')}`),
    });
    expect(new_events).toBe(5);
    expect(failed.map(({ source_line, reasons, raw }) => [source_line, reasons, raw])).toEqual([
      [2, 'not_an_event', '{}'],
      [4, 'not_an_event', 'words'],
      [3, 'not_an_event', '{}'],
    ]);
  });

  test('has a carriage return inside a line, which ends no line', async () => {
    const { failed } = await take({ 'mac.ndjson': `${event('a')}\r${event('b')}\n${event('c')}\n` });
    expect(failed).toMatchObject([{ source_line: 1, reasons: 'not_text', raw: `${event('a')}\r${event('b')}` }]);
  });

  test('has no newline at its end', async () => {
    expect(await take({ 'a.ndjson': event('a'), 'b.gz': gzipSync(event('b')) })).toMatchObject({ new_events: 2 });
  });

  test('is binary garbage, whatever it is called', async () => {
    const names = ['garbage', 'garbage.ndjson', 'garbage.ndjson.gz'];
    const { new_events, failed } = await take({
      ...Object.fromEntries(names.map((name) => [name, GARBAGE])),
      z: three,
    });
    expect(new_events).toBe(3);
    expect(failed.every(({ reasons }) => reasons === 'not_text')).toBe(true);
    for (const name of names) {
      const parts = failed.filter(({ source_file }) => source_file === `raw/${name}`);
      expect(Buffer.concat(parts.map(({ raw }) => bytesOf(raw)))).toEqual(without(GARBAGE, 10));
    }
  });

  test('has the magic number of gzip, and garbage behind it', async () => {
    const content = Buffer.concat([Buffer.from([0x1f, 0x8b]), GARBAGE]);
    const { new_events, failed } = await take({ 'a.gz': content, 'z.ndjson': three }, {}, 4);
    expect(new_events).toBe(3);
    expect(failed).toMatchObject([{ source_file: 'raw/a.gz', source_line: 1, reasons: 'unreadable_file' }]);
  });

  test('is gzip under another name, and text under the name of gzip', async () => {
    expect(await take({ 'a.ndjson': gzipSync(event('a')), 'b.gz': event('b') })).toMatchObject({ new_events: 2 });
  });

  test('is gzip in several members, cut within a line', async () => {
    const members = [
      gzipSync(three),
      gzipSync(event('d').slice(0, 9)),
      gzipSync(''),
      gzipSync(`${event('d').slice(9)}\n{}`),
    ];
    const { new_events, failed } = await take({ 'a.gz': Buffer.concat(members) });
    expect(new_events).toBe(4);
    expect(failed).toMatchObject([{ source_line: 5, raw: '{}' }]);
  });

  test('is gzip with zeros behind it', async () => {
    expect(await take({ 'a.gz': Buffer.concat([gzipSync(three), Buffer.alloc(512)]) })).toMatchObject({
      new_events: 3,
    });
  });
});

describe('a JSON array that is cut off', () => {
  test('where its last record is like an earlier line is one failed event for each of the two', async () => {
    const { new_events, failed } = await take({ 'a.ndjson': `${event('a')}\nnull\n[\n${event('b')},\nnull` }, {}, 4);
    expect(new_events).toBe(2);
    expect(failed.map(({ source_line, reasons, raw }) => [source_line, reasons, raw])).toEqual([
      [2, 'not_an_event', 'null'],
      [2, 'unreadable_file', 'null'],
    ]);
  });
});

describe('a gzip file that is cut off', () => {
  const lines = Array.from({ length: 2000 }, (_, n) => event(`event ${n} ${(n * 7919) % 10007}`));
  const whole = gzipSync(lines.map((line) => `${line}\n`).join(''));

  test.each([0.1, 0.5, 0.9, 0.999])('gives its lines before the cut at %d, and a failed event', async (part) => {
    const content = whole.subarray(0, Math.floor(whole.length * part));
    const text = gunzipSync(content, { finishFlush: constants.Z_SYNC_FLUSH }).toString();
    const count = text.split('\n').length - 1;
    const { new_events, failed } = await take({ 'a.gz': content, 'b.ndjson': event('b') }, {}, count + 2);
    expect(new_events).toBe(count + 1);
    expect(count).toBeGreaterThan(100);
    expect(failed).toMatchObject([{ source_file: 'raw/a.gz', source_line: count + 1, reasons: 'unreadable_file' }]);
    expect(text.endsWith(String(failed[0]!.raw))).toBe(true);
  });

  test.each([1, 4, 8])('is noticed when only the last %d bytes are missing, which hold no line', async (missing) => {
    const { new_events, failed } = await take({ 'a.gz': whole.subarray(0, -missing) }, {}, 2001);
    expect(new_events).toBe(2000);
    expect(failed).toMatchObject([{ source_line: 2001, reasons: 'unreadable_file', raw: '' }]);
  });

  test('is noticed when the cut is between two lines', async () => {
    const content = gzipSync(`${lines.slice(0, 10).join('\n')}\n`, { finishFlush: constants.Z_SYNC_FLUSH });
    const { new_events, failed } = await take({ 'a.gz': content }, {}, 11);
    expect(new_events).toBe(10);
    expect(failed).toMatchObject([{ source_line: 11, reasons: 'unreadable_file', raw: '' }]);
  });

  test('is noticed when the cut is between two members or in the header of the second', async () => {
    const content = Buffer.concat([
      gzipSync(`${lines.slice(0, 10).join('\n')}\n`),
      gzipSync(lines[10]!).subarray(0, 8),
    ]);
    expect(await take({ 'a.gz': content, 'b.gz': whole.subarray(0, 7) }, {}, 12)).toMatchObject({
      new_events: 10,
      failed_events: 2,
    });
  });

  test('is noticed when a byte was altered, even if every line is JSON', async () => {
    const content = gzipSync(whole.length > 0 ? lines.join('\n') : '', { level: 0 });
    content[content.indexOf('event 1999')]! ^= 1;
    const { failed } = await take({ 'a.gz': content }, {}, 'any');
    expect(failed).toMatchObject([{ reasons: 'unreadable_file' }]);
  });

  test('gives most lines before a byte that can not be', async () => {
    const content = Buffer.from(whole);
    content.fill(0xff, whole.length - 2000, whole.length - 1900);
    const { new_events, failed } = await take({ 'a.gz': content }, {}, 'any');
    expect(new_events).toBeGreaterThan(500);
    expect(failed.at(-1)).toMatchObject({ reasons: 'unreadable_file' });
  });
});

describe('a line that is no text', () => {
  const invalid = [
    ['invalid UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d])],
    ['an overlong slash', Buffer.from([0x22, 0xc0, 0xaf, 0x22])],
    ['half a character', Buffer.from('{"a":"ü"}').subarray(0, 7)],
    ['a surrogate', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
    ['Latin-1', Buffer.from('{"event_id":"Zürich"}', 'latin1')],
    ['NUL', Buffer.from('{"a":"\0"}')],
    ['UTF-16', Buffer.from(event('a'), 'utf16le')],
  ] as const;

  test('keeps its very bytes where they are not UTF-8, or hold a NUL', async () => {
    const files = invalid.map(
      ([name, bytes]) => [name, Buffer.concat([Buffer.from(`${event(name)}\n\n`), bytes, Buffer.from('\n')])] as const,
    );
    const zipped = files.map(([name, content]) => [`zipped ${name}`, gzipSync(content)] as const);
    const { failed } = await take(Object.fromEntries([...files, ...zipped]));
    expect(failed).toHaveLength(2 * invalid.length);
    for (const [name, bytes] of invalid)
      for (const source_file of [`raw/${name}`, `raw/zipped ${name}`]) {
        const found = failed.filter((row) => row.source_file === source_file);
        expect(found).toMatchObject([
          { source_line: 3, reasons: 'not_text', raw: `base64:${bytes.toString('base64')}` },
        ]);
      }
  });

  test('keeps control characters as they are', async () => {
    const characters = ['\x01', '\x02', '\x08', '\x0b', '\x0c', '\x1b', '\x1f'];
    const lines = characters.flatMap((character) => [
      event('a').replace('click', `cl${character}ick`),
      event(character),
      character,
    ]);
    const { new_events, failed } = await take({ 'a.ndjson': lines.join('\n') });
    expect(new_events).toBe(characters.length);
    const expected = lines.flatMap((raw, n) => (n % 3 === 1 ? [] : [{ source_line: n + 1, reasons: 'not_text', raw }]));
    expect(failed).toMatchObject(expected);
  });

  const LONG_MB = [2, 31.9, 32.1, 40];
  test.each(LONG_MB.flatMap((mb) => [false, true].map((isGzip) => [mb, isGzip] as const)))(
    'is one failed event with its first bytes and its size when it is %d MB long (gzip: %p), wherever it stands',
    async (mb, isGzip) => {
      const line = event('long', { padding: 'ü'.repeat(5e5 * mb) });
      const file = (text: string) => (isGzip ? gzipSync(text, { level: 1 }) : text);
      const { new_events, failed } = await take(
        {
          'alone.ndjson': file(line),
          'between.ndjson': file(`${event('a')}\n${line}\n${event('b')}\n`),
          'first.ndjson': file(`${line}\n${event('c')}`),
          'last.ndjson': file(`${event('d')}\n${line}`),
          'newline.ndjson': file(`${line}\n`),
        },
        {},
        9,
      );
      expect(new_events).toBe(4);
      expect(failed.map(({ source_line, reasons, raw_bytes }) => [source_line, reasons, raw_bytes])).toEqual(
        [1, 2, 1, 2, 1].map((number) => [number, 'line_too_long', Buffer.byteLength(line)]),
      );
      for (const { raw } of failed) {
        expect(line.startsWith(String(raw))).toBe(true);
        expect(Buffer.byteLength(String(raw))).toBeGreaterThanOrEqual(HEAD_BYTES - 1);
      }
    },
  );

  test.each([false, true])('is too long from 1 MiB and a byte on (gzip: %p)', async (isGzip) => {
    const [most, more] = [0, 1].map((n) =>
      event(`long ${n}`, { padding: 'x'.repeat(MAX_EVENT_BYTES - event('long 0', { padding: '' }).length + n) }),
    );
    expect(most).toHaveLength(MAX_EVENT_BYTES);
    const file = (text: string) => (isGzip ? gzipSync(text) : text);
    expect(await take({ 'a.ndjson': file(`${most}\n${event('a')}\n`) })).toMatchObject({
      new_events: 2,
      wasCareful: false,
    });
    expect(await take({ 'b.ndjson': file(`${more}\n${event('b')}\n`) })).toMatchObject({
      new_events: 1,
      failed_events: 1,
    });
    expect(await take({ 'c.ndjson': file(`${more}`) })).toMatchObject({ failed_events: 1 });
  });
});

describe('a file of JSON that is not an event a line', () => {
  test.each(documentCases)('$name', async ({ text, records }) => {
    for (const [name, content] of [
      ['a.ndjson', text],
      ['a.ndjson.gz', gzipSync(text)],
    ] as const) {
      const { events, failed } = await take({ [name]: content }, {}, records.length);
      const isEvent = ({ text: record, isCutOff }: (typeof records)[number]) => !isCutOff && isEventOf(record);
      const ids = new Set(records.filter(isEvent).map(({ text: record }) => JSON.parse(record).event_id as string));
      expect(events.map(({ event_id }) => event_id)).toEqual([...ids].sort());
      const expected = records.filter((record) => !isEvent(record));
      expect(failed.map(({ source_line, raw }) => [source_line, raw])).toEqual(
        expected.map(({ number, text: record }) => [number, record]),
      );
      lake.remove();
      lake = temporaryLake();
    }
  });

  test.each([false, true])('is an array of many events on one line (gzip: %p)', async (isGzip) => {
    const lines = Array.from({ length: 100_000 }, (_, n) => event(`event ${n}`, { padding: 'x'.repeat(300) }));
    const text = `[${lines.slice(0, 50_000).join(',')},{"a":1},${lines.slice(50_000).join(', ')}]`;
    expect(text.length).toBeGreaterThan(40e6);
    const { new_events, failed } = await take({ 'export.json': isGzip ? gzipSync(text) : text }, {}, 100_001);
    expect(new_events).toBe(100_000);
    expect(failed).toMatchObject([{ source_line: 50_001, reasons: 'not_an_event', raw: '{"a":1}' }]);
  });

  test('lies beside files of lines, which are read as they are', async () => {
    const lines = Array.from({ length: 20 }, (_, n) => event(`event ${n}`));
    const { new_events } = await take(
      { 'a.ndjson': lines.slice(0, 10).join('\n'), 'b.json': `[${lines.slice(10)}]` },
      {},
      20,
    );
    expect(new_events).toBe(20);
  });
});

describe('a line that the reader loses', () => {
  test('stops the run, before anything is published, and its file stays', async () => {
    lake.land('a', `${event('a')}\n${event('b')}\n`);
    const opened = await openLake(lake.root, { mode: 'write' });
    const { connection } = opened;
    const run = connection.run.bind(connection);
    // The reader of DuckDB, as if it lost a line of every file.
    connection.run = (sql: string, ...others: []) =>
      run(
        sql
          .replace(/FROM read_csv\(/, 'FROM (SELECT * FROM read_csv(')
          .replace("compression = 'none')", "compression = 'none') LIMIT 1)"),
        ...others,
      );
    await expect(transform(opened)).rejects.toThrow(
      /check no_line_lost found rows, so nothing was published:\n.*"source_file":"raw\/a","line_count":"2","judged_count":"1"/,
    );
    opened.close();
    expect(lake.files('raw').size).toBe(1);
    expect(await lake.rows('SELECT COUNT(*) AS n FROM clickstream_db.clickstream_table')).toEqual([{ n: 0 }]);
    expect(await lake.transform()).toMatchObject({ new_events: 2 });
  });
});

describe('a failed event', () => {
  test('is kept once for each line that is the same', async () => {
    const { failed } = await take({ 'a.ndjson': '{}\n{}\n[]\n{}\n', 'b.ndjson': '{}\n' });
    expect(failed.map(({ source_file, source_line }) => `${source_file} ${source_line}`)).toEqual([
      'raw/a.ndjson 1',
      'raw/a.ndjson 2',
      'raw/a.ndjson 3',
      'raw/a.ndjson 4',
      'raw/b.ndjson 1',
    ]);
  });

  test('is kept once for each line that is the same and no JSON', async () => {
    const { failed } = await take({ 'a.ndjson': 'x\n{}\nx\n\x01\n\x01\n{}\nx\n' });
    expect(failed.map(({ source_line }) => source_line)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  test('has the number of its line far down a large file, whatever reader it takes', async () => {
    const lines = Array.from({ length: 30_000 }, (_, n) =>
      n % 10_000 === 9_999 ? `{"user_age":${n}}` : event(`e${n}`),
    );
    const { failed, wasCareful } = await take({ 'a.gz': gzipSync(lines.join('\n')) });
    expect(wasCareful).toBe(false);
    expect(failed.map(({ source_line }) => source_line)).toEqual([10_000, 20_000, 30_000]);
    const again = await take({ 'b.gz': gzipSync([...lines, 'words'].join('\n')) });
    expect(again.wasCareful).toBe(true);
    expect(again.failed.map(({ source_line }) => source_line)).toEqual([
      10_000, 20_000, 30_000, 10_000, 20_000, 30_000, 30_001,
    ]);
    expect(again.duplicates).toBe(29_997);
  });

  test('may be nearly JSON', async () => {
    const lines = [
      ',}',
      'NaN',
      '{"event_id":NaN}',
      '{"event_id":Infinity}',
      '{"a":1,}',
      '// comment',
      '{"event_id":"\\ud800"}',
    ];
    expect(await take({ 'a.ndjson': lines.join('\n') })).toMatchObject({ failed_events: lines.length });
  });
});

describe('a repeated event', () => {
  test('counts once in a file, across files and across runs', async () => {
    const lines = `${event('a')}\n${event('b')}\n${event('a')}\n`;
    expect(await take({ '1.ndjson': lines, '2.ndjson': lines })).toMatchObject({ new_events: 2, duplicates: 4 });
    expect(await take({ '3.ndjson': `${lines}${event('c')}\n` })).toMatchObject({ new_events: 1, duplicates: 3 });
    expect(await take({ '4.ndjson': lines, '5.ndjson': event('d') }, { batchBytes: 1 })).toMatchObject({
      new_events: 1,
      duplicates: 3,
    });
  });

  test('is the one that arrived first, whatever the order of files', async () => {
    const early = event('a', { ingest_time: 1_700_000_100, user_age: 1 });
    const late = event('a', { ingest_time: 1_700_000_200, user_age: 2 });
    const never = event('a', { user_age: 3 });
    expect((await take({ '1': `${never}\n${late}`, '2': early })).events).toMatchObject([{ user_age: 1 }]);
    lake.remove();
    lake = temporaryLake();
    expect((await take({ '1': early, '2': `${late}\n${never}` })).events).toMatchObject([{ user_age: 1 }]);
  });

  test('is the one of the first file when none arrived earlier', async () => {
    expect((await take({ '2': event('a', { user_age: 2 }), '1': event('a', { user_age: 1 }) })).events).toMatchObject([
      { user_age: 1, source_file: 'raw/1' },
    ]);
  });

  test('is the same one in whatever order the lines of one file come', async () => {
    const copies = [
      { user_age: 1 },
      { user_age: 2 },
      { location: 'DE' },
      { location: 'FR' },
      { product_category: 'books' },
      { timestamp: 1_700_000_001 },
    ].map((fields) => event('a', fields));
    const first = (await take({ a: copies.join('\n') })).events.map(comparable);
    lake.remove();
    lake = temporaryLake();
    expect((await take({ a: copies.reverse().join('\n') })).events.map(comparable)).toEqual(first);
  });

  test('is another event on another day (UTC)', async () => {
    const midnight = 1_700_006_400;
    const lines = [midnight - 1, midnight, midnight + 86_399, midnight + 86_400].map((timestamp) =>
      event('a', { timestamp }),
    );
    expect(await take({ '1': lines.join('\n') })).toMatchObject({ new_events: 3, duplicates: 1 });
    expect(await take({ '2': `${lines.join('\n')}\n` })).toMatchObject({ new_events: 0, duplicates: 4 });
  });

  test('may have its id on several days without losing a session of either', async () => {
    const day = 86_400;
    await take({ '1': [0, day, 2 * day].map((s) => event('a', { timestamp: 1_700_000_000 + s })).join('\n') });
    await take({ '2': event('b', { timestamp: 1_700_000_060 }) });
    expect(await lake.rows('SELECT event_count FROM clickstream_db.sessions ORDER BY session_start')).toEqual([
      { event_count: 2 },
      { event_count: 1 },
      { event_count: 1 },
    ]);
  });

  test('may have a key twice, of which the first counts', async () => {
    const { events } = await take({ a: event('a').replace('}', ',"event_id":"b","user_age":5,"user_age":7}') });
    expect(events).toMatchObject([{ event_id: 'a', user_age: 5, extra: null }]);
  });
});

describe('a file name', () => {
  const odd = [
    "it's.ndjson",
    'a b.ndjson',
    '"quoted".ndjson',
    'Zürich 😀.ndjson.gz',
    'a;b--c.ndjson',
    'new\nline',
    '100%20#?.ndjson',
    '{x,y}',
    '$HOME',
    'a\\b',
    'plain.json',
    'plain.jsonl',
    'none',
    'date=2024-01-01/hour=00/x.ndjson',
    'dir with.dots/and spaces/x',
  ];

  test('may be anything that is a file name', async () => {
    const files = odd.map((name) => [name, `${event(name)}\n{"a":1}\n`] as const);
    const { events, failed } = await take(Object.fromEntries(files));
    const keys = odd.map((name) => `raw/${name}`).sort();
    expect(events.map(({ event_id, source_file }) => source_file === `raw/${event_id}`)).toEqual(odd.map(() => true));
    expect(failed.map(({ source_file }) => String(source_file)).sort()).toEqual(keys);
    const careful = await take(Object.fromEntries(odd.map((name) => [`${name}2`, `${event(`${name}2`)}\nwords\n`])));
    expect(careful.wasCareful).toBe(true);
    expect(careful.events.every(({ event_id, source_file }) => source_file === `raw/${event_id}`)).toBe(true);
    expect(
      careful.failed
        .filter(({ raw }) => raw === 'words')
        .map(({ source_file }) => String(source_file))
        .sort(),
    ).toEqual(odd.map((name) => `raw/${name}2`).sort());
  });

  test('is not a pattern that stands for others', async () => {
    const names = ['a*b', 'a?b', 'a[x]b', 'axb', 'a**', '[!x]', '[a]', 'a', 'b'];
    const { events } = await take(Object.fromEntries(names.map((name) => [name, event(name)])));
    expect(events.map(({ event_id, source_file }) => source_file === `raw/${event_id}`)).toEqual(names.map(() => true));
  });

  test('may be odd for the lake, too', async () => {
    lake.remove();
    lake = temporaryLake(`my [lake]'s "data" * 😀😀`);
    const { events, failed } = await take({ a: `${event('a')}\n{}`, b: `${event('b')}\nwords` });
    expect([...events, ...failed].map(({ source_file }) => source_file)).toEqual(['raw/a', 'raw/b', 'raw/a', 'raw/b']);
  });

  test('that is hidden or partial is left alone, and so is what is no file', async () => {
    mkdirSync(join(lake.root, 'raw', 'folder'), { recursive: true });
    mkdirSync(join(lake.root, 'elsewhere'));
    writeFileSync(join(lake.root, 'elsewhere', 'x'), event('x'));
    symlinkSync(join(lake.root, 'elsewhere', 'x'), join(lake.root, 'raw', 'link'));
    const left = ['.hidden', 'a.ndjson.partial', 'date=1/.b.ndjson', '.folder/c.ndjson', 'date=1/d.gz.123.partial'];
    for (const name of left) lake.land(name, event(name));
    lake.land('taken', event('taken'));
    expect(await lake.transform()).toMatchObject({ files: 1, new_events: 1 });
    expect([...lake.files('raw').keys()].sort()).toEqual([...left].sort());
  });
});

describe('the same name again', () => {
  test('with other content is taken, and both files are kept', async () => {
    await take({ 'date=1/a.ndjson.gz': event('a') });
    await take({ 'date=1/a.ndjson.gz': event('b') });
    await take({ 'date=1/a.ndjson.gz': event('c') });
    expect(lake.files('processed').size).toBe(3);
    expect(
      (await lake.rows('SELECT event_id FROM clickstream_db.clickstream_table ORDER BY 1')).map((row) => row.event_id),
    ).toEqual(['a', 'b', 'c']);
  });

  test('with the same content is only archived', async () => {
    lake.land('a', `${event('a')}\n{}\n`);
    await lake.transform();
    lake.land('a', `${event('a')}\n{}\n`);
    expect(await lake.transform()).toEqual({ files: 0, new_events: 0, duplicates: 0, failed_events: 0 });
    expect(lake.files('raw').size).toBe(0);
    expect(lake.files('processed').size).toBe(1);
    expect(await lake.rows('SELECT COUNT(*) AS n FROM clickstream_db.failed_events')).toEqual([{ n: 1 }]);
  });
});

describe('a file that changes while it is read', () => {
  test('is refused with the remedy, publishes nothing, and is taken when it is whole', async () => {
    lake.land('a', `${event('a')}\n`);
    const onStep = (step: string): void => {
      if (step === 'staged') lake.land('a', `${event('a')}\n${event('b')}\n`);
    };
    await expect(lake.transform({ onStep })).rejects.toThrow(/raw\/a changed while it was read: run transform again/);
    expect(await lake.rows('SELECT COUNT(*) AS n FROM clickstream_db.clickstream_table')).toEqual([{ n: 0 }]);
    expect(await lake.transform()).toMatchObject({ new_events: 2 });
  });

  test('is taken when it was only put again, with the same content', async () => {
    lake.land('a', event('a'));
    const onStep = (step: string): void => {
      if (step === 'staged') lake.land('a', event('a'));
    };
    expect(await lake.transform({ onStep })).toMatchObject({ new_events: 1 });
    await lake.transform();
    expect([lake.files('raw').size, lake.files('processed').size]).toEqual([0, 1]);
  });

  test('stays in raw/ if it changes after it was committed, and its rest is taken next time', async () => {
    lake.land('a', `${event('a')}\n`);
    const onStep = (step: string): void => {
      if (step === 'committed') lake.land('a', `${event('a')}\n${event('b')}\n`);
    };
    expect(await lake.transform({ onStep })).toMatchObject({ new_events: 1 });
    expect(lake.files('raw').size).toBe(1);
    expect(await lake.transform()).toMatchObject({ new_events: 1, duplicates: 1 });
    expect(lake.files('raw').size).toBe(0);
  });
});

/** Lands files, transforms, and requires that no line was lost and that each file was archived byte for byte. */
async function take(
  files: Readonly<Record<string, Content>>,
  options: TransformOptions = {},
  lines: number | 'any' = lineCount(files),
): Promise<Taken> {
  for (const [name, content] of Object.entries(files)) lake.land(name, content);
  let wasCareful = false;
  const onStep = (step: string): void => {
    if (step === 'staged') wasCareful ||= existsSync(join(lake.root, 'results', '.batch', 'raw'));
  };
  const before = await counts();
  const result = await lake.transform({ ...options, onStep });
  const { new_events, duplicates, failed_events } = result;
  if (lines !== 'any') expect(new_events + duplicates + failed_events).toBe(lines);
  const after = await counts();
  expect([after[0]! - before[0]!, after[1]! - before[1]!]).toEqual([new_events, failed_events]);
  expect(lake.files('raw').size).toBe(0);
  const archived = [...lake.files('processed')];
  for (const [name, content] of Object.entries(files)) {
    const bytes = Buffer.from(content);
    const [stem] = name.split('.');
    expect(archived.some(([path, kept]) => path.startsWith(stem!) && kept.equals(bytes))).toBe(true);
  }
  expect(readdirSync(join(lake.root, 'results'))).toEqual(['clickstream.duckdb']);
  const events = await lake.rows('SELECT * FROM clickstream_db.clickstream_table ORDER BY event_id, click_date');
  const failed = await lake.rows(
    'SELECT * FROM clickstream_db.failed_events ORDER BY source_file, source_line, raw, reasons',
  );
  return { ...result, wasCareful, events, failed };
}

async function counts(): Promise<number[]> {
  if (!existsSync(join(lake.root, 'results'))) return [0, 0];
  const [row] = await lake.rows(
    'SELECT (SELECT COUNT(*) FROM clickstream_db.clickstream_table) AS a, (SELECT COUNT(*) FROM clickstream_db.failed_events) AS b',
  );
  return [Number(row!.a), Number(row!.b)];
}

/** Lines that are not blank, counted in the plainest way. */
function lineCount(files: Readonly<Record<string, Content>>): number {
  const texts = Object.values(files).map((content) => {
    const bytes = Buffer.from(content);
    return (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes)
      .toString('latin1')
      .replace(/^\xef\xbb\xbf/, '');
  });
  return texts.flatMap((text) => text.split('\n')).filter((line) => /[^ \t\r]/.test(line)).length;
}

/** Whether a record is one of the events of this file and the document cases. */
function isEventOf(record: string): boolean {
  try {
    return (JSON.parse(record) as { user_action?: string } | null)?.user_action === 'home';
  } catch {
    return false;
  }
}

function textOf(cases: readonly EdgeCase[]): string {
  return cases.map(({ line }) => `${line}\n`).join('');
}

function expectJudged({ events, failed }: Taken, cases: readonly EdgeCase[]): void {
  const expected = cases.flatMap(({ line, reasons }, n) =>
    reasons === undefined
      ? []
      : [
          {
            source_file: 'raw/a.ndjson',
            source_line: n + 1,
            reasons,
            raw: line,
            raw_bytes: null,
            landed_at: expect.any(String),
          },
        ],
  );
  expect(failed).toEqual(expected);
  expect(events.map(comparable)).toEqual(rowsOf(cases));
}

function rowsOf(cases: readonly EdgeCase[]): object[] {
  const rows = cases.flatMap(({ row }) => (row ? [row] : []));
  const bytes = (row: (typeof rows)[number]) => Buffer.from(String(row.event_id));
  return rows.sort((a, b) => Buffer.compare(bytes(a), bytes(b)));
}

function comparable({ source_file, extra, ...row }: Row): object {
  return { ...row, extra: extra === null ? null : JSON.parse(String(extra)) };
}

function bytesOf(raw: unknown): Buffer {
  const text = String(raw);
  return text.startsWith('base64:') ? Buffer.from(text.slice(7), 'base64') : Buffer.from(text);
}

function without(bytes: Buffer, byte: number): Buffer {
  return Buffer.from(bytes.filter((value) => value !== byte));
}
