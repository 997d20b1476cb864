import { DATABASE } from '../schema/tables';
import { Failure } from './failure';
import type { Lake } from './lake';
import { archivedFiles, listFiles, type RawFile, sha256 } from './raw-files';
import { ofDay } from './staging';
import { sum, type TransformOptions, type TransformResult, transformBatch } from './transform';

export interface ReprocessOptions {
  /** First and last day (UTC), such as `2026-03-01`. */
  readonly from: string;
  readonly to: string;
  readonly onProgress?: (doneDays: number, totalDays: number) => void;
  readonly onStep?: TransformOptions['onStep'];
}

/**
 * Makes days anew from `processed/`, each in one transaction: from what landed on the day and whatever else its events came from.
 * Doing it again changes nothing. Throws a Failure, before it changes a day, if one of its files is gone.
 *
 * A line that a replay has corrected fails again, where it stands; its correction, which has landed too, counts once.
 */
export async function reprocess(
  lake: Lake,
  { from, to, onProgress, onStep }: ReprocessOptions,
): Promise<TransformResult> {
  const days = daysBetween(from, to);
  let total: TransformResult = { files: 0, new_events: 0, duplicates: 0, failed_events: 0 };
  for (const [n, day] of days.entries()) {
    const files = await archivedSources(lake, day);
    onProgress?.(n, days.length);
    if (files.length === 0) continue;
    const digests = await Promise.all(files.map(({ path }) => sha256(path)));
    const sources = files.map((file, i) => ({ ...file, key: rawKey(file.key), sha256: digests[i]! }));
    total = sum(total, await transformBatch(lake, sources, onStep, day));
  }
  return total;
}

/** Days from one to another, both included. */
function daysBetween(from: string, to: string): string[] {
  const days: string[] = [];
  for (const day = new Date(from); day <= new Date(to); day.setUTCDate(day.getUTCDate() + 1))
    days.push(day.toISOString().slice(0, 10));
  return days;
}

async function archivedSources(lake: Lake, day: string): Promise<RawFile[]> {
  const files = await listFiles(lake.root, `processed/date=${day}`);
  const missing: string[] = [];
  for (const source of await sourcesOf(lake, day)) {
    if (files.some(({ key }) => rawKey(key) === source)) continue;
    const found = await archivedFiles(lake.root, source);
    files.push(...found);
    if (found.length === 0) missing.push(source);
  }
  if (missing.length > 0)
    throw new Failure(
      `${day} can't be rebuilt, its rows would be lost: ${missing.slice(0, 5).join(', ')}` +
        ` (${missing.length} of the files that its events came from) is not in processed/ any more; the day was not changed`,
    );
  return files;
}

async function sourcesOf(lake: Lake, day: string): Promise<string[]> {
  const sql = `SELECT DISTINCT source_file FROM ${DATABASE}.clickstream_table WHERE ${ofDay(day)} ORDER BY ALL`;
  return (await lake.connection.runAndReadAll(sql)).getRows().map(([source]) => String(source));
}

function rawKey(key: string): string {
  return key.replace(/^processed\//, 'raw/');
}
