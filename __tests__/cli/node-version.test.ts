import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { transformSync } from 'esbuild';
import { PROJECT } from '../../core/project';
import { engines } from '../../package.json';
import { start } from '../../support/processes';

const PROGRAM = join(PROJECT, 'cli/clickstream.js');

test.each(['16.20.2', '18.20.8', '20.18.3'])(
  'Node %s is rejected as too old before anything is loaded',
  async (version) => {
    const { code, stdout, stderr } = await runAs(version);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(
      `error: Node ${version} is too old: clickstream needs Node ${engines.node.slice(2)} or newer`,
    );
  },
);

test('newer ones run it', async () => {
  for (const version of [`${engines.node.slice(2)}.0`, '21.0.0', '100.0.0'])
    expect(await runAs(version)).toMatchObject({ code: 0, stderr: '' });
});

test('an old Node can read the program: it has the syntax of ECMAScript 5', () => {
  const source = readFileSync(PROGRAM, 'utf8');
  const [old, current] = ['es5', 'esnext'].map((target) => transformSync(source, { target }).code);
  expect(old).toBe(current);
  expect(() => transformSync('const a = 1;', { target: 'es5', logLevel: 'silent' })).toThrow('not supported');
});

/** Runs the program by this Node under another version. */
function runAs(version: string) {
  const other = `
    Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });
    process.argv = [process.argv[0], '${PROGRAM}', '--version'];
    require('${PROGRAM}');`;
  return start(process.execPath, '-e', other).ended;
}
