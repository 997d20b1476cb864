import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Where objects land. A put is atomic: readers see the whole object or none, and a second put replaces the first. */
export interface ObjectStore {
  put(key: string, body: Buffer, metadata?: Metadata): Promise<void>;
}

/** What an object tells about itself beside its bytes, by names in lower case. */
export type Metadata = Readonly<Record<string, string>>;

/** Mode of the folders of a lake: what is known of users is for its owner alone to read. */
export const PRIVATE_FOLDER = 0o700;

/** A folder with the layout of the bucket, and no place for metadata. */
export function folderStore(root: string): ObjectStore {
  return {
    async put(key, body) {
      const path = join(root, key);
      const partial = `${path}.${process.pid}.partial`;
      await mkdir(dirname(path), { recursive: true, mode: PRIVATE_FOLDER });
      try {
        await writeFile(partial, body, { flush: true });
        await rename(partial, path);
      } catch (error) {
        await rm(partial, { force: true }).catch(() => {});
        throw error;
      }
    },
  };
}
