import { isNativeError } from 'node:util/types';
import {
  DuckDBArrayValue,
  type DuckDBConnection,
  DuckDBDecimalType,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBUnionValue,
  type DuckDBValue,
} from '@duckdb/node-api';
import { UsageError, UserError } from '../../core/errors';
import { sqlString } from '../../core/sql';
import { type Cell, flat, type Rows, type Value } from '../../core/terminal/output';
import type { Lake, Values } from './lake';
import { onlyStatement, readingStatement } from './sealing';

/** Seconds that somebody's SQL may take unless they say otherwise. */
export const DEFAULT_TIME_LIMIT_S = 600;

/** What is known of a query, and what ends it early. */
export interface QueryLimits {
  /**
   * Whether the SQL is this project's own with values bound: then, beside the seal of its connection, it is only checked to be one
   * statement, as more takes as long as many a query. @default false
   */
  readonly isOwn?: boolean;
  /** Seconds that DuckDB may work on it; 0 is without limit. @default 0 */
  readonly timeLimitS?: number;
  /** Interrupts it; what is thrown is the signal's reason. */
  readonly signal?: AbortSignal;
}

/** A query was stopped at its limit of time. */
export class TimeLimitError extends UserError {}

/**
 * Runs a query, streaming. On a lake opened to read it must be one statement that reads.
 *
 * @throws UserError with the position where the SQL is wrong, with what is allowed where it does more than read; a UsageError
 * if there is no SQL; or a TimeLimitError
 */
export async function query(lake: Lake, sql: string, values: Values = [], limits: QueryLimits = {}): Promise<Rows> {
  if (!/\S/.test(sql.replace(/--.*|\/\*[\s\S]*?\*\/|;/g, '')))
    throw new UsageError('the query is empty: give it as an argument, by --file PATH or by --name ANALYSIS');
  const within = withinLimits(lake.connection, limits);
  const text = await within(() => checked(lake, sql, values, limits));
  const result = await within(() => lake.connection.stream(text, [...values]));
  const scales = result.columnTypes().map((type) => (type instanceof DuckDBDecimalType ? type.scale : null));
  return { columns: result.columnNames(), scales, chunks: chunksOf(result.yieldRows(), within) };
}

/**
 * Writes the rows of a query to a Parquet file, with their types, streaming, and returns how many they are. The file must be in a
 * folder that the lake was opened with.
 *
 * @throws as `query` does
 */
export async function writeParquet(lake: Lake, sql: string, file: string, limits: QueryLimits = {}): Promise<number> {
  const within = withinLimits(lake.connection, limits);
  const rows = (await within(() => checked(lake, sql, [], limits))).replace(/[\s;]+$/, '');
  const copy = `COPY (\n${rows}\n) TO ${sqlString(file)} (FORMAT parquet)`;
  await onlyStatement(lake.connection, copy); // what was checked is still all there is
  const result = await within(() => lake.connection.runAndReadAll(copy));
  return Number(result.getRows()[0]![0]);
}

/** The text to run. What writes runs only this project's SQL. */
async function checked(lake: Lake, sql: string, values: Values, { isOwn = false }: QueryLimits): Promise<string> {
  if (lake.access === 'write') return sql;
  if (!isOwn) return readingStatement(lake, sql, values);
  await onlyStatement(lake.connection, sql);
  return sql;
}

type Within = <T>(step: () => Promise<T>) => Promise<T>;

/** How often it is looked whether a query must end, in milliseconds. */
const LOOK_MS = 50;

/** Runs steps of a query until its limits end it. Time between steps, when a reader is slow, does not count. */
export function withinLimits(connection: DuckDBConnection, { timeLimitS = 0, signal }: QueryLimits): Within {
  let leftMs = timeLimitS > 0 ? timeLimitS * 1000 : Number.POSITIVE_INFINITY;
  return async (step) => {
    signal?.throwIfAborted();
    const start = performance.now();
    const isOver = (): boolean => performance.now() - start >= leftMs;
    // Again and again, since DuckDB forgets an interrupt that comes before it has begun.
    const timer = setInterval(() => {
      if (isOver() || signal?.aborted) connection.interrupt();
    }, LOOK_MS);
    const timeLimit = () =>
      new TimeLimitError(
        `the query was stopped after ${timeLimitS} s: ask for less, or give it more time with --timeout`,
      );
    try {
      const result = await step();
      // A stream that is interrupted may end as if it were complete.
      signal?.throwIfAborted();
      if (isOver()) throw timeLimit();
      return result;
    } catch (error) {
      signal?.throwIfAborted();
      throw isOver() ? timeLimit() : sqlError(error);
    } finally {
      clearInterval(timer);
      leftMs -= performance.now() - start;
    }
  };
}

/** A small result, held whole. */
export interface Result {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** All rows of a query, for results known to be small. */
export async function queryAll(
  lake: Lake,
  sql: string,
  values: Values = [],
  limits: QueryLimits = {},
): Promise<Result> {
  return collected(await query(lake, sql, values, limits));
}

/** Rows of a query, read to the end, with a cell for each value. */
export async function collected({ columns, chunks }: Rows): Promise<Result> {
  const rows: (readonly Cell[])[] = [];
  for await (const chunk of chunks) rows.push(...chunk.map((row) => row.map(flat)));
  return { columns, rows };
}

async function* chunksOf(rows: AsyncIterableIterator<DuckDBValue[][]>, within: Within): AsyncGenerator<Value[][]> {
  for (;;) {
    const { value: chunk, done } = await within(() => rows.next());
    if (done) return;
    yield chunk.map((row: DuckDBValue[]) => row.map(valueFrom));
  }
}

/** Numbers where they are exact as such; lists, structs and maps as those of JavaScript; everything else as DuckDB writes it. */
function valueFrom(value: DuckDBValue): Value {
  if (value === null) return null;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'boolean' || typeof value === 'string') return value;
  if (value instanceof DuckDBDecimalValue) return decimalCell(value.toString());
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue) return value.items.map(valueFrom);
  if (value instanceof DuckDBStructValue)
    return Object.fromEntries(Object.entries(value.entries).map(([name, part]) => [name, valueFrom(part)]));
  if (value instanceof DuckDBMapValue)
    return Object.fromEntries(
      value.entries.map(({ key, value: part }) => [String(flat(valueFrom(key))), valueFrom(part)]),
    );
  if (value instanceof DuckDBUnionValue) return valueFrom(value.value);
  return value.toString();
}

/** A double holds any decimal of 15 digits. */
function decimalCell(text: string): Cell {
  return text.replace(/\D/g, '').length <= 15 ? Number(text) : text;
}

function sqlError(error: unknown): unknown {
  if (!isNativeError(error) || error instanceof UserError) return error;
  const remedy = /^Permission Error/.test(error.message)
    ? '\na query reads the lake alone: to read or write your other files, use "clickstream query --allow-files"'
    : '';
  return new UserError(`${error.message}${remedy}`, { cause: error });
}
