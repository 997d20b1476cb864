import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { transformation } from '../etl/transformation';
import { folderStore } from '../functions/generator/object-store';
import { eventFields } from '../schema/event';
import { DATABASE } from '../schema/tables';
import type { Lake } from './lake';
import { sqlText } from './lake';
import { eventsOf, unstage } from './staging';

/** Takes a field whose text is `text`, or that has none if it is empty, to have another; or none, if that is empty. */
export interface Replacement {
  readonly field: string;
  readonly text: string;
  readonly other: string;
}

export interface ReplayOptions {
  /** Which failed events are tried: those that fail for one of these reasons. @default all */
  readonly reasons?: readonly string[];
  readonly replacements?: readonly Replacement[];
  /** Only counts. @default false */
  readonly isDryRun?: boolean;
}

export interface ReplayResult {
  readonly chosen: number;
  /** How many of them are valid now, and have landed. */
  readonly valid: number;
  /** How many still fail, by their reasons. */
  readonly failed: Readonly<Record<string, number>>;
}

/** Points in a replay's life, in order; a kill at any of them loses nothing and repeats nothing. */
export type ReplayStep = 'judged' | 'landed' | 'forgotten';

/** Reads a replacement such as `location:UK=GB`. Throws a RangeError that says what it must be. */
export function parseReplacement(text: string): Replacement {
  const [, field, value, other] = /^(\w+):([^=]*)=(.*)$/s.exec(text) ?? [];
  if (field === undefined || value === undefined || other === undefined)
    throw new RangeError('It must be FIELD:TEXT=OTHER, such as location:UK=GB.');
  const names = eventFields.map(({ name }) => name as string);
  if (!names.includes(field))
    throw new RangeError(`There is no field ${field}: it must be one of ${names.join(', ')}.`);
  return { field, text: value, other };
}

/**
 * Lands failed events that are valid now, or become so by a replacement, in `raw/`, an object for each day, and then forgets that
 * they failed; `transform` does the rest. What lands follows from the failed events alone, so that a replay that is killed in
 * between is made good by the same again.
 */
export async function replay(
  lake: Lake,
  { reasons = [], replacements = [], isDryRun = false }: ReplayOptions,
  onStep?: (step: ReplayStep) => void | Promise<void>,
): Promise<ReplayResult> {
  try {
    await choose(lake, reasons);
    for (const replacement of replacements) await replace(lake, replacement);
    await judge(lake);
    await onStep?.('judged');
    const result = await counted(lake);
    if (isDryRun) return result;
    await land(lake);
    await onStep?.('landed');
    await lake.connection.run(
      `DELETE FROM ${DATABASE}.failed_events WHERE (source_file, source_line) IN (SELECT (source_file, source_line) FROM valid_lines)`,
    );
    await onStep?.('forgotten');
    return result;
  } finally {
    await unstage(lake);
  }
}

/** Reasons for which events have failed, with how many have each among theirs. */
export async function failureReasons(lake: Lake): Promise<Map<string, number>> {
  const reader = await lake.connection.runAndReadAll(`
    SELECT reason, COUNT(*) FROM (SELECT UNNEST(string_split(reasons, ',')) AS reason FROM ${DATABASE}.failed_events)
    GROUP BY reason ORDER BY 2 DESC, 1`);
  return new Map(reader.getRows().map(([reason, count]) => [String(reason), Number(count)]));
}

/** The chosen failed events, each with its origin as one text. */
async function choose(lake: Lake, reasons: readonly string[]): Promise<void> {
  const wanted = reasons.map((reason) => `'${sqlText(reason)}'`).join(', ');
  const isWanted = reasons.length === 0 ? 'true' : `list_has_any(string_split(reasons, ','), [${wanted}])`;
  await lake.connection.run(`
    CREATE OR REPLACE TEMP TABLE chosen_lines AS
    SELECT source_file, source_line, source_line || ':' || source_file AS origin, raw AS line
    FROM ${DATABASE}.failed_events WHERE ${isWanted}`);
}

async function replace(lake: Lake, { field, text, other }: Replacement): Promise<void> {
  const patch = JSON.stringify({ [field]: other === '' ? null : other });
  await lake.connection.run(`
    UPDATE chosen_lines SET line = json_merge_patch(line, '${sqlText(patch)}')::VARCHAR
    WHERE CASE WHEN json_valid(line) THEN json_type(line) = 'OBJECT' AND COALESCE(line ->> '$.${field}', '') = '${sqlText(text)}' END`);
}

/** Judges the chosen lines by the first query of the transformation. What is no text is none of them. */
async function judge(lake: Lake): Promise<void> {
  const lines = "SELECT line, origin AS source_file FROM chosen_lines WHERE NOT starts_with(line, 'base64:')";
  await lake.connection.run(`CREATE OR REPLACE TEMP VIEW raw_events AS ${eventsOf(lines, (json) => `TRY(${json})`)}`);
  const [{ name, sql }] = transformation() as [{ name: string; sql: string }];
  await lake.connection.run(`CREATE OR REPLACE TEMP TABLE ${name} AS ${sql}`);
  await lake.connection.run(`
    CREATE OR REPLACE TEMP TABLE valid_lines AS
    SELECT CAST(click_date AS DATE)::VARCHAR AS day, line, chosen_lines.source_file, source_line
    FROM validated_events JOIN chosen_lines ON origin = validated_events.source_file
    WHERE validated_events.reasons = ''`);
}

async function counted(lake: Lake): Promise<ReplayResult> {
  const count = async (relation: string): Promise<number> =>
    Number((await lake.connection.runAndReadAll(`SELECT COUNT(*) FROM ${relation}`)).getRows()[0]![0]);
  const failed = await lake.connection.runAndReadAll(
    "SELECT reasons, COUNT(*) FROM validated_events WHERE reasons <> '' GROUP BY reasons ORDER BY 2 DESC, 1",
  );
  return {
    chosen: await count('chosen_lines'),
    valid: await count('valid_lines'),
    failed: Object.fromEntries(failed.getRows().map(([reasons, rows]) => [String(reasons), Number(rows)])),
  };
}

async function land(lake: Lake): Promise<void> {
  const store = folderStore(lake.root);
  const days = await lake.connection.runAndReadAll(
    'SELECT day, list(line ORDER BY line) FROM valid_lines GROUP BY day ORDER BY day',
  );
  for (const [day, lines] of days.getRowsJson() as [string, string[]][]) {
    const content = lines.map((line) => `${line}\n`).join('');
    const digest = createHash('sha256').update(content).digest('hex').slice(0, 16);
    await store.put(`raw/date=${day}/replay-${digest}-0000.ndjson.gz`, gzipSync(content));
  }
}
