import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { PROJECT } from '../../core/project';
import { readNpmLock } from '../../scripts/npm-lock';

/** Packages that would run a script when they are installed, and why none needs to (.npmrc has `ignore-scripts`). */
const INSTALL_SCRIPTS: Readonly<Record<string, string>> = {
  '@cdktf/node-pty-prebuilt-multiarch': 'builds a terminal where no binary is in the package: make runs it there',
  '@parcel/watcher': 'builds from source on request; binaries are optional dependencies',
  '@swc/core': 'installs a slower WebAssembly build where no binary is an optional dependency',
  esbuild: 'replaces its launcher by the binary, which is an optional dependency, to start faster',
  'unrs-resolver': 'downloads a binary where none is an optional dependency',
};

const packages = readNpmLock();

test('every npm package is locked to the SHA-512 of its archive, or comes within one that is', () => {
  const unlocked = packages.filter(({ integrity, inBundle }) => !inBundle && !/^sha512-/.test(integrity ?? ''));
  expect(unlocked.map(({ path }) => path)).toEqual([]);
  expect(packages.length).toBeGreaterThan(500);
});

test('packages with install scripts are those that were reviewed', () => {
  const names = packages.filter(({ hasInstallScript }) => hasInstallScript).map(({ name }) => name);
  expect(names.sort()).toEqual(Object.keys(INSTALL_SCRIPTS).sort());
});

test('npm runs no install script but the one that make names', () => {
  expect(readFileSync(join(PROJECT, '.npmrc'), 'utf8').split('\n')).toContain('ignore-scripts=true');
  const makefile = readFileSync(join(PROJECT, 'Makefile'), 'utf8');
  expect(makefile.match(/.*ignore-scripts=false.*/g)).toEqual([expect.stringMatching(/\$\(PTY\)$/)]);
  expect(makefile).toContain('PTY = @cdktf/node-pty-prebuilt-multiarch\n');
});
