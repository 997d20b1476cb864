import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSet } from '../metrics/data-set';
import { dataSets } from '../metrics/data-sets';
import { boundSql, type Query } from '../metrics/query';
import { databasePath, type Lake, openLake } from './lake';
import { sqlString } from './line-reader';
import { withFreshRawFiles } from './live-view';
import { queryAll, type Result } from './query';
import { listFiles } from './raw-files';

/** Reads a lake for as long as it takes, and leaves it to writers between times: DuckDB has one writer or many readers. */
export interface LakeReader {
  /** What the lake is like: another text when anything has landed or been transformed, and what was asked is answered. */
  version(): Promise<string>;
  /** Rows as of now, or as of when the same was asked if nothing has changed. Throws a Failure if the lake can't be read. */
  ask(query: Query): Promise<Result>;
  /** Does beforehand what takes long. */
  prepare(): Promise<void>;
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

/** How long rows of an earlier version stay for those who are about to read them, in milliseconds. */
const GONE_MS = 60_000;

/** The most results that are remembered. */
const MOST_RESULTS = 1000;

export function lakeReader(root: string, options: LakeReaderOptions = {}): LakeReader {
  const { idleMs = 300, parallel = 2, waitS = 20 } = options;
  const remembered = new Map<string, Promise<Result>>();
  const kept = new Map<string, { readonly version: string; readonly file: Promise<string> }>();
  let folder: string | undefined;
  let opened: Promise<Lake> | undefined;
  let users = 0;
  let idle: NodeJS.Timeout | undefined;
  let latest = { version: '', at: 0 };
  let told = '';
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
        return await withFreshRawFiles(own, () => action(own));
      } finally {
        own.close();
      }
    } finally {
      users--;
      if (users === 0) idle = setTimeout(letGo, idleMs).unref();
    }
  }
  async function current(): Promise<string> {
    if (Date.now() - latest.at < FRESH_MS) return latest.version;
    const files = await listFiles(root, 'raw');
    const database = statSync(databasePath(root), { throwIfNoEntry: false });
    const hash = createHash('sha256').update(`${database?.mtimeMs} ${database?.size}\n`);
    for (const { key, bytes } of files) hash.update(`${key} ${bytes}\n`);
    latest = { version: hash.digest('hex').slice(0, 16), at: Date.now() };
    return latest.version;
  }
  /** The rows of a data set that takes long, in a file of its own, made once for each version of the lake. */
  function keep({ name, relation }: DataSet, version: string): Promise<string> {
    const known = kept.get(name);
    if (known?.version === version) return known.file;
    folder ??= mkdtempSync(join(tmpdir(), 'clickstream-'));
    const path = join(folder, `${name}-${version}.parquet`);
    const file = withLake((lake) =>
      lake.connection.run(`COPY (SELECT * FROM ${relation}) TO ${sqlString(path)} (FORMAT parquet)`),
    ).then(() => path);
    kept.set(name, { version, file });
    file.then(
      () =>
        known?.file.then(
          (before) => setTimeout(() => rmSync(before, { force: true }), GONE_MS).unref(),
          () => {},
        ),
      () => kept.delete(name),
    );
    return file;
  }
  async function answer(query: Query, version: string): Promise<Result> {
    const { dataSet } = query;
    const relation = dataSet.isKept
      ? `read_parquet(${sqlString(await keep(dataSet, version))}) AS ${dataSet.name}`
      : dataSet.relation;
    const { text, values } = boundSql({ ...query, dataSet: { ...dataSet, relation } });
    return withLake((lake) => queryAll(lake, text, values));
  }
  return {
    async version() {
      if (users === 0 || told === '') {
        latest = { ...latest, at: 0 };
        told = await current();
      }
      return told;
    },
    async ask(query) {
      const version = await current();
      const key = JSON.stringify([version, boundSql(query)]);
      const known = remembered.get(key);
      if (known) return known;
      const asked = limit(() => answer(query, version));
      remembered.set(key, asked);
      asked.catch(() => remembered.delete(key));
      if (remembered.size > MOST_RESULTS) remembered.delete(remembered.keys().next().value!);
      return asked;
    },
    async prepare() {
      const version = await current();
      await Promise.all(dataSets.filter(({ isKept }) => isKept).map((dataSet) => limit(() => keep(dataSet, version))));
    },
    async close() {
      await letGo();
      if (folder) rmSync(folder, { recursive: true, force: true });
      folder = undefined;
      kept.clear();
    },
  };
}

/** Lets so many at once, and the others wait for their turn. */
function limiter(count: number): <T>(action: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let free = count;
  return async (action) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await action();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}
