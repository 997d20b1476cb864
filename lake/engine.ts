import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UsageError, UserError } from '../core/errors';
import type { Rows } from '../core/terminal/output';
import { info } from '../core/terminal/progress';
import { failuresSince } from './duckdb/failures';
import type { Lake } from './duckdb/lake';
import { databasePath, openLake } from './duckdb/open-lake';
import { collected, query, type Result, writeParquet } from './duckdb/query';
import { describePassedOver, type PassedOver } from './duckdb/raw-files';
import { failureReasons, type ReplayOptions, type ReplayResult, replay } from './duckdb/replay';
import { reprocess } from './duckdb/reprocess';
import { isAllFailed, type TransformResult, transform } from './duckdb/transform';
import { requireSpark } from './spark/spark';
import {
  icebergFolder,
  openIcebergTables,
  replayBySpark,
  reprocessBySpark,
  transformBySpark,
} from './spark/spark-lake';

export const ENGINES = ['duckdb', 'spark'] as const;
export type EngineName = (typeof ENGINES)[number];

/** What runs the transformation and queries on a lake in a folder. */
export interface Engine {
  /** Throws a UserError if the engine is not installed, or if the lake is another engine's. */
  require(root: string): Promise<void>;
  /** Transforms what waits in `raw/`; `onProgress` gets bytes where they are known. */
  transform(root: string, onProgress: (done: number, total: number) => void): Promise<TransformResult>;
  /** Lands failed events again, of which `onReplayed` gets the counts, and transforms them unless they are only counted. */
  replay(
    root: string,
    options: ReplayOptions,
    onReplayed: (result: ReplayResult) => void,
  ): Promise<TransformResult | undefined>;
  /** Makes days, such as `2026-03-01`, anew from `processed/`. */
  reprocess(
    root: string,
    days: { readonly from: string; readonly to: string },
    onProgress: (done: number, total: number) => void,
  ): Promise<TransformResult>;
  /** Opens the result tables for queries. Throws a UserError if the engine has no such option. */
  open(root: string, options: QueryOptions): Promise<OpenTables>;
}

/** What queries may do. */
export interface QueryOptions {
  /** Whether they may also read any file, and write one outside the lake; DuckDB's only. @default false */
  readonly allowFiles?: boolean;
  /** A folder that Parquet files may be written into. @default none */
  readonly privateFolder?: string;
  /** Seconds that each may take; 0 is without limit. @default 0 */
  readonly timeLimitS?: number;
}

/** Result tables to query. Rows of a query are to be read before the next query. */
export interface OpenTables {
  query(sql: string): Promise<Rows>;
  /** Writes the rows of a query to a file in the private folder, and returns how many they are. Throws a UsageError by Spark. */
  writeParquet(sql: string, file: string): Promise<number>;
  close(): Promise<void>;
}

export function engine(name: EngineName): Engine {
  return { duckdb, spark }[name];
}

/** Asks an engine one thing after the other, and closes the tables. */
export async function withTables<T>(
  name: EngineName,
  root: string,
  action: (tables: OpenTables) => Promise<T>,
  options: QueryOptions = {},
): Promise<T> {
  const tables = await engine(name).open(root, options);
  try {
    return await action(tables);
  } finally {
    await tables.close();
  }
}

/** All rows of a query, for results known to be small. */
export async function allRows(tables: Pick<OpenTables, 'query'>, sql: string): Promise<Result> {
  return collected(await tables.query(sql));
}

const duckdb: Engine = {
  async require(root) {
    requireOwn('duckdb', root);
  },
  transform: (root, onProgress) =>
    written(root, async (lake) => {
      const start = new Date();
      const result = await transform(lake, { onProgress, onPassedOver });
      return isAllFailed(result) ? { ...result, failures: await failuresSince(lake, start) } : result;
    }),
  replay: (root, options, onReplayed) =>
    written(root, async (lake) => {
      await requireReasons(lake, options.reasons ?? []);
      onReplayed(await replay(lake, options));
      return options.isDryRun ? undefined : transform(lake, { onPassedOver });
    }),
  reprocess: (root, days, onProgress) => written(root, (lake) => reprocess(lake, { ...days, onProgress })),
  async open(root, { allowFiles = false, privateFolder, timeLimitS }) {
    requireOwn('duckdb', root);
    const lake = await openLake(root, { mode: allowFiles ? 'files' : 'read', privateFolder, onWait });
    return {
      query: (sql) => query(lake, sql, [], { timeLimitS }),
      writeParquet: (sql, file) => writeParquet(lake, sql, file, { timeLimitS }),
      close: async () => lake.close(),
    };
  },
};

const spark: Engine = {
  async require(root) {
    requireOwn('spark', root);
    await requireSpark();
  },
  async transform(root) {
    requireOwn('spark', root);
    requireLake(root);
    return transformBySpark(root);
  },
  async replay(root, options, onReplayed) {
    requireOwn('spark', root);
    requireLake(root);
    return replayBySpark(root, options, onReplayed);
  },
  async reprocess(root, { from, to }) {
    requireOwn('spark', root);
    requireLake(root);
    return reprocessBySpark(root, from, to);
  },
  async open(root, { allowFiles = false, timeLimitS }) {
    requireOwn('spark', root);
    if (allowFiles) throw new UsageError('--allow-files is for --engine duckdb: by Spark a query reads the lake alone');
    if (!existsSync(icebergFolder(root)))
      throw new UserError(
        `there is no lake at ${resolve(root)} yet: run "clickstream generate" and "clickstream transform --engine spark", or name another with --lake`,
      );
    const session = await openIcebergTables(root, timeLimitS);
    const writeParquet = async (): Promise<number> => {
      throw new UsageError('Parquet is for --engine duckdb: write csv, tsv or json');
    };
    return { ...session, writeParquet };
  },
};

/** Where each engine has its tables. */
const TABLES: Readonly<Record<EngineName, (root: string) => string>> = { duckdb: databasePath, spark: icebergFolder };

/** A file is archived by the engine that transforms it, so that the results of another would lack it. */
function requireOwn(name: EngineName, root: string): void {
  const owners = ENGINES.filter((owner) => existsSync(TABLES[owner](root)));
  if (owners.length > 0 && !owners.includes(name))
    throw new UserError(
      `the lake at ${resolve(root)} was transformed by ${owners[0]}: add --engine ${owners[0]}, or name another lake with --lake`,
    );
}

/** Refuses a folder that nothing has landed in, rather than making a lake of a mistyped name. */
function requireLake(root: string): void {
  const entries = existsSync(root) ? readdirSync(root) : [];
  if (entries.includes('raw') || entries.includes('results')) return;
  const raw = join(root, 'raw');
  throw new UserError(
    `there is no lake at ${resolve(root)}: run "clickstream generate", put your own files into ${raw} (mkdir -p ${raw}), or name another lake with --lake`,
  );
}

/** Writes to a lake of DuckDB's. */
async function written<T>(root: string, action: (lake: Lake) => Promise<T>): Promise<T> {
  requireOwn('duckdb', root);
  requireLake(root);
  const lake = await openLake(root, { mode: 'write', onWait });
  return action(lake).finally(() => lake.close());
}

async function requireReasons(lake: Lake, reasons: readonly string[]): Promise<void> {
  const known = await failureReasons(lake);
  const unknown = reasons.filter((reason) => !known.has(reason));
  if (unknown.length === 0) return;
  const there = [...known].map(([reason, count]) => `${reason} (${count})`).join(', ') || 'none';
  throw new UserError(
    `no event has failed for ${unknown.join(', ')}: the reasons are ${there}; a replay that was stopped is finished by "clickstream transform"`,
  );
}

function onPassedOver(entries: readonly PassedOver[]): void {
  info(describePassedOver(entries));
}

function onWait(holder: string): void {
  info(`waiting for ${holder}, which has the lake open`);
}
