import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { CreateTableCommand, GlueClient } from '@aws-sdk/client-glue';
import { median } from 'simple-statistics';
import { DATABASE } from '../core/names';
import { PROJECT } from '../core/project';
import { info } from '../core/terminal/progress';
import { DAY_S, HOUR_MS } from '../core/time';
import { openLake } from '../lake/duckdb/open-lake';
import { transform } from '../lake/duckdb/transform';
import { clickstreamColumns, sessionColumns } from '../schema/tables';
import { folderStore } from '../sources/landing/object-store';
import { startEmulator } from '../support/aws-emulator';
import { recordCalls } from '../support/aws-recorder';
import { BUCKET, type SparkLake, sparkLake } from '../support/emulated-lake';
import { FOR_MANY_ROWS, hasSpark, type Run, submit } from '../support/spark';
import { hasTrino, startTrino, type Trino } from '../support/trino';
import { landed, timed } from './landed';

/** Benchmarks of Spark and Trino on an emulated AWS: prints rows of the table as JSON. */

const RUNS = 3;
const DAYS = 60;
const UNTIL = Math.floor(Date.now() / 1000 / DAY_S) * DAY_S;
const WINDOW_S = 300;

/** Events of the day that is landed in both layouts; smaller for a quick look. */
const LAYOUT_EVENTS = Number(process.env.LAYOUT_EVENTS ?? 100_000);
const EVENTS = Number(process.env.EVENTS ?? 1_000_000);
const COPIES = 10;

/** "Sample analytics query" of the article. */
const ARTICLE_QUERY = (table: string, age: string, date: string): string => `
  SELECT continent, event_type, AVG(${age}) AS avg_customer_age, COUNT(*) AS event_volume, COUNT(DISTINCT user_id) AS unique_users
  FROM ${table}
  WHERE ${date} >= current_date - INTERVAL '7' DAY
  GROUP BY continent, event_type
  ORDER BY event_volume DESC`;

type Measurement = readonly [measured: string, result: string, aim: string];

async function main(folder: string): Promise<void> {
  if (![hasSpark(), hasTrino()].every(Boolean)) throw new Error('needs Spark and Trino: "make bench" installs them');
  const emulator = await startEmulator();
  const second = await startEmulator();
  const trino = await startTrino(emulator.endpoint, FAST_JVM);
  const other = await startTrino(second.endpoint, FAST_JVM);
  try {
    const large = await sparkLake(emulator.endpoint, { more: FOR_MANY_ROWS });
    const small = await sparkLake(second.endpoint, { more: FOR_MANY_ROWS });
    const rows: Measurement[] = [];
    for (const measure of [
      () => layouts(small, second.endpoint),
      () => million(large, folder),
      () => query(large, emulator.endpoint, trino, folder),
      () => batches(large, small, trino),
      () => compaction(small, other),
    ])
      for (const row of await measure()) {
        rows.push(row);
        info(row.join(': '));
      }
    process.stdout.write(`${JSON.stringify(rows)}\n`);
  } finally {
    await Promise.all([trino, other].map((engine) => engine.stop()));
    await Promise.all([emulator, second].map((aws) => aws.stop()));
  }
}

/** Trino as it would run on a server. */
const FAST_JVM = ['-Xmx4g', '-XX:+UseParallelGC'];

/** A day of the same events in both layouts: an object for each event and CSV, against windows and Iceberg. */
async function layouts(lake: SparkLake, endpoint: string): Promise<Measurement[]> {
  info(`${LAYOUT_EVENTS} events in the original's layout …`);
  const range = { from: UNTIL - 61 * DAY_S, to: UNTIL - 60 * DAY_S }; // before those that other benchmarks look at
  const { files } = await landed(LAYOUT_EVENTS, range, WINDOW_S);
  const lines = files.flatMap(([, body]) => gunzipSync(body).toString().trimEnd().split('\n'));
  await inParallel(lines, 32, (line, n) => lake.put(`original/raw/${n}.json`, line));
  const theirs = await timed(() =>
    submit(endpoint, {
      script: join(PROJECT, 'bench/original_job.py'),
      pyFiles: [],
      settings: { ...lake.settings, ...FOR_MANY_ROWS },
      args: [BUCKET],
      longestMs: HOUR_MS,
    }),
  );
  info('… and in ours …');
  for (const [key, body] of files) await lake.put(key, body);
  const recorder = await recordCalls(endpoint, '000000000000', 'us-east-1');
  const ours = await timed(() => lake.runAt(recorder.endpoint));
  await recorder.stop();
  const requests = {
    theirs: lines.length + Number(theirs.result.summary!.requests),
    ours: files.length + recorder.requests.filter((action) => action.startsWith('s3:')).length,
  };
  return [
    [`a day of ${thousands(lines.length)} events, landed and transformed: S3 requests`, `${requests.ours}`, ''],
    ["… the original's, one object an event", times(requests.theirs / requests.ours), '>= 20 x'],
    ['… its transform time, Spark and its start included', times(theirs.seconds / ours.seconds), '>= 10 x'],
  ];
}

/** The same events transformed by Spark and by the embedded lake. */
async function million(lake: SparkLake, folder: string): Promise<Measurement[]> {
  info(`${EVENTS} events: the embedded lake …`);
  const range = { from: UNTIL - DAYS * DAY_S, to: UNTIL };
  const { files } = await landed(EVENTS / DAYS, range, DAY_S);
  const store = folderStore(folder);
  for (const [key, body] of files) await store.put(key, body);
  const embedded = await timed(async () => {
    const opened = await openLake(folder, { mode: 'write' });
    const result = await transform(opened);
    opened.close();
    return result;
  });
  info('… Spark …');
  for (const [key, body] of files) await lake.put(key, body);
  const spark = await timed(() => run(lake));
  return [
    [
      'the Glue job on two cores, a million events',
      `${secondsPerMillion(spark.seconds, embedded.result.new_events)} s`,
      '',
    ],
    ['… against the embedded lake', times(spark.seconds / embedded.seconds), ''],
  ];
}

/** The article's query on the same events in a CSV file a day, with times as text, and in the Iceberg table. */
async function query(lake: SparkLake, endpoint: string, trino: Trino, folder: string): Promise<Measurement[]> {
  info("the article's query …");
  await putCsv(lake, endpoint, folder);
  const pairs = [];
  for (let n = 0; n <= RUNS; n++)
    pairs.push({
      csv: await trino.measure(ARTICLE_QUERY('original', 'CAST(user_age AS DOUBLE)', 'CAST(click_date AS TIMESTAMP)')),
      iceberg: await trino.measure(ARTICLE_QUERY('clickstream_table', 'user_age', 'click_date')),
    });
  const warm = pairs.slice(1);
  const ratio = (of: 'bytes' | 'seconds'): number => median(warm.map(({ csv, iceberg }) => csv[of] / iceberg[of]));
  return [
    [
      `the article's query on ${thousands(EVENTS)} events in CSV, against Iceberg: bytes scanned`,
      times(ratio('bytes')),
      '>= 50 x',
    ],
    ['… time in Trino', times(ratio('seconds')), '>= 5 x'],
  ];
}

async function putCsv(lake: SparkLake, endpoint: string, folder: string): Promise<void> {
  const columns = [
    'user_age',
    'continent',
    'country_name',
    'user_action',
    'product_category',
    'event_type',
    'click_date',
    'user_id',
  ];
  const opened = await openLake(folder, { mode: 'files' });
  for (let n = 1; n <= DAYS; n++) {
    const day = new Date((UNTIL - n * DAY_S) * 1000).toISOString().slice(0, 10);
    const file = join(folder, `${day}.csv`);
    await opened.connection.run(`
      COPY (SELECT ${columns} FROM ${DATABASE}.clickstream_table WHERE CAST(click_date AS DATE) = DATE '${day}')
      TO '${file}' (FORMAT csv, HEADER)`);
    await lake.put(`original/table/${day}.csv`, readFileSync(file));
  }
  opened.close();
  const glue = new GlueClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: '000000000000', secretAccessKey: 'test' },
  });
  await glue.send(
    new CreateTableCommand({
      DatabaseName: DATABASE,
      TableInput: {
        Name: 'original',
        TableType: 'EXTERNAL_TABLE',
        Parameters: { 'skip.header.line.count': '1' },
        StorageDescriptor: {
          Location: `s3://${BUCKET}/original/table/`,
          Columns: columns.map((Name) => ({ Name, Type: 'string' })),
          InputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
          OutputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
          SerdeInfo: { SerializationLibrary: 'org.apache.hadoop.hive.serde2.OpenCSVSerde' },
        },
      },
    }),
  );
}

/** A window of the default volume into a lake of many events and into a small one, each of 60 days. */
async function batches(large: SparkLake, small: SparkLake, trino: Trino): Promise<Measurement[]> {
  info('a lake of ten times as many events …');
  for (const [table, columns, keys] of [
    ['clickstream_table', clickstreamColumns, ['event_id', 'user_id']],
    ['sessions', sessionColumns, ['session_id', 'user_id']],
  ] as const)
    for (let copy = 2; copy <= COPIES; copy++)
      await trino.query(`
        INSERT INTO ${table}
        SELECT ${columns.map(({ name }) => ((keys as readonly string[]).includes(name) ? `${name} || '-${copy}'` : name))}
        FROM ${table} WHERE user_id NOT LIKE '%-%'`);
  const range = { from: UNTIL - DAYS * DAY_S, to: UNTIL };
  for (const [key, body] of (await landed(EVENTS / COPIES / DAYS, range, DAY_S)).files) await small.put(key, body);
  await run(small);
  info('… and batches into it and into a small one …');
  const pairs = [];
  for (let n = 0; n < RUNS; n++) {
    const { files: batch } = await landed(
      5760,
      { from: UNTIL + n * WINDOW_S, to: UNTIL + (n + 1) * WINDOW_S },
      WINDOW_S,
      2,
    );
    const secondsOf = async (lake: SparkLake): Promise<number> => {
      for (const [key, body] of batch) await lake.put(key, body);
      return Number((await run(lake)).summary!.seconds);
    };
    pairs.push({ large: await secondsOf(large), small: await secondsOf(small) });
  }
  return [
    [
      `the Glue job, a five-minute batch into ${thousands(EVENTS * COPIES)} events`,
      `${median(pairs.map((pair) => pair.large)).toFixed(1)} s`,
      '',
    ],
    [
      `… against ${thousands(EVENTS / COPIES)}`,
      `${median(pairs.map((pair) => pair.large / pair.small)).toFixed(2)} x`,
      '<= 1.5 x',
    ],
  ];
}

/** A day in a hundred small files, and in what the job's upkeep makes of them. */
async function compaction(lake: SparkLake, trino: Trino): Promise<Measurement[]> {
  info('compaction …');
  const PARTS = 100;
  const day = new Date((UNTIL - DAY_S) * 1000).toISOString().slice(0, 10);
  const ofDay = `CAST(click_date AS DATE) = DATE '${day}'`;
  await trino.query(
    `CREATE TABLE a_day WITH (location = 's3://${BUCKET}/a-day') AS SELECT * FROM clickstream_table WHERE ${ofDay}`,
  );
  await trino.query(`DELETE FROM clickstream_table WHERE ${ofDay}`);
  for (let n = 0; n < PARTS; n++)
    await trino.query(`
      INSERT INTO clickstream_table SELECT * FROM a_day WHERE MOD(EXTRACT(HOUR FROM click_date) * 60 + EXTRACT(MINUTE FROM click_date), ${PARTS}) = ${n}`);
  const fileCount = async (): Promise<number> =>
    Number(
      (
        await trino.query(
          `SELECT COUNT(*) FROM "clickstream_table$files" WHERE partition.click_date_day = DATE '${day}'`,
        )
      ).rows[0]![0],
    );
  const secondsOf = async (): Promise<number> => {
    const runs = [];
    for (let n = 0; n <= RUNS; n++)
      runs.push(
        (
          await trino.measure(
            `SELECT event_type, COUNT(DISTINCT user_id) FROM clickstream_table WHERE ${ofDay} GROUP BY 1`,
          )
        ).seconds,
      );
    return median(runs.slice(1));
  };
  const before = { files: await fileCount(), seconds: await secondsOf() };
  await run(lake);
  const after = { files: await fileCount(), seconds: await secondsOf() };
  return [
    [`a day's files before upkeep, and after it`, `${before.files} : ${after.files}`, ''],
    ['… time of a query over the day', times(before.seconds / after.seconds), ''],
  ];
}

async function run(lake: SparkLake): Promise<Run> {
  const ended = await lake.run();
  if (ended.code !== 0) throw new Error(ended.output.slice(-8000));
  return ended;
}

async function inParallel<T>(
  items: readonly T[],
  count: number,
  action: (item: T, n: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < items.length) {
      const n = next++;
      await action(items[n]!, n);
    }
  };
  await Promise.all(Array.from({ length: count }, work));
}

function secondsPerMillion(seconds: number, events: number): string {
  return ((seconds / events) * 1e6).toFixed(0);
}

function times(ratio: number): string {
  return `${ratio.toFixed(ratio < 10 ? 1 : 0)} x`;
}

function thousands(count: number): string {
  return `${Math.round(count / 1000).toLocaleString('en-US')} k`;
}

const folder = mkdtempSync(join(tmpdir(), 'clickstream-bench-'));
main(folder)
  .catch((error: Error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exitCode = 1;
  })
  .finally(() => rmSync(folder, { recursive: true, force: true }));
