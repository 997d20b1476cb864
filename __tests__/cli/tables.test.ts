import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { nearest, suggestion } from '../../core/nearest';
import type { Lake } from '../../lake/duckdb/lake';
import { queryAll } from '../../lake/duckdb/query';
import { relations } from '../../schema/relations';
import { openTemporaryLake } from '../../support/temporary-lake';

const DUCKDB_TYPES = { string: 'VARCHAR', bigint: 'BIGINT', timestamp: 'TIMESTAMP', boolean: 'BOOLEAN' };

let lake: Lake;

beforeAll(async () => {
  lake = await openTemporaryLake();
});
afterAll(() => lake.close());

describe('what "clickstream tables" lists', () => {
  test('is what the lake has, each of its kind', async () => {
    const { rows } = await queryAll(
      lake,
      `SELECT table_name, CASE table_type WHEN 'VIEW' THEN 'view' ELSE 'table' END
       FROM information_schema.tables WHERE table_schema = 'clickstream_db' ORDER BY 1`,
    );
    expect(rows).toEqual(
      Object.entries(relations)
        .map(([name, { kind }]) => [name, kind])
        .sort(),
    );
  });

  test.each(Object.entries(relations))('has the columns of %s, of their types', async (name, { columns }) => {
    const { rows } = await queryAll(lake, `SELECT column_name, column_type FROM (DESCRIBE ${name})`);
    expect(rows).toEqual(columns.map((column) => [column.name, DUCKDB_TYPES[column.type]]));
    expect(columns.filter(({ description }) => !description.trim())).toEqual([]);
  });
});

describe('a mistyped name', () => {
  const NAMES = Object.keys(relations);

  test.each([
    ['session', 'sessions'],
    ['Failed_Event', 'failed_events'],
    ['clickstream', 'clickstream_live'],
    ['clikstream_table', 'clickstream_table'],
    ['raw', undefined],
    ['orders', undefined],
    ['', undefined],
  ])('%j is taken for %j', (text, name) => {
    expect(nearest(text, NAMES)).toBe(name);
  });

  test('is answered by the nearest, if there is one, and by all', () => {
    expect(suggestion('sesions', ['sessions', 'countries'])).toBe(
      'did you mean sessions? Choose from sessions, countries',
    );
    expect(suggestion('x', ['sessions', 'countries'])).toBe('choose from sessions, countries');
  });
});
