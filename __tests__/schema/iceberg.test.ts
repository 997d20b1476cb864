import { describe, expect, test } from '@jest/globals';
import { type IcebergLayout, initialMetadata, initialMetadataKey } from '../../schema/iceberg';
import type { Column } from '../../schema/tables';

const COLUMNS: readonly Column[] = [
  { name: 'id', type: 'string', description: 'The id' },
  { name: 'visits', type: 'bigint', description: 'How many' },
  { name: 'seen_at', type: 'timestamp', description: 'When' },
  { name: 'is_new', type: 'boolean', description: 'Whether' },
];
const LOCATION = 's3://bucket/results/visitors';

const textOf = (layout?: IcebergLayout, table = 'visitors') => initialMetadata(table, LOCATION, COLUMNS, layout);
const metadataOf = (layout?: IcebergLayout) => JSON.parse(textOf(layout));

describe('the first metadata of a table', () => {
  test('is the same text each time, so that a plan does not change by being made again', () => {
    const layout = { partitionedByDayOf: 'seen_at', sortedBy: ['id'] };
    expect(textOf(layout)).toBe(textOf({ ...layout }));
  });

  test('is of format version 2, and of a table without data', () => {
    expect(metadataOf()).toMatchObject({
      'format-version': 2,
      location: LOCATION,
      'last-sequence-number': 0,
      'current-snapshot-id': -1,
      snapshots: [],
      refs: {},
      'snapshot-log': [],
      'metadata-log': [],
    });
  });

  test('numbers the columns from 1 and gives them types of Iceberg, none required', () => {
    const { schemas, ...metadata } = metadataOf();
    expect(schemas).toEqual([
      {
        type: 'struct',
        'schema-id': metadata['current-schema-id'],
        fields: [
          { id: 1, name: 'id', required: false, type: 'string', doc: 'The id' },
          { id: 2, name: 'visits', required: false, type: 'long', doc: 'How many' },
          { id: 3, name: 'seen_at', required: false, type: 'timestamp', doc: 'When' },
          { id: 4, name: 'is_new', required: false, type: 'boolean', doc: 'Whether' },
        ],
      },
    ]);
    expect(metadata['last-column-id']).toBe(4);
  });

  test('partitions by the day of a column', () => {
    const metadata = metadataOf({ partitionedByDayOf: 'seen_at' });
    expect(metadata['partition-specs']).toEqual([
      {
        'spec-id': metadata['default-spec-id'],
        fields: [{ name: 'seen_at_day', transform: 'day', 'source-id': 3, 'field-id': 1000 }],
      },
    ]);
    expect(metadata['last-partition-id']).toBe(1000);
  });

  test('sorts by columns, in their order', () => {
    const metadata = metadataOf({ sortedBy: ['visits', 'id'] });
    const [{ 'order-id': id, fields }] = metadata['sort-orders'];
    expect(fields).toMatchObject([
      { transform: 'identity', 'source-id': 2, direction: 'asc' },
      { transform: 'identity', 'source-id': 1, direction: 'asc' },
    ]);
    expect(id).toBeGreaterThan(0); // 0 is the unsorted order
    expect(metadata['default-sort-order-id']).toBe(id);
  });

  test('has neither partitions nor an order by default', () => {
    const metadata = metadataOf();
    expect(metadata['partition-specs']).toEqual([{ 'spec-id': metadata['default-spec-id'], fields: [] }]);
    expect(metadata['last-partition-id']).toBe(999);
    expect(metadata['sort-orders']).toEqual([{ 'order-id': 0, fields: [] }]);
    expect(metadata['default-sort-order-id']).toBe(0);
  });

  test('has properties whose values are text, as the specification wants them', () => {
    const values = Object.values(metadataOf().properties);
    expect(values.length).toBeGreaterThan(0);
    expect(values.filter((value) => typeof value !== 'string')).toEqual([]);
  });

  test.each([{ partitionedByDayOf: 'seen_on' }, { sortedBy: ['id', 'seen_on'] }])(
    'refuses the layout %j, whose column there is not, and names those there are',
    (layout) => {
      expect(() => textOf(layout)).toThrow('visitors has no column seen_on: it has id, visits, seen_at, is_new');
    },
  );
});

describe('the uuid of a table', () => {
  const uuidOf = (table: string): string => JSON.parse(textOf({}, table))['table-uuid'];

  test('is a UUID, its own, and in the name of the metadata file, which sorts before those of engines', () => {
    const uuid = uuidOf('visitors');
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(uuidOf('visits')).not.toBe(uuid);
    expect(initialMetadataKey('visitors')).toBe(`metadata/00000-${uuid}.metadata.json`);
  });
});
