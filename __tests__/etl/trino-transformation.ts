import { DATABASE } from '../../core/names';
import { transformation } from '../../etl/transformation';
import { eventFields } from '../../schema/event';
import type { Trino } from '../../support/trino';

/**
 * Runs the transformation on Trino, into tables of its relations' names in a database of their own, over a query for its
 * `raw_events`, as if the result tables were empty.
 */
export async function transformOnTrino(
  trino: Trino,
  database: string,
  location: string,
  rawEvents: string,
): Promise<void> {
  const none = (table: string): string => `SELECT * FROM ${DATABASE}.${table} WHERE false`;
  const provided: Readonly<Record<string, string>> = {
    raw_events: rawEvents,
    numbered_lines: 'SELECT source_file, CAST(NULL AS BIGINT) AS source_line, raw FROM raw_events WHERE false',
    rejected_lines:
      'SELECT source_file, CAST(NULL AS BIGINT) AS source_line, raw AS reasons, raw, CAST(NULL AS BIGINT) AS raw_bytes FROM raw_events WHERE false',
    countries: `SELECT country_code, country_name, continent FROM ${DATABASE}.countries`,
    existing_events: none('clickstream_table'),
    withdrawn_events: none('clickstream_table'),
    existing_sessions: none('sessions'),
  };
  await trino.query(`CREATE SCHEMA ${database} WITH (location = '${location}')`);
  for (const [name, sql] of Object.entries(provided))
    await trino.query(`CREATE VIEW ${database}.${name} AS ${sql}`, database);
  for (const { name, sql } of transformation())
    await trino.query(`CREATE TABLE ${database}.${name} AS ${sql}`, database);
}

/** `raw_events` as Athena's reader gives them: without unknown fields and without the text. */
export function rawEventsInAthena(bucket: string): string {
  const fields = eventFields.map(({ name }) => `"${name}"`).join(', ');
  return `SELECT ${fields}, CAST(NULL AS VARCHAR) AS extra, CAST(NULL AS VARCHAR) AS raw,
    SUBSTR("$path", LENGTH('s3://${bucket}/') + 1) AS source_file FROM ${DATABASE}.raw_events`;
}
