import { eventFields } from '../schema/event';
import { clickstreamColumns } from '../schema/tables';
import { copiesInOrder, transformation } from './transformation';

/**
 * SQL of the live view: every event of the table and, transformed as it is read, every one that has landed since, each exactly
 * once. Raw fields are known by the schema only, so what lands with unknown fields shows them in `extra` when the job has run.
 * `prefix` is what paths of raw files begin with before their key, such as `s3://bucket/`.
 *
 * Athena reads a relation as often as it is named: raw files once here, and of the table, beside what is asked for, only the days
 * that raw events are of, because the right side of a right join filters its left side as it is read (dynamic filtering). An
 * engine that does not wait for that filter opens every file of the table, for each query: with `lateDays` those of that many days
 * at most, and what happened before shows when the job has run.
 */
export function liveViewSql(database: string, prefix: string, lateDays?: number): string {
  const rawFields = eventFields.map(({ name }) => `"${name}"`).join(', ');
  const columns = (table: string): string => clickstreamColumns.map(({ name }) => `${table}.${name}`).join(', ');
  const isRecent = (table: string): string =>
    lateDays === undefined
      ? ''
      : `\n  AND ${table}.click_date >= CAST(current_date - INTERVAL '${lateDays}' DAY AS TIMESTAMP)`;
  return `WITH countries AS (
SELECT country_code, country_name, continent FROM ${database}.countries
),
raw_events AS (
SELECT ${rawFields}, CAST(NULL AS VARCHAR) AS extra, CAST(NULL AS VARCHAR) AS raw,
  SUBSTR("$path", LENGTH('${prefix}') + 1) AS source_file
FROM ${database}.raw_events
),
validated_events AS (
${validatedEvents()}
),
candidates AS (
SELECT validated_events.*, CAST(date_trunc('day', click_date) AS TIMESTAMP) AS day_start,
  ROW_NUMBER() OVER (PARTITION BY event_id, CAST(click_date AS DATE) ORDER BY ${copiesInOrder()}) AS copy
FROM validated_events
WHERE reasons = ''${isRecent('validated_events')}
)
SELECT ${columns('clickstream_table')}
FROM ${database}.clickstream_table
UNION ALL
SELECT ${columns('candidates')}
FROM ${database}.clickstream_table AS existing_events
RIGHT JOIN candidates
  ON existing_events.event_id = candidates.event_id
  AND existing_events.click_date >= candidates.day_start
  AND existing_events.click_date < candidates.day_start + INTERVAL '1' DAY${isRecent('existing_events')}
WHERE existing_events.event_id IS NULL
  AND candidates.copy = 1`;
}

function validatedEvents(): string {
  return transformation().find(({ name }) => name === 'validated_events')!.sql;
}
