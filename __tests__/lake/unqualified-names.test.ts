import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PROJECT } from '../../core/project';
import type { Lake } from '../../lake/duckdb/lake';
import { databasePath, openLake } from '../../lake/duckdb/open-lake';
import { queryAll } from '../../lake/duckdb/query';
import { tables } from '../../schema/tables';
import { type TemporaryLake, temporaryLake } from '../../support/temporary-lake';

const EVENT = '{"event_id":"a","event_type":"click","user_id":"u","user_action":"home_page","timestamp":1700000000}\n';
const MANUAL = readFileSync(join(PROJECT, 'docs/deploy.md'), 'utf8');

let folder: TemporaryLake;
let lake: Lake;

beforeAll(async () => {
  folder = temporaryLake();
  folder.land('a.ndjson', EVENT);
  await folder.transform();
  folder.land('b.ndjson', EVENT.replace('"a"', '"b"'));
  lake = await openLake(folder.root);
});
afterAll(() => {
  lake.close();
  folder.remove();
});

describe('a query that names no database', () => {
  test.each([...Object.keys(tables), 'countries', 'raw_events', 'clickstream_live'])(
    'reads %s as with clickstream_db',
    async (name) => {
      const count = (relation: string) => queryAll(lake, `SELECT COUNT(*) AS n FROM ${relation}`);
      expect(await count(name)).toEqual(await count(`clickstream_db.${name}`));
    },
  );

  test('of the manual for Athena has the rows of the live view', async () => {
    const sql = /`(SELECT .* FROM clickstream_live .*?)`/.exec(MANUAL)![1]!;
    expect((await queryAll(lake, sql)).rows).toEqual([['click', 2]]);
  });

  test('reads the same on a connection beside, and where files may be read', async () => {
    const other = await lake.connect();
    expect((await queryAll(other, 'SELECT event_id FROM clickstream_live ORDER BY 1')).rows).toEqual([['a'], ['b']]);
    other.close();
    const withFiles = await openLake(folder.root, { mode: 'files' });
    expect((await queryAll(withFiles, 'SELECT COUNT(*) FROM sessions')).rows).toEqual([[1]]);
    withFiles.close();
  });

  test('resolves its own names first, and still reaches functions and the other schemas of the lake', async () => {
    const rows = async (sql: string) => (await queryAll(lake, sql)).rows;
    expect(await rows('WITH sessions AS (SELECT 7) FROM sessions')).toEqual([[7]]);
    expect(await rows("SELECT regexp_like('abc', 'b')")).toEqual([[true]]);
    expect(await rows('SELECT COUNT(*) FROM lake.format')).toEqual([[1]]);
  });

  test('SHOW TABLES lists the tables and views', async () => {
    const { columns, rows } = await queryAll(lake, 'SHOW TABLES');
    expect(columns).toEqual(['name']);
    expect(rows.flat()).toEqual(expect.arrayContaining([...Object.keys(tables), 'raw_events', 'clickstream_live']));
  });
});

test('a database that no run has completed is no lake yet', async () => {
  const path = databasePath(join(dirname(folder.root), 'begun'));
  mkdirSync(dirname(path), { recursive: true });
  (await DuckDBInstance.create(path)).closeSync();
  await expect(openLake(join(dirname(folder.root), 'begun'))).rejects.toThrow(/there is no lake at .* yet/);
});
