import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DuckDBConnection } from '@duckdb/node-api';
import { openLake } from '../../lake/duckdb/open-lake';
import { parseReplacement, replay } from '../../lake/duckdb/replay';
import { reprocess } from '../../lake/duckdb/reprocess';
import { type TransformStep, transform } from '../../lake/duckdb/transform';
import { generate } from '../../sources/ground-truth/generate';
import { folderStore } from '../../sources/landing/object-store';
import { BATCH_BYTES, REPLACEMENT, SIMULATION } from './crash-simulation';

/**
 * A process that dies of SIGKILL: `transform LAKE STEP N` at the N-th time that it reaches a step, `transform-at LAKE N MS` so long after its N-th statement began, `generate LAKE N` after N windows,
 * `put LAKE KEY` in the middle of a put, `upgrade LAKE N` at the N-th statement of opening a lake to write, `replay LAKE STEP` and `reprocess LAKE STEP N` at a step. `hold LAKE` transforms, and stays at the first batch until LAKE/go exists.
 */
const [task, root = '', ...rest] = process.argv.slice(2);

const tasks: Readonly<Record<string, () => Promise<void>>> = {
  transform: dieTransforming,
  generate: dieLanding,
  put: dieInPut,
  replay: dieReplaying,
  reprocess: dieReprocessing,
  'transform-at': dieAtStatement,
  upgrade: dieUpgrading,
  hold,
};
void tasks[task!]!();

async function dieTransforming(): Promise<void> {
  let left = Number(rest[1]);
  await transforming((step) => {
    if (step === rest[0] && --left === 0) die();
  });
}

async function dieLanding(): Promise<void> {
  let left = Number(rest[0]);
  const onProgress = (): void => {
    if (--left === 0) die();
  };
  await generate(root, { ...SIMULATION, onProgress });
}

async function dieReplaying(): Promise<void> {
  const lake = await openLake(root, { mode: 'write' });
  await replay(lake, { replacements: [parseReplacement(REPLACEMENT)] }, (step) => {
    if (step === rest[0]) die();
  });
}

async function dieReprocessing(): Promise<void> {
  let left = Number(rest[1]);
  const lake = await openLake(root, { mode: 'write' });
  const onStep = (step: TransformStep): void => {
    if (step === rest[0] && --left === 0) die();
  };
  await reprocess(lake, { from: '2026-01-10', to: '2026-01-12', onStep });
}

async function dieAtStatement(): Promise<void> {
  const [statement, delayMs] = rest.map(Number);
  const counted = countStatements((n) => {
    if (n === statement) setTimeout(die, delayMs);
  });
  await transforming(() => {});
  process.stderr.write(`${counted()} statements\n`);
}

async function dieUpgrading(): Promise<void> {
  countStatements((n) => {
    if (n === Number(rest[0])) die();
  });
  await openLake(root, { mode: 'write' });
}

/** Calls back before each statement on the lake with its number, from 1; returns how many there have been. */
function countStatements(onStatement: (n: number) => void): () => number {
  let count = 0;
  const run = DuckDBConnection.prototype.run;
  DuckDBConnection.prototype.run = async function (...args) {
    onStatement(++count);
    return run.apply(this, args);
  };
  return () => count;
}

async function dieInPut(): Promise<void> {
  const put = folderStore(root).put(rest[0]!, Buffer.alloc(1 << 28, 'x'));
  setTimeout(die, 20);
  await put;
}

async function hold(): Promise<void> {
  let isFirst = true;
  await transforming(async (step) => {
    if (step !== 'staged' || !isFirst) return;
    isFirst = false;
    process.stderr.write('holding\n');
    while (!existsSync(join(root, 'go'))) await sleep(20);
  });
}

async function transforming(onStep: (step: TransformStep) => void | Promise<void>): Promise<void> {
  const lake = await openLake(root, { mode: 'write' });
  await transform(lake, { batchBytes: BATCH_BYTES, onStep });
  lake.close();
}

function die(): void {
  process.kill(process.pid, 'SIGKILL');
}
