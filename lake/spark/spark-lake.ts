import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { UserError } from '../../core/errors';
import { DATABASE } from '../../core/names';
import { PROJECT } from '../../core/project';
import { count } from '../../core/terminal/output';
import { info } from '../../core/terminal/progress';
import { jobFiles, jobModules } from '../../etl/job-files';
import { folderSparkSettings } from '../../etl/spark-settings';
import { COUNTRIES_CSV } from '../../schema/countries';
import { initialMetadata } from '../../schema/iceberg';
import { RESULT_TABLES } from '../../schema/result-tables';
import { tables } from '../../schema/tables';
import { folderStore, PRIVATE_FOLDER } from '../../sources/landing/object-store';
import { describePassedOver, type PassedOver } from '../duckdb/raw-files';
import type { Replacement, ReplayOptions, ReplayResult } from '../duckdb/replay';
import { isAllFailed, type TransformResult } from '../duckdb/transform';
import { lastLines, openSpark, requireSpark, type SparkSession, sparkError, startSpark } from './spark';

const ETL = join(PROJECT, 'etl');
const FOLDERS = ['raw', 'processed', 'results'];
const TABLES = Object.keys(tables) as (keyof typeof tables)[];

/** Most files of a run of the job, as on AWS; the next takes more. */
const MAX_FILES = 10_000;

/** Where the Iceberg tables of a lake are. */
export function icebergFolder(root: string): string {
  return join(root, 'results', DATABASE);
}

/** Runs the Glue job, by local Spark, until nothing waits in `raw/`, and says how it goes. */
export async function transformBySpark(folder: string): Promise<TransformResult> {
  const root = await readied(folder);
  let total: TransformResult = { files: 0, new_events: 0, duplicates: 0, failed_events: 0 };
  const reasons: Record<string, number> = {};
  for (let files = MAX_FILES; files === MAX_FILES; ) {
    const run = await runJob(root);
    files = run.files;
    total = {
      files: total.files + files,
      new_events: total.new_events + run.accepted,
      duplicates: total.duplicates + run.duplicates,
      failed_events: total.failed_events + sum(run.failed),
    };
    for (const [text, lines] of Object.entries(run.failed))
      for (const reason of text.split(',')) reasons[reason] = (reasons[reason] ?? 0) + lines;
  }
  return isAllFailed(total) ? { ...total, failures: { reasons } } : total;
}

/** Has the job land failed events again, and transform them unless it only counts. `onReplayed` gets the counts. */
export async function replayBySpark(
  folder: string,
  { reasons = [], replacements = [], isDryRun = false }: ReplayOptions,
  onReplayed: (result: ReplayResult) => void,
): Promise<TransformResult | undefined> {
  const args = replayArguments(reasons, replacements, isDryRun);
  const last = await runJob(await readied(folder), Object.entries(args).flat(), onReplayed);
  return isDryRun ? undefined : resultOf(last);
}

/** Has the job rebuild days. */
export async function reprocessBySpark(folder: string, from: string, to: string): Promise<TransformResult> {
  return resultOf(await runJob(await readied(folder), ['--from', from, '--to', to]));
}

/** Arguments of the job for a replay. */
export function replayArguments(
  reasons: readonly string[],
  replacements: readonly Replacement[],
  isDryRun: boolean,
): Readonly<Record<string, string>> {
  const rules = replacements.map(({ field, text, other }) => `${field}:${text}=${other}`);
  return {
    '--replay': reasons.length > 0 ? reasons.join() : 'all',
    '--replace': JSON.stringify(rules),
    '--dry_run': String(isDryRun),
  };
}

async function readied(folder: string): Promise<string> {
  await requireSpark();
  info('starting Spark, which takes some seconds …');
  return prepared(folder);
}

function resultOf({ files = 0, accepted, duplicates = 0, failed = {} }: Summary): TransformResult {
  return { files, new_events: accepted, duplicates, failed_events: sum(failed) };
}

/** Opens the Iceberg tables of a lake for queries, each of which may take some seconds; 0 is without limit. */
export async function openIcebergTables(folder: string, timeLimitS = 0): Promise<SparkSession> {
  await requireSpark();
  const root = realpathSync(folder);
  for (const table of TABLES) requireInPlace(root, table);
  return openSpark({ settings: settingsOf(root) }, timeLimitS);
}

interface Summary {
  readonly files: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly failed: Readonly<Record<string, number>>;
}

/** A line of the job's log. */
type Line = Readonly<Record<string, unknown>> & { readonly message: string };

/** What the stack does for a bucket: folders, the job's own files, and the tables if there are none. Returns the real path. */
async function prepared(folder: string): Promise<string> {
  for (const name of FOLDERS) mkdirSync(join(folder, name), { recursive: true, mode: PRIVATE_FOLDER });
  const root = realpathSync(folder);
  const store = folderStore(root);
  await store.put('reference/countries.csv', readFileSync(COUNTRIES_CSV));
  for (const [path, content] of Object.entries(jobFiles()))
    await store.put(`glue-script/${path}`, Buffer.from(content));
  for (const table of TABLES) {
    if (!existsSync(tableFolder(root, table))) await createTable(root, table);
    requireInPlace(root, table);
  }
  return root;
}

/** Makes an empty table by renaming its whole folder into place, so that it is there or not, and none is ever replaced. */
async function createTable(root: string, table: keyof typeof tables): Promise<void> {
  const folder = tableFolder(root, table);
  const cradle = join(root, 'results', `.${table}.${process.pid}`);
  const metadata = initialMetadata(table, `file:${folder}`, tables[table], RESULT_TABLES[table].layout);
  await mkdir(join(cradle, 'metadata'), { recursive: true });
  await writeFile(join(cradle, 'metadata/v1.metadata.json'), metadata);
  await writeFile(join(cradle, 'metadata/version-hint.text'), '1');
  await mkdir(dirname(folder), { recursive: true });
  try {
    await rename(cradle, folder);
  } catch (error) {
    await rm(cradle, { recursive: true });
    if (!existsSync(folder)) throw error; // else another process was faster
  }
}

/** Iceberg's files name each other by whole paths, so that a lake that is moved can't be read. */
function requireInPlace(root: string, table: keyof typeof tables): void {
  const folder = tableFolder(root, table);
  const version = readFileSync(join(folder, 'metadata/version-hint.text'), 'utf8').trim();
  const { location } = JSON.parse(readFileSync(join(folder, `metadata/v${version}.metadata.json`), 'utf8'));
  if (location !== `file:${folder}`)
    throw new UserError(
      `${folder} was made as ${location}, and Iceberg's tables can't be moved: put the lake back to its place,` +
        ' or move its processed/ to raw/ of a new one, and transform that',
    );
}

async function runJob(
  root: string,
  more: readonly string[] = [],
  onReplayed?: (result: ReplayResult) => void,
): Promise<Summary> {
  const child = startSpark({
    script: join(ETL, 'job.py'),
    pyFiles: jobModules().map((file) => join(ETL, file)),
    settings: settingsOf(root),
    args: ['--lake', root, '--database', DATABASE, '--grace_s', '0', '--max_files', String(MAX_FILES), ...more],
  });
  const closed = once(child, 'close');
  const said = lastLines(child.stderr);
  let last: Line | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('{')) {
      said.push(line);
      continue;
    }
    last = JSON.parse(line) as Line;
    if (last.message === 'replayed') onReplayed?.(last as unknown as ReplayResult);
    const text = described(last);
    if (text) info(text);
  }
  const [code] = await closed;
  if (code !== 0 || (last?.message !== 'transformed' && last?.message !== 'replayed')) throw sparkError(said);
  return last as unknown as Summary;
}

/** What a line of the job's log means to a person; undefined if nothing. */
function described(line: Line): string | undefined {
  switch (line.message) {
    case 'staged': {
      const { accepted, duplicates, failed } = line as unknown as Summary;
      return `staged ${count(accepted)} new events, ${count(duplicates)} duplicates, ${count(sum(failed))} failed events`;
    }
    case 'published':
      return `published ${line.table}`;
    case 'rebuilt':
      return `rebuilt ${line.day}`;
    case 'warning':
      return `warning: ${line.name}: ${(line.rows as string[]).join('; ')}`;
    case 'another run was faster':
      return 'another run was faster: starting anew';
    case 'passed over':
      return describePassedOver(line.entries as readonly PassedOver[]);
    case 'waiting for another run':
      return 'waiting for another run, which is at work on the lake';
    default:
      return undefined;
  }
}

function settingsOf(root: string): Readonly<Record<string, string>> {
  return folderSparkSettings(join(root, 'results'));
}

function tableFolder(root: string, table: keyof typeof tables): string {
  return join(icebergFolder(root), table);
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, value) => total + value, 0);
}
