import { eventFields } from './event';
import { RESULT_TABLES } from './result-tables';
import { type Column, clickstreamColumns, countryColumns, dataSpanColumns, tables } from './tables';

/** A table or view that queries find by its name. */
export interface Relation {
  /** On one machine; in Athena `raw_events` is a table over files. */
  readonly kind: 'table' | 'view';
  /** What a row is. */
  readonly description: string;
  readonly columns: readonly Column[];
}

const RAW_COLUMNS: readonly Column[] = [
  ...eventFields.map(({ name, description }) => ({ name, type: 'string' as const, description })),
  { name: '$path', type: 'string', description: 'Key of the file; quote the name, as in "$path"' },
];

/** What there is to query, by name: the result tables, and what is on one machine as in Athena. */
export const relations = {
  clickstream_live: {
    kind: 'view',
    description:
      'One row per event, seconds after it landed: the table and, transformed as it is read, what is still in raw/',
    columns: clickstreamColumns,
  },
  clickstream_table: resultTable('clickstream_table'),
  sessions: resultTable('sessions'),
  failed_events: resultTable('failed_events'),
  raw_events: {
    kind: 'view',
    description: 'One row per line that has landed and is not archived yet, every field as text',
    columns: RAW_COLUMNS,
  },
  data_span: {
    kind: 'view',
    description: 'One row: from when to when there is complete data',
    columns: dataSpanColumns,
  },
  countries: {
    kind: 'table',
    description: 'One row per country of the reference; ZZ is the unknown one',
    columns: countryColumns,
  },
} as const satisfies Readonly<Record<string, Relation>>;

function resultTable(name: keyof typeof tables): Relation {
  return { kind: 'table', description: RESULT_TABLES[name].description, columns: tables[name] };
}
