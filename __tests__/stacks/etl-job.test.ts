import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { PROJECT } from '../../core/project';
import { checks, transformation, warnings } from '../../etl/transformation';
import { COUNTRIES_CSV } from '../../schema/countries';
import { expression } from '../../stacks/expressions';
import { addressOf, at, pathsOf, ref } from './synthesized';

interface Job {
  readonly default_arguments: Readonly<Record<string, string>>;
}

const { default_arguments: given } = at<Job>('etl/gluejob');

describe('the job', () => {
  test('runs on the two smallest workers, on spare capacity, for at most 15 minutes', () => {
    expect(at('etl/gluejob')).toMatchObject({
      glue_version: '5.0',
      worker_type: 'G.1X',
      number_of_workers: 2,
      execution_class: 'FLEX',
      timeout: 15,
    });
  });

  test('runs once at a time, is retried once, and says when it is late', () => {
    expect(at('etl/gluejob')).toMatchObject({
      execution_property: { max_concurrent_runs: 1 },
      max_retries: 1,
      notification_property: { notify_delay_after: 10 },
    });
  });

  test('has the two logs that Glue 5.0 writes under names of its own, kept as long as log_retention_days says', () => {
    const prefix = given['--custom-logGroup-prefix'];
    const logs = pathsOf('aws_cloudwatch_log_group').filter((path) => path.startsWith('etl/'));
    expect(logs.map((path) => at(path).name).sort()).toEqual([`${prefix}/error`, `${prefix}/output`]);
    for (const path of logs) {
      expect(at(path).retention_in_days).toBe(expression('var.log_retention_days'));
      expect(at('etl/role-policy').policy).toContain(`${ref(path, 'arn')}:*`);
    }
  });

  test('is told which lake and which database', () => {
    expect(given).toMatchObject({
      '--lake': `s3://${ref('lake/bucket/bucket', 'bucket')}`,
      '--database': ref('catalog/database', 'name'),
      '--datalake-formats': 'iceberg',
    });
  });

  test('has its permissions before it runs', () => {
    expect(at('etl/gluejob')).toMatchObject({
      role_arn: ref('etl/role', 'arn'),
      depends_on: expect.arrayContaining(['etl/role-policy', 'etl/role-key-policy'].map(addressOf)),
    });
  });

  test('reads SQL as DuckDB and Trino do, and Iceberg through the Glue catalog', () => {
    const settings = given['--conf']!.split(' --conf ').map((setting) => setting.split('='));
    expect(Object.fromEntries(settings)).toEqual({
      'spark.sql.session.timeZone': 'UTC',
      'spark.sql.timestampType': 'TIMESTAMP_NTZ',
      'spark.sql.ansi.enabled': 'true',
      'spark.sql.ansi.doubleQuotedIdentifiers': 'true',
      'spark.sql.iceberg.vectorization.enabled': 'false',
      'spark.sql.extensions': 'org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions',
      'spark.sql.catalog.glue_catalog': 'org.apache.iceberg.spark.SparkCatalog',
      'spark.sql.catalog.glue_catalog.catalog-impl': 'org.apache.iceberg.aws.glue.GlueCatalog',
      'spark.sql.catalog.glue_catalog.io-impl': 'org.apache.iceberg.aws.s3.S3FileIO',
      'spark.sql.catalog.glue_catalog.warehouse': `s3://${ref('lake/bucket/bucket', 'bucket')}/results`,
    });
  });
});

describe('the uploads', () => {
  const uploads = pathsOf('aws_s3_object')
    .filter((path) => path.startsWith('etl/'))
    .map((path) => at<{ key: string; content: string }>(path));
  const contentOf = (key: string) => uploads.find((upload) => upload.key === key)?.content;

  test('hold the script that the job runs', () => {
    const script = readFileSync(join(PROJECT, 'etl/job.py'), 'utf8');
    expect(contentOf('glue-script/job.py')).toBe(terraformText(script));
    expect(at('etl/gluejob').command).toMatchObject({
      name: 'glueetl',
      script_location: `s3://${ref('lake/bucket/bucket', 'bucket')}/glue-script/job.py`,
    });
  });

  test('hold the country reference', () => {
    expect(contentOf('reference/countries.csv')).toBe(readFileSync(COUNTRIES_CSV, 'utf8'));
  });

  test.each([
    ['sql', transformation()],
    ['checks', checks()],
    ['warnings', warnings()],
  ] as const)('hold every file of etl/%s, filled in, with names in its order', (folder, queries) => {
    const keys = uploads.map(({ key }) => key).filter((key) => key.startsWith(`glue-script/${folder}/`));
    const files = readdirSync(join(PROJECT, 'etl', folder)).filter((file) => file.endsWith('.sql'));
    expect(queries).toHaveLength(files.length);
    expect(keys.sort().map((key) => contentOf(key))).toEqual(queries.map(({ sql }) => `${terraformText(sql)}\n`));
    expect(keys.map((key) => key.replace(/^.*\/\d+_/, ''))).toEqual(queries.map(({ name }) => `${name}.sql`));
  });
});

test('the schedule starts the job when etl_schedule says, if it says anything', () => {
  expect(at('etl/schedule')).toMatchObject({
    type: 'SCHEDULED',
    schedule: expression('var.etl_schedule'),
    start_on_creation: true,
    actions: [{ job_name: ref('etl/gluejob', 'name') }],
    count: expression('var.etl_schedule != "" ? 1 : 0'),
  });
});

/** Text as it must be written for Terraform to read it as it is. */
function terraformText(text: string): string {
  return text.replaceAll(/([$%])\{/g, '$1$1{');
}
