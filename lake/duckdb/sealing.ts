import { existsSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import {
  type DuckDBConnection,
  type DuckDBExtractedStatements,
  type DuckDBValue,
  StatementType,
} from '@duckdb/node-api';
import { UserError } from '../../core/errors';
import { sqlString } from '../../core/sql';
import type { Access, Values } from './lake';
import { pathPattern } from './line-reader';

/** Settings of every DuckDB here: nothing is downloaded, and no code is loaded, because a query names it. */
export const WITHOUT_EXTENSIONS: Readonly<Record<string, string>> = {
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  allow_community_extensions: 'false',
};

/** Statements after which a DuckDB opens no file but its database and those in some folders, and no statement can change that. */
export function sealingStatements(access: Access, folders: readonly string[]): string[] {
  if (access === 'write') return [];
  const lock = 'SET lock_configuration = true';
  if (access === 'files') return [lock];
  // DuckDB compares what is opened both as it is written, where it may be a pattern, and with its links resolved.
  const names = folders.filter((folder) => existsSync(folder)).flatMap((folder) => [folder, realpathSync(folder)]);
  const allowed = [...new Set(names.flatMap((name) => [name, pathPattern(name)]))];
  return [
    `SET allowed_directories = [${allowed.map(sqlString).join(', ')}]`,
    'SET enable_external_access = false',
    lock,
  ];
}

const READING_KINDS = 'SELECT, WITH, VALUES, FROM, TABLE, DESCRIBE, SHOW, SUMMARIZE, PIVOT, UNPIVOT or EXPLAIN';
const READING_WORDS = /^(SELECT|WITH|VALUES|FROM|TABLE|DESC|DESCRIBE|SHOW|SUMMARIZE|PIVOT|UNPIVOT|\()$/;

export interface ReadingStatement {
  readonly connection: DuckDBConnection;
  readonly root: string;
  readonly access: Access;
}

/**
 * Checks that SQL is one statement that only reads, or, with access to files, one COPY to a file outside the lake, and returns the
 * text to run. DuckDB does not tell what EXPLAIN explains or COPY writes, so that these are taken apart, checked, and put together
 * again: what runs is what was checked. Other statements are refused by their first word, as even to prepare some has effects.
 *
 * @throws UserError if it is anything else
 */
export async function readingStatement(lake: ReadingStatement, sql: string, values: Values): Promise<string> {
  const statement = withoutLeadingComments(sql);
  const word = firstWord(statement);
  if (word === 'EXPLAIN') {
    const [, options = '', explained = ''] = EXPLAIN.exec(statement) ?? [];
    return `EXPLAIN ${options} ${await requireSelect(lake, explained, values)}`;
  }
  if (word === 'COPY' && lake.access === 'files') return copyStatement(lake, statement, values);
  return requireSelect(lake, statement, values);
}

const EXPLAIN = /^\s*EXPLAIN\s*(ANALYZE\b|\([\w\s,]*\))?([\s\S]*)$/i;
const COPY =
  /^\s*COPY\s*(?:\(([\s\S]*)\)|\s([\w."]+))\s*\bTO\s+'((?:[^']|'')*)'\s*(?:WITH\b\s*)?(\([\s\S]*\))?\s*;?\s*$/i;

/** Checks that a text is one statement of DuckDB's kind SELECT, and returns it without comments before it. */
async function requireSelect(lake: ReadingStatement, sql: string, values: Values): Promise<string> {
  const { connection, access } = lake;
  const text = withoutLeadingComments(sql);
  const word = firstWord(text);
  if (!READING_WORDS.test(word)) throw refusal(`${word || 'this'} is none`, access);
  const statement = await (await onlyStatement(connection, text)).prepare(0);
  const kind = statement.statementType;
  statement.destroySync();
  if (kind !== StatementType.SELECT) throw refusal(`this is ${StatementType[kind]}`, access);
  await requireReadingFunctions(connection, text, values);
  return text;
}

/** The statement of a text. Throws a UserError if it holds several, or none that can be parsed. */
export async function onlyStatement(connection: DuckDBConnection, sql: string): Promise<DuckDBExtractedStatements> {
  const statements = await connection.extractStatements(sql).catch((error: Error) => {
    throw new UserError(error.message.replace('Failed to extract statements: ', ''), { cause: error });
  });
  if (statements.count === 1) return statements;
  const remedy = /\bPIVOT\b/i.test(sql)
    ? ', as DuckDB makes them of a PIVOT without its values: list them, as in ON event_type IN (...)'
    : ', and a query is one';
  throw new UserError(`this is several statements${remedy}`);
}

/** Table functions that read. Others change DuckDB itself, as `enable_logging`, which writes files, or run SQL given as a value. */
const READING_FUNCTIONS =
  /^(SEQ_SCAN|RANGE|GENERATE_SERIES|UNNEST|REPEAT|REPEAT_ROW|SUMMARY|HISTOGRAM(_VALUES)?|JSON_EACH|JSON_TREE|QUERY|QUERY_TABLE|GLOB|READ_(CSV|JSON|NDJSON)\w*|READ_(TEXT|BLOB|PARQUET)|PARQUET_\w+|SNIFF_CSV|TEST_\w+|DUCKDB_(?!SECRETS$)\w+|PRAGMA_\w+|SHOW\w*|ICU_CALENDAR_NAMES|PG_TIMEZONE_NAMES)$/;

/** Refuses table functions that do more than read, wherever the plan has them: macros and `query('…')` hide their names from the text. */
async function requireReadingFunctions(connection: DuckDBConnection, sql: string, values: Values): Promise<void> {
  const explained = await connection.runAndReadAll(`EXPLAIN (FORMAT json) ${sql}`, [...values] as DuckDBValue[]);
  const plan = JSON.parse(String(explained.getRows()[0]![1])) as PlanNode[];
  const functions = await tableFunctions(connection);
  const refused = operatorNames(plan).find((name) => functions.has(name) && !READING_FUNCTIONS.test(name));
  if (refused)
    throw new UserError(`the function ${refused.toLowerCase()} does more than read, so that no query may use it`);
}

interface PlanNode {
  readonly name: string;
  readonly children?: readonly PlanNode[];
}

function operatorNames(nodes: readonly PlanNode[]): string[] {
  return nodes.flatMap(({ name, children = [] }) => [name.trim().split(/\s/)[0]!, ...operatorNames(children)]);
}

let knownFunctions: Promise<ReadonlySet<string>> | undefined;

/** Names of DuckDB's table functions as plans have them; without extensions they are always the same. */
function tableFunctions(connection: DuckDBConnection): Promise<ReadonlySet<string>> {
  knownFunctions ??= connection
    .runAndReadAll("SELECT DISTINCT upper(function_name) FROM duckdb_functions() WHERE function_type = 'table'")
    .then((result) => new Set(result.getRows().map(([name]) => String(name))));
  knownFunctions.catch(() => {
    knownFunctions = undefined;
  });
  return knownFunctions;
}

async function copyStatement(lake: ReadingStatement, sql: string, values: Values): Promise<string> {
  const [, select, table, target, options = ''] = COPY.exec(sql) ?? [];
  if (target === undefined || /filename_pattern|file_extension/i.test(options))
    throw new UserError(
      "a COPY is one of these: COPY (SELECT ...) TO 'file' (options), COPY table TO 'file' (options), without FILENAME_PATTERN and FILE_EXTENSION",
    );
  requireOutside(lake.root, target.replaceAll("''", "'"));
  const rows = await requireSelect(lake, select ?? `FROM ${table}`, values);
  const text = `COPY (\n${rows}\n) TO '${target}' ${options}`;
  await onlyStatement(lake.connection, text);
  return text;
}

/** Refuses a file in the lake, and a folder that the lake is in, which COPY could empty. */
export function requireOutside(root: string, target: string): void {
  if (/^\w+:/.test(target)) throw new UserError(`${target} is no path of a file: name a file of this machine`);
  const path = realPath(resolve(target.replace(/^~(?=\/|$)/, homedir())));
  const lake = realPath(root);
  if (isWithin(lake, path) || isWithin(path, lake))
    throw new UserError(
      `${target} is in the lake, or holds it, and a query never changes the lake: choose another file`,
    );
}

function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`);
}

/** A path with its links resolved, as far as it exists. */
function realPath(path: string): string {
  if (existsSync(path) || path === dirname(path)) return realpathSync(path);
  return join(realPath(dirname(path)), basename(path));
}

/** Blanks out comments before a statement, so that DuckDB still names the right line of an error. */
function withoutLeadingComments(sql: string): string {
  return sql.replace(/^(\s|--[^\n]*(\n|$)|\/\*[\s\S]*?\*\/)*/, (comments) => comments.replace(/\S/g, ' '));
}

function firstWord(sql: string): string {
  return (/^\s*(\w+|\()/.exec(sql)?.[1] ?? '').toUpperCase();
}

function refusal(what: string, access: Access): UserError {
  const remedy =
    access === 'files'
      ? "with --allow-files, also one COPY (...) TO 'file'"
      : 'to read other files, or to write one by COPY, use "clickstream query --allow-files"';
  return new UserError(`a query is one statement that reads (${READING_KINDS}), and ${what}: ${remedy}`);
}
