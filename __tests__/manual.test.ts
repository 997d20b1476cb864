import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from '@jest/globals';
import { PROJECT } from '../core/project';
import { DOCUMENTS } from '../scripts/documents';

const DECISIONS = join(PROJECT, 'docs/decisions');
const ALL = [
  ...DOCUMENTS,
  ...['CONTRIBUTING.md', 'SECURITY.md'].map((name) => join(PROJECT, name)),
  ...readdirSync(DECISIONS).map((name) => join(DECISIONS, name)),
];

test('every link to a file leads to one, and to a heading that it has', () => {
  const broken = ALL.flatMap((path) =>
    linksOf(path)
      .filter((link) => !isFound(path, link))
      .map((link) => `${relative(PROJECT, path)}: ${link}`),
  );
  expect(broken).toEqual([]);
  expect(ALL.flatMap(linksOf).length).toBeGreaterThan(50);
});

test('a lost file and a lost heading are found', () => {
  const readme = join(PROJECT, 'README.md');
  expect(
    ['docs/nothing.md', 'docs/deploy.md#nothing', 'docs/deploy.md#tear-down'].map((link) => isFound(readme, link)),
  ).toEqual([false, false, true]);
});

test('the README leads to every page of the manual, on at most 120 lines', () => {
  const readme = join(PROJECT, 'README.md');
  const linked = linksOf(readme).map((link) => join(PROJECT, link));
  expect(DOCUMENTS.filter((path) => path !== readme && !linked.includes(path))).toEqual([]);
  expect(readFileSync(readme, 'utf8').split('\n').length).toBeLessThanOrEqual(120);
});

/** Links of a document to files of this project. */
function linksOf(path: string): string[] {
  const text = readFileSync(path, 'utf8').replace(/```[\s\S]*?```/g, '');
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!).filter((link) => !/^https?:/.test(link));
}

function isFound(from: string, link: string): boolean {
  const [file, heading] = link.split('#') as [string, string?];
  const target = file === '' ? from : join(dirname(from), file);
  if (!existsSync(target)) return false;
  if (heading === undefined || statSync(target).isDirectory()) return heading === undefined;
  return headingsOf(target).includes(heading);
}

/** Anchors of a document's headings, as GitHub makes them. */
function headingsOf(path: string): string[] {
  return [...readFileSync(path, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}
