import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { databasePath, type Lake, openLake } from './lake';
import { withFreshRawFiles } from './live-view';
import { queryAll, type Result, type Values } from './query';
import { listFiles } from './raw-files';

/** Reads a lake for as long as it takes, and leaves it to writers between times: DuckDB has one writer or many readers. */
export interface LakeReader {
  /** What the lake is like now: another text when anything has landed or been transformed. */
  version(): Promise<string>;
  /** Rows of SQL with its values bound, as of a version at least. Throws a Failure if the lake can't be read. */
  rows(text: string, values: Values): Promise<Result>;
  close(): Promise<void>;
}

export interface LakeReaderOptions {
  /** Milliseconds without a query after which the lake is let go. @default 300 */
  readonly idleMs?: number;
  /** Queries at once. @default 2 */
  readonly parallel?: number;
  /** Seconds to wait for a writer. @default 20 */
  readonly waitS?: number;
}

/** How long what the lake is like is taken for known, in milliseconds. */
const FRESH_MS = 500;

/** The most results that are remembered. */
const MOST_RESULTS = 1000;

export function lakeReader(root: string, options: LakeReaderOptions = {}): LakeReader {
  const { idleMs = 300, parallel = 2, waitS = 20 } = options;
  const remembered = new Map<string, Promise<Result>>();
  let opened: Promise<Lake> | undefined;
  let users = 0;
  let idle: NodeJS.Timeout | undefined;
  let latest = { version: '', at: 0 };
  const limit = limiter(parallel);

  const letGo = async (): Promise<void> => {
    clearTimeout(idle);
    const lake = opened;
    opened = undefined;
    if (lake) (await lake.catch(() => undefined))?.close();
  };
  async function withLake<T>(action: (lake: Lake) => Promise<T>): Promise<T> {
    clearTimeout(idle);
    users++;
    try {
      opened ??= openLake(root, { waitS, memoryLimit: '4GB' });
      const lake = await opened.catch((error) => {
        opened = undefined;
        throw error;
      });
      const own = await lake.connect();
      try {
        return await action(own);
      } finally {
        own.close();
      }
    } finally {
      users--;
      if (users === 0) idle = setTimeout(letGo, idleMs).unref();
    }
  }
  async function version(): Promise<string> {
    const files = await listFiles(root, 'raw');
    const database = statSync(databasePath(root), { throwIfNoEntry: false });
    const hash = createHash('sha256').update(`${database?.mtimeMs} ${database?.size}\n`);
    for (const { key, bytes } of files) hash.update(`${key} ${bytes}\n`);
    latest = { version: hash.digest('hex').slice(0, 16), at: Date.now() };
    return latest.version;
  }
  return {
    version,
    async rows(text, values) {
      const key = JSON.stringify([Date.now() - latest.at < FRESH_MS ? latest.version : await version(), text, values]);
      const known = remembered.get(key);
      if (known) return known;
      const asked = limit(() => withLake((lake) => withFreshRawFiles(lake, () => queryAll(lake, text, values))));
      remembered.set(key, asked);
      asked.catch(() => remembered.delete(key));
      if (remembered.size > MOST_RESULTS) remembered.delete(remembered.keys().next().value!);
      return asked;
    },
    close: letGo,
  };
}

/** Lets so many at once, and the others wait for their turn. */
function limiter(count: number): <T>(action: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (action) => {
    if (running >= count) await new Promise<void>((resolve) => waiting.push(resolve));
    running++;
    try {
      return await action();
    } finally {
      running--;
      waiting.shift()?.();
    }
  };
}
