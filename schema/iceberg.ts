import { createHash } from 'node:crypto';
import { DAY_MS } from '../core/time';
import type { Column, ColumnType } from './tables';

/** How an Iceberg table is laid out. */
export interface IcebergLayout {
  /** Column of time whose day (UTC) is the partition. @default not partitioned */
  readonly partitionedByDayOf?: string;
  /** Columns that rows of a file are sorted by. @default none */
  readonly sortedBy?: readonly string[];
}

/** Types of the Iceberg specification; its timestamp has microseconds and no zone. */
const ICEBERG_TYPES: Readonly<Record<ColumnType, string>> = {
  string: 'string',
  bigint: 'long',
  timestamp: 'timestamp',
  boolean: 'boolean',
};

/** Partition fields are numbered from here (Iceberg specification, "Partition specs"). */
const FIRST_PARTITION_ID = 1000;
/** How engines write to and look after every table. */
const PROPERTIES = {
  'write.format.default': 'parquet',
  'write.parquet.compression-codec': 'zstd',
  'write.target-file-size-bytes': String(128 * 1024 * 1024),
  'history.expire.max-snapshot-age-ms': String(7 * DAY_MS),
  'history.expire.min-snapshots-to-keep': '10',
  'write.metadata.previous-versions-max': '20',
};

/** Key of a table's first metadata file under its location; engines write the later ones beside it. */
export function initialMetadataKey(table: string): string {
  return `metadata/00000-${tableUuid(table)}.metadata.json`;
}

/**
 * First metadata of an empty Iceberg table (format version 2) at a location such as `s3://bucket/results/sessions`, as JSON. The
 * same table gives the same text.
 */
export function initialMetadata(
  table: string,
  location: string,
  columns: readonly Column[],
  layout: IcebergLayout = {},
): string {
  const fields = columns.map(({ name, type, description }, n) => ({
    id: n + 1,
    name,
    required: false,
    type: ICEBERG_TYPES[type],
    doc: description,
  }));
  const idOf = (column: string): number => {
    const field = fields.find(({ name }) => name === column);
    if (!field)
      throw new Error(`${table} has no column ${column}: it has ${fields.map(({ name }) => name).join(', ')}`);
    return field.id;
  };
  const { partitionedByDayOf: day, sortedBy = [] } = layout;
  const partition = day
    ? [{ name: `${day}_day`, transform: 'day', 'source-id': idOf(day), 'field-id': FIRST_PARTITION_ID }]
    : [];
  const order = sortedBy.map((column) => ({
    transform: 'identity',
    'source-id': idOf(column),
    direction: 'asc',
    'null-order': 'nulls-first',
  }));
  const orderId = order.length > 0 ? 1 : 0; // 0 is the specification's "unsorted"
  return JSON.stringify({
    'format-version': 2,
    'table-uuid': tableUuid(table),
    location,
    'last-sequence-number': 0,
    'last-updated-ms': 0,
    'last-column-id': fields.length,
    'current-schema-id': 0,
    schemas: [{ type: 'struct', 'schema-id': 0, fields }],
    'default-spec-id': 0,
    'partition-specs': [{ 'spec-id': 0, fields: partition }],
    'last-partition-id': FIRST_PARTITION_ID - 1 + partition.length,
    'default-sort-order-id': orderId,
    'sort-orders': [{ 'order-id': orderId, fields: order }],
    properties: PROPERTIES,
    'current-snapshot-id': -1,
    refs: {},
    snapshots: [],
    statistics: [],
    'partition-statistics': [],
    'snapshot-log': [],
    'metadata-log': [],
  });
}

/** A UUID made of the name (RFC 9562, version 8), so that a plan doesn't change by being made again. */
function tableUuid(table: string): string {
  const hex = createHash('sha256').update(`clickstream ${table}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
