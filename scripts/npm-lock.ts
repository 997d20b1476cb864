import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { PROJECT } from '../core/project';

const LOCK = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string(),
      license: z.string().optional(),
      integrity: z.string().optional(),
      dev: z.boolean().default(false),
      inBundle: z.boolean().default(false),
      hasInstallScript: z.boolean().default(false),
    }),
  ),
});

/** A package of package-lock.json, for whichever platform it is. */
export type LockedPackage = z.infer<typeof LOCK>['packages'][string] & {
  readonly name: string;
  /** Its folder, such as `node_modules/a/node_modules/b`. */
  readonly path: string;
};

/** Reads all packages of package-lock.json but the project itself. */
export function readNpmLock(): LockedPackage[] {
  const { packages } = LOCK.parse(JSON.parse(readFileSync(join(PROJECT, 'package-lock.json'), 'utf8')));
  return Object.entries(packages)
    .filter(([path]) => path !== '')
    .map(([path, locked]) => ({ ...locked, path, name: packageAt(path) }));
}

/** The name of the package in a folder: `b` in `node_modules/a/node_modules/b`. */
function packageAt(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}
