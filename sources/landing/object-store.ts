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

/** Objects that are replaced only by those who know them as they are: an atomic compare-and-swap. */
export interface VersionedStore {
  /** An object, with the version that replacing it asks for; undefined if there is none. */
  read(key: string): Promise<VersionedObject | undefined>;
  /**
   * Replaces an object that still has a version, or creates one that must not be there yet if no version is given. Returns the
   * new version, or undefined if nothing was written because somebody else has changed, created or deleted it.
   */
  replace(key: string, body: Buffer, version?: string): Promise<string | undefined>;
}

export interface VersionedObject {
  readonly body: Buffer;
  readonly version: string;
}

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
