import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { start, TS_NODE } from '../../support/processes';

let folder: string;
let lock: string;
let jars: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clickstream-'));
  [lock, jars] = [join(folder, 'jars.sha256'), join(folder, 'jars')];
  mkdirSync(jars);
  writeFileSync(join(jars, 'tool-1.jar'), 'tool');
  writeFileSync(lock, `${createHash('sha256').update('tool').digest('hex')}  tool-1.jar\n`);
});
afterEach(() => rmSync(folder, { recursive: true }));

test('jars that are as they were locked pass in silence', async () => {
  expect(await run('check')).toEqual({ code: 0, stderr: '' });
});

test('a jar with other bytes, and one that is not listed, end the build with their names and what to do', async () => {
  writeFileSync(join(jars, 'tool-1.jar'), 'another tool');
  writeFileSync(join(jars, 'extra-1.jar'), '');
  const { code, stderr } = await run('check');
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error: the jars in .* are not those of /);
  expect(stderr).toMatch(/ {2}tool-1\.jar has the SHA-256 [0-9a-f]{64}, but [0-9a-f]{64} is locked/);
  expect(stderr).toContain('  extra-1.jar is not listed');
  expect(stderr).toContain('Delete these files from ~/.m2/repository');
});

test('a lock that is made anew passes, and is as sha256sum would print it', async () => {
  writeFileSync(join(jars, 'extra-1.jar'), '');
  expect((await run('lock')).code).toBe(0);
  expect(readFileSync(lock, 'utf8')).toMatch(/^[0-9a-f]{64} {2}extra-1\.jar\n[0-9a-f]{64} {2}tool-1\.jar\n$/);
  expect(await run('check')).toEqual({ code: 0, stderr: '' });
});

async function run(verb: string): Promise<{ code: number | null; stderr: string }> {
  const { code, stderr } = await start(process.execPath, ...TS_NODE, 'scripts/jars.ts', verb, lock, jars).ended;
  return { code, stderr };
}
