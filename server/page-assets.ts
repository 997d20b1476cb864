import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildOptions, buildSync } from 'esbuild';
import { PROJECT } from '../core/project';

/** What the dashboard's page consists of. */
export interface PageAssets {
  readonly script: string;
  readonly style: string;
  /** Shapes of countries, as JSON. */
  readonly world: string;
}

/** How the page is bundled. */
export const PAGE_BUILD = {
  entryPoints: ['dashboard/page/main.tsx'],
  bundle: true,
  write: false,
  platform: 'browser',
  target: 'es2022',
  format: 'iife',
  minify: true,
  legalComments: 'none',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  absWorkingDir: PROJECT,
  outdir: '.build',
  logLevel: 'error',
} as const satisfies BuildOptions;

/** Bundles the page from its sources, which takes about half a second. */
export function pageAssets(): PageAssets {
  const { outputFiles } = buildSync(PAGE_BUILD);
  const textOf = (end: string): string => outputFiles.find(({ path }) => path.endsWith(end))!.text;
  return {
    script: textOf('.js'),
    style: textOf('.css'),
    world: readFileSync(join(PROJECT, 'dashboard/page/world.json'), 'utf8'),
  };
}
