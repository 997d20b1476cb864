import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildOptions, buildSync } from 'esbuild';
import { zipSync } from 'fflate';
import { PROJECT } from '../core/project';

/** What is deployed as the generator: the same sources give the same bytes on any machine. */
export interface FunctionBundle {
  readonly zip: Uint8Array;
  /** Where the zip lies on disk, in `.build/`. */
  readonly path: string;
  /** SHA-256 of the zip in base64, as Terraform's `source_code_hash` wants it. */
  readonly sha256: string;
}

const COUNTRIES = 'etl/reference/countries.csv';

/** How the handler is bundled. */
export const FUNCTION_BUILD = {
  entryPoints: ['functions/generator/handler.ts'],
  bundle: true,
  write: false,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  mainFields: ['module', 'main'], // a third smaller than what the platform's default takes of the AWS SDK
  minify: true,
  legalComments: 'none',
  absWorkingDir: PROJECT,
  logLevel: 'error',
} as const satisfies BuildOptions;

/** Bundles the generator and zips it with the country reference, laid out for the handler `functions/handler.handler`. */
export function bundleFunction(): FunctionBundle {
  const files = {
    [COUNTRIES]: readFileSync(join(PROJECT, COUNTRIES)),
    'functions/handler.js': bundledHandler(),
  };
  const zip = zipSync(files, {
    level: 9,
    mtime: new Date(1980, 0, 1), // zip holds the local time, so it is made in local time
    os: 3,
    attrs: 0o100644 << 16,
  });
  const digest = createHash('sha256').update(zip).digest();
  return { zip, path: writtenOnce(zip, digest.toString('hex')), sha256: digest.toString('base64') };
}

function writtenOnce(zip: Uint8Array, digest: string): string {
  const path = join(PROJECT, '.build', `generator-${digest.slice(0, 16)}.zip`);
  if (existsSync(path)) return path;
  mkdirSync(join(PROJECT, '.build'), { recursive: true });
  writeFileSync(`${path}.${process.pid}`, zip);
  renameSync(`${path}.${process.pid}`, path);
  return path;
}

function bundledHandler(): Uint8Array {
  const { outputFiles } = buildSync(FUNCTION_BUILD);
  return outputFiles[0]!.contents;
}
