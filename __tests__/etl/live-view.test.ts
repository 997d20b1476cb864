import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openLake } from '../../local/lake';
import { provideRawFiles } from '../../local/live-view';
import { transform } from '../../local/transform';
import { eventFields } from '../../schema/event';
import { clickstreamColumns, DATABASE } from '../../schema/tables';
import { type TemporaryLake, temporaryLake } from '../local/temporary-lake';
import { edgeCases, notJson } from './edge-cases';

const DUCKDB_TYPES = { string: 'VARCHAR', bigint: 'BIGINT', timestamp: 'TIMESTAMP', boolean: 'BOOLEAN' };

/** Edge cases, accepted and refused, over two files. */
const FILES = {
  'edge-cases.json': edgeCases.map(({ line }) => line),
  'no-json.json': [...notJson.map(({ line }) => line), eventLine('behind-no-json')],
};
const ACCEPTED = [...edgeCases.filter(({ row }) => row).map(({ name }) => name), 'behind-no-json'];

let lake: TemporaryLake;
beforeEach(() => {
  lake = temporaryLake();
});
afterEach(() => lake.remove());

describe('the live view', () => {
  test('has the columns of the table, in their order and of their types', async () => {
    const described = await select(`DESCRIBE ${DATABASE}.clickstream_live`);
    expect(described.map(({ column_name: name, column_type: type }) => `${name} ${type}`)).toEqual(
      clickstreamColumns.map(({ name, type }) => `${name} ${DUCKDB_TYPES[type]}`),
    );
  });

  test('is empty where nothing has landed', async () => {
    expect(await shown()).toEqual([]);
  });

  test('shows before a run what the run will publish, but for unknown fields', async () => {
    land(FILES);
    const before = await shown();
    await lake.transform();
    const results = await published();
    expect(idsOf(results)).toEqual([...ACCEPTED].sort());
    expect(before).toEqual(withoutExtra(results));
    expect(await shown()).toEqual(results);
  });

  test('shows every event once at every step of a run, while more lands', async () => {
    const opened = await openLake(lake.root, { mode: 'write' });
    const counts: Record<string, number[]> = {};
    let landed = 0;
    const sample = async (step: string): Promise<void> => {
      land({ [`${landed}.json`]: [eventLine(`e${landed}`), eventLine('again')] });
      landed++;
      await provideRawFiles(opened);
      const sql = `SELECT COUNT(*), COUNT(DISTINCT event_id) FROM ${DATABASE}.clickstream_live`;
      const [row] = (await opened.connection.runAndReadAll(sql)).getRows();
      counts[step] = [...row!.map(Number), landed + 1];
    };
    await sample('before');
    await transform(opened, { onStep: sample });
    await sample('after');
    await transform(opened, { onStep: sample });
    opened.close();
    const steps = ['before', 'listed', 'staged', 'checked', 'written', 'committed', 'archived', 'after'];
    expect(Object.keys(counts)).toEqual(steps);
    for (const [step, [rows, distinct, expected]] of Object.entries(counts))
      expect({ step, rows, distinct }).toEqual({ step, rows: expected, distinct: expected });
  });

  test('reads files by what they are, not by their names', async () => {
    lake.land('packed.ndjson', gzipSync(`${eventLine('packed')}\n`));
    lake.land('plain.ndjson.gz', `${eventLine('plain')}\n`);
    lake.land("odd [name]'s*.ndjson", `${eventLine('odd')}\n`);
    lake.land('unfinished.ndjson.partial', `${eventLine('unfinished')}\n`);
    expect(idsOf(await shown())).toEqual(['odd', 'packed', 'plain']);
  });

  test('shows of copies in raw/ the one that the run will choose', async () => {
    land({
      '1.json': [eventLine('twice', { ingest_time: 1_700_000_200, user_age: 1 }), eventLine('twice', { user_age: 2 })],
      '2.json': [eventLine('twice', { ingest_time: 1_700_000_100, user_age: 3 }), eventLine('once')],
    });
    const before = await shown();
    expect(before.map(({ event_id, user_age }) => [event_id, user_age])).toEqual([
      ['once', null],
      ['twice', '3'],
    ]);
    await lake.transform();
    expect(before).toEqual(await published());
  });

  test('shows of an event that has landed again what the table holds', async () => {
    land({ '1.json': [eventLine('early', { user_age: 1 }), eventLine('other')] });
    await lake.transform();
    const nextDay = 1_700_000_000 + 86_400;
    land({
      '2.json': [
        eventLine('early', { user_age: 2 }),
        eventLine('early', { timestamp: 1_700_000_060, user_age: 3 }),
        eventLine('early', { timestamp: nextDay, user_age: 4 }),
        eventLine('late'),
      ],
    });
    const before = await shown();
    expect(before.map(({ event_id, user_age }) => [event_id, user_age])).toEqual([
      ['early', '1'],
      ['early', '4'], // an event is known by its id and its day
      ['late', null],
      ['other', null],
    ]);
    await lake.transform();
    expect(before).toEqual(await published());
  });

  test('never shows a line that is no event', async () => {
    land({ 'bad.json': [...notJson, ...edgeCases.filter(({ reasons }) => reasons)].map(({ line }) => line) });
    const fields = eventFields.map(({ name }) => name).join(', ');
    expect(await select(`FROM ${DATABASE}.raw_events WHERE COALESCE(${fields}) IS NULL`)).not.toEqual([]);
    expect(await shown()).toEqual([]);
  });
});

type Row = Readonly<Record<string, unknown>>;

function land(files: Readonly<Record<string, readonly string[]>>): void {
  for (const [name, lines] of Object.entries(files)) lake.land(name, lines.map((line) => `${line}\n`).join(''));
}

const ORDER = 'ORDER BY event_id, click_date';
const shown = (): Promise<Row[]> => select(`FROM ${DATABASE}.clickstream_live ${ORDER}`);
const published = (): Promise<Row[]> => select(`FROM ${DATABASE}.clickstream_table ${ORDER}`);

/** Rows of a query in the lake, which is made first if there is none. */
async function select(sql: string): Promise<Row[]> {
  const { connection, close } = await openLake(lake.root, { mode: 'write' });
  try {
    return (await connection.runAndReadAll(sql)).getRowObjectsJson();
  } finally {
    close();
  }
}

function withoutExtra(rows: readonly Row[]): Row[] {
  return rows.map((row) => ({ ...row, extra: null }));
}

function idsOf(rows: readonly Row[]): string[] {
  return rows.map(({ event_id: id }) => String(id)).sort();
}

function eventLine(id: string, fields: Row = {}): string {
  const event = { event_id: id, event_type: 'click', user_id: 'u', user_action: 'home_page', timestamp: 1_700_000_000 };
  return JSON.stringify({ ...event, ...fields });
}
