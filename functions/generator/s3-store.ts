import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { ObjectStore } from './object-store';

/** A bucket. Region, credentials and endpoint come from the environment, as for any AWS client. */
export function s3Store(bucket: string, client: S3Client = newClient()): ObjectStore {
  return {
    async put(key, body, metadata) {
      await client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: body,
          // Not as an encoding, which clients undo: what is named .gz stays gzip when it is downloaded.
          ContentType: 'application/gzip',
          Metadata: metadata,
        }),
      );
    },
  };
}

/** An endpoint such as http://localhost:4566 has no host name for each bucket. */
function newClient(): S3Client {
  return new S3Client({ forcePathStyle: process.env.AWS_ENDPOINT_URL !== undefined });
}
