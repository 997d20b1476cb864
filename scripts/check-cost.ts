import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CEILING_USD } from '../core/limits';
import { PROJECT } from '../core/project';
import { tableOf, write } from '../core/terminal/output';
import { report } from '../core/terminal/report';
import { ceilingPrice } from '../pricing/ceiling';
import { type PriceLine, totalOf } from '../pricing/price';
import { money } from '../pricing/sections';
import { synthesizeStack } from '../stacks/synthesize';
import { priceChanges } from './price-changes';

/**
 * Holds the default stack to its price: prints what has changed since the last commit, by resource, and ends with exit code 1
 * above the ceiling. `npx ts-node scripts/check-cost.ts [REVISION]` compares with another commit.
 */

main(process.argv[2] ?? lastRevision()).catch(report);

async function main(revision: string): Promise<void> {
  const lines = ceilingPrice(synthesizeStack());
  const total = totalOf(lines);
  const before = linesAt(revision);
  const changes = before === undefined ? [] : priceChanges(before, lines);
  if (before === undefined) await write(`no price of ${revision} to compare with\n`);
  else if (changes.length === 0) await write(`nothing costs other than at ${revision}\n`);
  else
    await write(
      `USD a month against ${revision}\n${tableOf(
        ['resource', 'before', 'now', 'difference'],
        changes.map(({ resource, was, is }) => [
          resource,
          money(was),
          money(is),
          `${is > was ? '+' : ''}${money(is - was)}`,
        ]),
        { width: 120 },
      )}\n`,
    );
  const verdict = `the default stack costs ${money(total)} USD a month, of ${money(CEILING_USD)} that it may`;
  await write(
    `${verdict}${total > CEILING_USD ? ': save elsewhere, or leave it ("npx clickstream cost" shows what costs what)' : ''}\n`,
  );
  if (total > CEILING_USD) process.exitCode = 1;
}

/** With changes that are not committed the last commit, else the one before it. */
function lastRevision(): string {
  return git('status', '--porcelain').stdout === '' ? 'HEAD~1' : 'HEAD';
}

/** The lines by the code, the rates and the stack of a commit; undefined if there is none, or it could not tell. */
function linesAt(revision: string): readonly PriceLine[] | undefined {
  if (git('rev-parse', '--verify', '--quiet', `${revision}^{commit}`).status !== 0) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'clickstream-before-'));
  try {
    const archive = execFileSync('git', ['archive', revision], { cwd: PROJECT, maxBuffer: 2 ** 30 });
    execFileSync('tar', ['-x', '-C', folder], { input: archive });
    symlinkSync(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
    const args = [
      join(folder, programAt(folder)),
      'cost',
      '--format',
      'json',
      '--month',
      '12',
      '--queries-per-day',
      '100',
    ];
    const { status, stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 28 });
    return status === 0 ? (JSON.parse(stdout) as { lines: PriceLine[] }).lines : undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The command line's program, wherever it lay. */
function programAt(folder: string): string {
  return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { bin: { clickstream: string } }).bin
    .clickstream;
}

function git(...args: readonly string[]) {
  return spawnSync('git', args, { cwd: PROJECT, encoding: 'utf8' });
}
