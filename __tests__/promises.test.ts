import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { PROJECT } from '../core/project';
import { CHOICES } from './dashboard/plain-sql';
import { FAULTS } from './dashboard/quicksight/faults';

const PROMISES = 'docs/promises.md';
const DOCUMENTS = [PROMISES, 'SECURITY.md'].filter((path) => path === PROMISES || existsSync(join(PROJECT, path)));
const MAKEFILE = readFileSync(join(PROJECT, 'Makefile'), 'utf8');

/** The cells of each row of a document's tables, without their heads. */
function rowsOf(document: string): string[][] {
  const lines = readFileSync(join(PROJECT, document), 'utf8').split('\n');
  return lines
    .filter((line, n) => line.startsWith('|') && !isRule(line) && !isRule(lines[n + 1] ?? ''))
    .map((line) =>
      line
        .slice(1, line.lastIndexOf('|'))
        .split('|')
        .map((cell) => cell.trim()),
    );
}

function isRule(line: string): boolean {
  return /^\|[\s|:-]+\|$/.test(line);
}

/** What is wrong with the last cell of a row, which names tests or commands. */
function faultsOf(cell: string): string[] {
  const tests = [...cell.matchAll(/`([^`]+)` › `([^`]+)`/g)].map(([, path, title]) => ({ path: path!, title: title! }));
  const commands = [...cell.matchAll(/`make ([\w-]+)`/g)].map(([, target]) => target!);
  return [
    ...(tests.length + commands.length === 0 ? ['names no test and no command'] : []),
    ...tests.flatMap(({ path, title }) => faultOf(path, title)),
    ...commands
      .filter((target) => !MAKEFILE.split('\n').some((line) => line.startsWith(`${target}:`)))
      .map((target) => `there is no make ${target}`),
  ];
}

function faultOf(path: string, title: string): string[] {
  if (!/^__tests__\/.+\.test\.ts$/.test(path) || !existsSync(join(PROJECT, path))) return [`there is no test ${path}`];
  const source = readFileSync(join(PROJECT, path), 'utf8').replaceAll("\\'", "'");
  return source.includes(title) ? [] : [`${path} has no test "${title}"`];
}

describe.each(DOCUMENTS)('%s', (document) => {
  test('names tests and commands that exist, in each row', () => {
    expect(rowsOf(document).length).toBeGreaterThan(document === PROMISES ? 30 : 0);
    const faults = rowsOf(document).flatMap((row) => faultsOf(row.at(-1)!).map((fault) => `${row[0]}: ${fault}`));
    expect(faults).toEqual([]);
  });
});

test('each promise says where it is made, in a document that exists', () => {
  const faults = rowsOf(PROMISES).flatMap(([promise, where]) => {
    const links = [...where!.matchAll(/\]\(([^)]+)\)/g)].map(([, path]) => join(PROJECT, dirname(PROMISES), path!));
    return links.length > 0 && links.every((path) => existsSync(path)) ? [] : [promise];
  });
  expect(faults).toEqual([]);
});

test('a row that names nothing, a lost test or a lost command is found', () => {
  expect(faultsOf('by hand')).toEqual(['names no test and no command']);
  expect(faultsOf('`__tests__/nothing.test.ts` › `x`')).toEqual(['there is no test __tests__/nothing.test.ts']);
  expect(faultsOf('`__tests__/pricing/rates.test.ts` › `no such title`')).toHaveLength(1);
  expect(faultsOf('`make nothing`')).toEqual(['there is no make nothing']);
});

test('the numbers of states and faults in the documentation are those of the tests', () => {
  expect([CHOICES.length, FAULTS.length]).toEqual([16, 43]);
});
