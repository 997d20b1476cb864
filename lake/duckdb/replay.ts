import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { createGzip } from 'node:zlib';
import { DATABASE } from '../../core/names';
import { sqlString } from '../../core/sql';
import { eventFields, MAX_EVENT_BYTES } from '../../schema/event';
import { folderStore } from '../../sources/landing/object-store';
import type { Lake } from './lake';
import { fieldsOf } from './line-reader';
import { judgeLines, unstage } from './staging';

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

/** Reasons of what is no line of text: it stays as it is, since what `raw` has of it is not all, or not what it was. */
const NO_LINE = ['unreadable_file', 'line_too_long', 'not_text'];

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
    await choose(lake, reasons, replacements);
    await judge(lake);
    await onStep?.('judged');
    const result = await counted(lake);
    if (isDryRun) return result;
    await land(lake);
    await onStep?.('landed');
    // By their text as well: other content may have landed under the same key, and failed on the same line.
    await lake.connection.run(`
      DELETE FROM ${DATABASE}.failed_events
      WHERE (source_file, COALESCE(source_line, 0), raw) IN (SELECT (source_file, COALESCE(source_line, 0), raw) FROM valid_lines)`);
    await onStep?.('forgotten');
    return result;
  } finally {
    await unstage(lake);
    for (const name of ['chosen_lines', 'valid_lines']) await lake.connection.run(`DROP TABLE IF EXISTS temp.${name}`);
  }
}

/** Reasons for which events have failed, with how many have each among theirs. */
export async function failureReasons(lake: Lake): Promise<Map<string, number>> {
  const reader = await lake.connection.runAndReadAll(`
    SELECT reason, COUNT(*) FROM (SELECT UNNEST(string_split(reasons, ',')) AS reason FROM ${DATABASE}.failed_events)
    GROUP BY reason ORDER BY 2 DESC, 1`);
  return new Map(reader.getRows().map(([reason, count]) => [String(reason), Number(count)]));
}

/** The chosen failed events, each with its corrected line: null where there is none. */
async function choose(lake: Lake, reasons: readonly string[], replacements: readonly Replacement[]): Promise<void> {
  const list = (texts: readonly string[]): string => texts.map(sqlString).join(', ');
  const isWanted = reasons.length === 0 ? 'true' : `list_has_any(string_split(reasons, ','), [${list(reasons)}])`;
  const chosen = `
    SELECT ROW_NUMBER() OVER () AS number, source_file, source_line, reasons, raw,
      CASE WHEN NOT (starts_with(raw, 'base64:') OR reasons IN (${list(NO_LINE)})) THEN raw END AS line
    FROM ${DATABASE}.failed_events WHERE ${isWanted}`;
  await lake.connection.run(
    `CREATE OR REPLACE TEMP TABLE chosen_lines AS FROM (${replacements.reduce(replaced, chosen)})`,
  );
}

/** A query for lines, each after a replacement. */
function replaced(lines: string, { field, text, other }: Replacement): string {
  const patch = JSON.stringify({ [field]: other === '' ? null : other });
  return `
    SELECT * REPLACE (
      CASE
        WHEN TRY(json_type(line)) = 'OBJECT' AND COALESCE(struct_extract(TRY(${fieldsOf('line')}), '${field}'), '') = ${sqlString(text)}
          THEN json_merge_patch(line, ${sqlString(patch)})::VARCHAR
        ELSE line
      END AS line)
    FROM (${lines})`;
}

/** Judges the lines that there are by the first query of the transformation. */
async function judge(lake: Lake): Promise<void> {
  await judgeLines(
    lake,
    `SELECT line, number::VARCHAR AS source_file FROM chosen_lines WHERE strlen(line) <= ${MAX_EVENT_BYTES}`,
  );
  await lake.connection.run(`
    CREATE OR REPLACE TEMP TABLE valid_lines AS
    SELECT CAST(click_date AS DATE)::VARCHAR AS day, line, chosen_lines.source_file, source_line, chosen_lines.raw
    FROM validated_events JOIN chosen_lines ON number::VARCHAR = validated_events.source_file
    WHERE validated_events.reasons = ''`);
}

async function counted(lake: Lake): Promise<ReplayResult> {
  const { connection } = lake;
  const totals = await connection.runAndReadAll(
    'SELECT (SELECT COUNT(*) FROM chosen_lines), (SELECT COUNT(*) FROM valid_lines)',
  );
  const [chosen, valid] = totals.getRows()[0]!.map(Number) as [number, number];
  const failed = await connection.runAndReadAll(`
    SELECT reasons, COUNT(*) FROM (
      SELECT reasons FROM validated_events WHERE reasons <> ''
      UNION ALL SELECT reasons FROM chosen_lines WHERE line IS NULL
      UNION ALL SELECT 'line_too_long' FROM chosen_lines WHERE strlen(line) > ${MAX_EVENT_BYTES})
    GROUP BY reasons ORDER BY 2 DESC, 1`);
  const counts = failed.getRows().map(([reasons, count]) => [String(reasons), Number(count)]);
  return { chosen, valid, failed: Object.fromEntries(counts) };
}

/** Lands the valid lines, those of a day in order, so that the same ones give the same key and bytes. */
async function land(lake: Lake): Promise<void> {
  const store = folderStore(lake.root);
  const put = async (day: string, content: DayContent): Promise<void> => {
    const { digest, body } = await content.finish();
    await store.put(`raw/date=${day}/replay-${digest.slice(0, 16)}-0000.ndjson.gz`, body);
  };
  let current: [string, DayContent] | undefined;
  const rows = await lake.connection.stream('SELECT day, line FROM valid_lines ORDER BY day, line');
  for await (const chunk of rows.yieldRowsJson() as AsyncIterable<[string, string][]>)
    for (const [day, line] of chunk) {
      if (current?.[0] !== day) {
        if (current) await put(...current);
        current = [day, dayContent()];
      }
      await current[1].add(line);
    }
  if (current) await put(...current);
}

type DayContent = ReturnType<typeof dayContent>;

/** Gzips lines as they come, and digests them. */
function dayContent() {
  const gzip = createGzip();
  const compressed = buffer(gzip);
  const hash = createHash('sha256');
  return {
    async add(line: string): Promise<void> {
      hash.update(`${line}\n`);
      if (!gzip.write(`${line}\n`)) await once(gzip, 'drain');
    },
    async finish(): Promise<{ digest: string; body: Buffer }> {
      gzip.end();
      return { digest: hash.digest('hex'), body: await compressed };
    },
  };
}
