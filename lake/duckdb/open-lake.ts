import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { UserError } from '../../core/errors';
import { DATABASE } from '../../core/names';
import { sqlString } from '../../core/sql';
import { COUNTRIES_CSV } from '../../schema/countries';
import { type Column, type ColumnType, countryColumns, tables } from '../../schema/tables';
import { PRIVATE_FOLDER } from '../../sources/landing/object-store';
import type { Access, Lake } from './lake';
import { createLiveView, liveViewFolders, provideRawFiles } from './live-view';
import { sealingStatements, WITHOUT_EXTENSIONS } from './sealing';

export interface OpenOptions {
  /**
   * `write` creates the lake if there is none. `read` opens no file but the database and what is in `raw/`, and writes none;
   * `files` opens the user's other files too. Neither can change the lake or its settings. @default 'read'
   */
  readonly mode?: Access;
  /** Seconds to wait for another process that has the lake open. @default 60 */
  readonly waitS?: number;
  /** Called once if there is another process to wait for. */
  readonly onWait?: (holder: string) => void;
  /** @default '1GB' */
  readonly memoryLimit?: string;
  /** A folder of one's own that a connection that reads may read and write too. @default none */
  readonly privateFolder?: string;
}

/** Format of the lake that this version writes; it reads this one and those before. */
const LAKE_FORMAT = 1;

const DUCKDB_TYPES: Readonly<Record<ColumnType, string>> = {
  string: 'VARCHAR',
  bigint: 'BIGINT',
  timestamp: 'TIMESTAMP',
  boolean: 'BOOLEAN',
};

/** Folders of the lake, as in the bucket. */
const FOLDERS = ['raw', 'processed', 'reference', 'results', 'athena-results'] as const;

export function databasePath(root: string): string {
  return join(root, 'results', 'clickstream.duckdb');
}

/**
 * Opens the lake; one that an earlier version made gains the columns that it lacks. Throws a UserError if there is none (reading), if it
 * stays locked, or if a newer version made it.
 */
export async function openLake(folder: string, options: OpenOptions = {}): Promise<Lake> {
  const lake = await openAsItIs(folder, options);
  if (lake.access === 'write' || !(await lacksColumns(lake.connection))) return lake;
  lake.close();
  (await openAsItIs(folder, { ...options, mode: 'write' })).close();
  return openAsItIs(folder, options);
}

async function openAsItIs(folder: string, options: OpenOptions): Promise<Lake> {
  const root = resolve(folder);
  const mode = options.mode ?? 'read';
  if (mode === 'write')
    for (const name of FOLDERS) mkdirSync(join(root, name), { recursive: true, mode: PRIVATE_FOLDER });
  else if (!existsSync(databasePath(root))) throw noLake(root);
  const instance = await openWhenFree(databasePath(root), mode, options);
  try {
    await configure(instance, root, mode, options);
    const lake = await connectTo(instance, root, mode);
    await requireFormat(lake.connection, root);
    if (mode === 'write') await createRelations(lake.connection);
    if (mode === 'write') await createLiveView(lake);
    const close = (): void => {
      lake.close();
      instance.closeSync();
    };
    return { ...lake, close };
  } catch (error) {
    instance.closeSync();
    throw error;
  }
}

/** Sets what holds for all connections, and seals it if they are to read. */
async function configure(
  instance: DuckDBInstance,
  root: string,
  access: Access,
  { memoryLimit = '1GB', privateFolder }: OpenOptions,
): Promise<void> {
  const folders = [...liveViewFolders(root), ...(privateFolder === undefined ? [] : [privateFolder])];
  const connection = await instance.connect();
  try {
    for (const statement of [
      "SET GLOBAL TimeZone = 'UTC'",
      'SET GLOBAL preserve_insertion_order = false',
      `SET GLOBAL memory_limit = ${sqlString(memoryLimit)}`,
      ...sealingStatements(access, folders),
    ])
      await connection.run(statement);
  } finally {
    connection.closeSync();
  }
}

async function connectTo(instance: DuckDBInstance, root: string, access: Access): Promise<Lake> {
  const connection = await instance.connect();
  await provideRawFiles({ root, connection });
  // As in Athena, names without a database are those of the result tables. Names of what is written are always qualified.
  if (access !== 'write') await useDatabase(connection, root);
  return {
    root,
    connection,
    access,
    connect: () => connectTo(instance, root, access),
    close: () => connection.closeSync(),
  };
}

async function useDatabase(connection: DuckDBConnection, root: string): Promise<void> {
  await connection.run(`USE ${DATABASE}`).catch((error: Error) => {
    throw /No catalog \+ schema named/.test(error.message) ? noLake(root) : error; // its first run was killed early
  });
}

function noLake(root: string): UserError {
  return new UserError(
    `there is no lake at ${root} yet: run "clickstream generate" and "clickstream transform", or name another with --lake`,
  );
}

async function openWhenFree(path: string, mode: Access, { waitS = 60, onWait }: OpenOptions): Promise<DuckDBInstance> {
  const deadline = Date.now() + waitS * 1000;
  for (let attempt = 0; ; attempt++) {
    try {
      return await DuckDBInstance.create(path, {
        access_mode: mode === 'write' ? 'READ_WRITE' : 'READ_ONLY',
        ...WITHOUT_EXTENSIONS,
      });
    } catch (error) {
      const message = String(error);
      if (
        /newer version|storage version|not a valid DuckDB database|could not read enough bytes|corrupt/i.test(message)
      )
        throw new UserError(
          `${path} was made by a newer DuckDB, is damaged, or is no database: update this project, or name another lake with --lake`,
          { cause: error },
        );
      if (!/could not set lock/i.test(message)) throw error;
      const holder = /PID (\d+)/.exec(message)?.[1];
      if (attempt === 0) onWait?.(holder ? `process ${holder}` : 'another process');
      if (Date.now() > deadline)
        throw new UserError(
          `${holder ? `process ${holder}` : 'another process'} has held the lake for ${waitS} s: try again when it has finished`,
          { cause: error },
        );
      await sleep(100);
    }
  }
}

async function requireFormat(connection: DuckDBConnection, root: string): Promise<void> {
  const found = await connection.runAndReadAll(
    `SELECT 1 FROM duckdb_tables() WHERE schema_name = 'lake' AND table_name = 'format'`,
  );
  if (found.currentRowCount === 0) return;
  const format = Number((await connection.runAndReadAll('SELECT MAX(version) FROM lake.format')).getRows()[0]![0]);
  if (format > LAKE_FORMAT)
    throw new UserError(
      `the lake at ${root} has format ${format}, and this version knows up to ${LAKE_FORMAT}: update this project, or name another lake with --lake`,
    );
}

/** Whether a table of results is without a column of the schema. */
async function lacksColumns(connection: DuckDBConnection): Promise<boolean> {
  const reader = await connection.runAndReadAll(
    `SELECT table_name, column_name FROM duckdb_columns() WHERE schema_name = '${DATABASE}'`,
  );
  const known = new Set(reader.getRowsJson().map((row) => JSON.stringify(row)));
  return Object.entries(tables).some(([name, columns]) =>
    columns.some((column) => !known.has(JSON.stringify([name, column.name]))),
  );
}

/** Creates what is missing; a column that the schema has gained since is added, with nulls for the rows there are. */
async function createRelations(connection: DuckDBConnection): Promise<void> {
  const statements = [
    `CREATE SCHEMA IF NOT EXISTS ${DATABASE}`,
    'CREATE SCHEMA IF NOT EXISTS lake',
    'CREATE TABLE IF NOT EXISTS lake.format (version INTEGER)',
    `INSERT INTO lake.format SELECT ${LAKE_FORMAT} WHERE NOT EXISTS (FROM lake.format WHERE version = ${LAKE_FORMAT})`,
    `CREATE TABLE IF NOT EXISTS lake.source_files (
       source_file VARCHAR, sha256 VARCHAR, bytes BIGINT, committed_at TIMESTAMP, PRIMARY KEY (source_file, sha256))`,
    ...Object.entries(tables).flatMap(([name, columns]) => createTable(`${DATABASE}.${name}`, columns)),
    `CREATE OR REPLACE TEMP TABLE countries AS
       SELECT ${countryColumns.map(({ name }) => name).join(', ')} FROM read_csv(${sqlString(COUNTRIES_CSV)}, header = true, all_varchar = true, nullstr = '\\0')`,
    `CREATE TABLE IF NOT EXISTS ${DATABASE}.countries AS FROM temp.countries`,
    // Written only where it differs.
    `MERGE INTO ${DATABASE}.countries AS t USING temp.countries AS s ON t.country_code = s.country_code
       WHEN MATCHED AND (t.country_name, t.continent) IS DISTINCT FROM (s.country_name, s.continent)
         THEN UPDATE SET country_name = s.country_name, continent = s.continent
       WHEN NOT MATCHED THEN INSERT VALUES (s.country_code, s.country_name, s.continent)
       WHEN NOT MATCHED BY SOURCE THEN DELETE`,
    'CREATE MACRO IF NOT EXISTS main.regexp_like(text, pattern) AS regexp_matches(text, pattern)',
  ];
  // All of them or none, so that a lake is never of two versions.
  await connection.run('BEGIN');
  for (const statement of statements) await connection.run(statement);
  await connection.run('COMMIT');
}

function createTable(name: string, columns: readonly Column[]): string[] {
  return [
    `CREATE TABLE IF NOT EXISTS ${name} (${columns.map(({ name, type }) => `${name} ${DUCKDB_TYPES[type]}`).join(', ')})`,
    ...columns.map(
      (column) => `ALTER TABLE ${name} ADD COLUMN IF NOT EXISTS ${column.name} ${DUCKDB_TYPES[column.type]}`,
    ),
    ...columns.flatMap(({ name: column, backfill }) =>
      backfill === undefined ? [] : [`UPDATE ${name} SET ${column} = ${backfill} WHERE ${column} IS NULL`],
    ),
  ];
}
