import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { median } from 'simple-statistics';
import { PROJECT } from '../core/project';
import { info } from '../core/terminal/progress';
import { DAY_S, HOUR_S, type TimeRange } from '../core/time';
import type measuredFile from '../pricing/measured.json';
import { tables } from '../schema/tables';
import { synthesizeStack } from '../stacks/synthesize';
import { startEmulator } from '../support/aws-emulator';
import { billed, keyOf, recordCalls } from '../support/aws-recorder';
import { BUCKET, type SparkLake, sparkLake } from '../support/emulated-lake';
import { FOR_MANY_ROWS, hasSpark } from '../support/spark';
import { stackTables } from '../support/stack-tables';
import { hasTrino, startTrino } from '../support/trino';
import { type Files, landed, timed } from './landed';

/** Measures what prices are computed from, on emulated AWS, and writes it into `pricing/measured.json`. Takes about five minutes. */

const FILE = join(PROJECT, 'pricing/measured.json');
const TODAY = Math.floor(Date.now() / 1000 / DAY_S) * DAY_S;
const HISTORY_DAYS = 30;
const WINDOW_S = 300;
/** Events a day of the default settings, and of a busier site. */
const [FEW, MANY] = [5760, 288_000];

type Measured = Partial<Record<keyof typeof measuredFile.quantities, number>>;

async function main(): Promise<void> {
  if (![hasSpark(), hasTrino()].every(Boolean))
    throw new Error('needs Spark and Trino: "make quantities" installs them');
  const emulator = await startEmulator();
  try {
    const stack = synthesizeStack();
    const lake = await sparkLake(emulator.endpoint, { others: stackTables(BUCKET, stack), more: FOR_MANY_ROWS });
    const landing = await measureLanding();
    const job = await measureJob(lake, emulator.endpoint);
    save({ ...landing, ...job, ...(await measureQueries(lake, emulator.endpoint)) });
  } finally {
    await emulator.stop();
  }
}

/** What objects take: two volumes give what is an object's and what is an event's. */
async function measureLanding(): Promise<Measured> {
  info('landing …');
  const day = { from: TODAY - DAY_S, to: TODAY };
  const few = await landed(FEW, day, WINDOW_S);
  const { result: many, seconds } = await timed(() => landed(MANY, day, WINDOW_S));
  const perEvent = slope([few.events, bytesOf(few.files)], [many.events, bytesOf(many.files)]);
  return {
    raw_bytes_per_event: perEvent,
    raw_bytes_per_object: (bytesOf(few.files) - perEvent * few.events) / few.files.length,
    landing_seconds_per_event: seconds / many.events,
  };
}

/** The job on a day of windows, on a day of hours, and on a busy day, in a lake with a history. */
async function measureJob(lake: SparkLake, endpoint: string): Promise<Measured> {
  const first = TODAY - (HISTORY_DAYS + 5) * DAY_S;
  const history = await landed(FEW, { from: first, to: first + HISTORY_DAYS * DAY_S }, DAY_S);
  await recordedRun(lake, endpoint, history.files, 'a history');
  const dayAfter = (n: number): TimeRange => ({
    from: first + (HISTORY_DAYS + n) * DAY_S,
    to: first + (HISTORY_DAYS + n + 1) * DAY_S,
  });
  const hours = await landed(FEW, dayAfter(0), HOUR_S);
  const windows = await landed(FEW, dayAfter(1), WINDOW_S);
  const others = [await landed(FEW, dayAfter(2), WINDOW_S), await landed(FEW, dayAfter(3), WINDOW_S)];
  const busy = await landed(MANY, dayAfter(4), WINDOW_S);
  const a = await recordedRun(lake, endpoint, hours.files, 'a day of hours');
  const usual = await recordedRun(lake, endpoint, windows.files, 'a day of windows');
  const times = [usual.seconds];
  for (const { files } of others) times.push((await recordedRun(lake, endpoint, files, 'one more')).seconds);
  const b = { ...usual, seconds: median(times) };
  const c = await recordedRun(lake, endpoint, busy.files, 'a busy day');
  const perObject = (count: (run: typeof a) => number): { fixed: number; perObject: number } => {
    const per = Math.max(0, slope([hours.files.length, count(a)], [windows.files.length, count(b)]));
    return { fixed: count(b) - per * windows.files.length, perObject: per };
  };
  const puts = perObject(({ requests }) => requests.puts);
  const gets = perObject(({ requests }) => requests.gets);
  const perEvent = (count: (run: typeof a) => number): number =>
    slope([windows.events, count(b)], [busy.events, count(c)]);
  const [seconds, written] = [perEvent((run) => run.seconds), perEvent((run) => run.written)];
  return {
    job_seconds: b.seconds - seconds * windows.events,
    job_seconds_per_event: seconds,
    job_puts: puts.fixed,
    job_puts_per_object: puts.perObject,
    job_lists: b.requests.lists,
    job_gets: gets.fixed,
    job_gets_per_object: gets.perObject,
    job_catalog_requests: b.requests.catalog,
    job_written_bytes: b.written - written * windows.events,
    job_written_bytes_per_event: written,
  };
}

/** A query of the live view, in a Trino that remembers nothing, as Athena does. */
async function measureQueries(lake: SparkLake, endpoint: string): Promise<Measured> {
  const waiting = await landed(FEW, { from: TODAY, to: TODAY + DAY_S }, WINDOW_S);
  for (const [key, body] of waiting.files) await lake.put(key, body);
  info('a query of the live view …');
  const { requests, read } = await recorded(endpoint, async (address) => {
    const engine = await startTrino(address);
    await engine.query(
      'SELECT event_type, COUNT(*), COUNT(DISTINCT user_id) FROM clickstream_live GROUP BY event_type',
    );
    await engine.stop();
  });
  const trino = await startTrino(endpoint);
  const one = async (sql: string): Promise<number> => Number((await trino.query(sql)).rows[0]![0]);
  const bytes = await Promise.all(
    Object.keys(tables).map((name) => one(`SELECT SUM(file_size_in_bytes) FROM "${name}$files"`)),
  );
  const events = await one('SELECT COUNT(*) FROM clickstream_table');
  const perEvent = async (columns: string, where: string): Promise<number> => {
    const { bytes: read } = await trino.measure(`SELECT ${columns} FROM clickstream_table WHERE ${where}`);
    return read / (await one(`SELECT COUNT(*) FROM clickstream_table WHERE ${where}`));
  };
  const busyDay = `CAST(from_unixtime(${TODAY - DAY_S}) AS TIMESTAMP)`;
  const asked = "COUNT_IF(event_type = 'click'), COUNT(DISTINCT user_id)";
  const scanned = {
    query_scanned_bytes_per_event: await perEvent(asked, `click_date < ${busyDay}`),
    query_scanned_bytes_per_event_by_column: await perEvent(asked, `click_date >= ${busyDay}`),
    query_matched_bytes_per_event_by_column: await perEvent(
      'COUNT(DISTINCT event_id), MAX(click_date)',
      `click_date >= ${busyDay}`,
    ),
  };
  await trino.stop();
  const [raw, data] = [read.filter((key) => key.startsWith('raw/')), read.filter((key) => key.endsWith('.parquet'))];
  return {
    query_lists: requests.lists,
    query_gets: read.length - raw.length - data.length,
    query_gets_per_table_file: data.length / new Set(data).size,
    query_gets_per_raw_object: raw.length / new Set(raw).size,
    query_catalog_requests: requests.catalog,
    ...scanned,
    result_bytes_per_event: bytes.reduce((sum, count) => sum + count, 0) / events,
  };
}

async function recordedRun(lake: SparkLake, endpoint: string, objects: Files, what: string) {
  info(`the job on ${what} …`);
  for (const [key, body] of objects) await lake.put(key, body);
  const { requests, result, written } = await recorded(endpoint, (address) => timed(() => lake.runAt(address)));
  if (result.result.code !== 0) throw new Error(result.result.output);
  return { requests, written, seconds: result.seconds };
}

async function recorded<T>(endpoint: string, action: (address: string) => Promise<T>) {
  const recorder = await recordCalls(endpoint, '000000000000', 'us-east-1');
  const result = await action(recorder.endpoint);
  await recorder.stop();
  const read = recorder.calls.filter(({ action }) => action === 's3:GetObject').map(keyOf);
  return { result, requests: billed(recorder.requests), read, written: recorder.written('results/') };
}

function bytesOf(files: Files): number {
  return files.reduce((sum, [, body]) => sum + body.length, 0);
}

function slope([x1, y1]: readonly [number, number], [x2, y2]: readonly [number, number]): number {
  return (y2 - y1) / (x2 - x1);
}

/** Into the file, which keeps what each is; rounded to three figures, since more would only be noise. */
function save(values: Measured): void {
  const file = JSON.parse(readFileSync(FILE, 'utf8')) as typeof measuredFile;
  for (const [name, value] of Object.entries(values))
    file.quantities[name as keyof Measured].value = Number(Math.max(0, value).toPrecision(3));
  const unmeasured = Object.keys(file.quantities).filter((name) => !(name in values));
  if (unmeasured.length > 0) throw new Error(`nothing here measures ${unmeasured.join(', ')}`);
  file.measured = new Date().toISOString().slice(0, 10);
  file.machine = `${cpus().length} cores, Spark 3.5.4 and Trino 483 on ministack`;
  writeFileSync(FILE, `${JSON.stringify(file, null, 2)}\n`);
}

main();
