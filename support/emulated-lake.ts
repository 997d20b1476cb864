import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateDatabaseCommand, CreateTableCommand, GlueClient, type TableInput } from '@aws-sdk/client-glue';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { DATABASE } from '../core/names';
import { PROJECT } from '../core/project';
import { jobFiles, jobModules } from '../etl/job-files';
import { SPARK_SETTINGS } from '../etl/spark-settings';
import { COUNTRIES_CSV } from '../schema/countries';
import { initialMetadata, initialMetadataKey } from '../schema/iceberg';
import { RESULT_TABLES } from '../schema/result-tables';
import { tables } from '../schema/tables';
import { glueColumns } from '../stacks/iceberg-table';
import { type Row, readIcebergTable } from './iceberg-table';
import { type JobServer, type Moment, type Run, startJobServer, submit } from './spark';

const REGION = 'us-east-1';
/** The bucket of every such lake, each in an account of its own. */
export const BUCKET = 'clickstream-spark';
const CREDENTIALS = { accessKeyId: '000000000000', secretAccessKey: 'test' };

interface SparkLakeOptions {
  /** Tables to be registered beside those of Iceberg. @default none */
  readonly others?: readonly TableInput[];
  /** Spark settings beside those of the stack. @default none */
  readonly more?: Readonly<Record<string, string>>;
}

/** A lake in an emulated account as the stack makes it, and the job that local Spark runs on it as Glue 5.0 would. */
export async function sparkLake(endpoint: string, { others = [], more = {} }: SparkLakeOptions = {}) {
  const options = { endpoint, region: REGION, credentials: CREDENTIALS };
  const s3 = new S3Client({ ...options, forcePathStyle: true });
  const glue = new GlueClient(options);
  const put = (key: string, content: string | Buffer): Promise<unknown> =>
    s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: content }));

  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: DATABASE } }));
  await put('reference/countries.csv', readFileSync(COUNTRIES_CSV));
  for (const [path, content] of Object.entries(jobFiles())) await put(`glue-script/${path}`, content);
  for (const [name, columns] of Object.entries(tables)) {
    const location = `s3://${BUCKET}/results/${name}`;
    const key = `results/${name}/${initialMetadataKey(name)}`;
    await put(key, initialMetadata(name, location, columns, RESULT_TABLES[name as keyof typeof tables].layout));
    await glue.send(
      new CreateTableCommand({
        DatabaseName: DATABASE,
        TableInput: {
          Name: name,
          TableType: 'EXTERNAL_TABLE',
          Parameters: { table_type: 'ICEBERG', metadata_location: `s3://${BUCKET}/${key}` },
          StorageDescriptor: {
            Location: location,
            Columns: glueColumns(columns).map(({ name: Name, type: Type }) => ({ Name, Type })),
          },
        },
      }),
    );
  }

  for (const TableInput of others) await glue.send(new CreateTableCommand({ DatabaseName: DATABASE, TableInput }));

  const settings = { ...SPARK_SETTINGS, ...more, 'spark.sql.catalog.glue_catalog.warehouse': `s3://${BUCKET}/results` };
  const job = {
    script: join(PROJECT, 'etl/job.py'),
    pyFiles: jobModules().map((file) => join(PROJECT, 'etl', file)),
    settings,
  };
  const argumentsOf = (args: readonly string[]): readonly string[] => [
    ...['--lake', `s3://${BUCKET}`, '--database', DATABASE, '--grace_s', '0'],
    ...args,
  ];
  const runAt = (address: string, killAt?: Moment, ...args: readonly string[]): Promise<Run> =>
    submit(address, { ...job, args: argumentsOf(args), killAt });
  let server: JobServer | undefined;
  return {
    bucket: BUCKET,
    settings,
    land: (name: string, content: string | Buffer): Promise<unknown> => put(`raw/${name}`, content),
    put,

    async keys(prefix: string): Promise<string[]> {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: prefix }));
      return Contents.map(({ Key }) => Key!).sort();
    },

    async object(key: string): Promise<Buffer> {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }));
      return Buffer.from(await Body!.transformToByteArray());
    },

    remove: (key: string): Promise<unknown> => s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: key })),

    /** Runs the job, with arguments beside the usual ones, to its end, or kills it at a moment. */
    run: (killAt?: Moment, ...args: readonly string[]): Promise<Run> => runAt(endpoint, killAt, ...args),

    /** As `run`, by another way to the account. */
    runAt,

    /** Runs the job to its end in a Spark that stays for the next such run, until `stop`. */
    runInServer(...args: readonly string[]): Promise<Run> {
      server ??= startJobServer(endpoint, job);
      return server.run(argumentsOf(args));
    },

    async stop(): Promise<void> {
      await server?.stop();
    },

    rows: async (table: keyof typeof tables): Promise<readonly Row[]> =>
      (await readIcebergTable(`${DATABASE}.${table}`, endpoint)).rows,
  };
}

export type SparkLake = Awaited<ReturnType<typeof sparkLake>>;
