import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../core/errors';
import { mapAtOnce } from '../../core/map-at-once';
import { DATABASE } from '../../core/names';
import { sqlString } from '../../core/sql';
import { checks } from '../../etl/transformation';
import { takeCensus } from './file-census';
import type { Lake } from './lake';
import { archive, isUnchanged, listFolder, type PassedOver, type RawFile, sha256 } from './raw-files';
import { ofDay, type Source, span, stage, unstage } from './staging';

/** What a run did; counts of lines and files. */
export interface TransformResult {
  readonly files: number;
  readonly new_events: number;
  readonly duplicates: number;
  readonly failed_events: number;
  /** Why, of a run in which nothing was valid. */
  readonly failures?: Failures;
}

/** Why lines failed. */
export interface Failures {
  /** How many failed for each reason; a line may have several. */
  readonly reasons: Readonly<Record<string, number>>;
  /** One of the lines, where it is known. */
  readonly example?: { readonly source_file: string; readonly source_line: number | null; readonly raw: string };
}

/** Points in a batch's life, in order; a kill at any of them loses nothing and repeats nothing. */
export type TransformStep = 'listed' | 'staged' | 'checked' | 'written' | 'committed' | 'archived';

export interface TransformOptions {
  /** Called with the compressed bytes done and in all. */
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
  readonly onStep?: (step: TransformStep) => void | Promise<void>;
  /** Called once with what is in `raw/` and is no file of events, if there is anything. */
  readonly onPassedOver?: (entries: readonly PassedOver[]) => void;
  /** Compressed bytes in a batch (a plain file counts an eighth); a larger file is a batch of its own. @default 32 MiB */
  readonly batchBytes?: number;
}

const MAX_FILES = 2000;

/**
 * Transforms whatever is in `raw/`, oldest first, in batches. A batch's rows and its source files are committed by one
 * transaction, and only then archived to `processed/`; files already committed are only archived.
 */
export async function transform(lake: Lake, options: TransformOptions = {}): Promise<TransformResult> {
  const { onProgress, onStep, onPassedOver, batchBytes = 32 * 2 ** 20 } = options;
  rmSync(workspaceOf(lake), { recursive: true, force: true }); // of a run that was killed
  const { files, passedOver } = await listFolder(lake.root, 'raw');
  if (passedOver.length > 0) onPassedOver?.(passedOver);
  const totalBytes = files.reduce((sum, file) => sum + file.bytes, 0);
  let doneBytes = 0;
  let total: TransformResult = { files: 0, new_events: 0, duplicates: 0, failed_events: 0 };
  await onStep?.('listed');
  for (const batch of batchesOf(files, batchBytes)) {
    try {
      const sources = await takeCensuses(lake, batch);
      const fresh = await uncommitted(lake, sources);
      if (fresh.length > 0) total = sum(total, await transformBatch(lake, fresh, onStep));
      for (const source of sources) if (await isUnchanged(source)) await archive(lake.root, source, source.sha256);
    } finally {
      rmSync(workspaceOf(lake), { recursive: true, force: true });
    }
    await onStep?.('archived');
    doneBytes += batch.reduce((bytes, file) => bytes + file.bytes, 0);
    onProgress?.(doneBytes, totalBytes);
  }
  return total;
}

/** Where a run puts files of its own; whatever is in it may go. */
export function workspaceOf(lake: Lake): string {
  return join(lake.root, 'results', '.batch');
}

/** Files that are read at once: one is digested while another is waited for. */
const FILES_AT_ONCE = 2;

/** Reads files from end to end; what is gzipped is unpacked into the workspace, each by its number. */
export async function takeCensuses(lake: Lake, files: readonly RawFile[]): Promise<Source[]> {
  return mapAtOnce(FILES_AT_ONCE, files, async (file, n) => ({
    ...file,
    ...(await takeCensus(file, workspaceOf(lake), String(n))),
  }));
}

/**
 * Transforms files in one transaction. With a day, what they give takes the place of the day's events and of their own failed
 * events.
 */
export async function transformBatch(
  lake: Lake,
  sources: readonly Source[],
  onStep: TransformOptions['onStep'],
  day?: string,
): Promise<TransformResult> {
  const { connection } = lake;
  const run = (sql: string): Promise<unknown> => connection.run(sql);
  const workspace = workspaceOf(lake);
  try {
    await stage(lake, sources, workspace, day);
    await onStep?.('staged');
    await requireChecks(lake);
    await onStep?.('checked');
    await run('BEGIN');
    if (day !== undefined) await withdraw(lake, sources, day);
    await publish(lake);
    if (day === undefined) await remember(lake, sources);
    await onStep?.('written');
    for (const source of sources)
      if (!(await isUnchanged(source)) && (await sha256(source.path).catch(() => '')) !== source.sha256)
        throw new UserError(`${source.path} changed while it was read: run transform again when it is whole`);
    await run('COMMIT');
    await onStep?.('committed');
    return await counts(lake, sources.length);
  } catch (error) {
    await run('ROLLBACK').catch(() => {}); // there may be no transaction yet
    throw error;
  } finally {
    rmSync(workspace, { recursive: true, force: true });
    await unstage(lake);
  }
}

async function requireChecks(lake: Lake): Promise<void> {
  for (const { name, sql } of checks()) {
    const reader = await lake.connection.runAndReadUntil(`SELECT * FROM (${sql}) LIMIT 5`, 5);
    if (reader.currentRowCount === 0) continue;
    const rows = reader.getRowObjectsJson().map((row) => JSON.stringify(row));
    throw new UserError(`check ${name} found rows, so nothing was published:\n${rows.join('\n')}`);
  }
}

async function withdraw(lake: Lake, sources: readonly Source[], day: string): Promise<void> {
  await lake.connection.run(`DELETE FROM ${DATABASE}.clickstream_table WHERE ${ofDay(day)}`);
  if (sources.length === 0) return;
  const failed = `${DATABASE}.failed_events WHERE source_file IN (${sources.map(({ key }) => sqlString(key)).join(', ')})`;
  // What still fails landed when it did.
  await lake.connection.run(
    `UPDATE failed_lines SET landed_at = earlier.landed_at FROM (SELECT * FROM ${failed}) AS earlier
     WHERE ${['source_file', 'source_line', 'raw'].map((name) => `failed_lines.${name} IS NOT DISTINCT FROM earlier.${name}`).join(' AND ')}`,
  );
  await lake.connection.run(`DELETE FROM ${failed}`);
}

/** Notes which files are committed. */
async function remember(lake: Lake, sources: readonly Source[]): Promise<void> {
  const rows = sources.map(({ key, sha256, bytes }) => `(${sqlString(key)}, '${sha256}', ${bytes})`);
  await lake.connection.run(
    `INSERT INTO lake.source_files SELECT *, current_timestamp::TIMESTAMP FROM (VALUES ${rows.join(', ')})`,
  );
}

async function publish(lake: Lake): Promise<void> {
  const [low, high] = await span(lake, 'MIN(session_start)', 'MAX(session_start)', 'stale_sessions');
  const statements = [
    `INSERT INTO ${DATABASE}.clickstream_table BY NAME SELECT * FROM new_events`,
    `DELETE FROM ${DATABASE}.sessions WHERE session_start BETWEEN '${low}' AND '${high}'
       AND (session_id, session_start) IN (SELECT (session_id, session_start) FROM stale_sessions)`,
    `INSERT INTO ${DATABASE}.sessions BY NAME SELECT * FROM new_sessions`,
    `INSERT INTO ${DATABASE}.failed_events BY NAME SELECT * FROM failed_lines`,
  ];
  for (const statement of statements) await lake.connection.run(statement);
}

async function uncommitted(lake: Lake, sources: readonly Source[]): Promise<Source[]> {
  const keys = sources.map(({ key }) => sqlString(key)).join(', ');
  const reader = await lake.connection.runAndReadAll(
    `SELECT source_file, sha256 FROM lake.source_files WHERE source_file IN (${keys})`,
  );
  const committed = new Set(reader.getRowsJson().map((row) => JSON.stringify(row)));
  return sources.filter(({ key, sha256 }) => !committed.has(JSON.stringify([key, sha256])));
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

/** Whether there was something to transform, and none of it was an event. */
export function isAllFailed({ new_events, duplicates, failed_events }: TransformResult): boolean {
  return failed_events > 0 && new_events + duplicates === 0;
}

/** What two runs did together. */
export function sum(a: TransformResult, b: TransformResult): TransformResult {
  return {
    files: a.files + b.files,
    new_events: a.new_events + b.new_events,
    duplicates: a.duplicates + b.duplicates,
    failed_events: a.failed_events + b.failed_events,
  };
}
