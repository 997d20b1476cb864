import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { PROJECT } from '../../core/project';

const names = readdirSync(join(PROJECT, 'requirements'))
  .filter((file) => file.endsWith('.in'))
  .map((file) => file.slice(0, -'.in'.length));

test('there are environments to lock', () => {
  expect(names).toEqual(
    expect.arrayContaining(['build', 'checkov', 'fuzz', 'locks', 'ministack', 'pyiceberg', 'spark']),
  );
});

describe.each(names)('requirements/%s', (name) => {
  const asked = read(`${name}.in`).trim().split('\n');
  const lock = read(`${name}.txt`);
  const locked = lock
    .replaceAll(/^\s*#.*\n/gm, '')
    .replaceAll('\\\n', '')
    .trim()
    .split('\n');

  test('asks for exact versions', () => {
    expect(asked.filter((line) => !/^[a-z0-9-]+(\[[a-z0-9,-]+\])?==[\w.]+$/.test(line))).toEqual([]);
  });

  test('locks what it asks for', () => {
    const wanted = asked.map((line) => line.replace(/\[.*\]/, ''));
    expect(locked.map((line) => line.split(' ')[0]!.replace(/\[.*\]/, ''))).toEqual(expect.arrayContaining(wanted));
  });

  test('locks every package to one version and its hashes, and nothing else', () => {
    const line = /^[a-z0-9.-]+(\[[a-z0-9,-]+\])?==[\w.]+( ; [^\\]+?)?(\s+--hash=sha256:[0-9a-f]{64})+$/;
    expect(locked.filter((entry) => !line.test(entry))).toEqual([]);
  });

  test('names no host to download from', () => {
    expect(lock).not.toMatch(/:\/\/|--(extra-)?index-url|--find-links|--trusted-host/);
  });
});

test('the Makefile installs no Python package without its hash', () => {
  const installs = readFileSync(join(PROJECT, 'Makefile'), 'utf8')
    .split('\n')
    .filter((line) => /\bpip3? (install|download|wheel)\b/.test(line));
  expect(installs).toHaveLength(1);
  expect(installs[0]).toContain('--require-hashes $(WHEELS)');
});

function read(file: string): string {
  return readFileSync(join(PROJECT, 'requirements', file), 'utf8');
}
