import { warnings } from '../etl/transformation';
import { DATABASE } from '../schema/tables';
import type { Lake } from './lake';
import { queryAll, type Result } from './query';

/** A query of `etl/warnings` that found rows, of which a person should know. */
export interface Warning {
  readonly name: string;
  readonly result: Result;
}

/** Days before today that warnings look at. */
const RECENT_DAYS = 8;

/** What is odd about what the tables hold, though nothing stops for it: its freshness, its volume. */
export async function findWarnings(lake: Lake): Promise<Warning[]> {
  await lake.connection.run(
    `CREATE OR REPLACE TEMP VIEW recent_events AS
     FROM ${DATABASE}.clickstream_table WHERE click_date >= CURRENT_DATE - INTERVAL ${RECENT_DAYS} DAY`,
  );
  const found: Warning[] = [];
  for (const { name, sql } of warnings()) {
    const result = await queryAll(lake, sql);
    if (result.rows.length > 0) found.push({ name, result });
  }
  return found;
}

/** A warning in a line, such as `volume: event_count 12, usual_count 5760`. */
export function describeWarning({ name, result: { columns, rows } }: Warning): string {
  const texts = rows.map((row) => columns.map((column, n) => `${column} ${row[n] ?? 'none'}`).join(', '));
  return `${name}: ${texts.join('; ')}`;
}
