import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DATABASE } from '../core/names';
import { PROJECT } from '../core/project';
import type { Cell } from '../core/terminal/output';
import type { Result } from '../lake/duckdb/query';

const JARS = join(PROJECT, '.venv/trino/jars');
/** There when all jars are. */
const INSTALLED = join(JARS, 'installed');
const JVMS = '/usr/lib/jvm';

/** A heap for a million events, and no time spent on code that runs for seconds. */
const FOR_SHORT_RUNS: readonly string[] = ['-Xmx2g', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

/** What Trino 483 wants of a JVM. */
const JVM_FLAGS = [
  '--add-modules=jdk.incubator.vector',
  '--sun-misc-unsafe-memory-access=allow',
  '--enable-native-access=ALL-UNNAMED',
];

/** Trino, the engine of Athena, on the tables of an emulated AWS. */
export interface Trino {
  /** Runs a statement. Tables without a database are those of one; `clickstream_db` if not said. Throws with Trino's message. */
  query(sql: string, database?: string): Promise<Result>;
  /** Runs a statement, and tells what it took. */
  measure(sql: string): Promise<Measured>;
  stop(): Promise<void>;
}

export interface Measured {
  /** Bytes read from storage, as Athena bills them. */
  readonly bytes: number;
  readonly seconds: number;
}

/** Whether Trino and its Java are installed. In continuous integration they must be: throws if they are not. */
export function hasTrino(): boolean {
  const missing = existsSync(INSTALLED) ? (javaHome() === undefined ? 'a JDK 25' : undefined) : INSTALLED;
  if (missing === undefined) return true;
  const message = `${missing} is missing: "make test" installs Trino, by Maven; a JDK 25 is found by JAVA25_HOME or in ${JVMS}`;
  if (process.env.CI) throw new Error(message);
  process.stderr.write(`skipped: ${message}\n`);
  return false;
}

/** Starts Trino on the AWS of an endpoint; it takes five seconds or more. */
export async function startTrino(endpoint: string, jvmFlags = FOR_SHORT_RUNS): Promise<Trino> {
  const java = join(javaHome()!, 'bin/java');
  const args = [
    ...jvmFlags,
    ...JVM_FLAGS,
    '--class-path',
    join(JARS, '*'),
    join(PROJECT, 'support/TrinoServer.java'),
    endpoint,
  ];
  const child = spawn(java, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const exit = once(child, 'exit');
  let said = '';
  const address = await new Promise<string>((resolve, reject) => {
    const listen = (text: string): void => {
      said = `${said}${text}`.slice(-8000);
      const ready = /READY (http:[/\d.:]+)[^/\d.:]/.exec(said); // as a line of its log, whole
      if (ready) resolve(ready[1]!);
    };
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', listen);
    child.once('exit', () => reject(new Error(`Trino did not start: ${said}`)));
  });
  return {
    query: (sql, database = DATABASE) => run(address, sql, database),
    async measure(sql) {
      const { stats } = await run(address, sql, DATABASE);
      return { bytes: stats.physicalInputBytes, seconds: stats.elapsedTimeMillis / 1000 };
    },
    async stop() {
      child.kill('SIGKILL');
      await exit;
    },
  };
}

interface Statistics {
  readonly physicalInputBytes: number;
  readonly elapsedTimeMillis: number;
}

interface Answer {
  readonly columns?: readonly { readonly name: string; readonly type: string }[];
  readonly data?: readonly (readonly unknown[])[];
  readonly nextUri?: string;
  readonly stats: Statistics;
  readonly error?: { readonly message: string };
}

/** A statement by Trino's REST protocol ("Client REST API" of its documentation), which is less than a client library would be. */
async function run(address: string, sql: string, database: string): Promise<Result & { readonly stats: Statistics }> {
  const session = { 'X-Trino-User': 'test', 'X-Trino-Catalog': 'awsdatacatalog', 'X-Trino-Time-Zone': 'UTC' };
  const headers = { ...session, 'X-Trino-Schema': database };
  let answer = await answerOf(`${address}/v1/statement`, { method: 'POST', body: sql, headers });
  let columns = answer.columns ?? [];
  const rows: Cell[][] = [];
  for (;;) {
    if (answer.error) throw new Error(`${answer.error.message}\n${sql.slice(0, 2000)}`);
    columns = answer.columns ?? columns;
    for (const row of answer.data ?? []) rows.push(row.map((value, n) => cellOf(value, columns[n]!.type)));
    if (answer.nextUri === undefined) return { columns: columns.map(({ name }) => name), rows, stats: answer.stats };
    answer = await answerOf(answer.nextUri);
  }
}

async function answerOf(address: string, request?: RequestInit): Promise<Answer> {
  const response = await fetch(address, request);
  if (!response.ok) throw new Error(`Trino answered ${response.status} to ${address}: ${await response.text()}`);
  return (await response.json()) as Answer;
}

/** As the embedded lake gives them (lake/duckdb/query.ts): numbers where they are exact as such, times without zeros at the end of a fraction. */
function cellOf(value: unknown, type: string): Cell {
  if (value === null || value === undefined) return null;
  if (type.startsWith('decimal')) return decimalCell(String(value));
  if (type.startsWith('timestamp')) return String(value).replace(/(\.\d*[1-9])0+$|\.0+$/, '$1');
  if (type === 'bigint' && !Number.isSafeInteger(value)) throw new Error(`${value} is not exact: cast it to varchar`);
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A double holds any decimal of 15 digits. */
function decimalCell(text: string): Cell {
  return text.replace(/\D/g, '').length <= 15 ? Number(text) : text;
}

/** Where the JDK is that this Trino runs on. */
function javaHome(): string | undefined {
  const installed = existsSync(JVMS) ? readdirSync(JVMS).map((name) => join(JVMS, name)) : [];
  return [process.env.JAVA25_HOME, ...installed].find(
    (home) => home !== undefined && /JAVA_VERSION="25/.test(releaseOf(home)),
  );
}

function releaseOf(home: string): string {
  const path = join(home, 'release');
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
