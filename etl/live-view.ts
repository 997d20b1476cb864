import { eventFields } from '../schema/event';
import { clickstreamColumns } from '../schema/tables';
import { transformation } from './transformation';

/** Steps of the transformation that tell which raw lines are new events. */
const STEPS = ['validated_events', 'repeated_events', 'new_events'];

/**
 * SQL of the live view: every event of the table and, transformed as it is read, every one that has landed since, each exactly
 * once. Raw fields are known by the schema only, so what lands with unknown fields shows them in `extra` when the job has run.
 * `prefix` is what paths of raw files begin with before their key, such as `s3://bucket/`.
 */
export function liveViewSql(database: string, prefix: string): string {
  const queries = new Map(transformation().map(({ name, sql }) => [name, sql]));
  const rawFields = eventFields.map(({ name }) => `"${name}"`).join(', ');
  const columns = clickstreamColumns.map(({ name }) => name).join(', ');
  const relations: readonly (readonly [name: string, sql: string])[] = [
    ['countries', `SELECT country_code, country_name, continent FROM ${database}.countries`],
    [
      'raw_events',
      `SELECT ${rawFields}, CAST(NULL AS VARCHAR) AS extra, CAST(NULL AS VARCHAR) AS raw,
  SUBSTR("$path", LENGTH('${prefix}') + 1) AS source_file
FROM ${database}.raw_events`,
    ],
    ...STEPS.slice(0, 1).map((name) => [name, queries.get(name)!] as const),
    [
      'existing_events',
      `SELECT event_id, click_date FROM ${database}.clickstream_table
WHERE CAST(click_date AS DATE) IN (SELECT CAST(click_date AS DATE) FROM validated_events WHERE reasons = '')`,
    ],
    ...STEPS.slice(1).map((name) => [name, queries.get(name)!] as const),
  ];
  return `WITH ${relations.map(([name, sql]) => `${name} AS (\n${sql}\n)`).join(',\n')}
SELECT ${columns} FROM ${database}.clickstream_table
UNION ALL
SELECT ${columns} FROM new_events`;
}
