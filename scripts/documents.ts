import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../core/project';

/** The README and the pages of the manual. */
export const DOCUMENTS: readonly string[] = [
  'README.md',
  ...readdirSync(join(PROJECT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
].map((path) => join(PROJECT, path));

/** Matches a block that a script writes, with its first and its last comment as groups. */
export function blockPattern(name: string): RegExp {
  return new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- /${name} -->)`);
}

/**
 * Finds the document that has a block.
 *
 * @throws Error if none or several have it
 */
export function findDocument(name: string): string {
  const found = DOCUMENTS.filter((path) => blockPattern(name).test(readFileSync(path, 'utf8')));
  if (found.length !== 1) throw new Error(`${found.length} documents have a block "${name}", not one`);
  return found[0]!;
}
