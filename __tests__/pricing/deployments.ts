import type { JsonObject } from '../../core/json';
import type { SynthesizedStack } from '../../core/terraform/synthesized-stack';
import { type PriceLine, priceOf } from '../../pricing/price';
import type { RateName } from '../../pricing/rates';
import { type UsageInput, usageOf } from '../../pricing/usage';
import { ref, stackOf } from '../stacks/stack-of';

/** Days of an average month. */
export const MONTH = 30.4375;
export const GB = 2 ** 30;

/** A stack of `type path` and attributes in a region. */
export function deployment(resources: Readonly<Record<string, JsonObject>>, region = 'us-east-1'): SynthesizedStack {
  return { ...stackOf(resources), variable: { aws_region: { default: region } }, provider: { aws: [{ region }] } };
}

/** What each rate is used of, and what that costs without any allowance; rates that nothing is used of are left out. */
export function priced(
  resources: Readonly<Record<string, JsonObject>>,
  usage: UsageInput = {},
  region?: string,
): Partial<Record<RateName, { quantity: number; usd: number }>> {
  const lines = priceOf(deployment(resources, region), {}, usageOf({ ...NOTHING, ...usage }), 'none');
  return byRate(lines.filter(({ quantity }) => quantity > 0));
}

export function byRate(lines: readonly PriceLine[]): Partial<Record<RateName, { quantity: number; usd: number }>> {
  const sums: Partial<Record<RateName, { quantity: number; usd: number }>> = {};
  for (const { rate, quantity, usd } of lines) {
    const { quantity: before, usd: paid } = sums[rate] ?? { quantity: 0, usd: 0 };
    sums[rate] = { quantity: before + quantity, usd: paid + usd };
  }
  return sums;
}

/** Nobody does anything. */
export const NOTHING: UsageInput = {
  queriesPerDay: 0,
  dashboardViewsPerDay: 0,
  alarmsPerMonth: 0,
  apiRequestsPerDay: 0,
};

/** A function that lands 20 events every five minutes, with its schedule. */
export const GENERATOR = {
  'aws_lambda_function generator/function': {
    architectures: ['arm64'],
    memory_size: 512,
    environment: { variables: { EVENTS_PER_EXECUTION: 20 } },
  },
  'aws_cloudwatch_event_rule generator/rule': { schedule_expression: 'rate(5 minutes)' },
  'aws_cloudwatch_event_target generator/target': {
    rule: ref('aws_cloudwatch_event_rule.generator_rule.name'),
    arn: ref('aws_lambda_function.generator_function.arn'),
  },
};

/** A job of two small workers, each midnight. */
export const JOB = {
  'aws_glue_job etl/job': {
    command: { name: 'glueetl' },
    worker_type: 'G.1X',
    number_of_workers: 2,
    execution_class: 'FLEX',
  },
  'aws_glue_trigger etl/schedule': {
    schedule: 'cron(0 0 * * ? *)',
    actions: [{ job_name: ref('aws_glue_job.etl_job.name') }],
  },
};

/** A versioned bucket, where old versions stay for 30 days and results for 7. */
export const BUCKET = {
  'aws_s3_bucket lake/bucket': {},
  'aws_s3_bucket_versioning lake/versioning': {
    bucket: ref('aws_s3_bucket.lake_bucket.bucket'),
    versioning_configuration: { status: 'Enabled' },
  },
  'aws_s3_bucket_lifecycle_configuration lake/lifecycle': {
    bucket: ref('aws_s3_bucket.lake_bucket.bucket'),
    rule: [
      {
        filter: [{ prefix: 'processed/' }],
        transition: [
          { days: 30, storage_class: 'STANDARD_IA' },
          { days: 90, storage_class: 'GLACIER' },
        ],
      },
      { filter: [{ prefix: 'athena-results/' }], expiration: [{ days: 7 }] },
      { filter: [{ prefix: '' }], noncurrent_version_expiration: [{ noncurrent_days: 30 }] },
    ],
  },
};
