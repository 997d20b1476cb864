import { join } from 'node:path';
import { DATABASE } from '../../core/names';
import { PROJECT } from '../../core/project';
import { sqlString } from '../../core/sql';
import { dataSpanSql, firstAndLastSql } from '../../etl/data-span';
import { liveViewSql } from '../../etl/live-view';
import { eventFields } from '../../schema/event';
import type { Lake } from './lake';
import { fieldsOf, linesOf, pathList } from './line-reader';
import { listFiles } from './raw-files';

/** Files without lines, since DuckDB reads no empty list of files. */
const NO_LINES_FOLDER = join(PROJECT, 'lake/duckdb/no-lines');
const NO_LINES = {
  none: join(NO_LINES_FOLDER, 'empty.ndjson'),
  gzip: join(NO_LINES_FOLDER, 'empty.ndjson.gz'),
} as const;
const COMPRESSIONS = ['none', 'gzip'] as const;

/** What DuckDB says when a file that was listed is there no more. */
const IS_GONE = /No files found that match the pattern|Cannot open file/;

/** Folders of the files that the live view reads. */
export function liveViewFolders(root: string): string[] {
  return [join(root, 'raw'), NO_LINES_FOLDER];
}

/**
 * Lists the files of `raw/` for `raw_events` and the live view, as this connection sees them: to be done again before a query that
 * is to see what has landed since.
 */
export async function provideRawFiles({ root, connection }: Pick<Lake, 'root' | 'connection'>): Promise<void> {
  const files = await listFiles(root, 'raw');
  for (const compression of COMPRESSIONS) {
    const paths = files.filter(({ isGzip }) => isGzip === (compression === 'gzip')).map(({ path }) => path);
    const list = pathList([NO_LINES[compression], ...paths]);
    await connection.run(`SET VARIABLE raw_files_${compression} = ${list}`);
  }
  await connection.run(`SET VARIABLE lake_root = ${sqlString(root)}`);
}

/** How often to start anew when files were archived in the meantime, which a run does in bursts. */
const ATTEMPTS = 10;

/**
 * Does something that reads the live view as of now, and again if a file was archived between being listed and being read: DuckDB
 * opens files after it has fixed what it sees of the tables, so a file that is gone is an error, never a wrong count.
 */
export async function withFreshRawFiles<T>(lake: Lake, action: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    await provideRawFiles(lake);
    try {
      return await action();
    } catch (error) {
      if (attempt === ATTEMPTS || !IS_GONE.test(String(error))) throw error;
    }
  }
}

/**
 * Creates `raw_events`, over what is in `raw/`, the live view, of the same SQL as Athena's, and `data_span`. All are in the database; which
 * files there are, and where the lake is, comes from variables of the connection, so that they hold when the lake has moved.
 *
 * As Athena's, this reader is more lenient than the transformation: a carriage return ends a line, and of a broken gzip file it
 * takes what can be read. What can't be an event's text is left out.
 */
export async function createLiveView({ connection }: Pick<Lake, 'connection'>): Promise<void> {
  const lines = COMPRESSIONS.map(
    (compression) => `SELECT line, filename FROM ${linesOf(listed(compression), compression, false)}`,
  );
  const fields = eventFields.map(({ name }) => `fields."${name}"`).join(', ');
  await connection.run(`
    CREATE OR REPLACE VIEW ${DATABASE}.raw_events AS
    SELECT ${fields}, SUBSTR(filename, LENGTH(getvariable('lake_root')) + 2) AS "$path"
    FROM (
      SELECT TRY(${fieldsOf('line')}) AS fields, filename FROM (${lines.join(' UNION ALL ')})
      WHERE regexp_matches(line, '\\S'))`);
  await connection.run(`CREATE OR REPLACE VIEW ${DATABASE}.clickstream_live AS ${liveViewSql(DATABASE, '')}`);
  await connection.run(`CREATE OR REPLACE VIEW ${DATABASE}.data_span AS ${dataSpanSql(firstAndLastSql(DATABASE))}`);
}

/** The files' variable, or an error for a client that does not set it. */
function listed(compression: (typeof COMPRESSIONS)[number]): string {
  const variable = `getvariable('raw_files_${compression}')`;
  const remedy =
    'what is in raw/ is listed by "clickstream query", which this is not: use it for raw_events and clickstream_live';
  return `CASE WHEN ${variable} IS NULL THEN error('${remedy}') ELSE ${variable} END`;
}
