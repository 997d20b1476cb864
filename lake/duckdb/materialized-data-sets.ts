import { rmSync } from 'node:fs';
import { join } from 'node:path';
import PQueue from 'p-queue';
import { sqlString } from '../../core/sql';
import type { DataSet } from '../../metrics/data-set';
import { withinLimits } from './query';
import type { SharedLake } from './shared-lake';

/** How long rows of an earlier version stay for those who are about to read them, in milliseconds. */
const STALE_GRACE_MS = 60_000;

/** Seconds that the rows of one may take. */
const TIME_LIMIT_S = 600;

/**
 * Puts the rows of data sets that take long into Parquet files of a folder, once for each version of the lake, and tells the file.
 * One at a time; it goes on when nobody waits for it, as the next visitor needs it too.
 */
export function materializedDataSets(
  lake: SharedLake,
  folder: string,
): (dataSet: DataSet, version: string) => Promise<string> {
  const kept = new Map<string, { readonly version: string; readonly file: Promise<string> }>();
  const queue = new PQueue({ concurrency: 1 });
  return ({ name, relation }, version) => {
    const known = kept.get(name);
    if (known?.version === version) return known.file;
    const path = join(folder, `${name}-${version}.parquet`);
    const copy = `COPY (SELECT * FROM ${relation}) TO ${sqlString(path)} (FORMAT parquet)`;
    const file = queue
      .add(() =>
        lake.use(({ connection }) =>
          withinLimits(connection, { timeLimitS: TIME_LIMIT_S })(() => connection.run(copy)),
        ),
      )
      .then(() => path);
    kept.set(name, { version, file });
    file.then(
      () => removeLater(known?.file),
      () => kept.delete(name),
    );
    return file;
  };
}

function removeLater(file: Promise<string> | undefined): void {
  file?.then(
    (path) => setTimeout(() => rmSync(path, { force: true }), STALE_GRACE_MS).unref(),
    () => {},
  );
}
