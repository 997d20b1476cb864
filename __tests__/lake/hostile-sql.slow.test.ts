import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { clickstream } from '../../support/processes';
import { type TemporaryLake, temporaryLake } from '../../support/temporary-lake';
import { digestOf } from './digest';
import { type HostileSql, hostileSql, hostileSqlWithFiles, type Places } from './hostile-sql';

/** Of the table, those that did harm once, and one of each kind; each is a process of its own. */
const SOME = [
  /^COPY .*clickstream\.duckdb/,
  /^SELECT \* FROM read_text\('\//,
  /^ATTACH .*WRITE/,
  /^INSTALL/,
  /enable_' \|\| 'log/,
  /^SELECT 1; COPY/,
];
const SOME_WITH_FILES = [/^COPY .*results\/clickstream\.duckdb'$/, /OVERWRITE/, /^ATTACH/, /'; SELECT 1$/];

let lake: TemporaryLake;
let places: Places;

beforeAll(async () => {
  lake = temporaryLake();
  await lake.transform();
  const outside = mkdtempSync(join(tmpdir(), 'clickstream-'));
  places = { lake: lake.root, secret: join(dirname(lake.root), 'sentinel.csv'), out: join(outside, 'out.csv') };
  writeFileSync(places.secret, 'word\nsentinel\n');
});
afterAll(() => {
  rmSync(dirname(places.out), { recursive: true });
  lake.remove();
});

describe('clickstream query', () => {
  test('changes nothing and reads nothing outside, whatever it is given', async () => {
    for (const hostile of some(hostileSql(places), SOME)) await expectRefused(hostile);
  });

  test('never changes the lake, with --allow-files either', async () => {
    for (const hostile of some(hostileSqlWithFiles(places), SOME_WITH_FILES))
      await expectRefused(hostile, '--allow-files');
  });

  test('with --allow-files reads and writes other files', async () => {
    const copy = `COPY (FROM '${places.secret}') TO '${places.out}'`;
    expect(await ask(copy)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('"clickstream query --allow-files"'),
    });
    expect(await ask(copy, '--allow-files')).toMatchObject({ code: 0, stderr: '' });
    expect(readFileSync(places.out, 'utf8')).toContain('sentinel');
  });

  test('is stopped at --timeout', async () => {
    const endless = 'SELECT COUNT(*) FROM range(1000000000) AS a, range(1000000000) AS b WHERE a.range % 7 = random()';
    expect(await ask(endless, '--timeout', '0.5')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error: the query was stopped after 0.5 s.*--timeout/),
    });
    expect(await ask('SELECT 1 AS n', '--timeout', '0')).toMatchObject({ code: 0, stdout: 'n\n1\n' });
    expect(await ask('SELECT 1', '--timeout', 'soon')).toMatchObject({ code: 2 });
  });
});

/** The first of a table that matches each pattern. */
function some(table: readonly HostileSql[], patterns: readonly RegExp[]): HostileSql[] {
  return patterns.map((pattern) => table.find(({ sql }) => pattern.test(sql))!);
}

async function expectRefused({ sql, expected }: HostileSql, ...flags: string[]): Promise<void> {
  const before = digestOf(dirname(lake.root));
  const { code, stdout, stderr } = await ask(sql, ...flags);
  expect([sql, code, stdout]).toEqual([sql, 1, '']);
  expect(stderr.replace(/^error: /, '')).toMatch(expected as RegExp);
  expect(stderr).not.toContain('sentinel\n');
  expect([existsSync(places.out), digestOf(dirname(lake.root))]).toEqual([false, before]);
}

function ask(sql: string, ...flags: string[]) {
  return clickstream('query', '--lake', lake.root, ...flags, '--', sql);
}
