import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { createReadStream, type Dirent, type Stats } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGunzip } from 'node:zlib';
import { mapAtOnce } from '../../core/map-at-once';
import { escapeControls } from '../../core/terminal/escape-controls';
import { MAX_EVENT_BYTES } from '../../schema/event';
import { type DocumentCounts, rawRecords } from './raw-records';

/** A file under `raw/` as it was when listed; its key is its path in the lake, with slashes. */
export interface RawFile {
  readonly key: string;
  readonly path: string;
  readonly bytes: number;
  readonly isGzip: boolean;
  readonly identity: string;
}

/** A record of a file as `failed_events` would have it: with a reason where it can't be an event's text. */
export interface RawLine {
  /** Its first line in the file, or, in a JSON array, its number among the elements of the file; from 1. */
  readonly line: number;
  /** Its bytes, of one that is too long the first. */
  readonly bytes: Buffer;
  /** Bytes of the whole. */
  readonly size: number;
  readonly reason?: 'unreadable_file' | 'line_too_long' | 'not_text';
}

/** Something in a folder of the lake that is not taken for a file of events. */
export interface PassedOver {
  /** Its path in the lake, with slashes. */
  readonly key: string;
  /** What it is, such as `a symbolic link`. */
  readonly reason: string;
}

/** The files below a folder of the lake, oldest key first, and whatever else is there. */
export interface Listing {
  readonly files: readonly RawFile[];
  readonly passedOver: readonly PassedOver[];
}

/** Entries that are named of those passed over. */
const NAMED_ENTRIES = 5;

/** What is passed over, in a line. */
export function describePassedOver(entries: readonly PassedOver[]): string {
  const named = entries.slice(0, NAMED_ENTRIES).map(({ key, reason }) => `${escapeControls(key)} (${reason})`);
  const more = entries.length > NAMED_ENTRIES ? [`and ${entries.length - NAMED_ENTRIES} more`] : [];
  return `skipped ${[...named, ...more].join(', ')}: only regular files that you may read are transformed`;
}

/** Files that are described at once. */
const OPEN_FILES = 32;

/** Every file below a folder of the lake, such as `raw`, oldest key first. */
export async function listFiles(root: string, folder: string): Promise<readonly RawFile[]> {
  return (await listFolder(root, folder)).files;
}

/** What is below a folder of the lake: a file is passed over if it is hidden, unfinished, or may not be read. */
export async function listFolder(root: string, folder: string): Promise<Listing> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(noneIfMissing);
  const files: RawFile[] = [];
  const passedOver: PassedOver[] = [];
  await mapAtOnce(OPEN_FILES, entries, async (entry) => {
    const path = join(entry.parentPath, entry.name);
    const reason = isHidden(relative(root, entry.parentPath)) ? 'none' : reasonToPassOver(entry);
    if (reason === 'none') return;
    const described = reason ?? (await describe(root, path));
    if (typeof described === 'string') passedOver.push({ key: keyOf(root, path), reason: described });
    else if (described) files.push(described);
  });
  const byKey = (a: { readonly key: string }, b: { readonly key: string }): number => (a.key < b.key ? -1 : 1);
  return { files: files.sort(byKey), passedOver: passedOver.sort(byKey) };
}

/** Why an entry is no file of events; `none` if there is nothing to say, undefined if it is one. */
function reasonToPassOver(entry: Dirent): string | undefined {
  const isNameHidden = isHidden(entry.name);
  if (entry.isDirectory()) return isNameHidden ? 'a hidden folder' : 'none';
  if (isNameHidden) return 'a hidden file';
  if (entry.isSymbolicLink()) return 'a symbolic link';
  if (entry.isFIFO()) return 'a pipe';
  if (entry.isSocket()) return 'a socket';
  if (!entry.isFile()) return 'a device';
  return entry.name.endsWith('.partial') ? 'an unfinished file' : undefined;
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
  return describe(root, join(root, key)).then((found) => (typeof found === 'string' ? undefined : found));
}

/**
 * The records of a file, in bounded memory, whatever it holds. Those that can't be an event's text (not UTF-8, control characters,
 * too long) and the one that a file which can't be read to its end breaks off in come with the reason. Blank lines are counted, not
 * given.
 */
export async function* rawLines(file: RawFile, documents?: DocumentCounts): AsyncGenerator<RawLine> {
  for await (const { number, bytes, size, isCutOff } of rawRecords(contentOf(file), documents)) {
    const reason = isCutOff ? 'unreadable_file' : unreadableReason(bytes, size);
    yield { line: number, bytes, size, ...(reason ? { reason } : {}) };
  }
}

/** The text of a line as `failed_events.raw` has it. */
export function rawText(bytes: Buffer): string {
  return isUtf8(bytes) && !bytes.includes(0) ? bytes.toString('utf8') : `base64:${bytes.toString('base64')}`;
}

/** The text of the first bytes of a record, as `failed_events.raw` has it; a character that is cut in two is left out. */
export function rawHead(bytes: Buffer): string {
  for (let end = bytes.length; end > bytes.length - LONGEST_CHARACTER; end--)
    if (isUtf8(bytes.subarray(0, end))) return rawText(bytes.subarray(0, end));
  return rawText(bytes);
}

/** Bytes of the longest character in UTF-8. */
const LONGEST_CHARACTER = 4;

/** The file; undefined if it has gone since it was listed, or why it can't be read. */
async function describe(root: string, path: string): Promise<RawFile | string | undefined> {
  let handle: FileHandle;
  try {
    handle = await open(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? undefined : code === 'EACCES' || code === 'EPERM' ? 'not readable by you' : `${code}`;
  }
  try {
    const stats = await handle.stat();
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    const isGzip = bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
    return {
      key: keyOf(root, path),
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

/** Whether a name in a path begins with a dot. */
function isHidden(path: string): boolean {
  return path.split(sep).some((name) => name.startsWith('.'));
}

function keyOf(root: string, path: string): string {
  return relative(root, path).split(sep).join('/');
}

/** What changes when a file is written to or replaced, even if its time of modification is set back. */
function identityOf({ ino, size, mtimeMs, ctimeMs }: Stats): string {
  return `${ino}-${size}-${mtimeMs}-${ctimeMs}`;
}

/** The file's bytes, decompressed. What came before an error is given before it is thrown. */
export async function* contentOf({ path, isGzip }: RawFile): AsyncGenerator<Buffer> {
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

function unreadableReason(bytes: Buffer, size: number): RawLine['reason'] {
  if (size > MAX_EVENT_BYTES) return 'line_too_long';
  return isUtf8(bytes) && !hasControlCharacter(bytes) ? undefined : 'not_text';
}

/** Control characters other than tab. JSON allows a carriage return too, but DuckDB's reader would end the line there. */
function hasControlCharacter(bytes: Buffer): boolean {
  return bytes.some((byte) => byte < 32 && byte !== 9);
}
