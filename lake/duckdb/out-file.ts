import { once } from 'node:events';
import { createWriteStream, existsSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { finished } from 'node:stream/promises';
import { UsageError, UserError } from '../../core/errors';
import type { Format, Rows, Sink, Value } from '../../core/terminal/output';

/** Formats of files that `--out` writes; `excel` is csv for spreadsheets. */
const FILE_FORMATS = ['csv', 'tsv', 'json', 'parquet', 'excel'] as const;
export type FileFormat = (typeof FILE_FORMATS)[number];

/** The format of a file: the one that was chosen, else the one of its extension. Throws a UsageError if there is none. */
export function fileFormat(file: string, chosen?: Format | 'parquet'): FileFormat {
  const extension = extname(file).slice(1).toLowerCase();
  const byExtension = FILE_FORMATS.find((format) => format === extension && format !== 'excel');
  if (chosen === 'excel' && byExtension !== undefined && byExtension !== 'csv')
    throw new UsageError(`--excel writes csv, and ${file} is named ${byExtension}: name it .csv`);
  const format = chosen === undefined ? byExtension : FILE_FORMATS.find((candidate) => candidate === chosen);
  if (format !== undefined) return format;
  throw new UsageError(
    chosen === undefined
      ? `the name of ${file} says no format: end it with .csv, .tsv, .json or .parquet, or add --format`
      : '--out writes csv, tsv, json or parquet: choose one by --format or by the name of the file',
  );
}

/**
 * Has a file written in a new folder beside its place, and then puts it there, so that it is there whole or not at all.
 *
 * @param write gets the path to write, in a folder that holds nothing else
 * @throws UsageError if a folder, or anything else but a file, is at its place
 */
export async function writeFileWhole<T>(file: string, write: (path: string) => Promise<T>): Promise<T> {
  const found = existsSync(file) ? statSync(file) : undefined;
  if (found?.isDirectory()) throw new UsageError(`${file} is a folder: name a file in it`);
  if (found && !found.isFile()) throw new UsageError(`${file} is no regular file: name another`);
  const folder = dirname(resolve(file));
  if (!existsSync(folder)) throw new UserError(`there is no folder ${folder}: make it first (mkdir -p ${folder})`);
  const stage = mkdtempSync(join(folder, '.clickstream-'));
  try {
    const path = join(stage, basename(file));
    const result = await write(path);
    renameSync(path, file);
    return result;
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

/** A file to print into; `close` waits until all is written. */
export function fileSink(path: string): Sink & { close(): Promise<void> } {
  const stream = createWriteStream(path);
  const failed = once(stream, 'error').then(([error]) => Promise.reject(error));
  failed.catch(() => {}); // told by whoever writes or closes
  return {
    isTerminal: false,
    async write(text) {
      if (!stream.write(text)) await Promise.race([once(stream, 'drain'), failed]);
    },
    async close() {
      stream.end();
      await finished(stream);
    },
  };
}

/** Rows that are counted as they are read. */
export function counted(rows: Rows): Rows & { count(): number } {
  let count = 0;
  async function* chunks(): AsyncGenerator<readonly (readonly Value[])[]> {
    for await (const chunk of rows.chunks) {
      count += chunk.length;
      yield chunk;
    }
  }
  return { ...rows, chunks: chunks(), count: () => count };
}
