import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { UsageError, UserError } from '../core/errors';
import { escapeControlsOfLines } from '../core/terminal/escape-controls';
import { type Cell, count, FORMATS, type Format, printRows } from '../core/terminal/output';
import { info, progress } from '../core/terminal/progress';
import { report } from '../core/terminal/report';
import { DAY_S, parseTime } from '../core/time';
import { nothingValid } from '../lake/duckdb/failures';
import { lakeReader } from '../lake/duckdb/lake-reader';
import { counted, type FileFormat, fileFormat, fileSink, writeFileWhole } from '../lake/duckdb/out-file';
import { DEFAULT_TIME_LIMIT_S } from '../lake/duckdb/query';
import type { TransformResult } from '../lake/duckdb/transform';
import { allRows, ENGINES, type EngineName, engine, type OpenTables, withTables } from '../lake/engine';
import { explainMismatch, verify } from '../lake/verify';
import { analysis, analysisNames } from '../metrics/analyses';
import { version } from '../package.json';
import { loadCountries } from '../schema/countries';
import { sayWarnings } from '../server/health';
import { generate, generateLive } from '../sources/ground-truth/generate';
import { INCIDENT_KINDS, type Incident, parseIncident } from '../sources/simulator/incidents';
import { DEFAULT_EVENTS_PER_DAY, MODELS, type SimulationOptions } from '../sources/simulator/simulation';
import { addCost } from './cost';
import { addDashboard } from './dashboard';
import { demo, demoIncidents } from './demo';
import { addDoctor } from './doctor/command';
import { addFormatOptions } from './format-option';
import { addMetrics } from './metrics';
import { addRecovery } from './recovery';
import { addServe, addServeOptions, type ServeFlags, serveUntilStopped } from './serve';
import { stopSignal } from './stop-signal';
import { addTables } from './tables';

interface LakeFlags {
  lake: string;
}

interface EngineFlags extends LakeFlags {
  engine: EngineName;
}

interface QueryFlags extends EngineFlags {
  file?: string;
  name?: string;
  format: Format | 'parquet';
  out?: string;
  timeout: number;
  allowFiles?: true;
}

interface SimulationFlags extends LakeFlags {
  days: number;
  eventsPerDay: number;
  until: number;
  seed: number;
  model: SimulationOptions['model'];
  population?: number;
  incident: Incident[];
}

const program = new Command('clickstream')
  .description('Clickstream business intelligence on one machine: generate, land, transform, query, verify')
  .version(version)
  .showHelpAfterError('(--help lists what there is)')
  .configureHelp({ showGlobalOptions: true })
  // Messages repeat arguments.
  .configureOutput({
    writeOut: (text) => process.stdout.write(escapeControlsOfLines(text)),
    writeErr: (text) => process.stderr.write(escapeControlsOfLines(text)),
  });

addServeOptions(
  program
    .command('demo')
    .description(
      'sixty days of clickstream, from the simulator to a report checked against the truth, and the dashboard',
    )
    .addOption(lakeOption())
    .addOption(engineOption())
    .addOption(simulationOption('--days'))
    .addOption(simulationOption('--events-per-day'))
    .addOption(simulationOption('--until'))
    .addOption(simulationOption('--seed'))
    .option('--no-serve', 'end with the report; so it does where CI is set, and with --engine spark'),
).action(async (flags: SimulationFlags & EngineFlags & ServeFlags & { serve: boolean }) => {
  const { lake, engine, days, eventsPerDay, until, seed, serve } = flags;
  const incidents = demoIncidents(until, days);
  process.exitCode = await demo(
    engine,
    lake,
    { seed, model: 'journeys', eventsPerDay, incidents },
    { from: until - days * DAY_S, to: until },
  );
  if (serve && engine === 'duckdb' && !process.env.CI) await serveUntilStopped(flags);
});

program
  .command('generate')
  .description('land simulated events in raw/, one object a day, and the answer key beside the lake')
  .addOption(lakeOption())
  .addOption(simulationOption('--days'))
  .addOption(simulationOption('--events-per-day'))
  .addOption(simulationOption('--until'))
  .addOption(simulationOption('--seed'))
  .addOption(
    new Option('--model <model>', 'journeys: users with sessions; independent: every event alone')
      .choices(MODELS)
      .default('journeys'),
  )
  .addOption(
    new Option(
      '--population <users>',
      'users present at any time (default: as many as have .2 sessions a day each)',
    ).argParser(positive),
  )
  .addOption(
    new Option(
      '--incident <incident...>',
      `plant KIND:COUNTRY:START/DURATION, such as checkout-outage:DE:2026-03-01T10:00/6h; kinds: ${INCIDENT_KINDS.join(', ')}`,
    )
      .argParser((text, before: Incident[]) => [...before, argument(() => parseIncident(text, loadCountries()))])
      .default([], 'none'),
  )
  .addOption(
    new Option('--window <duration>', 'time that one object covers, such as 5m, 1h or 1d')
      .argParser(duration)
      .default(DAY_S, '1d'),
  )
  .option('--live', 'land what has happened since the last window, then a window every few seconds until Ctrl-C')
  .addOption(new Option('--every <seconds>', 'seconds between windows with --live').argParser(positive).default(5))
  .action(async (flags: SimulationFlags & { live?: true; every: number; window: number }) => {
    const { lake, seed, model, eventsPerDay, population, incident, days, until } = flags;
    const options: SimulationOptions = { seed, model, eventsPerDay, population, incidents: incident };
    if (flags.live) return live(lake, options, flags.every);
    const bar = progress('generating');
    const range = { from: until - days * DAY_S, to: until };
    const { events, objects, bytes } = await generate(lake, {
      simulation: options,
      range,
      windowS: flags.window,
      onProgress: bar.update,
    }).finally(bar.stop);
    info(
      `landed ${count(events)} events in ${count(objects)} objects (${count(bytes)} bytes) in ${lake}/raw: "clickstream transform" is next`,
    );
  });

program
  .command('transform')
  .description(
    'Validate, deduplicate and enrich what is in raw/ into the tables, then archive it to processed/; exit code 1 if nothing was valid',
  )
  .addOption(lakeOption())
  .addOption(engineOption())
  .action(async (flags: EngineFlags) => {
    const bar = progress('transforming');
    const result = await engine(flags.engine).transform(flags.lake, bar.update).finally(bar.stop);
    sayTransformed(result);
    if (result.failures) throw nothingValid(result.failures);
    if (flags.engine === 'duckdb') await warnOf(flags.lake);
  });

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

addTables(program, engineOption);

addFormatOptions(program.command('verify'))
  .description('compare every metric with the answer key; exit code 1 if one differs')
  .addOption(lakeOption())
  .addOption(engineOption())
  .action(async (flags: EngineFlags & { format: Format }) => {
    await withTables(flags.engine, flags.lake, async (tables) => {
      const rows: Cell[][] = [];
      const details: string[] = [];
      const findings = verify(flags.lake, (sql) => allRows(tables, sql));
      for await (const { metric, expected, got, verdict, detail } of findings) {
        rows.push([metric, expected, got, verdict]);
        if (verdict === 'DIFFERS') details.push(`${metric} differs${detail ? ` at ${detail}` : ''}`);
      }
      await printRows({ columns: ['metric', 'expected', 'got', 'verdict'], chunks: [rows] }, flags.format);
      const compared = rows.filter((row) => row.at(-1) !== 'info');
      if (details.length === 0) return info(`all ${compared.length} numbers are as planted`);
      process.exitCode = 1;
      for (const text of details) info(text);
      const reason = await explainMismatch(flags.lake);
      if (reason) info(reason);
    });
  });

addRecovery(program, () => [lakeOption(), engineOption()], sayTransformed);
addServe(program, lakeOption);
addDashboard(program, lakeOption);
addMetrics(program);
addCost(program);
addDoctor(program);

main();

async function main(): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1)); // as with | head
  for (const command of [program, ...program.commands, ...program.commands.flatMap(({ commands }) => commands)])
    command.exitOverride();
  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError)
      process.exitCode = error.exitCode === 0 || error.code === 'commander.help' ? 0 : 2;
    else report(error);
  }
}

function sayTransformed({ files, new_events, duplicates, failed_events }: TransformResult): void {
  info(
    `${count(files)} files: ${count(new_events)} new events, ${count(duplicates)} duplicates, ${count(failed_events)} failed events`,
  );
  if (failed_events > 0)
    info('see why: clickstream query "SELECT reasons, COUNT(*) FROM failed_events GROUP BY reasons"');
}

/** Prints what is wrong with the data of a lake; nothing where another process is writing, which will say it. */
async function warnOf(lake: string): Promise<void> {
  const reader = lakeReader(lake, { waitS: 0 });
  try {
    await sayWarnings(reader);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  } finally {
    await reader.close();
  }
}

async function live(lake: string, options: SimulationOptions, everyS: number): Promise<void> {
  const signal = stopSignal();
  info(`a window every ${everyS} s into ${lake}/raw, until Ctrl-C`);
  await generateLive(lake, options, everyS, signal, ({ from, to }, { events }) =>
    info(`${new Date(from * 1000).toISOString()} to ${new Date(to * 1000).toISOString()}: ${count(events)} events`),
  );
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
  info(`wrote ${count(await writeFileWhole(out, lake, write))} rows to ${out}`);
}

function queryText(sql: string | undefined, file: string | undefined, name: string | undefined): string {
  if ([sql, file, name].filter((given) => given !== undefined).length !== 1)
    throw new UsageError('give one query: SQL as an argument, --file PATH, or --name ANALYSIS');
  if (sql !== undefined) return sql;
  return file === undefined ? analysis(name!) : readFileSync(file, 'utf8');
}

function lakeOption(): Option {
  return new Option('--lake <dir>', 'folder of the lake').default('.lake');
}

function engineOption(): Option {
  return new Option('--engine <engine>', 'duckdb; or spark, which runs the Glue job and has Iceberg tables')
    .choices(ENGINES)
    .default('duckdb');
}

function simulationOption(name: '--days' | '--events-per-day' | '--until' | '--seed'): Option {
  switch (name) {
    case '--days':
      return new Option('--days <number>', 'days of history').argParser(wholePositive).default(60);
    case '--events-per-day':
      return new Option('--events-per-day <number>', 'expected events a day')
        .argParser(positive)
        .default(DEFAULT_EVENTS_PER_DAY);
    case '--until':
      return new Option('--until <time>', 'end of the history, such as 2026-03-01 or 2026-03-01T10:00 (UTC)')
        .argParser(time)
        .default(Math.floor(Date.now() / 1000 / DAY_S) * DAY_S, 'the last midnight UTC');
    case '--seed':
      return new Option('--seed <number>', 'the same seed gives the same events').argParser(whole).default(1);
  }
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 1e9)) throw new InvalidArgumentError('It must be a number above 0, up to 1e9.');
  return value;
}

function timeLimit(text: string): number {
  const value = Number(text);
  if (!(value >= 0 && value <= 1e6) || text.trim() === '')
    throw new InvalidArgumentError('It must be a number of seconds, up to 1e6; 0 is without limit.');
  return value;
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || text.trim() === '') throw new InvalidArgumentError('It must be a whole number.');
  return value;
}

function wholePositive(text: string): number {
  const value = whole(text);
  if (value < 1 || value > 10_000) throw new InvalidArgumentError('It must be a whole number from 1 to 10000.');
  return value;
}

function time(text: string): number {
  const value = parseTime(text);
  if (!Number.isInteger(value) || value < 946_684_800 || value > 4_102_444_800)
    throw new InvalidArgumentError(
      'It must be a time from 2000 to 2100, such as 2026-03-01 or 2026-03-01T10:00 (UTC).',
    );
  return value;
}

function duration(text: string): number {
  const match = /^(\d+)([smhd])$/.exec(text);
  const seconds = match ? Number(match[1]) * { s: 1, m: 60, h: 3600, d: DAY_S }[match[2] as 's' | 'm' | 'h' | 'd'] : 0;
  if (seconds < 1 || seconds > DAY_S)
    throw new InvalidArgumentError('It must be a duration up to a day, such as 5m, 1h or 1d.');
  return seconds;
}

/** Lets commander name the option when its value is refused. */
function argument<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}
