import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../core/errors';
import { DATABASE } from '../../core/names';
import type { Lake } from './lake';
import { archiveKeys, findFile, listFiles, type RawFile, sha256 } from './raw-files';
import { ofDay } from './staging';
import {
  sum,
  type TransformOptions,
  type TransformResult,
  takeCensuses,
  transformBatch,
  workspaceOf,
} from './transform';

export interface ReprocessOptions {
  /** First and last day (UTC), such as `2026-03-01`. */
  readonly from: string;
  readonly to: string;
  readonly onProgress?: (doneDays: number, totalDays: number) => void;
  /** Called after each day with what it gave. */
  readonly onDay?: (day: string, result: TransformResult) => void;
  readonly onStep?: TransformOptions['onStep'];
}

/**
 * Makes days anew from `processed/`, each in one transaction: from what landed on the day and whatever else its events came from.
 * Doing it again changes nothing. Throws a UserError, before any change, if a file that its rows came from is gone.
 *
 * A line that a replay has corrected fails again, where it stands; its correction, which has landed too, counts once.
 */
export async function reprocess(lake: Lake, options: ReprocessOptions): Promise<TransformResult> {
  const { from, to, onProgress, onDay, onStep } = options;
  rmSync(workspaceOf(lake), { recursive: true, force: true }); // of a run that was killed
  const days = await daysWithin(lake, requireDay(from), requireDay(to));
  const committed = await committedFiles(lake);
  for (const day of days) await archivedFiles(lake, day, committed); // throws if one is gone
  let total: TransformResult = { files: 0, new_events: 0, duplicates: 0, failed_events: 0 };
  for (const [n, day] of days.entries()) {
    onProgress?.(n, days.length);
    const sources = await takeCensuses(lake, await archivedFiles(lake, day, committed));
    const result = await transformBatch(lake, sources, onStep, day);
    onDay?.(day, result);
    total = sum(total, result);
  }
  onProgress?.(days.length, days.length);
  return total;
}

/** The day, if it is one. */
function requireDay(text: string): string {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time) && new Date(time).toISOString().startsWith(text)) return text;
  throw new UserError(`${text} is no date: it must be one such as 2026-03-01`);
}

/** The days, from one to another, of which the lake has events or files. */
async function daysWithin(lake: Lake, from: string, to: string): Promise<string[]> {
  if (from > to) throw new UserError(`the first day, ${from}, is after the last, ${to}`);
  const days = await texts(
    lake,
    `SELECT DISTINCT CAST(click_date AS DATE)::VARCHAR FROM ${DATABASE}.clickstream_table`,
  );
  for (const { key } of await listFiles(lake.root, 'processed')) {
    const day = /^processed\/date=(\d{4}-\d\d-\d\d)\//.exec(key)?.[1];
    if (day) days.push(day);
  }
  return [...new Set(days)].filter((day) => from <= day && day <= to).sort();
}

/** What was ever committed: digests by raw key, and raw keys by the names that the later contents of a key are archived under. */
interface Committed {
  readonly digests: ReadonlyMap<string, readonly string[]>;
  readonly keys: ReadonlyMap<string, string>;
}

async function committedFiles({ connection }: Lake): Promise<Committed> {
  const reader = await connection.runAndReadAll('SELECT source_file, sha256 FROM lake.source_files ORDER BY ALL');
  const digests = new Map<string, string[]>();
  const keys = new Map<string, string>();
  for (const [key, digest] of reader.getRowsJson() as [string, string][]) {
    digests.set(key, [...(digests.get(key) ?? []), digest]);
    keys.set(archiveKeys(key, digest).beside, key);
  }
  return { digests, keys };
}

/**
 * Files of a day, all that landed in its folder and all that its events came from, under the keys by which rows know them. Throws a
 * UserError if a content of one of these keys is gone.
 */
async function archivedFiles(lake: Lake, day: string, committed: Committed): Promise<RawFile[]> {
  const files = new Map<string, RawFile>();
  for (const file of await listFiles(lake.root, `processed/date=${day}`))
    files.set(file.path, { ...file, key: landedKey(file.key, committed) });
  const ofEvents = await texts(
    lake,
    `SELECT DISTINCT source_file FROM ${DATABASE}.clickstream_table WHERE ${ofDay(day)} ORDER BY 1`,
  );
  const missing: string[] = [];
  for (const key of new Set([...ofEvents, ...[...files.values()].map((file) => file.key)])) {
    const { found, isWhole } = await contentsOf(lake.root, key, committed.digests.get(key) ?? []);
    for (const file of found) files.set(file.path, { ...file, key });
    if (!isWhole) missing.push(key);
  }
  if (missing.length > 0) throw missingFileError(lake.root, day, missing.sort());
  return [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The key in `raw/` of a file in `processed/`. */
function landedKey(key: string, { digests, keys }: Committed): string {
  const usual = key.replace(/^processed\//, 'raw/');
  return digests.has(usual) ? usual : (keys.get(key) ?? usual);
}

/** What is archived of a raw key, and whether that is every content it ever had. */
async function contentsOf(
  root: string,
  key: string,
  digests: readonly string[],
): Promise<{ readonly found: readonly RawFile[]; readonly isWhole: boolean }> {
  const usual = await findFile(root, archiveKeys(key, '').usual);
  const beside = await Promise.all(digests.map((digest) => findFile(root, archiveKeys(key, digest).beside)));
  const found = [usual, ...beside].filter((file) => file !== undefined);
  if (digests.length < 2) return { found, isWhole: found.length > 0 };
  const usualDigest = usual && (await sha256(usual.path));
  return { found, isWhole: digests.every((digest, n) => beside[n] !== undefined || digest === usualDigest) };
}

function missingFileError(root: string, day: string, missing: readonly string[]): UserError {
  const first = missing.slice(0, 5).join(', ');
  const remedy = missing.some((key) => existsSync(join(root, key)))
    ? 'run "clickstream transform" first, which archives what is in raw/'
    : 'put back what is gone';
  return new UserError(
    `${day} can't be rebuilt, its rows would be lost: ${missing.length} of the files that they came from, such as ${first}, are not` +
      ` in processed/ as they landed; nothing was changed: ${remedy}`,
  );
}

async function texts({ connection }: Lake, sql: string): Promise<string[]> {
  return (await connection.runAndReadAll(sql)).getRows().map(([text]) => String(text));
}
