import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import { sqlString } from '../../core/sql';
import { dataSets } from '../../metrics/data-sets';
import { boundSql, type Query } from '../../metrics/query';
import { lakeVersion } from './lake-version';
import { materializedDataSets } from './materialized-data-sets';
import { queryAll, type Result } from './query';
import { sharedLake } from './shared-lake';
import { orAborted, type RunLoad, sharedRuns } from './shared-runs';

/** Reads a lake for as long as it takes, and leaves it to writers between times: DuckDB has one writer or many readers. */
export interface LakeReader {
  /** What the lake is like: another text when anything has landed or been transformed, and what was asked is answered. */
  version(): Promise<string>;
  /**
   * Rows as of now, or as of when the same was asked if nothing has changed.
   *
   * @param signal ends the waiting, with the signal's reason; a query that nobody waits for any more is stopped
   * @throws UserError if the lake can't be read; a BusyError if too much is asked, a TimeLimitError if it takes too long
   */
  ask(query: Query, signal?: AbortSignal): Promise<Result>;
  /** Does beforehand what takes long. */
  prepare(): Promise<void>;
  readonly load: RunLoad;
  close(): Promise<void>;
}

export interface LakeReaderOptions {
  /** Milliseconds without a query after which the lake is let go. @default 300 */
  readonly idleMs?: number;
  /** Milliseconds of queries without a pause after which it is let go once. @default 10 s */
  readonly mostHeldMs?: number;
  /** Queries at once. @default 2 */
  readonly parallel?: number;
  /** Distinct queries that wait, beside those. @default 64 */
  readonly mostWaiting?: number;
  /** Seconds that a query may take; 0 is without limit. @default 30 */
  readonly timeLimitS?: number;
  /** Seconds to wait for a writer. @default 20 */
  readonly waitS?: number;
}

/** The most results, and the most cells of results, that are remembered. */
const MOST_RESULTS = 1000;
const MOST_CELLS = 2_000_000;

export function lakeReader(root: string, options: LakeReaderOptions = {}): LakeReader {
  const { idleMs = 300, mostHeldMs = 10_000, waitS = 20, timeLimitS = 30 } = options;
  const privateFolder = mkdtempSync(join(tmpdir(), 'clickstream-'));
  const lake = sharedLake(root, { idleMs, mostHeldMs, waitS, privateFolder });
  const keep = materializedDataSets(lake, privateFolder);
  const versionNow = lakeVersion(root);
  const runs = sharedRuns<Result>({ parallel: options.parallel ?? 2, mostWaiting: options.mostWaiting ?? 64 });
  const remembered = new LRUCache<string, Result>({
    max: MOST_RESULTS,
    maxSize: MOST_CELLS,
    sizeCalculation: ({ rows, columns }) => 1 + rows.length * columns.length,
  });
  let lastVersion = '';

  async function answer(query: Query, version: string, signal: AbortSignal): Promise<Result> {
    const { dataSet } = query;
    const relation = dataSet.isMaterialized
      ? `read_parquet(${sqlString(await orAborted(keep(dataSet, version), signal))}) AS ${dataSet.name}`
      : dataSet.relation;
    const { text, values } = boundSql({ ...query, dataSet: { ...dataSet, relation } });
    return lake.use((own) => queryAll(own, text, values, { isOwn: true, timeLimitS, signal }), signal);
  }
  return {
    async version() {
      if (!lake.isInUse || lastVersion === '') lastVersion = await versionNow(true);
      return lastVersion;
    },
    async ask(query, signal) {
      const version = await versionNow();
      const key = JSON.stringify([version, boundSql(query)]);
      const known = remembered.get(key);
      if (known) return known;
      return runs.run(
        key,
        async (stopped) => {
          const result = await answer(query, version, stopped);
          remembered.set(key, result);
          return result;
        },
        signal,
      );
    },
    async prepare() {
      const version = await versionNow();
      await Promise.all(
        dataSets.filter(({ isMaterialized }) => isMaterialized).map((dataSet) => keep(dataSet, version)),
      );
    },
    get load() {
      return runs.load;
    },
    async close() {
      await lake.close();
      rmSync(privateFolder, { recursive: true, force: true });
    },
  };
}
