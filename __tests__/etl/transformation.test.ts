import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { PROJECT } from '../../core/project';
import { checks, transformation, warnings } from '../../etl/transformation';
import type { EventField } from '../../schema/event';
import { type ColumnType, clickstreamColumns, sessionColumns } from '../../schema/tables';
import { type TemporaryLake, temporaryLake } from '../../support/temporary-lake';
import { withFields } from '../schema/with-fields';

test('the SQL is what it was: change it knowingly', () => {
  const texts = [...transformation(), ...checks(), ...warnings()].map(({ name, sql }) => `-- ${name}\n${sql}\n`);
  expect(`\n${texts.join('\n')}`).toMatchSnapshot();
});

test.each([...transformation(), ...checks(), ...warnings()])(
  '$name says in its first line what a row is, and is one select',
  ({ sql }) => {
    expect(sql).toMatch(/^-- .+[.:,\w]/);
    expect(sql).not.toMatch(/;|\{\{|\}\}/);
    expect(sql.split('\n').length).toBeLessThanOrEqual(100);
  },
);

test('a SQL file that asks for something unknown is named, with what there is', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'clickstream-'));
  for (const name of ['core', 'etl', 'schema']) cpSync(join(PROJECT, name), join(folder, name), { recursive: true });
  symlinkSync(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'etl/sql/9_typo.sql'), 'SELECT {{colums}} FROM new_events');
  const copy = (await import(join(folder, 'etl/transformation.ts'))) as typeof import('../../etl/transformation');
  expect(copy.transformation).toThrow(/9_typo\.sql asks for \{\{colums\}\}, which is not among .*\bcolumns\b/);
  rmSync(folder, { recursive: true });
});

describe('a field that is added to the schema', () => {
  const added: readonly EventField[] = [
    { name: 'referrer', type: 'string', required: false, maxLength: 20, description: 'Where the user came from' },
    {
      name: 'scroll_depth',
      type: 'integer',
      required: false,
      min: 0,
      max: 100,
      column: 'scroll_percent',
      description: 'x',
    },
    { name: 'seen_at', type: 'epoch_seconds', required: false, min: 0, max: 4_000_000_000, description: 'x' },
    { name: 'channel', type: 'vocabulary', required: true, description: 'x' },
  ];
  const event = (id: string, fields: object): string =>
    `${JSON.stringify({ event_id: id, event_type: 'click', user_id: 'u', user_action: 'home', timestamp: 1_700_000_000, ...fields })}\n`;

  let lake: TemporaryLake;
  beforeEach(() => {
    lake = temporaryLake();
  });
  afterEach(() => lake.remove());

  test('is parsed, validated and stored, also in a lake that there is already', async () => {
    const fields = { referrer: 'example.org', scroll_depth: 40, seen_at: 1_700_000_000, channel: 'web' };
    lake.land('1', event('before', { ...fields, other: 1 }));
    await lake.transform();
    const transformLonger = withFields(added, transformHere);
    lake.land(
      '2',
      [
        event('after', { ...fields, other: 1 }),
        event('least', { channel: 'web' }),
        event('bad', { referrer: 'x'.repeat(21), scroll_depth: 101, seen_at: 'x', channel: '' }),
      ].join(''),
    );
    await transformLonger(lake.root);
    const rows = await lake.rows(
      'SELECT event_id, referrer, scroll_percent, seen_at, channel, extra FROM clickstream_db.clickstream_table ORDER BY 1',
    );
    const stored = { referrer: 'example.org', scroll_percent: 40, seen_at: '2023-11-14 22:13:20', channel: 'web' };
    const none = { referrer: null, scroll_percent: null, seen_at: null, channel: null };
    expect(rows.map(({ extra, ...row }) => ({ ...row, extra: JSON.parse(String(extra)) }))).toEqual([
      { event_id: 'after', ...stored, extra: { other: 1 } },
      { event_id: 'before', ...none, extra: { ...fields, other: 1 } },
      { event_id: 'least', ...none, channel: 'web', extra: null },
    ]);
    expect(await lake.rows('SELECT source_line, reasons FROM clickstream_db.failed_events')).toEqual([
      { source_line: 3, reasons: 'invalid_referrer,invalid_scroll_depth,invalid_seen_at,missing_channel' },
    ]);
  });

  test('is a column of the table, under its own name unless it says otherwise', async () => {
    const columns = withFields(
      added,
      () => (require('../../schema/tables') as typeof import('../../schema/tables')).clickstreamColumns,
    );
    const names = columns.map(({ name }) => name);
    expect(names.filter((name) => !clickstreamColumns.some((column) => column.name === name))).toEqual([
      'referrer',
      'scroll_percent',
      'seen_at',
      'channel',
    ]);
  });

  /** Transforms the lake with the modules that see the added fields. */
  function transformHere(): (root: string) => Promise<void> {
    const { openLake } = require('../../lake/duckdb/open-lake') as typeof import('../../lake/duckdb/open-lake');
    const { transform } = require('../../lake/duckdb/transform') as typeof import('../../lake/duckdb/transform');
    return async (root) => {
      const opened = await openLake(root, { mode: 'write' });
      await transform(opened);
      opened.close();
    };
  }
});

describe('a check', () => {
  const EVENT = 'INSERT INTO new_events BY NAME SELECT * FROM new_events';
  /** What each check is for: statements after which it must find rows. */
  const FAULTS: Readonly<Record<string, readonly string[]>> = {
    complete_events: ['event_id', 'event_type', 'user_id', 'user_action', 'click_date'].map(
      (column) => `UPDATE new_events SET ${column} = NULL`,
    ),
    known_countries: ["UPDATE new_events SET country_code = 'XX'", 'UPDATE new_events SET country_code = NULL'],
    no_line_lost: [
      'DELETE FROM new_failed_events',
      "INSERT INTO validated_events (reasons) VALUES ('invalid_user_age')",
      'INSERT INTO validated_events (reasons) VALUES (NULL)',
      "UPDATE validated_events SET reasons = NULL WHERE reasons = ''",
      "DELETE FROM validated_events WHERE reasons = ''",
      'DELETE FROM rejected_lines',
      'DELETE FROM counted_lines',
      'UPDATE counted_lines SET line_count = 4',
      "UPDATE counted_lines SET source_file = 'raw/b'",
    ],
    sessions_hold_their_events: [
      'DELETE FROM new_sessions',
      'UPDATE new_sessions SET event_count = 2',
      'INSERT INTO session_events SELECT * FROM session_events',
    ],
    unique_events: [
      EVENT,
      `${EVENT}; UPDATE new_events SET user_age = rowid, click_date = click_date + INTERVAL 1 SECOND * rowid`,
    ],
    values_in_range: [
      'UPDATE new_events SET user_age = -1',
      'UPDATE new_events SET user_age = 131',
      "UPDATE new_events SET click_date = TIMESTAMP '1999-12-31 23:59:59'",
      "UPDATE new_events SET click_date = TIMESTAMP '2100-01-01 00:00:01'",
      "UPDATE new_events SET ingest_time = TIMESTAMP '1970-01-01 00:00:00'",
    ],
  };
  const TYPES: Readonly<Record<ColumnType, string>> = {
    string: 'VARCHAR',
    bigint: 'BIGINT',
    timestamp: 'TIMESTAMP',
    boolean: 'BOOLEAN',
  };

  let connection: DuckDBConnection;
  beforeEach(async () => {
    connection = await (await DuckDBInstance.create(':memory:')).connect();
    const columns = (of: typeof clickstreamColumns) => of.map(({ name, type }) => `${name} ${TYPES[type]}`).join(', ');
    const statements = [
      "CREATE TABLE countries AS SELECT 'DE' AS country_code, 'Germany' AS country_name, 'Europe' AS continent",
      `CREATE TABLE new_events (${columns(clickstreamColumns)})`,
      `CREATE TABLE validated_events (${columns(clickstreamColumns)}, reasons VARCHAR, raw VARCHAR)`,
      'CREATE TABLE new_failed_events (source_file VARCHAR, reasons VARCHAR, raw VARCHAR)',
      'CREATE TABLE existing_events AS SELECT * FROM new_events',
      'CREATE TABLE session_events AS SELECT * FROM new_events',
      `CREATE TABLE new_sessions (${columns(sessionColumns)})`,
      `INSERT INTO new_events (event_id, event_type, user_id, user_action, user_age, country_code, click_date)
         VALUES ('a', 'click', 'u', 'home', 35, 'DE', TIMESTAMP '2026-01-10 10:00:00')`,
      'CREATE TABLE rejected_lines (source_file VARCHAR)',
      'CREATE TABLE counted_lines (source_file VARCHAR, line_count BIGINT)',
      "INSERT INTO validated_events BY NAME SELECT *, '' AS reasons FROM new_events",
      "UPDATE validated_events SET source_file = 'raw/a'",
      "INSERT INTO validated_events (source_file, reasons, raw) VALUES ('raw/a', 'not_an_event', '{}')",
      "INSERT INTO rejected_lines VALUES ('raw/a')",
      "INSERT INTO counted_lines VALUES ('raw/a', 1), ('raw/a', 2)",
      "INSERT INTO new_failed_events VALUES ('raw/a', 'not_an_event', '{}')",
      'INSERT INTO session_events SELECT * FROM new_events',
      "INSERT INTO new_sessions (session_id, user_id, event_count) VALUES ('a', 'u', 1)",
    ];
    for (const statement of statements) await connection.run(statement);
  });
  afterEach(() => connection.closeSync());

  test('is tried here, each', () => {
    expect(checks().map(({ name }) => name)).toEqual(Object.keys(FAULTS));
  });

  test.each(checks())('$name finds nothing where nothing is wrong', async ({ sql }) => {
    expect((await connection.runAndReadAll(sql)).currentRowCount).toBe(0);
  });

  const faults = checks().flatMap(({ name, sql }) => (FAULTS[name] ?? []).map((fault) => [name, fault, sql] as const));
  test.each(faults)('%s finds: %s', async (_, fault, sql) => {
    await connection.run(fault);
    expect((await connection.runAndReadAll(sql)).currentRowCount).toBeGreaterThan(0);
  });
});
