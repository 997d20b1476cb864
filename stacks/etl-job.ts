import { readFileSync } from 'node:fs';
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { GlueJob } from '@cdktf/provider-aws/lib/glue-job';
import { GlueTrigger } from '@cdktf/provider-aws/lib/glue-trigger';
import { S3Object } from '@cdktf/provider-aws/lib/s3-object';
import { Construct } from 'constructs';
import { JOB } from '../core/names';
import { jobFiles, jobModules } from '../etl/job-files';
import { SPARK_SETTINGS } from '../etl/spark-settings';
import { COUNTRIES_CSV } from '../schema/countries';
import type { Catalog } from './catalog';
import type { Deployment } from './deployment';
import { conditions, countIf } from './expressions';
import { type Actor, type Statement, serviceRole, useOfKey } from './iam';
import type { Lake } from './lake';

/** Where the job's own files are. */
const FOLDER = 'glue-script';

/** What the job may look into. */
const FOLDERS = ['raw', 'processed', 'results', 'reference', FOLDER];

/** Minutes after which a run is stopped, and after which it is late. */
const TIMEOUT_MIN = 15;
const LATE_AFTER_MIN = 10;

/** The Glue job that turns `raw/` into the result tables, what it reads, and its schedule. */
export class EtlJob extends Construct {
  readonly job: GlueJob;

  constructor(scope: Construct, deployment: Deployment, lake: Lake, catalog: Catalog) {
    super(scope, 'etl');
    const { settings, articleName } = deployment;
    const jobName = articleName(JOB, '-');
    this.upload(lake, 'reference/countries.csv', readFileSync(COUNTRIES_CSV, 'utf8'));
    for (const [path, content] of Object.entries(jobFiles())) this.upload(lake, `${FOLDER}/${path}`, content);
    // Glue 5.0 puts what the job prints and what Spark says into two groups under this prefix.
    const logPrefix = `/aws-glue/jobs/${jobName}`;
    const logs = ['output', 'error'].map(
      (stream) =>
        new CloudwatchLogGroup(this, `logs-${stream}`, {
          name: `${logPrefix}/${stream}`,
          retentionInDays: settings.log_retention_days,
        }),
    );
    const { role, policies } = this.createRole(deployment, lake, catalog, logs);
    this.job = new GlueJob(this, 'gluejob', {
      name: jobName,
      description: 'Validates, deduplicates and enriches what has landed in raw/ into the Iceberg tables',
      roleArn: role.arn,
      glueVersion: '5.0',
      workerType: 'G.1X',
      numberOfWorkers: 2,
      executionClass: 'FLEX',
      timeout: TIMEOUT_MIN,
      maxRetries: 1,
      executionProperty: { maxConcurrentRuns: 1 },
      notificationProperty: { notifyDelayAfter: LATE_AFTER_MIN },
      command: { name: 'glueetl', pythonVersion: '3', scriptLocation: `s3://${lake.bucket}/${FOLDER}/job.py` },
      defaultArguments: {
        '--lake': `s3://${lake.bucket}`,
        '--database': catalog.database,
        '--extra-py-files': jobModules()
          .map((file) => `s3://${lake.bucket}/${FOLDER}/${file}`)
          .join(),
        '--job-language': 'python',
        '--datalake-formats': 'iceberg',
        '--conf': sparkConf({
          ...SPARK_SETTINGS,
          'spark.sql.catalog.glue_catalog.warehouse': `s3://${lake.bucket}/results`,
        }),
        '--enable-glue-datacatalog': 'true',
        '--enable-continuous-cloudwatch-log': 'true',
        '--custom-logGroup-prefix': logPrefix,
      },
      dependsOn: [...policies, ...logs],
    });
    new GlueTrigger(this, 'schedule', {
      name: jobName,
      description: 'Starts the job on its schedule',
      type: 'SCHEDULED',
      schedule: settings.etl_schedule,
      startOnCreation: true,
      actions: [{ jobName: this.job.name }],
      count: countIf(conditions.etlSchedule),
    });
  }

  private upload(lake: Lake, key: string, content: string): void {
    new S3Object(this, `object-${key.replaceAll('/', '-')}`, {
      bucket: lake.bucket,
      key,
      content: content.replaceAll(/([$%])\{/g, '$1$1{'), // Terraform would take it for its own
      dependsOn: [...lake.rules],
    });
  }

  private createRole(deployment: Deployment, lake: Lake, catalog: Catalog, logs: readonly CloudwatchLogGroup[]): Actor {
    const { account, region, name } = deployment;
    const objects = (...folders: readonly string[]) => folders.map((folder) => `${lake.bucketArn}/${folder}/*`);
    const catalogArn = (rest: string) => `arn:aws:glue:${region}:${account}:${rest}`;
    const statements: readonly Statement[] = [
      { Sid: 'Read', Action: ['s3:GetObject'], Resource: objects(...FOLDERS) },
      {
        Sid: 'Write',
        Action: ['s3:PutObject', 's3:AbortMultipartUpload'],
        Resource: [...objects('processed', 'results'), `${lake.bucketArn}/raw/date=*/replay-*`],
      },
      { Sid: 'Remove', Action: ['s3:DeleteObject'], Resource: objects('raw', 'results') },
      {
        Sid: 'List',
        Action: ['s3:ListBucket'],
        Resource: [lake.bucketArn],
        Condition: { StringLike: { 's3:prefix': FOLDERS.flatMap((folder) => [folder, `${folder}/*`]) } },
      },
      { Sid: 'Locate', Action: ['s3:GetBucketLocation'], Resource: [lake.bucketArn] },
      {
        Sid: 'Catalog',
        Action: ['glue:GetDatabase', 'glue:GetTable', 'glue:UpdateTable'],
        Resource: [
          catalogArn('catalog'),
          catalogArn(`database/${catalog.database}`),
          ...catalog.resultTables.map(({ arn }) => arn),
        ],
      },
      // Glue looks for this database whatever a job does.
      { Sid: 'DefaultDatabase', Action: ['glue:GetDatabase'], Resource: [catalogArn('database/default')] },
      {
        Sid: 'Log',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: logs.map(({ arn }) => `${arn}:*`),
      },
    ];
    return serviceRole(this, 'role', deployment, {
      name: name('etl'),
      description: 'The Glue job moves raw/ to processed/ and writes results/',
      service: 'glue.amazonaws.com',
      statements,
      keyStatements: [useOfKey('kms:Decrypt', 'kms:GenerateDataKey')],
    });
  }
}

/** Glue takes many settings in one argument, each but the first behind another `--conf`. */
function sparkConf(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}`)
    .join(' --conf ');
}
