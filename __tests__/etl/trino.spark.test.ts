import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DATABASE } from '../../core/names';
import { sqlString } from '../../core/sql';
import { openLake } from '../../lake/duckdb/open-lake';
import { judgeLines } from '../../lake/duckdb/staging';
import { dataSets } from '../../metrics/data-sets';
import { clickstreamColumns } from '../../schema/tables';
import { type Emulator, hasEmulator, startEmulator } from '../../support/aws-emulator';
import { BUCKET, type SparkLake, sparkLake } from '../../support/emulated-lake';
import { stackTables } from '../../support/stack-tables';
import { temporaryLake } from '../../support/temporary-lake';
import { hasTrino, startTrino, type Trino } from '../../support/trino';
import { stack } from '../stacks/synthesized';
import { edgeCases, notJson } from './edge-cases';
import { transformOnTrino } from './trino-transformation';

/** An event of the last second of a day. */
const EVENT = {
  event_type: 'click',
  user_id: 'u',
  user_action: 'product_page',
  location: 'DE',
  timestamp: 1_709_251_199,
};

([hasEmulator(), hasTrino()].every(Boolean) ? describe : describe.skip)('Trino on the tables of the stack', () => {
  let emulator: Emulator;
  let lake: SparkLake;
  let trino: Trino;

  beforeAll(async () => {
    emulator = await startEmulator();
    [lake, trino] = await Promise.all([
      sparkLake(emulator.endpoint, { others: stackTables(BUCKET, stack) }),
      startTrino(emulator.endpoint),
    ]);
    await lake.land('date=2024-02-29/a-0000.ndjson.gz', gzipSync(lines(['a', { user_age: 35 }], ['twice'])));
    await lake.land('date=2024-02-29/b-0000.ndjson', `${lines(['twice'])}{"event_id": "cut o\n${lines(['b'])}`);
  });
  afterAll(async () => {
    await trino?.stop();
    await emulator?.stop();
  });

  test('reads a JSON table: plain and gzip, each line a row, what is not JSON one of nulls', async () => {
    const { rows } = await trino.query(`
      SELECT COUNT(*), COUNT(event_id), COUNT(DISTINCT "$path") FROM ${DATABASE}.raw_events`);
    expect(rows).toEqual([[5, 4, 2]]);
  });

  test('reads a CSV table without its header, quoted commas and all', async () => {
    const { rows } = await trino.query(`
      SELECT COUNT_IF(country_code = 'country_code'), COUNT_IF(country_code = 'DE'), COUNT(*) > 200 FROM countries`);
    expect(rows).toEqual([[0, 1, true]]);
  });

  test('reads the live view: each event that has landed once, before any job has run', async () => {
    const { rows } = await trino.query(`
      SELECT COUNT(*), COUNT(DISTINCT event_id) FROM ${DATABASE}.clickstream_live`);
    expect(rows).toEqual([[3, 3]]);
  });

  test('reads in the live view what an engine has put into the Iceberg table, still once', async () => {
    await trino.query(`
      INSERT INTO ${DATABASE}.clickstream_table SELECT * FROM ${DATABASE}.clickstream_live WHERE event_id <> 'b'`);
    const { rows } = await trino.query(`
      SELECT (SELECT COUNT(*) FROM clickstream_table), COUNT(*), COUNT(DISTINCT event_id) FROM clickstream_live`);
    expect(rows).toEqual([[2, 3, 3]]);
  });

  test('knows from the metadata of the table, without reading it, from when to when there is data', async () => {
    const { rows } = await trino.query('SELECT data_from, data_to FROM data_span');
    expect(rows).toEqual([['2024-02-29 23:59:59', '2024-03-01 00:00:00']]);
  });

  test.each(dataSets.map(({ name, relation }) => ({ name, relation })))(
    'has the data set $name',
    async ({ relation }) => {
      const { rows } = await trino.query(`SELECT COUNT(*) FROM ${relation}`);
      expect(Number(rows[0]![0])).toBeGreaterThanOrEqual(0);
    },
  );

  test('gives nulls, times and numbers as the embedded lake does', async () => {
    const { columns, rows } = await trino.query(`
      SELECT event_id, user_age, click_date, CAST(click_date AS DATE) AS day, ingest_time, country_name = 'Germany' AS is_german
      FROM clickstream_live WHERE event_id <> 'twice' ORDER BY 1`);
    expect(columns).toEqual(['event_id', 'user_age', 'click_date', 'day', 'ingest_time', 'is_german']);
    expect(rows).toEqual([
      ['a', 35, '2024-02-29 23:59:59', '2024-02-29', null, true],
      ['b', null, '2024-02-29 23:59:59', '2024-02-29', null, true],
    ]);
    const { rows: others } = await trino.query(`
      SELECT 0.25, 9007199254740991, 1e300, 1234567890.1234567, TIMESTAMP '2024-02-29 10:20:30.500000',
        TIMESTAMP '2024-02-29 10:20:30.000000', CAST(NULL AS BIGINT)`);
    expect(others).toEqual([
      [
        0.25,
        Number.MAX_SAFE_INTEGER,
        1e300,
        '1234567890.1234567',
        '2024-02-29 10:20:30.5',
        '2024-02-29 10:20:30',
        null,
      ],
    ]);
  });

  test('judges every odd line as it should by the SQL of the transformation', async () => {
    const cases = [...edgeCases, ...notJson];
    await transformOnTrino(
      trino,
      'edge_cases',
      `s3://${lake.bucket}/edge-cases`,
      await rawEventsOf(cases.map(({ line }) => line)),
    );
    const { columns, rows } = await trino.query('SELECT * FROM new_events', 'edge_cases');
    expect(columns).toEqual(clickstreamColumns.map(({ name }) => name));
    const [id, extra] = [columns.indexOf('event_id'), columns.indexOf('extra')];
    const accepted = rows.map((row) => [
      row[id],
      Object.fromEntries(columns.map((name, n) => [name, n === extra ? JSON.parse(String(row[n])) : row[n]])),
    ]);
    expect(Object.fromEntries(accepted)).toEqual(
      Object.fromEntries(
        cases.flatMap(({ name, row }) => (row ? [[name, { ...row, source_file: expect.any(String) }]] : [])),
      ),
    );
    const failed = await trino.query('SELECT raw, reasons FROM new_failed_events', 'edge_cases');
    expect(Object.fromEntries(failed.rows)).toEqual(
      Object.fromEntries(cases.flatMap(({ line, reasons }) => (reasons === undefined ? [] : [[line, reasons]]))),
    );
  });

  test('throws what Trino says, and what cannot be given exactly', async () => {
    await expect(trino.query('SELECT * FROM missing')).rejects.toThrow(
      `Table 'awsdatacatalog.${DATABASE}.missing' does not exist`,
    );
    await expect(trino.query('SELECT 1 / 0')).rejects.toThrow('Division by zero');
    await expect(trino.query('SELECT 9007199254740993')).rejects.toThrow('cast it to varchar');
  });
});

test.each(['this is no endpoint'])('says why Trino does not start, and leaves none behind: %s', async (endpoint) => {
  if (!hasTrino()) return;
  await expect(startTrino(endpoint)).rejects.toThrow(/Trino did not start: [\s\S]*endpoint/);
});

/** Lines of events of these ids, with fields beside those of all. */
function lines(...events: readonly (readonly [id: string, fields?: object])[]): string {
  return events.map(([id, fields]) => `${JSON.stringify({ event_id: id, ...EVENT, ...fields })}\n`).join('');
}

/** A query for lines as the embedded lake's reader gives them to the transformation. */
async function rawEventsOf(texts: readonly string[]): Promise<string> {
  const folder = temporaryLake();
  const embedded = await openLake(folder.root, { mode: 'write' });
  try {
    const values = texts.map((text, n) => `(${sqlString(text)}, 'raw/${n}')`);
    await judgeLines(embedded, `SELECT line, source_file FROM (VALUES ${values}) AS lines (line, source_file)`);
    const reader = await embedded.connection.runAndReadAll('FROM raw_events');
    const rows = reader
      .getRowsJson()
      .map((row) => `(${row.map((value) => (value === null ? 'NULL' : sqlString(String(value))))})`);
    return `SELECT * FROM (VALUES ${rows}) AS raw_events (${reader.columnNames().map((name) => `"${name}"`)})`;
  } finally {
    embedded.close();
    folder.remove();
  }
}
