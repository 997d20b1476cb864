import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import type { ObjectStore, VersionedStore } from './object-store';

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

/**
 * JSON objects of a bucket by their ETags, which S3 compares and swaps atomically. Reading an object that is missing throws
 * AccessDenied for a caller who may not list the bucket.
 */
export function s3VersionedStore(bucket: string, client: S3Client = newClient()): VersionedStore {
  return {
    async read(key) {
      try {
        const { Body, ETag } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        return { body: Buffer.from(await Body!.transformToByteArray()), version: ETag! };
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },
    async replace(key, body, version) {
      const condition = version === undefined ? { IfNoneMatch: '*' } : { IfMatch: version };
      const put = { Bucket: bucket, Key: key, Body: body, ContentType: 'application/json', ...condition };
      try {
        return (await client.send(new PutObjectCommand(put))).ETag!;
      } catch (error) {
        if (error instanceof S3ServiceException && WAS_OVERTAKEN.has(error.name)) return undefined;
        throw error;
      }
    },
  };
}

/** How S3 refuses a conditional write: changed before, changed meanwhile, or deleted before. */
const WAS_OVERTAKEN: ReadonlySet<string> = new Set(['PreconditionFailed', 'ConditionalRequestConflict', 'NoSuchKey']);

/** An endpoint such as http://localhost:4566 has no host name for each bucket. */
function newClient(): S3Client {
  return new S3Client({ forcePathStyle: process.env.AWS_ENDPOINT_URL !== undefined });
}
