import { describe, expect, test } from '@jest/globals';
import { eventFields } from '../../schema/event';
import { clickstreamColumns, columnsOf, tables } from '../../schema/tables';

describe('the result tables', () => {
  test('clickstream_table has the columns of the event, then extra and source_file', () => {
    expect(clickstreamColumns.map(({ name, type }) => `${name} ${type}`)).toEqual([
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
    ]);
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

  test('a new field becomes a column without further code', () => {
    const names = clickstreamColumns.map(({ name }) => name);
    for (const field of eventFields) expect(names).toEqual(expect.arrayContaining(columnsOf(field).map((c) => c.name)));
  });
});
