import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { MAX_EVENT_BYTES } from '../../schema/event';
import { contentOf, type RawFile, sha256 } from './raw-files';
import { BYTE_ORDER_MARK, isBlank, mayBeDocument, skip } from './raw-records';

/** What is known of a file's content once it has been read from end to end. */
export interface Census {
  readonly sha256: string;
  /** Lines with text. The one in which a file breaks off that can't be read to its end counts in any case. */
  readonly lines: number;
  /** Whether each of these lines is a record by itself and no longer than an event, and the file can be read to its end. */
  readonly isPlain: boolean;
  /** Where its text is: in the file itself, or in a copy that is unpacked. */
  readonly textPath: string;
}

/**
 * Reads a file once: digests it, counts its lines independently of what reads its events, and unpacks it, if it is gzipped, into a
 * folder, under a name. A gzip file that is cut off or altered is counted up to there. Throws if the file can't be opened or read.
 */
export async function takeCensus(file: RawFile, folder: string, name: string): Promise<Census> {
  const hash = createHash('sha256');
  const counter = lineCounter();
  if (!file.isGzip) {
    for await (const chunk of createReadStream(file.path, {
      highWaterMark: chunkSize(file),
    }) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      counter.add(chunk);
    }
    return { sha256: hash.digest('hex'), ...counter.end(), textPath: file.path };
  }
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${name}.ndjson`);
  try {
    await pipeline(
      createReadStream(file.path, { highWaterMark: 1 << 18 }),
      tap((chunk) => hash.update(chunk)),
      createGunzip({ chunkSize: 1 << 20 }),
      tap(counter.add),
      createWriteStream(path, { highWaterMark: 1 << 22 }),
    );
    return { sha256: hash.digest('hex'), ...counter.end(), textPath: path };
  } catch (error) {
    if (!isGzipError(error)) throw error;
    return { sha256: await sha256(file.path), lines: await countBroken(file), isPlain: false, textPath: file.path };
  }
}

/** Bytes read at once: no more than there are, since many files are small. */
function chunkSize({ bytes }: RawFile): number {
  return Math.min(1 << 20, Math.max(1 << 12, bytes));
}

/** Lines of a gzip file up to where it can be read, as the careful reader reads it. */
async function countBroken(file: RawFile): Promise<number> {
  const counter = lineCounter();
  try {
    for await (const chunk of contentOf(file)) counter.add(chunk);
  } catch {
    return counter.complete() + 1;
  }
  return counter.end().lines;
}

/** Zlib's codes, as opposed to those of the file system. */
function isGzipError(error: unknown): boolean {
  return /^Z_/.test((error as NodeJS.ErrnoException).code ?? '');
}

function tap(look: (chunk: Buffer) => void): Transform {
  return new Transform({
    readableHighWaterMark: 1 << 22,
    writableHighWaterMark: 1 << 22,
    transform(chunk: Buffer, _encoding, done) {
      look(chunk);
      done(null, chunk);
    },
  });
}

/** Counts lines with text, in chunks that may be cut anywhere. */
export function lineCounter() {
  let lines = 0;
  let isPlain = true;
  /** Of the line that has not ended: its bytes, unless they are too many, how many they are, and whether one is no white space. */
  let held: Buffer[] = [];
  let size = 0;
  let hasText = false;
  /** The first bytes of the file, until they are known to be a byte order mark or not; then undefined. */
  let first: Buffer | undefined = Buffer.alloc(0);

  const hold = (piece: Buffer): void => {
    hasText ||= skip(piece, 0, isBlank) < piece.length;
    if (size <= MAX_EVENT_BYTES) held.push(piece);
    size += piece.length;
  };
  const endLine = (): void => {
    if (hasText) {
      lines++;
      isPlain &&= size <= MAX_EVENT_BYTES && !mayBeDocument(held.length === 1 ? held[0]! : Buffer.concat(held));
    }
    held = [];
    size = 0;
    hasText = false;
  };
  const count = (chunk: Buffer): void => {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      hold(chunk.subarray(from, end));
      endLine();
      from = end + 1;
    }
    if (from < chunk.length) hold(chunk.subarray(from));
  };
  const start = (bytes: Buffer): void => {
    first = undefined;
    count(bytes.subarray(0, 3).equals(BYTE_ORDER_MARK) ? bytes.subarray(3) : bytes);
  };
  return {
    add(chunk: Buffer): void {
      if (first === undefined) {
        count(chunk);
        return;
      }
      first = Buffer.concat([first, chunk]);
      if (first.length >= BYTE_ORDER_MARK.length) start(first);
    },
    /** Lines that have ended. */
    complete(): number {
      if (first) start(first);
      return lines;
    },
    /** Of the whole file. */
    end(): Pick<Census, 'lines' | 'isPlain'> {
      if (first) start(first);
      endLine();
      return { lines, isPlain };
    },
  };
}
