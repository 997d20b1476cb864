import { FRESH_HOURS } from '../core/limits';

/** How far the first and last event may be from a whole hour that still counts as complete, in minutes, as for anomalies. */
const TOLERANCE_MINUTES = 5;

/**
 * SQL of one row: from when to when there is complete data, in UTC, the end not included; nulls where there is none. An hour at either
 * end is complete if its events reach to within five minutes of its edge, and at the end if it is over by the clock.
 *
 * @param firstAndLast SQL of one row with the times of the first and the last event, `first_event` and `last_event`
 */
export function dataSpanSql(firstAndLast: string): string {
  const hour = (time: string): string => `CAST(date_trunc('hour', ${time}) AS TIMESTAMP)`;
  const second = (time: string): string => `CAST(date_trunc('second', ${time}) AS TIMESTAMP)`;
  const now = 'CAST(CURRENT_TIMESTAMP AS TIMESTAMP)';
  return `SELECT
  CASE
    WHEN first_event < ${hour('first_event')} + INTERVAL '${TOLERANCE_MINUTES}' MINUTE THEN ${hour('first_event')}
    ELSE ${second('first_event')}
  END AS data_from,
  CASE
    WHEN last_event >= ${hour('last_event')} + INTERVAL '${60 - TOLERANCE_MINUTES}' MINUTE
      AND ${hour('last_event')} + INTERVAL '1' HOUR <= ${now} THEN ${hour('last_event')} + INTERVAL '1' HOUR
    ELSE ${second('last_event')} + INTERVAL '1' SECOND
  END AS data_to
FROM (
${firstAndLast}
) AS reached`;
}

/** The times of the first and the last event as of now, seconds after they landed. Events dated later than now say nothing about how far data goes. */
export function firstAndLastSql(database: string): string {
  return `SELECT MIN(click_date) AS first_event, MAX(click_date) AS last_event
FROM ${database}.clickstream_live
WHERE click_date <= CAST(CURRENT_TIMESTAMP AS TIMESTAMP)`;
}

/**
 * The same in Athena, from the table's metadata, without reading data. What landed after the last run of the job is not looked at: as
 * long as runs are on time, data goes to now.
 */
export function storedSpanSql(database: string): string {
  const now = 'CAST(CURRENT_TIMESTAMP AS TIMESTAMP)';
  return `SELECT first_event, CASE WHEN last_event >= ${now} - INTERVAL '${FRESH_HOURS}' HOUR THEN ${now} ELSE last_event END AS last_event
FROM (
  SELECT
    CAST(MIN(data.click_date.min) AS TIMESTAMP) AS first_event,
    CAST(MAX(data.click_date.max) AS TIMESTAMP) AS last_event
  FROM ${database}."clickstream_table$partitions"
) AS stored`;
}
