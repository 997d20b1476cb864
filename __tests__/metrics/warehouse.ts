import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api';
import { DATABASE } from '../../core/names';
import { PROJECT } from '../../core/project';
import { type Column, tables } from '../../schema/tables';

export type Value = string | number | boolean | null;
export type Row = Readonly<Record<string, Value>>;
/** User, time (UTC) and whatever differs from a German's click on the home page. */
export type EventRow = readonly [user_id: string, click_date: string, other?: Row];

const FOLDER = join(PROJECT, 'metrics');
const USUAL_EVENT = {
  event_type: 'click',
  user_action: 'home_page',
  country_code: 'DE',
  country_name: 'Germany',
  continent: 'Europe',
};

/** Names of the analyses: the .sql files of metrics/. */
export const analysisNames = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.sql'))
  .map((file) => file.slice(0, -'.sql'.length));

export function sqlOf(analysis: string): string {
  return readFileSync(join(FOLDER, `${analysis}.sql`), 'utf8');
}

/** An in-memory DuckDB with the result tables, empty, in UTC. */
export async function emptyWarehouse(): Promise<DuckDBConnection> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run(`SET TimeZone = 'UTC'; CREATE SCHEMA ${DATABASE}`);
  for (const [name, columns] of Object.entries(tables))
    await connection.run(`CREATE TABLE ${DATABASE}.${name} (${columns.map(ddlOf).join(', ')})`);
  return connection;
}

export function insertEvents(connection: DuckDBConnection, list: readonly EventRow[]): Promise<void> {
  const full = list.map(([user_id, click_date, other]) => ({ ...USUAL_EVENT, user_id, click_date, ...other }));
  return insert(connection, 'clickstream_table', full);
}

export async function insert(connection: DuckDBConnection, table: string, list: readonly Row[]): Promise<void> {
  for (const row of list)
    await connection.run(
      `INSERT INTO ${DATABASE}.${table} (${Object.keys(row).join(', ')}) VALUES (${Object.values(row).map(literal).join(', ')})`,
    );
}

/** Rows of an analysis, with counts as numbers, dates and times as text. */
export async function rowsOf(connection: DuckDBConnection, analysis: string): Promise<Value[][]> {
  return (await connection.runAndReadAll(sqlOf(analysis))).getRows().map((row) => row.map(plain));
}

function ddlOf({ name, type }: Column): string {
  return `${name} ${type === 'string' ? 'VARCHAR' : type}`;
}

function literal(value: Value): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}

function plain(value: DuckDBValue): Value {
  if (typeof value === 'bigint') return Number(value);
  return value === null || typeof value === 'number' || typeof value === 'boolean' ? value : String(value);
}
