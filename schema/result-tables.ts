import type { IcebergLayout } from './iceberg';
import type { tables } from './tables';

/** What each result table is, and how it is laid out. */
export const RESULT_TABLES: Readonly<Record<keyof typeof tables, { description: string; layout: IcebergLayout }>> = {
  clickstream_table: {
    description: 'One row per event',
    layout: { partitionedByDayOf: 'click_date', sortedBy: ['event_type', 'country_code'] },
  },
  sessions: {
    description: "One row per session: a user's events with no gap over 30 minutes",
    layout: { partitionedByDayOf: 'session_start' },
  },
  failed_events: { description: 'One row per line that could not become an event, with its reasons', layout: {} },
};
