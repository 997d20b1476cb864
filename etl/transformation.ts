import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../core/project';
import { type EventField, eventFields } from '../schema/event';
import { LANDED_AT } from '../schema/landing';
import { clickstreamColumns, columnsOf } from '../schema/tables';

/** A query of the transformation, ready to run: the select's name is the name of its relation. */
export interface Query {
  readonly name: string;
  readonly sql: string;
}

/**
 * THE transformation: selects to run in this order, each over the relations before it. The engine provides `raw_events` (every
 * field as text, `extra`, `raw`, `source_file`), `rejected_lines`, which are no text, `numbered_lines`, `countries`, and, bounded in time to what the batch touches, `existing_events`
 * and `existing_sessions`. Events of the table that the batch is to replace are `withdrawn_events` (there are none but when a day
 * is rebuilt), and not among the existing ones.
 */
export function transformation(): Query[] {
  return queriesIn('sql');
}

/** Queries over the transformation's relations that must return no rows before anything is published. */
export function checks(): Query[] {
  return queriesIn('checks');
}

/** Queries over `recent_events`, the table's of today and the eight days before it, whose rows a person should look into. */
export function warnings(): Query[] {
  return queriesIn('warnings');
}

/** What puts the copies of an event in order, of which the first counts: arrival, then file, then content. */
export function copiesInOrder(): string {
  const content = clickstreamColumns.map(({ name }) => `validated_events.${name} NULLS LAST`).join(', ');
  return `validated_events.ingest_time NULLS LAST, validated_events.source_file, ${content}`;
}

function queriesIn(folder: string): Query[] {
  const path = join(PROJECT, 'etl', folder);
  return readdirSync(path)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => ({
      name: file.replace(/^\d+_|\.sql$/g, ''),
      sql: fill(readFileSync(join(path, file), 'utf8'), file),
    }));
}

/** What the SQL files leave to the schema, in the subset of SQL that DuckDB, Spark and Trino share. */
const FRAGMENTS: Readonly<Record<string, () => string>> = {
  raw_fields: () => eventFields.map(({ name }) => `NULLIF("${name}", '') AS "${name}"`).join(', '),
  typed_columns: () => eventFields.flatMap(typedColumns).join(',\n  '),
  columns: () => clickstreamColumns.map(({ name }) => name).join(', '),
  valid_columns: () => clickstreamColumns.map(({ name }) => `validated_events.${name}`).join(', '),
  copies_in_order: copiesInOrder,
  landed_at: () => LANDED_AT,
  is_valid: () => eventFields.map(isValid).join('\n        AND '),
  is_empty: () => eventFields.map(({ name }) => `"${name}" IS NULL`).join(' AND '),
  broken_rules: () => eventFields.map(brokenRule).join('\n        || '),
  is_incomplete: () =>
    eventFields
      .filter(({ required }) => required)
      .flatMap(columnsOf)
      .map(({ name }) => `${name} IS NULL`)
      .join(' OR '),
  is_out_of_range: () =>
    (eventFields as readonly EventField[])
      .flatMap((field) =>
        'min' in field
          ? [`${columnsOf(field)[0]!.name} NOT BETWEEN ${bound(field, field.min)} AND ${bound(field, field.max)}`]
          : [],
      )
      .join(' OR '),
};

function fill(sql: string, file: string): string {
  return sql.trimEnd().replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const fragment = FRAGMENTS[name];
    if (!fragment)
      throw new Error(`${file} asks for {{${name}}}, which is not among ${Object.keys(FRAGMENTS).join(', ')}`);
    return fragment();
  });
}

/** Values of valid events only: nothing of a failed event but its text is used, and its numbers may overflow a timestamp. */
function typedColumns(field: EventField): string[] {
  const columns = columnsOf(field).map(({ name }) => name);
  const integer = `CASE WHEN reasons = '' THEN CAST("${field.name}" AS BIGINT) END`;
  switch (field.type) {
    case 'integer':
      return [`${integer} AS ${columns[0]}`];
    case 'epoch_seconds':
      return [`TIMESTAMP '1970-01-01 00:00:00' + INTERVAL '1' SECOND * CAST(${integer} AS DOUBLE) AS ${columns[0]}`];
    default:
      return columns;
  }
}

/** True where the field meets its rules; false or null where it breaks one. */
function isValid(field: EventField): string {
  const rule = valueRule(field);
  return field.required ? `(${rule})` : `("${field.name}" IS NULL OR (${rule}))`;
}

/** A rule on a value that is not null. No pattern is anchored at the end, where engines differ on a trailing newline. */
function valueRule(field: EventField): string {
  const { name } = field;
  switch (field.type) {
    case 'string':
      return `LENGTH("${name}") <= ${field.maxLength ?? 1024}`;
    case 'vocabulary':
      return `LENGTH("${name}") <= 64 AND "${name}" >= 'a' AND NOT REGEXP_LIKE("${name}", '[^a-z0-9_]')`;
    case 'country':
      return 'country_code IS NOT NULL';
    case 'integer':
    case 'epoch_seconds':
      return `NOT REGEXP_LIKE("${name}", '[^0-9-]') AND TRY_CAST("${name}" AS BIGINT) BETWEEN ${field.min} AND ${field.max}`;
  }
}

/** Text that is empty, or a comma and the reason why the event fails. */
function brokenRule(field: EventField): string {
  const { name, type, required } = field;
  const reason = type === 'country' ? 'unknown_country' : `invalid_${name}`;
  return `CASE WHEN "${name}" IS NULL THEN '${required ? `,missing_${name}` : ''}' WHEN ${valueRule(field)} THEN '' ELSE ',${reason}' END`;
}

function bound({ type }: EventField, value: number): string {
  if (type === 'integer') return String(value);
  return `TIMESTAMP '${new Date(value * 1000).toISOString().slice(0, 19).replace('T', ' ')}'`;
}
