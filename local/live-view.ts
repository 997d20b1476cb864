import { join } from 'node:path';
import { liveViewSql } from '../etl/live-view';
import { eventFields } from '../schema/event';
import { DATABASE } from '../schema/tables';
import { type Lake, sqlText } from './lake';
import { listFiles } from './raw-files';
import { linesOf, literalGlob, SHAPE } from './staging';

/** Files without lines, since DuckDB reads no empty list of files. */
const NO_LINES = join(__dirname, '..', 'local', 'no-lines');
const EMPTY = { gzip: 'empty.ndjson.gz', none: 'empty.ndjson' } as const;

/**
 * Lists the files of `raw/` for `raw_events` and the live view, as this connection sees them. To be done again before a query that
 * is to see what has landed since.
 */
export async function provideRawFiles(lake: Lake): Promise<void> {
  const files = await listFiles(lake.root, 'raw');
  for (const compression of ['gzip', 'none'] as const) {
    const paths = files
      .filter(({ isGzip }) => isGzip === (compression === 'gzip'))
      .map(({ path }) => literalGlob(path));
    const list = [join(NO_LINES, EMPTY[compression]), ...paths].map((path) => `'${sqlText(path)}'`).join(', ');
    await lake.connection.run(`SET VARIABLE raw_${compression}_files = [${list}]`);
  }
  await lake.connection.run(`SET VARIABLE lake_root = '${sqlText(lake.root)}'`);
}

/** Creates `raw_events`, over what is in `raw/`, and the live view, of the same SQL as Athena's. */
export async function createLiveView(lake: Lake): Promise<void> {
  const lines = (['gzip', 'none'] as const).map(
    (compression) => `SELECT line, filename FROM ${linesOf(`getvariable('raw_${compression}_files')`, compression)}`,
  );
  const fields = eventFields.map(({ name }) => `fields."${name}"`).join(', ');
  await lake.connection.run(`
    CREATE OR REPLACE VIEW ${DATABASE}.raw_events AS
    SELECT ${fields}, SUBSTR(filename, LENGTH(getvariable('lake_root')) + 2) AS "$path"
    FROM (SELECT TRY(json_transform(line, '${SHAPE}')) AS fields, filename FROM (${lines.join(' UNION ALL ')}))`);
  await lake.connection.run(`CREATE OR REPLACE VIEW ${DATABASE}.clickstream_live AS ${liveViewSql(DATABASE, '')}`);
}
