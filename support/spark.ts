import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { PROJECT } from '../core/project';
import {
  lastLines,
  openSpark,
  type SparkOptions,
  type SparkSession,
  sparkJar,
  startSpark,
  startSparkServer,
} from '../lake/spark/spark';

const JARS = ['iceberg-spark-runtime-3.5_2.12-1.7.1.jar', 'iceberg-aws-bundle-1.7.1.jar'].map(sparkJar);
const REGION = 'us-east-1';

const LONGEST_RUN_MS = 600_000;

/** Whether Spark and Java are installed. In continuous integration they must be: throws if they are not. */
export function hasSpark(): boolean {
  const missing = JARS.find((jar) => !existsSync(jar));
  if (missing === undefined) return true;
  const message = `${missing} is missing: "make test" installs it (with Python 3.11, Java 17 and Maven)`;
  if (process.env.CI) throw new Error(message);
  process.stderr.write(`skipped: ${message}\n`);
  return false;
}

/** What the job said of a run. */
export interface Run {
  /** Null if it was killed. */
  readonly code: number | null;
  readonly output: string;
  /** Its last line of JSON. */
  readonly summary: Readonly<Record<string, unknown>> | undefined;
}

export interface Submission {
  readonly script: string;
  readonly pyFiles: readonly string[];
  /** Spark settings as Glue would have them; those that lead to the emulator are added. */
  readonly settings: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  /** When the run is killed as a whole. @default it never is */
  readonly killAt?: Moment;
  /** After this time a run is taken for stuck, and killed. @default ten minutes */
  readonly longestMs?: number;
}

/** A moment of a run: so long after it has said something, or after it was started. */
export interface Moment {
  /** @default its start */
  readonly said?: string;
  /** @default 0 */
  readonly afterMs?: number;
}

/** Runs a job to its end by local Spark, as Glue 5.0 would, on the AWS of an endpoint. */
export async function submit(endpoint: string, submission: Submission): Promise<Run> {
  const { script, pyFiles, settings, args, killAt, longestMs = LONGEST_RUN_MS } = submission;
  const child = startSpark({ script, pyFiles, args, ...emulatedAws(endpoint, settings), isDetached: true });
  const output = [child.stdout, child.stderr].map((stream) => text(stream));
  const kill = (): void => void process.kill(-child.pid!, 'SIGKILL');
  const timers = [setTimeout(kill, longestMs)];
  const look = (said: Buffer): void => {
    if (killAt?.said !== undefined && !said.includes(killAt.said)) return;
    child.stdout.off('data', look);
    timers.push(setTimeout(kill, killAt?.afterMs ?? 0));
  };
  if (killAt?.said !== undefined) child.stdout.on('data', look);
  else if (killAt) look(Buffer.of());
  const [code] = await once(child, 'close');
  timers.forEach(clearTimeout);
  const [stdout, stderr] = await Promise.all(output);
  return { code, output: `${stdout}${stderr}`, summary: summaryOf(stdout!) };
}

function summaryOf(stdout: string): Run['summary'] {
  const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
  return lines.length > 0 ? JSON.parse(lines.at(-1)!) : undefined;
}

/** A job that is run again and again in one Spark, which saves the start of each; not to be killed. */
export interface JobServer {
  run(args: readonly string[]): Promise<Run>;
  stop(): Promise<void>;
}

/** Starts Spark for the job whose entry point is the script. What others commit to the tables is seen by the next run. */
export function startJobServer(endpoint: string, { script, pyFiles, settings }: Omit<Submission, 'args'>): JobServer {
  const child = startSparkServer({
    script: join(PROJECT, 'support/job_server.py'),
    args: [script, ...pyFiles],
    ...emulatedAws(endpoint, { ...settings, 'spark.sql.catalog.glue_catalog.cache-enabled': 'false' }),
  });
  const errors = lastLines(child.stderr);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async run(args) {
      child.stdin.write(`${JSON.stringify(args)}\n`);
      for (;;) {
        const { value, done } = await lines.next();
        if (done) throw new Error(`Spark ended: ${errors.join('\n')}`);
        if (!value.startsWith('ENDED ')) continue;
        const { code, output } = JSON.parse(value.slice('ENDED '.length)) as Pick<Run, 'code' | 'output'>;
        return { code, output, summary: summaryOf(output) };
      }
    },
    async stop() {
      child.stdin.end();
      if (child.exitCode === null) await once(child, 'close');
    },
  };
}

/** A Spark that answers queries on the tables in the AWS of an endpoint. */
export function openSparkAt(endpoint: string, settings: Readonly<Record<string, string>>): SparkSession {
  return openSpark(emulatedAws(endpoint, settings));
}

/** What Python programs need to find the AWS of an endpoint, wherever they run. */
export function sparkEnvironment(endpoint: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    JAVA_HOME: process.env.JAVA_HOME,
    TZ: 'America/New_York',
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ACCESS_KEY_ID: '000000000000',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

/** What leads local Spark, with settings as Glue would have them, to the AWS of an endpoint. */
export function emulatedAws(endpoint: string, settings: Readonly<Record<string, string>>): SparkOptions {
  return { settings: settingsFor(endpoint, settings), jars: JARS, env: sparkEnvironment(endpoint) };
}

const QUIET = `-Dlog4j2.configurationFile=file://${join(PROJECT, 'support/log4j2.properties')}`;

/** For a few rows: no time spent on code that runs for seconds. */
const FOR_FEW_ROWS: Readonly<Record<string, string>> = {
  'spark.driver.extraJavaOptions': `-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256m -XX:+UseSerialGC ${QUIET}`,
};

/** For as many rows as there are. */
export const FOR_MANY_ROWS: Readonly<Record<string, string>> = { 'spark.driver.extraJavaOptions': QUIET };

function settingsFor(endpoint: string, settings: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return {
    ...FOR_FEW_ROWS,
    ...settings,
    'spark.master': 'local[2]',
    'spark.sql.catalog.glue_catalog.glue.endpoint': endpoint,
    'spark.sql.catalog.glue_catalog.s3.endpoint': endpoint,
    'spark.sql.catalog.glue_catalog.s3.path-style-access': 'true',
    'spark.sql.catalog.glue_catalog.client.region': REGION,
    'spark.sql.shuffle.partitions': '2',
  };
}
