import { type DuckDBType, DuckDBTypeId, type DuckDBValue } from '@duckdb/node-api';
import { Failure } from './failure';
import type { Lake } from './lake';
import type { Cell, Rows } from './output';

/** Values of a query's parameters `$1`, `$2` …. */
export type Values = readonly (string | number | boolean)[];

/** Runs a query, streaming. Throws a Failure with the position where the SQL is wrong. */
export async function query(lake: Lake, sql: string, values: Values = []): Promise<Rows> {
  if (!/\S/.test(sql.replace(/--.*|\/\*[\s\S]*?\*\/|;/g, ''))) throw new Failure('the query is empty');
  try {
    const result = await lake.connection.stream(sql, [...values]);
    const types = result.columnTypes();
    return { columns: result.columnNames(), chunks: chunksOf(result.yieldRows(), types) };
  } catch (error) {
    throw sqlFailure(error);
  }
}

/** A small result, held whole. */
export interface Result {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** All rows of a query, for results known to be small. */
export async function queryAll(lake: Lake, sql: string, values: Values = []): Promise<Result> {
  const { columns, chunks } = await query(lake, sql, values);
  const rows: (readonly Cell[])[] = [];
  for await (const chunk of chunks) rows.push(...chunk);
  return { columns, rows };
}

async function* chunksOf(rows: AsyncIterable<DuckDBValue[][]>, types: readonly DuckDBType[]): AsyncGenerator<Cell[][]> {
  try {
    for await (const chunk of rows) yield chunk.map((row) => row.map((value, n) => cellOf(value, types[n]!)));
  } catch (error) {
    throw sqlFailure(error);
  }
}

/** Numbers where they are exact as such; everything else as DuckDB writes it. */
function cellOf(value: DuckDBValue, type: DuckDBType): Cell {
  if (value === null) return null;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'boolean' || typeof value === 'string') return value;
  if (type.typeId === DuckDBTypeId.DECIMAL) return decimalCell(value.toString());
  return value.toString();
}

/** A double holds any decimal of 15 digits. */
function decimalCell(text: string): Cell {
  return text.replace(/\D/g, '').length <= 15 ? Number(text) : text;
}

function sqlFailure(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof Failure) return error;
  return new Failure(error.message, { cause: error });
}
