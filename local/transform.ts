import { mkdirSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { checks, transformation } from '../etl/transformation';
import { eventFields, MAX_EVENT_BYTES } from '../schema/event';
import { DATABASE } from '../schema/tables';
import { Failure } from './failure';
import { type Lake, sqlText } from './lake';
import {
  archive,
  isUnchanged,
  listRawFiles,
  type RawFile,
  type RawLine,
  rawLines,
  rawText,
  sha256,
  unpacked,
} from './raw-files';

/** What a run did; counts of lines and files. */
export interface TransformResult {
  readonly files: number;
  readonly new_events: number;
  readonly duplicates: number;
  readonly failed_events: number;
}

/** Points in a batch's life, in order; a kill at any of them loses nothing and repeats nothing. */
export type TransformStep = 'listed' | 'staged' | 'checked' | 'written' | 'committed' | 'archived';

export interface TransformOptions {
  /** Called with the compressed bytes done and in all. */
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
  readonly onStep?: (step: TransformStep) => void | Promise<void>;
  /** Compressed bytes in a batch (a plain file counts an eighth); a larger file is a batch of its own. @default 32 MiB */
  readonly batchBytes?: number;
}

const MAX_FILES = 500;
/** Relations that are read so little that a view is cheaper than a table. */
const VIEWS: readonly string[] = ['new_failed_events', 'session_events'];

/**
 * Transforms whatever is in `raw/`, oldest first, in batches. A batch's rows and its source files are committed by one
 * transaction, and only then archived to `processed/`; files already committed are only archived.
 */
export async function transform(lake: Lake, options: TransformOptions = {}): Promise<TransformResult> {
  const { onProgress, onStep, batchBytes = 32 * 2 ** 20 } = options;
  rmSync(workspaceOf(lake), { recursive: true, force: true }); // of a run that was killed
  const files = await listRawFiles(lake.root);
  const totalBytes = files.reduce((sum, file) => sum + file.bytes, 0);
  let doneBytes = 0;
  let total: TransformResult = { files: 0, new_events: 0, duplicates: 0, failed_events: 0 };
  await onStep?.('listed');
  for (const batch of batchesOf(files, batchBytes)) {
    const digests = await Promise.all(batch.map(({ path }) => sha256(path)));
    const sources = batch.map((file, n): Source => ({ ...file, sha256: digests[n]! }));
    const fresh = await uncommitted(lake, sources);
    if (fresh.length > 0) total = sum(total, await transformBatch(lake, fresh, onStep));
    for (const source of sources) if (await isUnchanged(source)) await archive(lake.root, source, source.sha256);
    await onStep?.('archived');
    doneBytes += batch.reduce((bytes, file) => bytes + file.bytes, 0);
    onProgress?.(doneBytes, totalBytes);
  }
  return total;
}

function workspaceOf(lake: Lake): string {
  return join(lake.root, 'results', '.batch');
}

interface Source extends RawFile {
  readonly sha256: string;
}

async function transformBatch(
  lake: Lake,
  sources: readonly Source[],
  onStep: TransformOptions['onStep'],
): Promise<TransformResult> {
  const { connection } = lake;
  const run = (sql: string): Promise<unknown> => connection.run(sql);
  const workspace = workspaceOf(lake);
  try {
    await run(
      `CREATE OR REPLACE TEMP TABLE rejected_lines (source_file VARCHAR, source_line BIGINT, reasons VARCHAR, raw VARCHAR)`,
    );
    await stage(lake, sources, workspace);
    await onStep?.('staged');
    await requireChecks(lake);
    await onStep?.('checked');
    await run('BEGIN');
    await publish(lake, sources);
    await onStep?.('written');
    for (const source of sources)
      if (!(await isUnchanged(source)) && (await sha256(source.path).catch(() => '')) !== source.sha256)
        throw new Failure(`${source.path} changed while it was read: run transform again when it is whole`);
    await run('COMMIT');
    await onStep?.('committed');
    return await counts(lake, sources.length);
  } catch (error) {
    await run('ROLLBACK').catch(() => {}); // there may be no transaction yet
    throw error;
  } finally {
    rmSync(workspace, { recursive: true, force: true });
    for (const { name } of transformation().reverse())
      await run(`DROP ${VIEWS.includes(name) ? 'VIEW' : 'TABLE'} IF EXISTS temp.${name}`);
  }
}

/** Runs the transformation into temporary tables. */
async function stage(lake: Lake, sources: readonly Source[], workspace: string): Promise<void> {
  for (const { name, sql } of transformation()) {
    if (name === 'validated_events') await stageValidated(lake, sources, workspace, sql);
    else {
      if (name === 'new_events') await provideEventsOfSameDays(lake);
      if (name === 'stale_sessions') await provideExistingSessions(lake);
      if (name === 'session_events') await provideEventsOfStaleSessions(lake);
      await lake.connection.run(`CREATE OR REPLACE TEMP ${VIEWS.includes(name) ? 'VIEW' : 'TABLE'} ${name} AS ${sql}`);
    }
    if (name === 'new_failed_events') await numberFailedLines(lake, sources);
  }
}

/** Reads fast, and where that fails with care. */
async function stageValidated(lake: Lake, sources: readonly Source[], workspace: string, sql: string): Promise<void> {
  // DuckDB takes a CSV file for some hundred rows, and would put them instead of the countries into the join's hash table.
  const create = async (): Promise<void> => {
    await lake.connection.run("SET disabled_optimizers = 'build_side_probe_side'");
    await lake.connection.run(`CREATE OR REPLACE TEMP TABLE validated_events AS ${sql}`);
    await lake.connection.run('RESET disabled_optimizers');
  };
  try {
    // DuckDB takes a gzip file that is cut off or altered for a whole one, so it gets them unpacked.
    await provide(
      lake,
      'raw_events',
      rawEvents(await unpacked(sources, workspace), (json) => json),
    );
    await create();
  } catch {
    // It stops at the first line that is not JSON, or no text at all: then set apart what is no text, and let JSON fail by line.
    const readable = await setUnreadableLinesApart(lake, sources, workspace);
    await provide(
      lake,
      'raw_events',
      rawEvents(readable, (json) => `TRY(${json})`),
    );
    await create();
  }
}

async function provide(lake: Lake, name: string, sql: string): Promise<void> {
  await lake.connection.run(`CREATE OR REPLACE TEMP VIEW ${name} AS ${sql}`);
}

/**
 * The lines of the files with every known field as text, and the others as JSON in `extra`. `guard` wraps what fails on text that
 * is not JSON.
 */
function rawEvents(sources: readonly RawFile[], guard: (json: string) => string): string {
  const shape = JSON.stringify(Object.fromEntries(eventFields.map(({ name }) => [name, 'VARCHAR'])));
  const nothing = JSON.stringify(Object.fromEntries(eventFields.map(({ name }) => [name, null])));
  const paths = sources.map(({ path }) => `'${sqlText(literalGlob(path))}'`).join(', ');
  const keys = sources.map(({ path, key }) => `('${sqlText(path)}', '${sqlText(key)}')`).join(', ');
  return `
    SELECT fields.*, NULLIF(${guard(`json_merge_patch(line, '${nothing}')`)}::VARCHAR, '{}') AS extra, line AS raw, source_file
    FROM (
      SELECT ${guard(`json_transform(line, '${shape}')`)} AS fields, line, source_file
      FROM read_csv([${paths}], columns = {'line': 'VARCHAR'}, auto_detect = false, header = false, filename = true,
        delim = '\\x01', quote = '', escape = '', new_line = '\\n', max_line_size = ${MAX_EVENT_BYTES}, compression = 'none')
      JOIN (VALUES ${keys}) AS keys (filename, source_file) USING (filename)
      WHERE regexp_matches(line, '\\S'))`;
}

/** The path as a pattern that matches nothing else: DuckDB takes every path for a glob. */
function literalGlob(path: string): string {
  return path.replace(/[*?[]/g, '[$&]');
}

async function setUnreadableLinesApart(lake: Lake, sources: readonly Source[], workspace: string): Promise<RawFile[]> {
  const appender = await lake.connection.createAppender('rejected_lines', 'main', 'temp');
  const readable: RawFile[] = [];
  for (const source of sources) {
    const reject = ({ line, bytes, reason }: RawLine): void => {
      appender.appendVarchar(source.key);
      appender.appendBigInt(BigInt(line));
      appender.appendVarchar(reason!);
      appender.appendVarchar(rawText(bytes));
      appender.endRow();
    };
    const path = join(workspace, source.key);
    mkdirSync(dirname(path), { recursive: true });
    await writeFile(path, readableText(source, reject));
    readable.push({ ...source, path, isGzip: false });
  }
  appender.closeSync();
  return readable;
}

/** The readable lines of a file, a megabyte at a time. */
async function* readableText(source: Source, reject: (line: RawLine) => void): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let size = 0;
  for await (const rawLine of rawLines(source)) {
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
async function numberFailedLines(lake: Lake, sources: readonly Source[]): Promise<void> {
  const { connection } = lake;
  await connection.run(
    'CREATE OR REPLACE TEMP TABLE failed_lines AS SELECT source_file, source_line, raw FROM rejected_lines WHERE false',
  );
  const reader = await connection.runAndReadAll(
    'SELECT source_file, list(DISTINCT raw) FROM new_failed_events GROUP BY source_file',
  );
  const appender = await connection.createAppender('failed_lines', 'main', 'temp');
  for (const [key, texts] of reader.getRowsJson() as [string, string[]][]) {
    const failed = new Set(texts);
    for await (const { line, bytes } of rawLines(sources.find((source) => source.key === key)!)) {
      const text = bytes.toString('utf8');
      if (!failed.has(text)) continue;
      appender.appendVarchar(key);
      appender.appendBigInt(BigInt(line));
      appender.appendVarchar(text);
      appender.endRow();
    }
  }
  appender.closeSync();
}

/** The table's events on the days of the batch. Bounds are literals, so that DuckDB reads no more than what they span. */
async function provideEventsOfSameDays(lake: Lake): Promise<void> {
  const [low, high] = await span(
    lake,
    "date_trunc('day', MIN(click_date))",
    "date_trunc('day', MAX(click_date)) + INTERVAL 1 DAY",
    "validated_events WHERE reasons = ''",
  );
  await provide(
    lake,
    'existing_events',
    `FROM ${DATABASE}.clickstream_table WHERE click_date BETWEEN '${low}' AND '${high}'`,
  );
}

async function provideEventsOfStaleSessions(lake: Lake): Promise<void> {
  const [low, high] = await span(lake, 'MIN(session_start)', 'MAX(session_end)', 'stale_sessions');
  await provide(
    lake,
    'existing_events',
    `FROM ${DATABASE}.clickstream_table WHERE click_date BETWEEN '${low}' AND '${high}'`,
  );
}

async function provideExistingSessions(lake: Lake): Promise<void> {
  const [low, high] = await span(
    lake,
    'MIN(click_date) - INTERVAL 30 MINUTE',
    'MAX(click_date) + INTERVAL 30 MINUTE',
    'new_events',
  );
  await provide(
    lake,
    'existing_sessions',
    `FROM ${DATABASE}.sessions WHERE session_end >= '${low}' AND session_start <= '${high}'`,
  );
}

async function span(lake: Lake, low: string, high: string, relation: string): Promise<[string, string]> {
  const reader = await lake.connection.runAndReadAll(
    `SELECT COALESCE(${low}, TIMESTAMP '1970-01-01')::VARCHAR, COALESCE(${high}, TIMESTAMP '1970-01-01')::VARCHAR FROM ${relation}`,
  );
  return reader.getRowsJson()[0] as [string, string];
}

async function requireChecks(lake: Lake): Promise<void> {
  for (const { name, sql } of checks()) {
    const reader = await lake.connection.runAndReadUntil(`SELECT * FROM (${sql}) LIMIT 5`, 5);
    if (reader.currentRowCount === 0) continue;
    const rows = reader.getRowObjectsJson().map((row) => JSON.stringify(row));
    throw new Failure(`check ${name} found rows, so nothing was published:\n${rows.join('\n')}`);
  }
}

async function publish(lake: Lake, sources: readonly Source[]): Promise<void> {
  const [low, high] = await span(lake, 'MIN(session_start)', 'MAX(session_start)', 'stale_sessions');
  const statements = [
    `INSERT INTO ${DATABASE}.clickstream_table BY NAME SELECT * FROM new_events`,
    `DELETE FROM ${DATABASE}.sessions WHERE session_start BETWEEN '${low}' AND '${high}'
       AND (session_id, session_start) IN (SELECT (session_id, session_start) FROM stale_sessions)`,
    `INSERT INTO ${DATABASE}.sessions BY NAME SELECT * FROM new_sessions`,
    `INSERT INTO ${DATABASE}.failed_events BY NAME
       SELECT DISTINCT source_file, source_line, reasons, raw FROM new_failed_events LEFT JOIN failed_lines USING (source_file, raw)
       UNION ALL SELECT source_file, source_line, reasons, raw FROM rejected_lines`,
    ...sources.map(
      ({ key, sha256, bytes }) =>
        `INSERT INTO lake.source_files VALUES ('${sqlText(key)}', '${sha256}', ${bytes}, current_timestamp::TIMESTAMP)`,
    ),
  ];
  for (const statement of statements) await lake.connection.run(statement);
}

async function uncommitted(lake: Lake, sources: readonly Source[]): Promise<Source[]> {
  const fresh: Source[] = [];
  for (const source of sources) {
    const reader = await lake.connection.runAndReadAll(
      'SELECT 1 FROM lake.source_files WHERE source_file = $1 AND sha256 = $2',
      [source.key, source.sha256],
    );
    if (reader.currentRowCount === 0) fresh.push(source);
  }
  return fresh;
}

async function counts(lake: Lake, files: number): Promise<TransformResult> {
  const reader = await lake.connection.runAndReadAll(`
    SELECT (SELECT COUNT(*) FROM new_events), (SELECT COUNT(*) FROM validated_events WHERE reasons = ''),
      (SELECT COUNT(*) FROM new_failed_events) + (SELECT COUNT(*) FROM rejected_lines)`);
  const [created, valid, failed] = reader.getRows()[0]!.map(Number) as [number, number, number];
  return { files, new_events: created, duplicates: valid - created, failed_events: failed };
}

function* batchesOf(files: readonly RawFile[], batchBytes: number): Generator<RawFile[]> {
  let batch: RawFile[] = [];
  let bytes = 0;
  for (const file of files) {
    const size = file.isGzip ? file.bytes : file.bytes / 8;
    if (batch.length > 0 && (bytes + size > batchBytes || batch.length === MAX_FILES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(file);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

function sum(a: TransformResult, b: TransformResult): TransformResult {
  return {
    files: a.files + b.files,
    new_events: a.new_events + b.new_events,
    duplicates: a.duplicates + b.duplicates,
    failed_events: a.failed_events + b.failed_events,
  };
}

const NEWLINE = Buffer.from('\n');
