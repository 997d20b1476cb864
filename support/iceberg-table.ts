import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PROJECT } from '../core/project';
import { sparkEnvironment } from './spark';

export type Row = Readonly<Record<string, unknown>>;

export interface IcebergTable {
  readonly format: number;
  readonly partition: string;
  readonly order: string;
  readonly rows: readonly Row[];
}

/** A table such as `clickstream_db.sessions` as Iceberg's own client reads it; times as `YYYY-MM-DD HH:MM:SS`. */
export function readIcebergTable(name: string, endpoint: string): Promise<IcebergTable> {
  return run(endpoint, name);
}

/** Writes the rows of a table into a Parquet file. */
export async function exportIcebergTable(name: string, endpoint: string, path: string): Promise<void> {
  await run(endpoint, name, path);
}

async function run(endpoint: string, ...args: readonly string[]): Promise<IcebergTable> {
  const python = join(PROJECT, '.venv/pyiceberg/bin/python');
  const program = join(PROJECT, 'support/iceberg_table.py');
  const options = { env: sparkEnvironment(endpoint), maxBuffer: 1 << 30 };
  return JSON.parse((await promisify(execFile)(python, [program, ...args], options)).stdout);
}
