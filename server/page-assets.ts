import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../core/project';

/** What the dashboard's page consists of. */
export interface PageAssets {
  readonly script: string;
  readonly style: string;
  /** Shapes of countries, as JSON. */
  readonly world: string;
  /** Licenses of what is bundled in it. */
  readonly notices: string;
}

/** Reads the page as it was built (`cli/build.js`). */
export function pageAssets(): PageAssets {
  const read = (name: string): string => readFileSync(join(PROJECT, 'dist/page', name), 'utf8');
  return { script: read('page.js'), style: read('page.css'), world: read('world.json'), notices: read('notices.txt') };
}
