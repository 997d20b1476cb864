import { mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DuckDBAppender } from '@duckdb/node-api';
import { DATABASE } from '../../core/names';
import { sqlString } from '../../core/sql';
import { checks, type Query, transformation } from '../../etl/transformation';
import { eventFields, MAX_EVENT_BYTES } from '../../schema/event';
import type { Census } from './file-census';
import type { Lake } from './lake';
import { fieldsOf, linesOf, pathList } from './line-reader';
import { type RawFile, type RawLine, rawHead, rawLines, rawText } from './raw-files';
import type { DocumentCounts } from './raw-records';

/** Relations that are read so little that a view is cheaper than a table. */
const VIEWS: readonly string[] = ['new_failed_events', 'session_events'];

const NEWLINE = Buffer.from('\n');

/** A file of a batch, and what is known of its content. */
export interface Source extends RawFile, Census {}

/** Relations of the first stage: what becomes of each line. */
const JUDGED: readonly string[] = ['validated_events', 'new_failed_events'];

/**
 * Runs the transformation on files into temporary relations of its names, with `rejected_lines`, `numbered_lines` and
 * `counted_lines` beside them. Files that can't be read as they are get rewritten in the workspace. With a day, such as
 * `2026-03-01`, the table is taken as if it did not hold that day's events.
 */
export async function stage(lake: Lake, sources: readonly Source[], workspace: string, day?: string): Promise<void> {
  await judgeFiles(lake, sources, workspace);
  await numberFailedLines(lake, sources);
  for (const query of transformation().filter(({ name }) => !JUDGED.includes(name))) {
    if (query.name === 'new_events') await provideEventsOfSameDays(lake, day);
    if (query.name === 'stale_sessions') await provideExistingSessions(lake, day);
    if (query.name === 'session_events') await provideEventsOfStaleSessions(lake, day);
    await relate(lake, query);
  }
}

async function relate(lake: Lake, { name, sql }: Query): Promise<void> {
  await lake.connection.run(`CREATE OR REPLACE TEMP ${VIEWS.includes(name) ? 'VIEW' : 'TABLE'} ${name} AS ${sql}`);
}

/** Drops what the transformation left. */
export async function unstage(lake: Lake): Promise<void> {
  for (const { name } of transformation().reverse())
    await lake.connection.run(`DROP ${VIEWS.includes(name) ? 'VIEW' : 'TABLE'} IF EXISTS temp.${name}`);
}

/** Judges lines, a query for `line` and `source_file`, into `validated_events` as files would be. */
export async function judgeLines(lake: Lake, lines: string): Promise<void> {
  await provide(
    lake,
    'raw_events',
    eventsOf(lines, (json) => `TRY(${json})`),
  );
  await validate(lake, queryOf('validated_events').sql);
}

/**
 * Judges every line of the files: first with DuckDB reading all that has an event on each line, and, if that stops or not every line
 * comes out of it, with care. What is lost even then is for the checks to find.
 */
async function judgeFiles(lake: Lake, sources: readonly Source[], workspace: string): Promise<void> {
  try {
    await judgeFilesOnce(
      lake,
      sources,
      workspace,
      (source) => source.isPlain,
      (json) => json,
    );
    if (await passes(lake, 'no_line_lost')) return;
  } catch {
    // It stops at the first line that is not JSON, or no text at all: then set apart what is no text, and let JSON fail by line.
  }
  await judgeFilesOnce(
    lake,
    sources,
    workspace,
    () => false,
    (json) => `TRY(${json})`,
  );
}

/** Judges lines. Files that are trusted are read as they are; `guard` wraps what fails on text that is not JSON. */
async function judgeFilesOnce(
  lake: Lake,
  sources: readonly Source[],
  workspace: string,
  isTrusted: (source: Source) => boolean,
  guard: (json: string) => string,
): Promise<void> {
  const texts = await readableTexts(lake, sources, workspace, isTrusted);
  if (texts.length === 0) await judgeLines(lake, "SELECT '' AS line, '' AS source_file WHERE false");
  else {
    await provide(lake, 'raw_events', rawEvents(texts, guard));
    await validate(lake, queryOf('validated_events').sql);
  }
  await relate(lake, queryOf('new_failed_events'));
}

function queryOf(name: string): Query {
  return transformation().find((query) => query.name === name)!;
}

async function passes(lake: Lake, check: string): Promise<boolean> {
  const { sql } = checks().find(({ name }) => name === check)!;
  return (await lake.connection.runAndReadUntil(`SELECT * FROM (${sql}) LIMIT 1`, 1)).currentRowCount === 0;
}

/** DuckDB takes a CSV file for some hundred rows, and would put them instead of the countries into the join's hash table. */
async function validate(lake: Lake, sql: string): Promise<void> {
  await lake.connection.run("SET disabled_optimizers = 'build_side_probe_side'");
  try {
    await lake.connection.run(`CREATE OR REPLACE TEMP TABLE validated_events AS ${sql}`);
  } finally {
    await lake.connection.run('RESET disabled_optimizers');
  }
}

async function provide(lake: Lake, name: string, sql: string): Promise<void> {
  await lake.connection.run(`CREATE OR REPLACE TEMP VIEW ${name} AS ${sql}`);
}

/**
 * The lines of the files with every known field as text, and the others as JSON in `extra`. `guard` wraps what fails on text that
 * is not JSON.
 */
function rawEvents(texts: readonly Text[], guard: (json: string) => string): string {
  const paths = pathList(texts.map(({ path }) => path));
  const keys = texts.map(({ path, key }) => `(${sqlString(path)}, ${sqlString(key)})`).join(', ');
  return eventsOf(
    `SELECT line, source_file
     FROM ${linesOf(paths, 'none')}
     JOIN (VALUES ${keys}) AS keys (filename, source_file) USING (filename)
     WHERE regexp_matches(line, '\\S')`,
    guard,
  );
}

/** What the transformation reads as `raw_events`, from a query for `line` and `source_file`. */
function eventsOf(lines: string, guard: (json: string) => string): string {
  const nothing = JSON.stringify(Object.fromEntries(eventFields.map(({ name }) => [name, null])));
  return `
    SELECT fields.*, NULLIF(${guard(`json_merge_patch(line, '${nothing}')`)}::VARCHAR, '{}') AS extra, line AS raw, source_file
    FROM (SELECT ${guard(fieldsOf('line'))} AS fields, line, source_file FROM (${lines}))`;
}

/** A file in which every line is text. */
type Text = Pick<RawFile, 'key' | 'path'>;

/** Provides `rejected_lines`, which can't be text, and `counted_lines`, and returns files with the others. */
async function readableTexts(
  lake: Lake,
  sources: readonly Source[],
  workspace: string,
  isTrusted: (source: Source) => boolean,
): Promise<Text[]> {
  const { connection } = lake;
  for (const table of [
    'rejected_lines (source_file VARCHAR, source_line BIGINT, reasons VARCHAR, raw VARCHAR, raw_bytes BIGINT)',
    'counted_lines (source_file VARCHAR, line_count BIGINT)',
  ])
    await connection.run(`CREATE OR REPLACE TEMP TABLE ${table}`);
  const rejected = await connection.createAppender('rejected_lines', 'main', 'temp');
  const counted = await connection.createAppender('counted_lines', 'main', 'temp');
  const texts: Text[] = [];
  for (const [n, source] of sources.entries()) {
    const documents = { lines: 0, records: 0 };
    if (isTrusted(source)) texts.push({ key: source.key, path: source.textPath });
    else {
      const path = join(workspace, 'raw', `${n}.ndjson`); // not by key, of which two contents may be rebuilt at once
      mkdirSync(dirname(path), { recursive: true });
      await writeFile(
        path,
        readableText(source, documents, (line) => reject(rejected, source.key, line)),
      );
      texts.push({ key: source.key, path });
    }
    counted.appendVarchar(source.key);
    counted.appendBigInt(BigInt(source.lines - documents.lines + documents.records));
    counted.endRow();
  }
  rejected.closeSync();
  counted.closeSync();
  return texts;
}

function reject(appender: DuckDBAppender, key: string, { line, bytes, size, reason }: RawLine): void {
  const isWhole = size <= MAX_EVENT_BYTES;
  appender.appendVarchar(key);
  appender.appendBigInt(BigInt(line));
  appender.appendVarchar(reason!);
  appender.appendVarchar(isWhole ? rawText(bytes) : rawHead(bytes));
  if (isWhole) appender.appendNull();
  else appender.appendBigInt(BigInt(size));
  appender.endRow();
}

/** The readable lines of a file, a megabyte at a time. */
async function* readableText(
  source: RawFile,
  documents: DocumentCounts,
  reject: (line: RawLine) => void,
): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let size = 0;
  for await (const rawLine of rawLines(source, documents)) {
    if (rawLine.reason !== undefined) {
      reject(rawLine);
      continue;
    }
    parts.push(rawLine.bytes, NEWLINE);
    size += rawLine.bytes.length;
    if (size < 1 << 20) continue;
    yield Buffer.concat(parts);
    parts = [];
    size = 0;
  }
  yield Buffer.concat(parts);
}

/** Adds the line numbers, which no reader of all engines gives, by finding the failed lines in their files again. */
async function numberFailedLines(lake: Lake, sources: readonly RawFile[]): Promise<void> {
  const { connection } = lake;
  await connection.run(
    'CREATE OR REPLACE TEMP TABLE numbered_lines AS SELECT source_file, source_line, raw FROM rejected_lines WHERE false',
  );
  const reader = await connection.runAndReadAll(
    'SELECT source_file, list(DISTINCT raw) FROM new_failed_events GROUP BY source_file',
  );
  const appender = await connection.createAppender('numbered_lines', 'main', 'temp');
  for (const [key, texts] of reader.getRowsJson() as [string, string[]][]) {
    const failed = new Set(texts);
    for (const source of sources.filter((source) => source.key === key))
      for await (const { line, bytes, reason } of rawLines(source)) {
        const text = bytes.toString('utf8');
        if (reason !== undefined || !failed.has(text)) continue; // one with a reason is in rejected_lines
        appender.appendVarchar(key);
        appender.appendBigInt(BigInt(line));
        appender.appendVarchar(text);
        appender.endRow();
      }
  }
  appender.closeSync();
}

/** The table's events on the days of the batch. Bounds are literals, so that DuckDB reads no more than what they span. */
async function provideEventsOfSameDays(lake: Lake, day: string | undefined): Promise<void> {
  const [low, high] = await span(
    lake,
    "date_trunc('day', MIN(click_date))",
    "date_trunc('day', MAX(click_date)) + INTERVAL 1 DAY",
    "validated_events WHERE reasons = ''",
  );
  await provideExistingEvents(lake, low, high, day);
}

async function provideEventsOfStaleSessions(lake: Lake, day: string | undefined): Promise<void> {
  const [low, high] = await span(lake, 'MIN(session_start)', 'MAX(session_end)', 'stale_sessions');
  await provideExistingEvents(lake, low, high, day);
}

function provideExistingEvents(lake: Lake, low: string, high: string, day: string | undefined): Promise<void> {
  const kept = day === undefined ? '' : ` AND NOT (${ofDay(day)})`;
  const sql = `FROM ${DATABASE}.clickstream_table WHERE click_date BETWEEN '${low}' AND '${high}'${kept}`;
  return provide(lake, 'existing_events', sql);
}

/** A condition on the table's events. */
export function ofDay(day: string): string {
  return `click_date >= TIMESTAMP '${day}' AND click_date < TIMESTAMP '${day}' + INTERVAL 1 DAY`;
}

async function provideExistingSessions(lake: Lake, day: string | undefined): Promise<void> {
  const withdrawn = day === undefined ? 'false' : ofDay(day);
  await provide(lake, 'withdrawn_events', `FROM ${DATABASE}.clickstream_table WHERE ${withdrawn}`);
  const [low, high] = await span(
    lake,
    'MIN(click_date) - INTERVAL 30 MINUTE',
    'MAX(click_date) + INTERVAL 30 MINUTE',
    '(SELECT click_date FROM new_events UNION ALL SELECT click_date FROM withdrawn_events)',
  );
  await provide(
    lake,
    'existing_sessions',
    `FROM ${DATABASE}.sessions WHERE session_end >= '${low}' AND session_start <= '${high}'`,
  );
}

/** The least and the greatest time of a relation, as text; an empty one spans nothing. */
export async function span(lake: Lake, low: string, high: string, relation: string): Promise<[string, string]> {
  const reader = await lake.connection.runAndReadAll(
    `SELECT COALESCE(${low}, TIMESTAMP '1970-01-01')::VARCHAR, COALESCE(${high}, TIMESTAMP '1970-01-01')::VARCHAR FROM ${relation}`,
  );
  return reader.getRowsJson()[0] as [string, string];
}
