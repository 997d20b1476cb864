import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';

/** Where objects land. A put is atomic: readers see the whole object or none, and a second put replaces the first. */
export interface ObjectStore {
  put(key: string, body: Buffer): Promise<void>;
}

/** A folder with the layout of the bucket. */
export function folderStore(root: string): ObjectStore {
  return {
    async put(key, body) {
      const path = join(root, key);
      const partial = `${path}.${process.pid}.partial`;
      await mkdir(dirname(path), { recursive: true });
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

/** A bucket. Region, credentials and endpoint come from the environment, as for any AWS client. */
export function s3Store(bucket: string, client: S3Client = new S3Client({})): ObjectStore {
  return {
    async put(key, body) {
      await client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: body,
          ContentType: 'application/x-ndjson',
          ContentEncoding: 'gzip',
        }),
      );
    },
  };
}
