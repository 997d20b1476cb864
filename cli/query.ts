import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { UsageError } from '../core/errors';
import { count, FORMATS, type Format, printRows } from '../core/terminal/output';
import { info } from '../core/terminal/progress';
import { counted, type FileFormat, fileFormat, fileSink, writeFileWhole } from '../lake/duckdb/out-file';
import { DEFAULT_TIME_LIMIT_S } from '../lake/duckdb/query';
import { requireOutside } from '../lake/duckdb/sealing';
import { type OpenTables, withTables } from '../lake/engine';
import { analysis, analysisNames } from '../metrics/analyses';
import { addFormatOptions } from './format-option';
import { type EngineFlags, engineOption, lakeOption } from './options';
import { timeLimit } from './parsers';

interface QueryFlags extends EngineFlags {
  file?: string;
  name?: string;
  format: Format | 'parquet';
  out?: string;
  timeout: number;
  allowFiles?: true;
}

/** Adds `clickstream query`. */
export function addQuery(program: Command): void {
  addFormatOptions(program.command('query'), { choices: [...FORMATS, 'parquet'] })
    .description('Run SQL on the tables of the lake, such as clickstream_live, sessions and failed_events')
    .argument('[sql]', 'the query')
    .option('--file <path>', 'read the query from a file')
    .option('--name <analysis>', `run an analysis of metrics/: ${analysisNames().join(', ')}`)
    .addOption(lakeOption())
    .addOption(engineOption())
    .option(
      '--out <file>',
      'write all rows to a file, as its name says: .csv, .tsv, .json or .parquet; --format overrides the name',
    )
    .addOption(
      new Option('--timeout <seconds>', 'stop the query after this many seconds of work; 0 is without limit')
        .argParser(timeLimit)
        .default(DEFAULT_TIME_LIMIT_S),
    )
    .option(
      '--allow-files',
      "let the SQL read any file that you can read (read_csv and the like), and write one outside the lake by COPY (...) TO 'file'",
    )
    .addHelpText(
      'after',
      `
The SQL is one statement that reads: SELECT, WITH, VALUES, FROM, TABLE, DESCRIBE, SHOW, SUMMARIZE, PIVOT, UNPIVOT or EXPLAIN.
It sees the tables of the lake and what is in its raw/, and no other file; it can't change anything. With --allow-files it can read
and overwrite every file that you can, except in the lake: do not use that for SQL that you have not read.`,
    )
    .action(async (sql: string | undefined, flags: QueryFlags, command: Command) => {
      const text = queryText(sql, flags.file, flags.name);
      const { engine, lake, format, out = '-', allowFiles, timeout: timeLimitS } = flags;
      if (out !== '-') {
        const chosen = command.getOptionValueSource('format') === 'default' ? undefined : format;
        return writeRows(text, flags, out, fileFormat(out, chosen));
      }
      if (format === 'parquet') throw new UsageError('Parquet is written to a file: add --out FILE');
      const print = async (tables: OpenTables): Promise<void> => printRows(await tables.query(text), format);
      await withTables(engine, lake, print, { allowFiles, timeLimitS });
    });
}

async function writeRows(sql: string, flags: QueryFlags, out: string, format: FileFormat): Promise<void> {
  const { engine, lake, allowFiles, timeout: timeLimitS } = flags;
  const write = (path: string): Promise<number> =>
    withTables(
      engine,
      lake,
      async (tables) => {
        if (format === 'parquet') return tables.writeParquet(sql, path);
        const rows = counted(await tables.query(sql));
        const sink = fileSink(path);
        await printRows(rows, format, sink).finally(sink.close);
        return rows.count();
      },
      { allowFiles, timeLimitS, privateFolder: dirname(path) },
    );
  requireOutside(resolve(lake), out);
  info(`wrote ${count(await writeFileWhole(out, write))} rows to ${out}`);
}

function queryText(sql: string | undefined, file: string | undefined, name: string | undefined): string {
  if ([sql, file, name].filter((given) => given !== undefined).length !== 1)
    throw new UsageError('give one query: SQL as an argument, --file PATH, or --name ANALYSIS');
  if (sql !== undefined) return sql;
  return file === undefined ? analysis(name!) : readFileSync(file, 'utf8');
}
