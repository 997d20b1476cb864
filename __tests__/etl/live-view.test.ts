import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DATABASE } from '../../core/names';
import { DAY_S } from '../../core/time';
import { liveViewSql } from '../../etl/live-view';
import type { Lake } from '../../lake/duckdb/lake';
import { provideRawFiles, withFreshRawFiles } from '../../lake/duckdb/live-view';
import { openLake } from '../../lake/duckdb/open-lake';
import { type TransformStep, transform } from '../../lake/duckdb/transform';
import { MAX_EVENT_BYTES } from '../../schema/event';
import { clickstreamColumns } from '../../schema/tables';
import { type Row, type TemporaryLake, temporaryLake } from '../../support/temporary-lake';
import { fuzzRuns } from '../fuzz-runs';
import { edgeCases, notJson } from './edge-cases';

const LIVE = `${DATABASE}.clickstream_live`;
const DUCKDB_TYPES = { string: 'VARCHAR', bigint: 'BIGINT', timestamp: 'TIMESTAMP', boolean: 'BOOLEAN' };
const ACCEPTED = [...edgeCases.filter(({ row }) => row).map(({ name }) => name), 'behind-no-json'];

let lake: TemporaryLake;
beforeEach(async () => {
  lake = temporaryLake();
  await lake.transform(); // makes the tables
});
afterEach(() => lake.remove());

describe('the live view', () => {
  test('has the columns of the table, in their order and of their types', async () => {
    const described = await lake.rows(`DESCRIBE ${LIVE}`);
    expect(described.map(({ column_name: name, column_type: type }) => `${name} ${type}`)).toEqual(
      clickstreamColumns.map(({ name, type }) => `${name} ${DUCKDB_TYPES[type]}`),
    );
  });

  test('is the text that Athena gets', async () => {
    lake.land('a', eventLine('a'));
    expect(await lake.rows(`FROM (${liveViewSql(DATABASE, '')})`)).toEqual(await shown());
  });

  test('of Athena looks back some days, and what happened before shows once the run has published it', async () => {
    const daysAgo = (days: number) => ({ timestamp: Math.floor(Date.now() / 1000) - days * DAY_S });
    const deployed = async (): Promise<unknown[]> => {
      const rows = await lake.rows(`SELECT event_id FROM (${liveViewSql(DATABASE, '', 62)}) ORDER BY 1`);
      return rows.map(({ event_id: id }) => id);
    };
    lake.land(
      '1.json',
      textOf([eventLine('new', daysAgo(0)), eventLine('late', daysAgo(61)), eventLine('old', daysAgo(64))]),
    );
    expect(await deployed()).toEqual(['late', 'new']);
    await lake.transform();
    expect(await deployed()).toEqual(['late', 'new', 'old']);
    lake.land(
      '2.json',
      textOf([eventLine('late', daysAgo(61)), eventLine('old', daysAgo(64)), eventLine('newer', daysAgo(0))]),
    );
    expect(await deployed()).toEqual(['late', 'new', 'newer', 'old']);
  });

  test('is empty where nothing has landed, or only a part of it has', async () => {
    expect(await shown()).toEqual([]);
    lake.land('date=2026-01-10/a.ndjson.1.partial', eventLine('partial'));
    lake.land('.hidden/a.ndjson', eventLine('hidden'));
    lake.land('.a.ndjson', eventLine('hidden'));
    expect(await shown()).toEqual([]);
    rmSync(join(lake.root, 'raw'), { recursive: true });
    expect(await shown()).toEqual([]);
  });

  test('shows before a run what the run will publish, but for unknown fields', async () => {
    lake.land('date=2023-11-14/edge-cases.json', textOf(edgeCases.map(({ line }) => line)));
    lake.land('no-json.json.gz', gzipSync(textOf([...notJson.map(({ line }) => line), eventLine('behind-no-json')])));
    const before = await shown();
    await lake.transform();
    const results = await published();
    expect(results.map(({ event_id: id }) => id).sort()).toEqual([...ACCEPTED].sort());
    expect(before).toEqual(results.map((row) => ({ ...row, extra: null })));
    expect(await shown()).toEqual(results);
  });

  test('shows of copies in raw/ the one that the run will choose', async () => {
    lake.land(
      '1.json',
      textOf([eventLine('twice', { ingest_time: 1_700_000_200, user_age: 1 }), eventLine('twice', { user_age: 2 })]),
    );
    lake.land('2.json', textOf([eventLine('twice', { ingest_time: 1_700_000_100, user_age: 3 }), eventLine('once')]));
    const before = await shown();
    expect(before.map(({ event_id, user_age }) => [event_id, user_age])).toEqual([
      ['once', null],
      ['twice', 3],
    ]);
    await lake.transform();
    expect(before).toEqual(await published());
  });

  test('shows of an event that has landed again what the table holds', async () => {
    lake.land('1.json', textOf([eventLine('early', { user_age: 1 }), eventLine('other')]));
    await lake.transform();
    const nextDay = 1_700_000_000 + DAY_S;
    const lines = [
      eventLine('early', { user_age: 2 }),
      eventLine('early', { timestamp: 1_700_000_060, user_age: 3 }),
      eventLine('early', { timestamp: nextDay, user_age: 4 }),
      eventLine('late'),
    ];
    lake.land('2.json', textOf(lines));
    const before = await shown();
    expect(before.map(({ event_id, user_age }) => [event_id, user_age])).toEqual([
      ['early', 1],
      ['early', 4], // an event is known by its id and its day
      ['late', null],
      ['other', null],
    ]);
    await lake.transform();
    expect(before).toEqual(await published());
  });

  test('never shows a line that is no event, which is a row of nulls', async () => {
    const bad = [...notJson, ...edgeCases.filter(({ reasons }) => reasons)].map(({ line }) => line);
    lake.land('bad.json', textOf(bad));
    expect(await lake.rows(`SELECT COUNT(*) AS n FROM ${DATABASE}.raw_events`)).toEqual([{ n: bad.length }]);
    const words = `SELECT COUNT(*) AS n FROM ${DATABASE}.raw_events WHERE event_id IS NULL AND "$path" = 'raw/bad.json'`;
    expect((await lake.rows(words))[0]!.n).toBeGreaterThanOrEqual(notJson.length);
    expect(await shown()).toEqual([]);
  });

  const ODDITIES: Readonly<Record<string, Buffer>> = {
    'is no UTF-8': Buffer.from([0xff, 0xfe, 0x80]),
    'is too long': Buffer.alloc(MAX_EVENT_BYTES + 1, 'x'),
    'is far too long': Buffer.alloc(20 * MAX_EVENT_BYTES, 'x'),
    'has control characters': Buffer.from(`${eventLine('odd')}\x01\x02${eventLine('odd')}`),
    'has a NUL': Buffer.from(`${eventLine('odd')}\0`),
    'is a carriage return': Buffer.from('\r'),
    'is blank': Buffer.from(' \t '),
    'is an opening quote': Buffer.from('"'),
  };
  test.each(Object.entries(ODDITIES))('shows all others where a line %s', async (_, odd) => {
    const content = Buffer.concat([`${eventLine('a')}\n`, odd, `\n${eventLine('b')}\n`, odd].map(Buffer.from));
    lake.land('plain', content);
    lake.land('gzipped', gzipSync(content.toString('latin1').replaceAll('"b"', '"c"'), {}));
    lake.land('crlf.gz', gzipSync(`${eventLine('d')}\r\n${eventLine('e')}\r\n`));
    const before = await shown();
    await lake.transform();
    expect((await published()).map(({ event_id: id }) => id)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(before).toEqual(await published());
  });

  test('shows what the run will publish, whatever lands', async () => {
    const line = fc.oneof(
      { weight: 3, arbitrary: fc.integer({ min: 0, max: 20 }).map((n) => Buffer.from(eventLine(`e${n}`))) },
      fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes.filter((byte) => byte !== 10 && byte !== 13))),
      fc.constantFrom(...edgeCases, ...notJson).map((edgeCase) => Buffer.from(edgeCase.line)),
    );
    const file = fc.record({
      lines: fc.array(line, { maxLength: 30 }),
      isGzip: fc.boolean(),
      end: fc.constantFrom('\n', ''),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(file, { minLength: 1, maxLength: 3 }), async (files) => {
        const other = temporaryLake();
        await other.transform();
        for (const [n, { lines, isGzip, end }] of files.entries()) {
          const content = Buffer.concat([...lines.flatMap((bytes) => [bytes, Buffer.from('\n')]), Buffer.from(end)]);
          if (!isGzip && content[0] === 0x1f && content[1] === 0x8b) continue;
          other.land(`${n}.ndjson`, isGzip ? gzipSync(content) : content);
        }
        const before = await other.rows(`FROM ${LIVE} ${ORDER}`);
        await other.transform();
        const results = await other.rows(`FROM ${DATABASE}.clickstream_table ${ORDER}`);
        expect(before).toEqual(results.map((row) => ({ ...row, extra: null })));
        other.remove();
      }),
      { numRuns: fuzzRuns(10) },
    );
  });

  test('reads files by what they are, not by their names', async () => {
    lake.land('packed.ndjson', gzipSync(`${eventLine('packed')}\n`));
    lake.land('plain.ndjson.gz', `${eventLine('plain')}\n`);
    expect((await shown()).map(({ event_id: id }) => id)).toEqual(['packed', 'plain']);
  });

  test('reads paths that are patterns, and a lake that has moved', async () => {
    lake.land("it's [1]*?.ndjson", eventLine('odd'));
    lake.land('x.ndjson', eventLine('x'));
    expect((await shown()).map(({ source_file }) => source_file).sort()).toEqual([
      "raw/it's [1]*?.ndjson",
      'raw/x.ndjson',
    ]);
    const moved = temporaryLake("moved [here]'s");
    renameSync(lake.root, moved.root);
    const rows = await moved.rows(`FROM ${LIVE} ${ORDER}`);
    expect(rows.map(({ source_file }) => source_file).sort()).toEqual(["raw/it's [1]*?.ndjson", 'raw/x.ndjson']);
    moved.remove();
  });

  test('is refused, with the reason, to a client that does not list the files', async () => {
    const instance = await DuckDBInstance.create(join(lake.root, 'results/clickstream.duckdb'), {
      access_mode: 'READ_ONLY',
    });
    const connection = await instance.connect();
    await expect(connection.run(`FROM ${LIVE}`)).rejects.toThrow(/listed by "clickstream query"/);
    expect((await connection.runAndReadAll(`FROM ${DATABASE}.clickstream_table`)).currentRowCount).toBe(0);
    connection.closeSync();
    instance.closeSync();
  });
});

describe('the live view while a transform is at work', () => {
  const STEPS: readonly TransformStep[] = ['listed', 'staged', 'checked', 'written', 'committed', 'archived'];

  test('counts every event that has landed once, whenever it is asked', async () => {
    const [distinct, land] = landing();
    for (let n = 0; n < 3; n++) land();
    const seen: TransformStep[] = [];
    await withTwo(async (writer, reader) => {
      const sample = async (step: TransformStep): Promise<void> => {
        seen.push(step);
        await expectLive(reader, distinct());
        land(); // also between steps
        await expectLive(reader, distinct());
      };
      for (let run = 0; run < 2; run++) await transform(writer, { batchBytes: 1, onStep: sample });
      await transform(writer);
      await expectLive(reader, distinct());
    });
    for (const step of STEPS) expect(seen).toContain(step);
    const table = await lake.rows(`SELECT COUNT(*) AS n FROM ${DATABASE}.clickstream_table`);
    expect(table).toEqual([{ n: distinct() }]);
  });

  test('counts them once also between all these moments', async () => {
    const [distinct, land] = landing();
    for (let n = 0; n < 40; n++) land();
    await withTwo(async (writer, reader) => {
      let isAtWork = true;
      const work = transform(writer, { batchBytes: 1 }).finally(() => {
        isAtWork = false;
      });
      const counts: number[] = [];
      try {
        while (isAtWork) counts.push(await withFreshRawFiles(reader, () => countLive(reader)));
      } finally {
        await work;
      }
      expect(new Set(counts)).toEqual(new Set([distinct()]));
      expect(counts.length).toBeGreaterThan(5);
    });
  });

  test('fails, and never miscounts, with a list that is out of date', async () => {
    lake.land('a', eventLine('a'));
    await withTwo(async (writer, reader) => {
      await provideRawFiles(reader);
      await transform(writer);
      expect(existsSync(join(lake.root, 'raw/a'))).toBe(false);
      await expect(countLive(reader)).rejects.toThrow(/No files found/);
      let calls = 0;
      const outdated = async (): Promise<number> => {
        if (++calls > 1) return countLive(reader);
        writeFileSync(join(lake.root, 'raw/b'), eventLine('b'));
        await provideRawFiles(reader);
        await transform(writer);
        return countLive(reader);
      };
      expect(await withFreshRawFiles(reader, outdated)).toBe(2);
      expect(calls).toBe(2);
    });
  });

  /** Lands a file of two events at each call, of which one is a copy of another file's; and says how many events there are. */
  function landing(): [() => number, () => void] {
    let files = 0;
    const land = (): void => {
      const timestamp = 1_700_000_000 + files * 7200;
      const copy = { timestamp: 1_700_000_000 + Math.max(0, files - 1) * 7200 };
      const content = textOf([
        eventLine(`e${files}`, { timestamp }),
        eventLine(`e${Math.max(0, files - 1)}`, copy),
        'bad',
      ]);
      lake.land(`${String(files).padStart(4, '0')}.ndjson`, files % 2 === 0 ? content : gzipSync(content));
      files++;
    };
    return [() => files, land];
  }

  async function withTwo(action: (writer: Lake, reader: Lake) => Promise<void>): Promise<void> {
    const writer = await openLake(lake.root, { mode: 'write' });
    const reader = await writer.connect();
    try {
      await action(writer, reader);
    } finally {
      reader.close();
      writer.close();
    }
  }

  async function expectLive(reader: Lake, expected: number): Promise<void> {
    expect(await withFreshRawFiles(reader, () => countLive(reader))).toBe(expected);
  }

  async function countLive({ connection }: Lake): Promise<number> {
    const rows = await connection.runAndReadAll(`SELECT COUNT(*), COUNT(DISTINCT event_id) FROM ${LIVE}`);
    const [count, distinct] = rows.getRows()[0]!.map(Number);
    expect(count).toBe(distinct);
    return count!;
  }
});

const ORDER = 'ORDER BY event_id, click_date';
const shown = (): Promise<Row[]> => lake.rows(`FROM ${LIVE} ${ORDER}`);
const published = (): Promise<Row[]> => lake.rows(`FROM ${DATABASE}.clickstream_table ${ORDER}`);

function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

function eventLine(id: string, fields: Row = {}): string {
  const event = { event_id: id, event_type: 'click', user_id: 'u', user_action: 'home_page', timestamp: 1_700_000_000 };
  return JSON.stringify({ ...event, ...fields });
}
