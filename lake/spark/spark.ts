import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { UserError } from '../../core/errors';
import { DATABASE } from '../../core/names';
import { PROJECT } from '../../core/project';
import type { Rows, Value } from '../../core/terminal/output';

const SPARK = join(PROJECT, '.venv/spark');
const PYTHON = join(SPARK, 'bin/python');
const ICEBERG = sparkJar('iceberg-spark-runtime-3.5_2.12-1.7.1.jar');

/** Java's archive of the classes that Spark loads, which `make install-spark` has a first run write; without it, starting takes longer. */
const CLASSES = join(SPARK, 'classes.jsa');
const JAVA_OPTIONS = 'spark.driver.extraJavaOptions';

/** Spark 3.5 runs on no newer one, and Glue 5.0 has this one. */
const JAVA = 17;
const INSTALLED = '"make install-spark" installs Spark, and needs Python 3.11, Java 17 and Maven';

/** Settings by which Spark stays on this machine and says little; a program's own come after them. */
const MACHINE_SETTINGS: Readonly<Record<string, string>> = {
  'spark.master': 'local[*]',
  'spark.sql.shuffle.partitions': String(Math.max(2, availableParallelism())),
  'spark.ui.enabled': 'false',
  'spark.driver.memory': '2g',
  'spark.driver.bindAddress': '127.0.0.1',
  'spark.driver.host': '127.0.0.1',
  'spark.log.level': 'ERROR',
};

export interface SparkOptions {
  readonly settings: Readonly<Record<string, string>>;
  /** @default Iceberg */
  readonly jars?: readonly string[];
  /** @default this process's, without what would lead to another Spark */
  readonly env?: NodeJS.ProcessEnv;
}

/** A Python program for Spark. */
export interface SparkProgram extends SparkOptions {
  readonly script: string;
  /** Modules that it imports, on executors too. @default none */
  readonly pyFiles?: readonly string[];
  /** @default none */
  readonly args?: readonly string[];
  /** Whether it leads a process group of its own. @default false */
  readonly isDetached?: boolean;
}

/** Path of a jar that `make install-spark` has put beside Spark. */
export function sparkJar(name: string): string {
  return join(SPARK, 'jars', name);
}

/** Throws a UserError that says what to install if Spark or Java 17 is missing. */
export async function requireSpark(jar = ICEBERG, env: NodeJS.ProcessEnv = process.env): Promise<void> {
  if (!existsSync(jar)) throw new UserError(`Spark is not installed (there is no ${jar}): ${INSTALLED}`);
  const found = await javaVersion(env);
  if (found === JAVA) return;
  const place = env.JAVA_HOME ? `JAVA_HOME, ${env.JAVA_HOME}` : 'the PATH';
  const has = found === undefined ? 'there is none' : `Java ${found} is`;
  throw new UserError(
    `Spark needs Java ${JAVA}, and ${has} in ${place}: install it (apt install openjdk-17-jre-headless, brew install openjdk@17),` +
      ` and set JAVA_HOME to its folder; ${INSTALLED}`,
  );
}

/** Starts a program by local Spark. Beside its standard error, what it says there comes on standard output. */
export function startSpark(program: SparkProgram): ChildProcessWithoutNullStreams {
  const { script, pyFiles = [], args = [], isDetached } = program;
  const flags = Object.entries(settingsOf(program)).flatMap(([name, value]) => ['--conf', `${name}=${value}`]);
  if (pyFiles.length > 0) flags.push('--py-files', pyFiles.join());
  return spawn(join(SPARK, 'bin/spark-submit'), [...flags, script, ...args], {
    env: environmentOf(program),
    detached: isDetached,
  });
}

/** Starts a program that makes its own session, of the settings that are its first argument, and is asked on its standard input. */
export function startSparkServer(
  program: Omit<SparkProgram, 'pyFiles' | 'isDetached'>,
): ChildProcessWithoutNullStreams {
  // Not by spark-submit, which keeps standard input from its program.
  const args = [program.script, JSON.stringify(settingsOf(program)), ...(program.args ?? [])];
  return spawn(PYTHON, args, { env: environmentOf(program) });
}

/** What a program that failed said last: a refusal of its own as it is, anything else with the lines that led to it. */
export function sparkError(lines: readonly string[]): UserError {
  const said = lines.filter((line) => line.trim() !== '' && !LOG_LINE.test(line));
  const isRefusal = said.length > 0 && !said.some((line) => line.startsWith('Traceback'));
  if (isRefusal) return new UserError(said.at(-1)!);
  return new UserError(`Spark failed; the last that it said:\n${lines.slice(-20).join('\n')}`);
}

/** The last lines of a stream so far, the oldest first. */
export function lastLines(stream: Readable, most = 100): string[] {
  const lines: string[] = [];
  createInterface({ input: stream }).on('line', (line) => {
    lines.push(line);
    if (lines.length > most) lines.shift();
  });
  return lines;
}

/** A Spark that answers queries, one after the other: a query ends the one before. */
export interface SparkSession {
  /** Throws a UserError with Spark's message where the SQL is wrong. */
  query(sql: string): Promise<Rows>;
  close(): Promise<void>;
}

/**
 * Starts a Spark that answers queries, each of which may take some seconds (0 is without limit); names of tables are those of the
 * catalog `glue_catalog`, in the result tables' database unless they name another. A query reads tables, not files by their path.
 */
export function openSpark(options: SparkOptions, timeLimitS = 0): SparkSession {
  const settings = {
    ...options.settings,
    'spark.sql.defaultCatalog': 'glue_catalog',
    'spark.sql.catalog.glue_catalog.default-namespace': DATABASE,
    'spark.sql.runSQLOnFiles': 'false',
  };
  const child = startSparkServer({ ...options, settings, script: join(PROJECT, 'lake/spark/spark_sql.py') });
  const closed = once(child, 'close');
  const errors = lastLines(child.stderr);
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  child.stdin.on('error', () => {}); // what it said before it ended is told instead

  const nextAnswer = async (): Promise<Answer | undefined> => {
    // Java writes warnings of its own to the same stream.
    for (let next = await answers.next(); !next.done; next = await answers.next()) {
      if (next.value.startsWith('{')) return JSON.parse(next.value);
    }
    return undefined;
  };
  const ask = async (request: object): Promise<Answer> => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    const answer = await nextAnswer();
    if (answer === undefined) {
      await closed;
      throw sparkError(errors);
    }
    if (answer.error !== undefined) throw new UserError(answer.error);
    return answer;
  };
  async function* chunksFrom(first: Answer): AsyncGenerator<readonly (readonly Value[])[]> {
    for (let answer = first; ; answer = await ask({})) {
      yield answer.rows;
      if (answer.is_last) return;
    }
  }
  return {
    async query(sql) {
      const first = await ask({ sql, time_limit_s: timeLimitS });
      return { columns: first.columns, scales: first.scales, chunks: chunksFrom(first) };
    },
    async close() {
      child.stdin.end();
      await closed;
    },
  };
}

interface Answer {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Value[])[];
  /** Of the first answer to a query. */
  readonly scales?: readonly (number | null)[];
  readonly is_last: boolean;
  readonly error?: string;
}

/** Lines that Spark and Java write beside what a program says. */
const LOG_LINE =
  /^(\d\d\/\d\d\/\d\d )?\d\d:\d\d:\d\d (ERROR|WARN|INFO)|^(WARNING|Picked up|Setting default log level|Using Spark's|To adjust logging)/;

/** Variables by which spark-submit would run another Spark or Python. */
const MISLEADING = ['SPARK_HOME', 'SPARK_CONF_DIR', 'PYTHONPATH', 'PYTHONHOME', 'PYSPARK_DRIVER_PYTHON'];

/** In one process the class path of the driver is everybody's; unlike `spark.jars`, it can be in the archive of classes. */
function settingsOf({ settings, jars = [ICEBERG] }: SparkOptions): Readonly<Record<string, string>> {
  const { [JAVA_OPTIONS]: options = '', ...others } = settings;
  return {
    ...MACHINE_SETTINGS,
    'spark.driver.extraClassPath': jars.join(':'),
    [JAVA_OPTIONS]: `-XX:${process.env.CLICKSTREAM_ARCHIVE_CLASSES ? 'ArchiveClassesAtExit' : 'SharedArchiveFile'}=${CLASSES} ${options}`,
    ...others,
  };
}

function environmentOf({ env = ownEnvironment() }: SparkOptions): NodeJS.ProcessEnv {
  return { ...env, PYSPARK_PYTHON: PYTHON, PYTHONUTF8: '1' };
}

function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !MISLEADING.includes(name)));
}

/** Java's version as spark-submit would find it, or undefined if there is none. */
async function javaVersion(env: NodeJS.ProcessEnv): Promise<number | undefined> {
  const java = env.JAVA_HOME ? join(env.JAVA_HOME, 'bin/java') : 'java';
  try {
    const { stderr } = await promisify(execFile)(java, ['-version'], { env });
    return Number(/version "(\d+)/.exec(stderr)?.[1]);
  } catch {
    return undefined;
  }
}
