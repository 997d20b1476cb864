import type { DuckDBConnection } from '@duckdb/node-api';

/** What a connection to a lake may do: write the lake; read the lake; or read the lake, and read and write the user's other files. */
export type Access = 'write' | 'read' | 'files';

/** Values of a query's parameters `$1`, `$2` …. */
export type Values = readonly (string | number | boolean)[];

/** The embedded lake: the bucket's layout in a folder, with the result tables in a DuckDB database under `results/`. */
export interface Lake {
  readonly root: string;
  readonly connection: DuckDBConnection;
  readonly access: Access;
  /** Another connection to the lake while this one is at work, for queries; it is to be closed first. */
  connect(): Promise<Lake>;
  close(): void;
}
