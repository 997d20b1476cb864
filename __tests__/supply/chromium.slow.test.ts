import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { PROJECT } from '../../core/project';

const INSTALLED = '.venv/chromium/installed';
let folder: string;

/** A machine without Chromium: what make needs, and an apt-get and a sudo that leave a trace. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clickstream-'));
  mkdirSync(join(folder, 'bin'));
  for (const tool of ['make', 'bash', 'sh', 'mkdir', 'touch']) symlinkSync(find(tool), join(folder, 'bin', tool));
  script('apt-get', 'echo "apt-get $*" >> "$TRACE"');
  script('sudo', 'echo sudo >> "$TRACE"; exec "$@"');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('without Chromium make says how to install it, and installs nothing on its own', () => {
  const { status, stdout } = make({});
  expect(status).not.toBe(0);
  expect(stdout).toContain('Chromium is missing. Install it ("sudo apt-get install chromium")');
  expect(existsSync(join(folder, 'trace'))).toBe(false);
  expect(existsSync(join(folder, INSTALLED))).toBe(false);
});

test('continuous integration installs it', () => {
  expect(make({ CI: 'true' }).status).toBe(0);
  expect(existsSync(join(folder, 'trace'))).toBe(true);
});

test("a Chromium of one's own is taken", () => {
  expect(make({ CHROMIUM: '/opt/chrome' }).status).toBe(0);
  expect(existsSync(join(folder, 'trace'))).toBe(false);
});

function make(environment: Readonly<Record<string, string>>) {
  const env = { PATH: join(folder, 'bin'), TRACE: join(folder, 'trace'), ...environment };
  return spawnSync('make', ['--file', join(PROJECT, 'Makefile'), INSTALLED], { cwd: folder, env, encoding: 'utf8' });
}

function script(name: string, line: string): void {
  const path = join(folder, 'bin', name);
  writeFileSync(path, `#!/bin/sh\n${line}\n`);
  chmodSync(path, 0o755);
}

function find(tool: string): string {
  const path = process.env
    .PATH!.split(delimiter)
    .map((place) => join(place, tool))
    .find(existsSync);
  if (path === undefined) throw new Error(`${tool} is not in PATH`);
  return path;
}
