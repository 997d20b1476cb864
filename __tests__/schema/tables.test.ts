import { describe, expect, test } from '@jest/globals';
import { eventFields } from '../../schema/event';
import { clickstreamColumns, columnsOf, tables } from '../../schema/tables';

/** Columns of the tables that people have: they stay, under these names and of these types. */
const RELEASED = [
  'event_id string',
  'event_type string',
  'user_id string',
  'user_action string',
  'product_category string',
  'user_age bigint',
  'country_code string',
  'country_name string',
  'continent string',
  'click_date timestamp',
  'ingest_time timestamp',
  'extra string',
  'source_file string',
];

describe('the result tables', () => {
  test('clickstream_table keeps the columns that lakes have, in their order, extra and source_file last', () => {
    const columns = clickstreamColumns.map(({ name, type }) => `${name} ${type}`);
    expect(columns.filter((column) => RELEASED.includes(column))).toEqual(RELEASED);
    expect(columns.slice(-2)).toEqual(RELEASED.slice(-2));
  });

  test.each(Object.entries(tables))('%s names each column once, in snake case, and describes it', (_, columns) => {
    const names = columns.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
    expect(columns.filter(({ name }) => !/^[a-z][a-z_]*$/.test(name))).toEqual([]);
    expect(columns.filter(({ description }) => !description.trim())).toEqual([]);
  });

  test('a field is a column under its own name unless it says otherwise', () => {
    const description = 'Where it came from';
    expect(columnsOf({ name: 'referrer', type: 'string', required: false, description })).toEqual([
      { name: 'referrer', type: 'string', description },
    ]);
  });

  test('a new field becomes a column without further code, and nothing else does', () => {
    const names = eventFields.flatMap(columnsOf).map(({ name }) => name);
    expect(clickstreamColumns.map(({ name }) => name)).toEqual([...names, 'extra', 'source_file']);
  });
});
