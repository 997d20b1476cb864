import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  AthenaClient,
  GetNamedQueryCommand,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  ListNamedQueriesCommand,
  StartQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { GetJobCommand, GlueClient } from '@aws-sdk/client-glue';
import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { AwsClient } from 'aws4fetch';

export const ACCOUNT = '000000000000';
export const REGION = 'us-east-1';
const CREDENTIALS = { accessKeyId: ACCOUNT, secretAccessKey: 'test' };

/** What a user of the deployment does with it, by the SDK's own clients. */
export function cloudAt(endpoint: string) {
  const options = { endpoint, region: REGION, credentials: CREDENTIALS };
  const s3 = new S3Client({ ...options, forcePathStyle: true });
  const lambda = new LambdaClient(options);
  const glue = new GlueClient(options);
  const athena = new AthenaClient(options);
  const sqs = new SQSClient(options);
  const ssm = new SSMClient(options);
  const logs = new CloudWatchLogsClient(options);

  return {
    async keys(bucket: string, prefix: string): Promise<string[]> {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
      return Contents.map(({ Key }) => Key!).sort();
    },

    /** Keys of all that was ever put, as often as it was. */
    async puts(bucket: string, prefix: string): Promise<string[]> {
      const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix }));
      return Versions.map(({ Key }) => Key!).sort();
    },

    async object(bucket: string, key: string): Promise<Buffer> {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return Buffer.from(await Body!.transformToByteArray());
    },

    async put(bucket: string, key: string, content: string): Promise<void> {
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: content }));
    },

    async metadata(bucket: string, key: string): Promise<Readonly<Record<string, string>>> {
      return (await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }))).Metadata ?? {};
    },

    async parameter(name: string): Promise<string> {
      return (await ssm.send(new GetParameterCommand({ Name: name }))).Parameter!.Value!;
    },

    /** A Glue job as it is deployed: its programs, fetched into a folder, its Spark settings, and its other arguments. */
    async job(name: string) {
      const { Job } = await glue.send(new GetJobCommand({ JobName: name }));
      const { '--conf': conf = '', '--extra-py-files': extra = '', ...others } = Job!.DefaultArguments!;
      const folder = mkdtempSync(join(tmpdir(), 'clickstream-job-'));
      const fetched = async (url: string): Promise<string> => {
        const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(url)!;
        const path = join(folder, basename(key!));
        writeFileSync(path, await this.object(bucket!, key!));
        return path;
      };
      return {
        script: await fetched(Job!.Command!.ScriptLocation!),
        pyFiles: await Promise.all(extra.split(',').map(fetched)),
        settings: Object.fromEntries(conf.split(' --conf ').map((setting) => setting.split(/=(.*)/).slice(0, 2))),
        args: ['--JOB_NAME', name, ...Object.entries(others).flat()],
      };
    },

    /** The function's environment variables. */
    async environment(functionName: string): Promise<Readonly<Record<string, string>>> {
      const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: functionName }));
      return Environment!.Variables!;
    },

    async setEnvironment(functionName: string, variables: Readonly<Record<string, string>>): Promise<void> {
      const Environment = { Variables: variables };
      await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: functionName, Environment }));
    },

    /** Invokes and waits for the answer, or `Event`: lets Lambda see to it. */
    async invoke(functionName: string, payload: unknown, type: 'RequestResponse' | 'Event'): Promise<unknown> {
      const answer = await lambda.send(
        new InvokeCommand({ FunctionName: functionName, InvocationType: type, Payload: JSON.stringify(payload) }),
      );
      if (answer.FunctionError) throw new Error(Buffer.from(answer.Payload!).toString());
      return answer.Payload?.length ? JSON.parse(Buffer.from(answer.Payload).toString()) : undefined;
    },

    /** The first message of a queue that fits, taken from it; waits up to a minute. */
    async message(queueUrl: string, isWanted: (body: DeadLetter) => boolean): Promise<DeadLetter> {
      return until('a message in the queue', async () => {
        const answer = await sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl, WaitTimeSeconds: 1 }));
        for (const { Body, ReceiptHandle } of answer.Messages ?? []) {
          const body: DeadLetter = JSON.parse(Body!);
          if (!isWanted(body)) continue;
          await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
          return body;
        }
        return undefined;
      });
    },

    /** Log lines that hold a text. */
    async logLines(group: string, wanted: string): Promise<string[]> {
      const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName: group }));
      return events.map(({ message }) => message!).filter((message) => message.includes(wanted));
    },

    /** Rows of a query in Athena, without its header. */
    async query(workgroup: string, database: string, sql: string): Promise<(string | undefined)[][]> {
      const { QueryExecutionId } = await athena.send(
        new StartQueryExecutionCommand({
          QueryString: sql,
          WorkGroup: workgroup,
          QueryExecutionContext: { Database: database },
        }),
      );
      await until('the query to end', async () => {
        const { QueryExecution } = await athena.send(new GetQueryExecutionCommand({ QueryExecutionId }));
        const { State, StateChangeReason } = QueryExecution!.Status!;
        if (State === 'FAILED' || State === 'CANCELLED') throw new Error(`${sql}: ${StateChangeReason}`);
        return State === 'SUCCEEDED' || undefined;
      });
      const { ResultSet } = await athena.send(new GetQueryResultsCommand({ QueryExecutionId }));
      return ResultSet!.Rows!.slice(1).map(({ Data }) => Data!.map(({ VarCharValue }) => VarCharValue));
    },

    /** Texts of the queries that are saved in a workgroup, by name. */
    async namedQueries(workgroup: string): Promise<Map<string, string>> {
      const { NamedQueryIds = [] } = await athena.send(new ListNamedQueriesCommand({ WorkGroup: workgroup }));
      const answers = NamedQueryIds.map((NamedQueryId) => athena.send(new GetNamedQueryCommand({ NamedQueryId })));
      const queries = (await Promise.all(answers)).map(({ NamedQuery }) => NamedQuery!);
      return new Map(queries.map(({ Name, QueryString }) => [Name!, QueryString!]));
    },

    /** POSTs JSON, signed or not. The API's name is that of an emulated API, so the request goes to the emulator. */
    async post(url: string, body: unknown, { isSigned }: { isSigned: boolean }): Promise<Answer> {
      const { pathname, host } = new URL(url);
      const json = JSON.stringify(body);
      const headers = isSigned ? await signedHeaders(url, json) : {};
      const { hostname, port } = new URL(endpoint);
      const call = request({ hostname, port, path: pathname, method: 'POST', headers: { ...headers, host } });
      call.end(json);
      const [response] = (await once(call, 'response')) as [IncomingMessage];
      const content = await text(response);
      return { status: response.statusCode!, body: content.startsWith('{') ? JSON.parse(content) : content };
    },
  };
}

export type Cloud = ReturnType<typeof cloudAt>;

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What Lambda sends to an on-failure destination, as far as it matters here. */
export interface DeadLetter {
  readonly requestPayload?: Readonly<Record<string, unknown>>;
  readonly responsePayload?: { readonly errorMessage?: string };
}

/** Asks again and again until there is an answer; throws after two minutes. */
export async function until<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  for (const deadline = Date.now() + 120_000; Date.now() < deadline; await sleep(500)) {
    const answer = await ask();
    if (answer !== undefined) return answer;
  }
  throw new Error(`waited in vain for ${what}`);
}

async function signedHeaders(url: string, body: string): Promise<Record<string, string>> {
  const client = new AwsClient({ ...CREDENTIALS, region: REGION, service: 'execute-api' });
  const signed = await client.sign(url, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
  return Object.fromEntries(signed.headers);
}
