import { AthenaClient, ListWorkGroupsCommand } from '@aws-sdk/client-athena';
import { GetDatabaseCommand, GlueClient } from '@aws-sdk/client-glue';
import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { HeadBucketCommand, type HeadBucketCommandInput, S3Client, type S3ServiceException } from '@aws-sdk/client-s3';
import { bucketName, databaseName } from '../../core/names';
import type { Access } from './account';
import { type Check, type Finding, failed, ok, warning } from './check';

/** What the checks of services are about. */
export interface Target {
  readonly environment: string;
  readonly region: string;
}

/** Concurrent executions that Lambda keeps unreserved at least. */
const LEAST_CONCURRENCY = 10;

/** Checks of the services that the stack uses, and of names that it needs free. */
export function serviceChecks({ environment, region }: Target, access: Access): readonly Check[] {
  const { credentials } = access;
  const config = { region, credentials };
  const s3 = new S3Client({ ...config, forcePathStyle: hasOwnEndpoint() });
  const glue = new GlueClient(config);
  const athena = new AthenaClient(config);
  const lambda = new LambdaClient(config);
  const database = databaseName(environment);
  const askBucket = async (abortSignal: AbortSignal): Promise<[bucket: string, status: number]> => {
    const { account } = await access.identity();
    const bucket = bucketName(environment, account, region);
    return [bucket, await statusOf(s3, { Bucket: bucket, ExpectedBucketOwner: account }, abortSignal)];
  };
  const checks: readonly Omit<Check, 'after'>[] = [
    {
      name: 'bucket',
      permission: 's3:ListBucket',
      run: async (signal) => judgeBucket(...(await askBucket(signal))),
    },
    {
      name: 'glue',
      permission: 'glue:GetDatabase',
      async run(abortSignal) {
        if (!(await hasDatabase(glue, database, abortSignal))) return judgeDatabase(database, false);
        // What keeps the bucket from being seen is the finding of its own check.
        const [, status] = await askBucket(abortSignal).catch(() => []);
        return judgeDatabase(database, true, status);
      },
    },
    {
      name: 'athena',
      permission: 'athena:ListWorkGroups',
      async run(abortSignal) {
        await athena.send(new ListWorkGroupsCommand({ MaxResults: 1 }), { abortSignal });
        return ok(`answers in ${region}`);
      },
    },
    {
      name: 'lambda',
      permission: 'lambda:GetAccountSettings',
      async run(abortSignal) {
        const { AccountLimit } = await lambda.send(new GetAccountSettingsCommand({}), { abortSignal });
        return judgeConcurrency(AccountLimit?.ConcurrentExecutions, AccountLimit?.UnreservedConcurrentExecutions);
      },
    },
  ];
  return checks.map((check) => ({ ...check, after: ['credentials', 'region'] }));
}

/** Judges a bucket by the HTTP status that asking for it gave. */
export function judgeBucket(bucket: string, status: number): Finding {
  if (status === 404) return ok(`${bucket} is free`);
  if (status === 200)
    return ok(
      `${bucket} is there, as after a deploy`,
      'if the state that you deploy with does not know it: empty and delete it, or import it',
    );
  return failed(
    `${bucket} is there and can't be seen (HTTP ${status})`,
    "it is another account's, or s3:ListBucket is not allowed: allow it, or choose another --environment",
  );
}

/** Judges a database by whether it and the deployment's bucket are there; the status is that of the bucket, if it is known. */
export function judgeDatabase(database: string, isThere: boolean, bucketStatus?: number): Finding {
  if (!isThere) return ok(`${database} is free`);
  if (bucketStatus === 200) return ok(`${database} is there, as after a deploy`);
  if (bucketStatus === 404)
    return warning(
      `${database} is there, without the bucket of this deployment`,
      'left over from another deployment, it will collide: delete it, import it, or choose another --environment',
    );
  return warning(
    `${database} is there; whether it is this deployment's is unknown without its bucket`,
    'see the check "bucket" first',
  );
}

export function judgeConcurrency(total = 0, unreserved = total): Finding {
  const found = `${total} concurrent executions, ${unreserved} of them unreserved`;
  if (total < LEAST_CONCURRENCY)
    return failed(
      found,
      `ask for at least ${LEAST_CONCURRENCY} "Concurrent executions" in Service Quotas: aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 --desired-value 1000`,
    );
  if (unreserved >= LEAST_CONCURRENCY) return ok(found);
  return warning(found, 'other functions have reserved nearly all: lower what they reserve, or ask for more');
}

async function statusOf(client: S3Client, input: HeadBucketCommandInput, abortSignal: AbortSignal): Promise<number> {
  try {
    await client.send(new HeadBucketCommand(input), { abortSignal });
    return 200;
  } catch (error) {
    const status = (error as Partial<S3ServiceException>).$metadata?.httpStatusCode;
    if (status === 301 || status === 403 || status === 404) return status;
    throw error;
  }
}

async function hasDatabase(client: GlueClient, name: string, abortSignal: AbortSignal): Promise<boolean> {
  try {
    await client.send(new GetDatabaseCommand({ Name: name }), { abortSignal });
    return true;
  } catch (error) {
    if ((error as Error).name === 'EntityNotFoundException') return false;
    throw error;
  }
}

/** An endpoint of one's own is seldom reached as BUCKET.HOST. */
function hasOwnEndpoint(): boolean {
  return Boolean(process.env.AWS_ENDPOINT_URL_S3 || process.env.AWS_ENDPOINT_URL);
}
