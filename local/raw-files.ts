import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, type Stats } from 'node:fs';
import { mkdir, open, readdir, rename, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGunzip } from 'node:zlib';
import { MAX_EVENT_BYTES } from '../schema/event';

/** A file under `raw/` as it was when listed; its key is its path in the lake, with slashes. */
export interface RawFile {
  readonly key: string;
  readonly path: string;
  readonly bytes: number;
  readonly isGzip: boolean;
  readonly identity: string;
}

/** A line, or what a file's unreadable rest gives: then `reason` says why, and the line is where it began. */
export interface RawLine {
  readonly line: number;
  readonly bytes: Buffer;
  readonly reason?: 'unreadable_file' | 'line_too_long' | 'not_text';
}

/** Every file below a folder of the lake, such as `raw`, oldest key first; hidden and partial files are left alone. */
export async function listFiles(root: string, folder: string): Promise<RawFile[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(noneIfMissing);
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => isLanded(relative(root, path)));
  const files = await Promise.all(paths.map((path) => describe(root, path)));
  return files.filter((file) => file !== undefined).sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** Whether the file is still the one that was listed. */
export async function isUnchanged(file: RawFile): Promise<boolean> {
  const stats = await stat(file.path).catch(() => undefined);
  return stats !== undefined && identityOf(stats) === file.identity;
}

export async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** Moves a committed file to `processed/`, beside an earlier one of the same name and other content if there is one. */
export async function archive(root: string, file: RawFile, digest: string): Promise<void> {
  const { usual, beside } = archiveKeys(file.key, digest);
  const path = join(root, usual);
  const isTaken = (await stat(path).catch(() => undefined)) !== undefined && (await sha256(path)) !== digest;
  const target = join(root, isTaken ? beside : usual);
  await mkdir(dirname(target), { recursive: true });
  await rename(file.path, target);
}

/** Where a file of `raw/` may be archived: under its own name, or beside a file that has it. */
export function archiveKeys(key: string, digest: string): { readonly usual: string; readonly beside: string } {
  const usual = key.replace(/^raw\//, 'processed/');
  return { usual, beside: usual.replace(/(\.[^/]*)?$/, `.${digest.slice(0, 8)}$1`) };
}

/** A file of the lake by its key; undefined if there is none. */
export function findFile(root: string, key: string): Promise<RawFile | undefined> {
  return describe(root, join(root, key));
}

/**
 * The lines of a file, in bounded memory, whatever it holds. Bytes that can't be an event's text (not UTF-8, control characters,
 * too long) and the rest of a file that can't be read come with the reason. Blank lines are counted, not given.
 */
export async function* rawLines(file: RawFile): AsyncGenerator<RawLine> {
  let line = 1;
  let held: Buffer[] = [];
  try {
    for await (const chunk of contentOf(file)) {
      let start = line === 1 && held.length === 0 && chunk.subarray(0, 3).equals(BYTE_ORDER_MARK) ? 3 : 0;
      for (let end = chunk.indexOf(10, start); end >= 0; end = chunk.indexOf(10, start)) {
        const bytes = withoutReturn(Buffer.concat([...held, chunk.subarray(start, end)]));
        if (!isBlank(bytes)) yield judge(line, bytes);
        line++;
        held = [];
        start = end + 1;
      }
      if (start < chunk.length) held.push(chunk.subarray(start));
    }
  } catch {
    yield { line, bytes: Buffer.concat(held), reason: 'unreadable_file' };
    return;
  }
  const last = withoutReturn(Buffer.concat(held));
  if (!isBlank(last)) yield judge(line, last);
}

/** The text of a line as `failed_events.raw` has it. */
export function rawText(bytes: Buffer): string {
  return isUtf8(bytes) && !bytes.includes(0) ? bytes.toString('utf8') : `base64:${bytes.toString('base64')}`;
}

/** The files with the gzipped ones unpacked into a folder, two at a time. Throws if one is cut off or altered. */
export async function unpacked(files: readonly RawFile[], folder: string): Promise<RawFile[]> {
  const results: RawFile[] = [];
  const queue = files.entries();
  const work = async (): Promise<void> => {
    for (const [n, file] of queue) {
      const path = join(folder, `${n}.ndjson`);
      results[n] = file.isGzip ? { ...file, path, isGzip: false } : file;
      if (!file.isGzip) continue;
      await mkdir(folder, { recursive: true });
      await pipeline(
        createReadStream(file.path, { highWaterMark: 1 << 18 }),
        createGunzip({ chunkSize: 1 << 20 }),
        createWriteStream(path, { highWaterMark: 1 << 22 }),
      );
    }
  };
  const outcomes = await Promise.allSettled([work(), work()]); // one that fails does not leave the other at work
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  return results;
}

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

async function describe(root: string, path: string): Promise<RawFile | undefined> {
  const handle = await open(path).catch(() => undefined);
  if (!handle) return undefined; // archived by another process since it was listed
  try {
    const stats = await handle.stat();
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    const isGzip = bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
    return {
      key: relative(root, path).split(sep).join('/'),
      path,
      bytes: stats.size,
      isGzip,
      identity: identityOf(stats),
    };
  } finally {
    await handle.close();
  }
}

function noneIfMissing(error: NodeJS.ErrnoException): [] {
  if (error.code === 'ENOENT') return [];
  throw error;
}

function isLanded(path: string): boolean {
  return !path.split(sep).some((name) => name.startsWith('.')) && !path.endsWith('.partial');
}

function identityOf({ ino, size, mtimeMs }: Stats): string {
  return `${ino}-${size}-${mtimeMs}`;
}

/** The file's bytes, decompressed. What came before an error is given before it is thrown. */
async function* contentOf({ path, isGzip }: RawFile): AsyncGenerator<Buffer> {
  // An altered byte costs what its chunk would have given, so compressed chunks are small.
  const file = createReadStream(path, { highWaterMark: isGzip ? 1 << 12 : 1 << 18 });
  if (!isGzip) return yield* file as AsyncIterable<Buffer>;
  const gunzip = createGunzip({ chunkSize: 1 << 18, finishFlush: constants.Z_SYNC_FLUSH }); // gives all there is before a cut
  const content = new PassThrough({ highWaterMark: 1 << 20 }); // a stream that fails drops what it holds, so hold it elsewhere
  let failure: unknown;
  const fail = (error: unknown): void => {
    failure = error;
    content.end();
  };
  file.on('error', fail).pipe(gunzip).on('error', fail).pipe(content);
  yield* content as AsyncIterable<Buffer>;
  if (failure) throw failure;
  await pipeline(createReadStream(path), createGunzip(), new Writable({ write: (_chunk, _encoding, done) => done() })); // throws at a cut
}

function judge(line: number, bytes: Buffer): RawLine {
  if (bytes.length > MAX_EVENT_BYTES) return { line, bytes, reason: 'line_too_long' };
  if (!isUtf8(bytes) || hasControlCharacter(bytes)) return { line, bytes, reason: 'not_text' };
  return { line, bytes };
}

function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 32 || byte === 9 || byte === 13);
}

/** Control characters other than tab. JSON allows a carriage return too, but DuckDB's reader would end the line there. */
function hasControlCharacter(bytes: Buffer): boolean {
  return bytes.some((byte) => byte < 32 && byte !== 9);
}

/** A line without what CRLF leaves at its end. */
function withoutReturn(bytes: Buffer): Buffer {
  return bytes.at(-1) === 13 ? bytes.subarray(0, -1) : bytes;
}
