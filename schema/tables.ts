import { type EventField, eventFields } from './event';
import { LANDED_AT } from './landing';

export type ColumnType = 'string' | 'bigint' | 'timestamp' | 'boolean';

/** A column of a result table; `timestamp` is UTC without a zone. */
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly description: string;
  /** SQL, over the other columns, of its value in rows that are older than the column. @default null */
  readonly backfill?: string;
}

const string = (name: string, description: string): Column => ({ name, type: 'string', description });
const bigint = (name: string, description: string): Column => ({ name, type: 'bigint', description });
const timestamp = (name: string, description: string): Column => ({ name, type: 'timestamp', description });

const COUNTRY_NAME = string('country_name', 'English short name of the country; Unknown where the event has none');
const CONTINENT = string('continent', 'Continent of the country; Unknown where the event has none');
const SOURCE_FILE = string('source_file', 'Key of the raw file that the row came from');

/** One row per event. */
export const clickstreamColumns: readonly Column[] = [
  ...eventFields.flatMap(columnsOf),
  string('extra', 'Fields of the event that the schema does not know, as a JSON object; null if none'),
  SOURCE_FILE,
];

/** One row per session: a user's events with no gap over 30 minutes (GA4, Snowplow, Plausible); no split at midnight. */
export const sessionColumns: readonly Column[] = [
  string('session_id', 'event_id of the first event'),
  string('user_id', 'The user'),
  string('country_code', 'Country of the first event'),
  COUNTRY_NAME,
  CONTINENT,
  timestamp('session_start', 'Time of the first event'),
  timestamp('session_end', 'Time of the last event'),
  bigint('duration_s', 'Seconds from the first event to the last'),
  bigint('event_count', 'Events in the session; every event is on a page, so also its page views'),
  bigint('purchase_count', 'Key events (GA4) in the session: purchases'),
  {
    name: 'is_engaged',
    type: 'boolean',
    description: 'GA4: 10 seconds or more, or 2 page views or more, or a key event',
  },
];

/** One row per line (or unreadable rest of a file) that could not become an event. */
export const failedEventColumns: readonly Column[] = [
  SOURCE_FILE,
  bigint('source_line', 'Line in that file, from 1; of a JSON array, the number of the element'),
  string('reasons', 'Every rule that it breaks, separated by commas'),
  string('raw', 'The line as it came; base64: and the bytes in base64 where they are not UTF-8 text'),
  bigint(
    'raw_bytes',
    'Bytes of the line where it is longer than an event may be, of which raw has the first; else null',
  ),
  {
    ...timestamp(
      'landed_at',
      'Landing time (UTC): noon of the date of its date= folder, or the time it was first read',
    ),
    backfill: LANDED_AT,
  },
];

/** Of the view that says from when to when there is complete data: one row. */
export const dataSpanColumns: readonly Column[] = [
  timestamp('data_from', 'Time from which there is data (UTC)'),
  timestamp('data_to', 'Time up to which data is complete (UTC)'),
];

/** One row per country of the reference. */
export const countryColumns: readonly Column[] = [
  string('country_code', 'ISO 3166-1 alpha-2 code of the country; ZZ is the unknown one'),
  COUNTRY_NAME,
  CONTINENT,
];

export const tables = {
  clickstream_table: clickstreamColumns,
  sessions: sessionColumns,
  failed_events: failedEventColumns,
} as const;

/** The result column or columns of an event field: a country brings its name and continent along. */
export function columnsOf(field: EventField): Column[] {
  const { column = field.name, description } = field;
  switch (field.type) {
    case 'string':
    case 'vocabulary':
      return [string(column, description)];
    case 'integer':
      return [bigint(column, description)];
    case 'epoch_seconds':
      return [timestamp(column, description)];
    case 'country':
      return [string(column, description), COUNTRY_NAME, CONTINENT];
  }
}
