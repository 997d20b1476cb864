import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { ObjectStore } from './object-store';

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
