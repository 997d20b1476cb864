import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { median } from 'simple-statistics';
import { PROJECT } from '../core/project';
import { tableOf, write } from '../core/terminal/output';
import { info } from '../core/terminal/progress';
import { DAY_S } from '../core/time';
import { bundleFunction } from '../stacks/function-bundle';
import { TS_NODE } from '../support/processes';

/** Runs of each thing compared, in turn, so that a machine that changes its speed changes it for both. */
const RUNS = 5;

interface Measured {
  readonly events: number;
  readonly objects: number;
  readonly seconds: number;
  readonly peak_mib: number;
}

main(mkdtempSync(join(tmpdir(), 'clickstream-bench-')));

async function main(folder: string): Promise<void> {
  try {
    const rows = [
      ...simulator(),
      ...landing(folder),
      ...transformation(folder),
      ...batches(folder),
      ...dashboard(folder),
      ...hostileClients(folder),
      ...lambda(folder),
      ...warehouse(),
    ];
    await write(
      `${tableOf(['measured', 'result', 'aim'], rows, { width: 120 })}\nmedians of ${RUNS} runs, compared side by side in this run\n`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function simulator(): string[][] {
  info('simulator against a plain Python loop …');
  const pairs = times(RUNS, () => {
    const ours = task('simulate', 1e6);
    const theirs = JSON.parse(run('python3', join(PROJECT, 'bench', 'original_generator.py'))) as {
      events_per_s: number;
    };
    return { ours: ours.events / ours.seconds, theirs: theirs.events_per_s };
  });
  const rate = median(pairs.map(({ ours }) => ours));
  return [
    ['simulator, serialized: events/s', thousands(rate), ''],
    [
      '… against a plain Python loop',
      `${median(pairs.map(({ ours, theirs }) => ours / theirs)).toFixed(1)} x`,
      '>= 20 x',
    ],
  ];
}

function landing(folder: string): string[][] {
  info('landing …');
  const million = times(RUNS, (n) => task('land', join(folder, `million-${n}`), 1e6, 1, DAY_S));
  const windows = task('land', join(folder, 'windows'), 5760, 1, 300);
  return [
    [
      'landing a window of a million events: peak memory',
      `${Math.round(median(million.map(({ peak_mib }) => peak_mib)))} MiB`,
      '< 200 MiB',
    ],
    ['… events/s, gzipped and on disk', thousands(median(million.map(({ events, seconds }) => events / seconds))), ''],
    ['objects a day in five-minute windows, against one an event', `${windows.objects} : ${windows.events}`, ''],
  ];
}

function transformation(folder: string): string[][] {
  info('transforming a million events …');
  const rates = times(RUNS, (n) => task('transform', join(folder, `million-${n}`))).map(
    ({ events, seconds }) => events / seconds,
  );
  info('transforming ten million events …');
  task('land', join(folder, 'large'), 1e7 / 60, 60, DAY_S);
  const large = task('transform', join(folder, 'large'));
  return [
    ['transform from .ndjson.gz: events/s', thousands(median(rates)), '>= 1,000 k'],
    ['transform of ten million events: peak memory', `${Math.round(large.peak_mib)} MiB`, '< 2,048 MiB'],
    ['… events/s', thousands(large.events / large.seconds), ''],
  ];
}

/** Both lakes have 60 days of history; the batch falls on their last day. */
function batches(folder: string): string[][] {
  info('one batch into a large lake and into a small one …');
  task('land', join(folder, 'small'), 1e5 / 60, 60, DAY_S);
  task('transform', join(folder, 'small'));
  const pairs = times(RUNS, (n) => ({
    large: task('batch', join(folder, 'large'), n).seconds,
    small: task('batch', join(folder, 'small'), n).seconds,
  }));
  return [
    [
      'a five-minute batch into a lake of ten million events',
      `${median(pairs.map(({ large }) => large)).toFixed(2)} s`,
      '',
    ],
    [
      '… against a lake of a hundred thousand',
      `${median(pairs.map(({ large, small }) => large / small)).toFixed(2)} x`,
      '<= 1.5 x',
    ],
  ];
}

/** In Chromium, on the large lake. */
function dashboard(folder: string): string[][] {
  info('the dashboard …');
  return rowsOf('bench/dashboard.ts', join(folder, 'large'));
}

/** What clients that leave, flood or send halves cost the next visitor. */
function hostileClients(folder: string): string[][] {
  info('hostile clients …');
  return rowsOf('bench/hostile-clients.ts', join(folder, 'small'));
}

/** The generator as it is deployed: what its cold start has to load. */
function lambda(folder: string): string[][] {
  info('the function that is deployed …');
  const { zip } = bundleFunction();
  const files = Object.entries(unzipSync(zip));
  for (const [name, content] of files) {
    mkdirSync(dirname(join(folder, 'lambda', name)), { recursive: true });
    writeFileSync(join(folder, 'lambda', name), content);
  }
  const ms = times(RUNS, () => importMs(join(folder, 'lambda', 'functions', 'handler.js')));
  const unzipped = files.reduce((sum, [, { length }]) => sum + length, 0);
  return [
    ["the generator's bundle, unzipped", `${thousands(unzipped)}B`, '< 1,000 kB'],
    ['… zipped', `${thousands(zip.length)}B`, ''],
    ['… loaded and ready in a new process', `${Math.round(median(ms))} ms`, '< 150 ms'],
  ];
}

/** Spark and Trino on an emulated AWS. */
function warehouse(): string[][] {
  return rowsOf('bench/warehouse.ts');
}

/** What a program of its own has measured. */
function rowsOf(...args: string[]): string[][] {
  return JSON.parse(run(process.execPath, ...TS_NODE, ...args)) as string[][];
}

/** Milliseconds until a module is loaded in a process of its own, with settings of a generator. */
function importMs(file: string): number {
  const settings = {
    S3_BUCKET_NAME: 'bench',
    EVENTS_PER_EXECUTION: '20',
    ON_DEMAND_EVENTS_PER_DAY: '0',
    WINDOW_S: '300',
    LANDED_UNTIL_PARAMETER: '/bench',
  };
  const code = 'const start = performance.now(); require(process.argv[1]); console.log(performance.now() - start)';
  const env = { ...process.env, ...settings, AWS_REGION: 'eu-central-1', NODE_NO_WARNINGS: '1' };
  return Number(execFileSync(process.execPath, ['-e', code, file], { env, encoding: 'utf8' }));
}

function task(...args: (string | number)[]): Measured {
  return JSON.parse(run(process.execPath, ...TS_NODE, 'bench/task.ts', ...args)) as Measured;
}

function run(command: string, ...args: (string | number)[]): string {
  return execFileSync(command, args.map(String), {
    cwd: PROJECT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

function times<T>(count: number, action: (n: number) => T): T[] {
  return Array.from({ length: count }, (_, n) => action(n));
}

function thousands(rate: number): string {
  return `${Math.round(rate / 1000).toLocaleString('en-US')} k`;
}
