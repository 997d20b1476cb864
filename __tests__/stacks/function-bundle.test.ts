import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { unzipSync } from 'fflate';
import { PROJECT } from '../../core/project';
import { bundleFunction, type FunctionBundle } from '../../stacks/function-bundle';

const SOURCES = ['core', 'functions', 'schema', 'sources', 'etl/reference', 'stacks', 'package.json', 'tsconfig.json'];
/** What a program of the project would get, run from another folder. */
const PRINT_SHA256 = `
  require('ts-node/register');
  console.log(require('./stacks/function-bundle.ts').bundleFunction().sha256);
`;

let copy: string;
let built: FunctionBundle;

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'clickstream-'));
  for (const source of SOURCES) cpSync(join(PROJECT, source), join(copy, source), { recursive: true });
  symlinkSync(join(PROJECT, 'node_modules'), join(copy, 'node_modules'));
  built = bundleFunction();
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

test('the same sources give the same bytes', () => {
  expect(Buffer.from(bundleFunction().zip).equals(built.zip)).toBe(true);
});

test.each(['UTC', 'Asia/Tokyo', 'America/Los_Angeles'])(
  'so do a copy of them in another folder, at the time of %s',
  (zone) => {
    expect(sha256In(copy, zone)).toBe(built.sha256);
  },
);

test('other sources give another hash', () => {
  const file = join(copy, 'functions/generator/settings.ts');
  const source = readFileSync(file, 'utf8');
  writeFileSync(file, source.replace('seed: 1', 'seed: 2'));
  expect(sha256In(copy, 'UTC')).not.toBe(built.sha256);
  writeFileSync(file, source);
});

test('the hash is that of the zip, in base64', () => {
  expect(built.sha256).toBe(createHash('sha256').update(built.zip).digest('base64'));
});

test('the zip has the handler and the countries where it looks for them, and nothing else', () => {
  const files = unzipSync(built.zip);
  expect(Object.keys(files)).toEqual(['etl/reference/countries.csv', 'functions/handler.js']);
  expect(Buffer.from(files['etl/reference/countries.csv']!)).toEqual(
    readFileSync(join(PROJECT, 'etl/reference/countries.csv')),
  );
});

test('everything is in the bundle but what Node brings, and it stays below 1 MB', () => {
  const code = Buffer.from(unzipSync(built.zip)['functions/handler.js']!);
  const required = [...code.toString().matchAll(/\brequire\("([^"]+)"\)/g)].map(([, name]) => name!);
  expect(code.length).toBeLessThan(1_000_000);
  // The SDK asks for it by way of trial, and does without.
  expect(new Set(required.filter((name) => !isBuiltin(name)))).toEqual(new Set(['@aws-sdk/signature-v4-crt']));
  expect(code.includes(PROJECT)).toBe(false);
});

function sha256In(folder: string, TZ: string): string {
  const env = { ...process.env, TZ };
  return execFileSync(process.execPath, ['-e', PRINT_SHA256], { cwd: folder, env, encoding: 'utf8' }).trim();
}
