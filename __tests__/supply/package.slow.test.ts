import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PROJECT } from '../../core/project';
import { version } from '../../package.json';
import { type Ended, start, startIn } from '../../support/processes';

/** The command line where it is installed in other ways than for its development. */

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'clickstream-package-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const LEFT_OUT = 'needs packages that this installation leaves out: run "make install" in a checkout of clickstream-bi';

const DEMO = ['demo', '--no-serve', '--days', '3', '--events-per-day', '2000'];

describe('a clone with a light installation', () => {
  let clone: string;

  beforeAll(async () => {
    clone = copyOfSources('light');
    expect(await endOf('make', ['install-light'], clone)).toMatchObject({ code: 0 });
  });

  test('has neither the kit of the deployment nor that of the tests', () => {
    const has = (name: string): boolean => existsSync(join(clone, 'node_modules', name));
    expect(['cdktf', '@cdktf', 'jest', 'typescript', '@swc', '@aws-sdk/client-quicksight'].filter(has)).toEqual([]);
  });

  test('says its version, runs the demo and serves the dashboard', async () => {
    await expectToWork(join(clone, 'cli/clickstream.js'), clone);
  });

  test.each([['doctor', '--offline'], ['cost'], ['dashboard', 'diff', 'a.json', 'b.json']])(
    'says how to install what it leaves out: %s',
    async (...args) => {
      expect(await endOf('node', ['cli/clickstream.js', ...args], clone)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining(LEFT_OUT),
      });
    },
  );
});

describe('the npm package', () => {
  const prefix = () => join(folder, 'global');
  const program = (name: string): string => join(prefix(), 'bin', name);
  let elsewhere: string;

  beforeAll(async () => {
    const clone = copyOfSources('packed');
    symlinkSync(join(PROJECT, 'node_modules'), join(clone, 'node_modules'));
    // The packages are the project's own: make must not install them again.
    expect(await endOf('make', ['--assume-old=node_modules/.all', 'package'], clone)).toMatchObject({ code: 0 });
    const archive = `clickstream-bi-${version}.tgz`;
    const install = ['install', '--global', '--prefix', prefix(), '--no-audit', '--no-fund', archive];
    expect(await endOf('npm', install, clone)).toMatchObject({ code: 0 });
    elsewhere = mkdtempSync(join(folder, 'elsewhere-'));
  });

  test.each(['clickstream-bi', 'clickstream'])('works in a folder of the user as %s', async (name) => {
    expect(await endOf(program(name), ['--version'], elsewhere)).toMatchObject({ code: 0, stdout: `${version}\n` });
  });

  test('runs the demo, serves the dashboard, exports it, and prices the stack that it was packed with', async () => {
    await expectToWork(program('clickstream-bi'), elsewhere);
    const lake = ['--lake', 'lake'];
    const exported = await endOf(program('clickstream-bi'), ['dashboard', 'export', ...lake], elsewhere);
    expect(exported).toMatchObject({ code: 0 });
    const cost = await endOf(program('clickstream-bi'), ['cost', '--format', 'table'], elsewhere);
    expect(cost).toMatchObject({ code: 0, stdout: expect.stringContaining('analytics') });
    expect(await endOf(program('clickstream-bi'), ['doctor', '--offline'], elsewhere)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(LEFT_OUT),
    });
  });

  test('leaves nothing in its own folder', () => {
    const own = join(prefix(), 'lib/node_modules/clickstream-bi');
    expect(readdirSync(own).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});

describe('other versions of Node', () => {
  const folderOf = (major: string): string => join(PROJECT, `.venv/node/node_modules/node-${major}/bin`);
  const isHere = existsSync(folderOf('20'));
  if (!isHere && process.env.CI) throw new Error('.venv/node is missing: run "make .venv/node/installed"');

  (isHere ? test : test.skip).each(['20', '22', '24'])('%s runs the demo without a warning', async (major) => {
    const node = join(folderOf(major), 'node');
    const lake = join(folder, `lake-${major}`);
    const { code, stderr } = await start(node, 'cli/clickstream.js', ...DEMO, '--lake', lake).ended;
    expect([code, stderr.match(/warning|deprecat/i)]).toEqual([0, null]);
  });
});

/** Version, demo and server of a program, run in a folder. */
async function expectToWork(program: string, cwd: string): Promise<void> {
  expect(await endOf('node', [program, '--version'], cwd)).toMatchObject({
    code: 0,
    stdout: `${version}\n`,
    stderr: '',
  });
  expect(await endOf('node', [program, ...DEMO, '--lake', 'lake'], cwd)).toMatchObject({ code: 0 });
  const server = startIn(cwd, 'node', program, 'serve', '--lake', 'lake', '--port', '0', '--no-open');
  await server.said(/http:\S+/);
  server.child.kill('SIGINT');
  expect(await server.ended).toMatchObject({ code: 0 });
}

function endOf(command: string, args: readonly string[], cwd: string): Promise<Ended> {
  return startIn(cwd, command, ...args).ended;
}

/** What git would clone, as it is now. */
function copyOfSources(name: string): string {
  const copy = join(folder, name);
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
    cwd: PROJECT,
    encoding: 'utf8',
  });
  for (const file of files.split('\0').filter((each) => each !== '' && existsSync(join(PROJECT, each))))
    cpSync(join(PROJECT, file), join(copy, file), { preserveTimestamps: true });
  return copy;
}
