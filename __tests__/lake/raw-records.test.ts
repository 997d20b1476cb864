import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { lineCounter } from '../../lake/duckdb/file-census';
import { mayBeDocument, type RawRecord, rawRecords } from '../../lake/duckdb/raw-records';
import { HEAD_BYTES, MAX_EVENT_BYTES } from '../../schema/event';
import { documentCases } from '../etl/document-cases';
import { fuzzRuns } from '../fuzz-runs';
import { contents } from '../server/hostile-content';

const RUNS = fuzzRuns(500);

describe('a file is split into records', () => {
  test.each(documentCases)('$name', async ({ text, records }) => {
    const found = await split([Buffer.from(text)]);
    expect(found.map(({ number, bytes, isCutOff }) => [number, bytes.toString(), isCutOff])).toEqual(
      records.map(({ number, text: record, isCutOff = false }) => [number, record, isCutOff]),
    );
  });

  test.each([1, 2, 7])('the same, however it is cut into chunks of %d bytes', async (size) => {
    for (const { text } of documentCases) {
      const bytes = Buffer.from(text);
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
        bytes.subarray(n * size, (n + 1) * size),
      );
      expect(await split(chunks)).toEqual(await split([bytes]));
    }
  });

  test('with the first bytes of what is longer than an event, and its size', async () => {
    const long = `{"event_id":"${'x'.repeat(2 * MAX_EVENT_BYTES)}"}`;
    const head = long.slice(0, HEAD_BYTES);
    for (const [text, number] of [
      [`{}\n${long}\n{}\n`, 2],
      [`[{},${long},\n{}]`, 2],
      [`[{},{"a":${'[1],'.repeat(MAX_EVENT_BYTES)}`, 2],
    ] as const) {
      const found = await split(chunksOf(Buffer.from(text), 1 << 16));
      const [, second] = found;
      expect(second).toMatchObject({ number });
      expect(second!.bytes).toHaveLength(HEAD_BYTES);
      expect(second!.size).toBeGreaterThan(2 * MAX_EVENT_BYTES);
      if (text.includes(long)) expect([second!.bytes.toString(), second!.size]).toEqual([head, long.length]);
    }
  });

  test('in memory that a file on one line does not fill', async () => {
    const element = `{"event_id":"${'x'.repeat(1000)}"},`;
    async function* chunks(): AsyncGenerator<Buffer> {
      yield Buffer.from(`[{}, ${element}`);
      for (let n = 0; n < 100; n++) yield Buffer.from(element.repeat(250));
      yield Buffer.from('{}]');
    }
    let count = 0;
    let most = 0;
    const before = process.memoryUsage().arrayBuffers;
    for await (const _ of rawRecords(chunks())) {
      count++;
      if (count % 1000 === 0) most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }
    expect(count).toBe(25_003);
    expect(most).toBeLessThan(12e6); // of 25 MB
  });

  test('in time that does not grow with what looks like a document and is none', async () => {
    const lines = '{"a":[1,\n'.repeat(50_000);
    expect(await split(chunksOf(Buffer.from(lines), 1 << 18))).toHaveLength(50_000);
  });
});

describe('no line is lost, whatever a file holds', () => {
  const content = contents();
  const size = fc.integer({ min: 1, max: 9 });

  test('and wherever it is cut into chunks, or breaks off', async () => {
    await fc.assert(
      fc.asyncProperty(content, size, fc.boolean(), async (bytes, chunkSize, isBroken) => {
        const chunks = chunksOf(bytes, chunkSize);
        const documents = { lines: 0, records: 0 };
        const found = await split(chunks, isBroken, documents);
        const counter = lineCounter();
        for (const chunk of chunks) counter.add(chunk);
        const lines = isBroken ? counter.complete() + 1 : counter.end().lines;
        expect(found).toHaveLength(lines - documents.lines + documents.records);
        expect(found).toEqual(await split([bytes], isBroken));
        expect(found.filter(({ isCutOff }) => isCutOff).length).toBeLessThanOrEqual(1);
        if (isBroken) expect(found.at(-1)).toMatchObject({ isCutOff: true });
      }),
      { numRuns: RUNS },
    );
  });

  test('and not a byte of its text is, but the brackets and commas of arrays', async () => {
    await fc.assert(
      fc.asyncProperty(content, async (bytes) => {
        const found = await split([bytes]);
        const rest = [...textOf(bytes.toString('latin1'))];
        for (const character of found.flatMap((record) => [...textOf(record.bytes.toString('latin1'))])) {
          while (rest.length > 0 && rest[0] !== character) expect('[],').toContain(rest.shift());
          expect(rest.shift()).toBe(character);
        }
        expect('[],'.repeat(rest.length)).toContain(rest.filter((each) => !'[],'.includes(each)).join(''));
      }),
      { numRuns: RUNS },
    );
  });

  test('and a file whose lines are each one record is known as such', async () => {
    await fc.assert(
      fc.asyncProperty(content, async (bytes) => {
        const counter = lineCounter();
        counter.add(bytes);
        const { lines, isPlain } = counter.end();
        const documents = { lines: 0, records: 0 };
        const found = await split([bytes], false, documents);
        if (isPlain) expect([found.length, documents.lines]).toEqual([lines, 0]);
      }),
      { numRuns: RUNS },
    );
  });
});

test.each([
  ['{"a":1}', false],
  [' {"a":1} \r', false],
  ['words', false],
  ['[1]', false],
  ['{', true],
  ['{"a":1', true],
  ['[', true],
  ['[ {"a":1}', true],
])('%s may be part of a document: %p', (line, expected) => {
  expect(mayBeDocument(Buffer.from(line))).toBe(expected);
});

async function split(
  chunks: readonly Buffer[],
  isBroken = false,
  documents?: { lines: number; records: number },
): Promise<RawRecord[]> {
  async function* read(): AsyncGenerator<Buffer> {
    yield* chunks;
    if (isBroken) throw new Error('the rest can not be read');
  }
  const found: RawRecord[] = [];
  for await (const { number, bytes, size, isCutOff } of rawRecords(read(), documents))
    found.push({ number, bytes: Buffer.from(bytes), size, isCutOff });
  return found;
}

function chunksOf(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) => bytes.subarray(n * size, (n + 1) * size));
}

/** A text without white space and byte order marks. */
function textOf(text: string): string {
  return text.replace(/\xef\xbb\xbf|[ \t\r\n]/g, '');
}
