import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { databasePath } from './open-lake';
import { listFiles } from './raw-files';

/** How long a version is taken for known, in milliseconds. */
const FRESH_MS = 500;

/** Tells what a lake is like: another text when anything has landed or been transformed. Looks no more often than twice a second, unless it must. */
export function lakeVersion(root: string): (mustLook?: boolean) => Promise<string> {
  let latest: { readonly version: Promise<string>; readonly at: number } | undefined;
  let looking: Promise<string> | undefined;
  return (mustLook = false) => {
    if (latest && !mustLook && Date.now() - latest.at < FRESH_MS) return latest.version;
    looking ??= look(root).finally(() => {
      looking = undefined;
    });
    const version = looking;
    version.then(
      () => {
        latest = { version, at: Date.now() };
      },
      () => {},
    );
    return version;
  };
}

/** A digest of the names and sizes of what is in `raw/`, and of the database's time and size. */
async function look(root: string): Promise<string> {
  const files = await listFiles(root, 'raw');
  const database = statSync(databasePath(root), { throwIfNoEntry: false });
  const hash = createHash('sha256').update(`${database?.mtimeMs} ${database?.size}\n`);
  for (const { key, bytes } of files) hash.update(`${key} ${bytes}\n`);
  return hash.digest('hex').slice(0, 16);
}
