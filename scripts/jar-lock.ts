import { createHash } from 'node:crypto';
import { createReadStream, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/**
 * A lock names every jar of a folder with its SHA-256, one per line, in one of two forms: by Maven coordinates, from which the
 * file name follows (`group:artifact:version sha256:DIGEST`), or as `sha256sum` prints it (`DIGEST  FILE`).
 */
const COORDINATES = /^[\w.-]+:(?<artifact>[\w.-]+):(?<version>[\w.-]+)(?: sha256:(?<digest>[0-9a-f]{64}))?$/;
const SUM = /^(?<digest>[0-9a-f]{64}) {2}(?<file>[\w.+-]+\.jar)$/;

/** SHA-256 in hexadecimal, by file name. */
export type Digests = ReadonlyMap<string, string>;

/** Parses a lock. @throws RangeError that quotes a line without a digest, a line in neither form or a file listed twice. */
export function parseJarLock(text: string): Digests {
  const digests = new Map<string, string>();
  for (const line of linesOf(text)) {
    const [file, digest] = parseLine(line);
    if (digest === undefined) throw new RangeError(`"${line}" has no SHA-256: run "make locks"`);
    if (digests.has(file)) throw new RangeError(`"${file}" is listed twice: remove one of the lines`);
    digests.set(file, digest);
  }
  return digests;
}

/**
 * Writes a lock's text for the jars that were downloaded. Coordinates are kept in their order, each with its jar's digest; any
 * other lock becomes the list of all jars, sorted by name. @throws RangeError if the jar of a line is missing.
 */
export function renderJarLock(text: string, found: Digests): string {
  const coordinates = linesOf(text).filter((line) => COORDINATES.test(line));
  const lines =
    coordinates.length === 0
      ? [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([file, digest]) => `${digest}  ${file}`)
      : coordinates.map((line) => {
          const digest = found.get(parseLine(line)[0]);
          if (digest === undefined)
            throw new RangeError(`the jar of "${line}" was not downloaded: check its coordinates`);
          return `${line.split(' ')[0]} sha256:${digest}`;
        });
  return `${lines.join('\n')}\n`;
}

/** Compares a folder's jars with a lock: returns a sentence for each jar that is missing, different or not listed. */
export function findJarFaults(locked: Digests, found: Digests): string[] {
  const faults = [...locked].flatMap(([file, digest]) => {
    const actual = found.get(file);
    if (actual === undefined) return [`${file} is missing`];
    return actual === digest ? [] : [`${file} has the SHA-256 ${actual}, but ${digest} is locked`];
  });
  return [...faults, ...[...found.keys()].filter((file) => !locked.has(file)).map((file) => `${file} is not listed`)];
}

/** Computes the digests of everything in a folder, since a class path takes all of it. */
export async function digestFolder(folder: string): Promise<Digests> {
  const digests = new Map<string, string>();
  for (const file of readdirSync(folder).sort()) {
    const hash = createHash('sha256');
    await pipeline(createReadStream(join(folder, file)), hash);
    digests.set(file, hash.digest('hex'));
  }
  return digests;
}

function parseLine(line: string): [file: string, digest: string | undefined] {
  const sum = SUM.exec(line)?.groups;
  if (sum) return [sum.file!, sum.digest];
  const coordinates = COORDINATES.exec(line)?.groups;
  if (coordinates) return [`${coordinates.artifact}-${coordinates.version}.jar`, coordinates.digest];
  throw new RangeError(`"${line}" is no line of a lock: use "group:artifact:version sha256:DIGEST" or "DIGEST  FILE"`);
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}
