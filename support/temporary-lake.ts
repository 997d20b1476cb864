import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import type { Lake } from '../lake/duckdb/lake';
import { openLake } from '../lake/duckdb/open-lake';
import { type TransformOptions, type TransformResult, transform } from '../lake/duckdb/transform';

export type Row = Readonly<Record<string, string | number | boolean | null>>;

/** A lake in a folder of its own, transformed in this process. */
export interface TemporaryLake {
  readonly root: string;
  /** Writes a file under `raw/`. */
  land(name: string, content: string | Buffer): void;
  transform(options?: TransformOptions): Promise<TransformResult>;
  /** All rows of a query; BIGINT as number, anything else but booleans as DuckDB writes it. `files` lets it read files outside the lake. @default 'read' */
  rows(sql: string, mode?: 'read' | 'files'): Promise<Row[]>;
  /** Files below a folder of the lake, by their path in it. */
  files(folder: string): Map<string, Buffer>;
  /** Removes a file, named by its path in the lake. */
  discard(path: string): void;
  remove(): void;
}

/** An empty lake, open to be read, which is removed when it is closed. */
export async function openTemporaryLake(): Promise<Lake> {
  const folder = temporaryLake();
  await folder.transform();
  const lake = await openLake(folder.root);
  return {
    ...lake,
    close() {
      lake.close();
      folder.remove();
    },
  };
}

export function temporaryLake(name = 'lake'): TemporaryLake {
  const parent = mkdtempSync(join(tmpdir(), 'clickstream-'));
  const root = join(parent, name);
  return {
    root,
    land(file, content) {
      const path = join(root, 'raw', file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
    },
    async transform(options) {
      const lake = await openLake(root, { mode: 'write' });
      try {
        return await transform(lake, options);
      } finally {
        lake.close();
      }
    },
    async rows(sql, mode = 'read') {
      const lake = await openLake(root, { mode });
      try {
        const reader = await lake.connection.runAndReadAll(sql);
        return reader.getRowObjectsJS().map(plain);
      } finally {
        lake.close();
      }
    },
    files: (folder) => filesBelow(join(root, folder)),
    discard: (path) => rmSync(join(root, path)),
    remove: () => rmSync(parent, { recursive: true, force: true }),
  };
}

/** All files below a folder, by their path in it. */
export function filesBelow(folder: string): Map<string, Buffer> {
  if (!existsSync(folder)) return new Map();
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name)).sort();
  return new Map(paths.map((path) => [relative(folder, path), readFileSync(path)]));
}

function plain(row: Readonly<Record<string, unknown>>): Row {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plainValue(value)]));
}

function plainValue(value: unknown): string | number | boolean | null {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Date) return value.toISOString().slice(0, 19).replace('T', ' ');
  return String(value);
}
