import { type DuckDBConnection, listValue } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { liveViewSql } from '../../etl/live-view';
import { openLake } from '../../local/lake';
import { eventFields } from '../../schema/event';
import { clickstreamColumns, DATABASE } from '../../schema/tables';
import { type TemporaryLake, temporaryLake } from '../local/temporary-lake';
import { edgeCases, notJson } from './edge-cases';

const PREFIX = 's3://bucket/';
const VIEW = liveViewSql(DATABASE, PREFIX);

const FIELDS = eventFields.map(({ name }) => name);
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
    await land({});
    const described = await select(`DESCRIBE ${VIEW}`);
    expect(described.map(({ column_name: name, column_type: type }) => `${name} ${type}`)).toEqual(
      clickstreamColumns.map(({ name, type }) => `${name} ${DUCKDB_TYPES[type]}`),
    );
  });

  test('is empty where nothing has landed', async () => {
    await land({});
    expect(await shown()).toEqual([]);
  });

  test('shows before a run what the run will publish, but for unknown fields; then every event once until all is archived', async () => {
    await land(FILES);
    const before = await shown();
    await lake.transform();
    const results = await published();
    expect(idsOf(results)).toEqual([...ACCEPTED].sort());
    expect(before).toEqual(withoutExtra(results));
    expect(await shown()).toEqual(results);
    for (const archived of Object.keys(FILES)) {
      await archive(archived);
      expect(await shown()).toEqual(results);
    }
  });

  test('shows of copies in raw/ the one that the run will choose', async () => {
    await land({
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
    await land({ '1.json': [eventLine('early', { user_age: 1 }), eventLine('other')] });
    await lake.transform();
    await archive('1.json');
    const nextDay = 1_700_000_000 + 86_400;
    await land({
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
    await land({ 'bad.json': [...notJson, ...edgeCases.filter(({ reasons }) => reasons)].map(({ line }) => line) });
    expect(await select(`FROM ${DATABASE}.raw_events WHERE COALESCE(${FIELDS.join(', ')}) IS NULL`)).not.toEqual([]);
    expect(await shown()).toEqual([]);
  });
});

type Row = Readonly<Record<string, unknown>>;

/** Lands files in the lake, and their lines in a table that stands for the one over `raw/`, as its reader would give them. */
async function land(files: Readonly<Record<string, readonly string[]>>): Promise<void> {
  for (const [name, lines] of Object.entries(files)) lake.land(name, lines.map((line) => `${line}\n`).join(''));
  const shape = JSON.stringify(Object.fromEntries(FIELDS.map((name) => [name, 'VARCHAR'])));
  await inLake(async (connection) => {
    await connection.run(`
      CREATE OR REPLACE TABLE ${DATABASE}.countries AS FROM temp.countries;
      CREATE TABLE IF NOT EXISTS ${DATABASE}.raw_events (${FIELDS.map((name) => `"${name}" VARCHAR`).join(', ')}, "$path" VARCHAR)`);
    for (const [name, lines] of Object.entries(files))
      await connection.run(
        `INSERT INTO ${DATABASE}.raw_events SELECT fields.*, $path
         FROM (SELECT TRY(json_transform(line, '${shape}')) AS fields FROM (SELECT UNNEST($lines::VARCHAR[]) AS line))`,
        { lines: listValue(lines), path: `${PREFIX}raw/${name}` },
      );
  });
}

/** Lets a file go from the table that stands for the one over `raw/`. */
async function archive(name: string): Promise<void> {
  await inLake((connection) =>
    connection.run(`DELETE FROM ${DATABASE}.raw_events WHERE "$path" = '${PREFIX}raw/${name}'`),
  );
}

const ORDER = 'ORDER BY event_id, click_date';
const shown = (): Promise<Row[]> => select(`FROM (${VIEW}) ${ORDER}`);
const published = (): Promise<Row[]> => select(`FROM ${DATABASE}.clickstream_table ${ORDER}`);

async function select(sql: string): Promise<Row[]> {
  return inLake(async (connection) => (await connection.runAndReadAll(sql)).getRowObjectsJson());
}

async function inLake<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const { connection, close } = await openLake(lake.root, { mode: 'write' });
  try {
    return await work(connection);
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
