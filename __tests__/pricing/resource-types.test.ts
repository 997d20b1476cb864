import { describe, expect, test } from '@jest/globals';
import { HOUR_S } from '../../core/time';
import { quantity } from '../../pricing/quantities';
import { FREE, PRICED, pricerOf } from '../../pricing/resource-types';
import type { Resource } from '../../pricing/resources';
import { ref } from '../stacks/stack-of';
import { stack } from '../stacks/synthesized';
import { BUCKET, GB, GENERATOR, JOB, MONTH, priced } from './deployments';

/** As good as equal, however small. */
function near(value: number, expected: number): void {
  expect(value / expected).toBeCloseTo(1, 9);
}

/** Each case is worked out by hand, from the price as AWS states it; what was measured stands by its name. */
describe('by hand', () => {
  test('aws_lambda_function: requests, GB-seconds and PUTs of 288 ticks a day', () => {
    const { 'lambda-request': requests, 'lambda-arm64': time, 's3-put': puts } = priced(GENERATOR);
    // 288 a day, 0.20 USD a million
    near(requests!.quantity, 288 * MONTH);
    near(requests!.usd, (8766 * 0.2) / 1e6);
    // half a GB for half a second each, and a little for 5,760 events
    const seconds = 288 * 0.5 + 5760 * quantity('landing_seconds_per_event');
    near(time!.quantity, seconds * 0.5 * MONTH);
    near(time!.usd, seconds * 0.5 * MONTH * 0.0000133334);
    // one object a window, 0.005 USD a thousand
    near(puts!.usd, (8766 * 0.005) / 1000);
  });

  test('aws_lambda_function on x86, with calls by the API, and windows of more than 100,000 events', () => {
    const { 'aws_lambda_function generator/function': generator, ...schedule } = GENERATOR;
    const other = {
      'aws_lambda_function generator/function': { ...generator, architectures: ['x86_64'] },
      ...schedule,
    };
    const used = priced(other, { apiRequestsPerDay: 12, eventsPerDay: 288 * 250_000 });
    near(used['lambda-request']!.quantity, (288 + 12) * MONTH);
    const seconds = 300 * 0.5 + 288 * 250_000 * quantity('landing_seconds_per_event');
    near(used['lambda-x86_64']!.usd, seconds * 0.5 * MONTH * 0.0000166667);
    near(used['s3-put']!.quantity, (288 * 3 + 12 * 2) * MONTH); // 250,000 events are three parts; a request's are one, and a count
  });

  test('aws_lambda_invocation: the history, an object a day and the day of the deploy, in the first month', () => {
    const history = { ...GENERATOR, 'aws_lambda_invocation generator/history': { input: '{"history_days":60}' } };
    const puts = (month: number): number => priced(history, { month })['s3-put']!.quantity;
    near(puts(1) - puts(2), 61);
  });

  test('aws_glue_job: a run a day of two workers at 0.29 USD a DPU-hour, and what it asks of S3 and the catalog', () => {
    const used = priced({ ...GENERATOR, ...JOB });
    const seconds = Math.max(60, 10 + 2 * quantity('job_seconds') + 5760 * quantity('job_seconds_per_event'));
    near(used['glue-flex']!.quantity, (2 * seconds * MONTH) / HOUR_S);
    near(used['glue-flex']!.usd, ((2 * seconds * MONTH) / HOUR_S) * 0.29);
    const puts = quantity('job_puts') + quantity('job_lists') + 288 * quantity('job_puts_per_object');
    near(used['s3-put']!.quantity, (288 + puts) * MONTH); // those of the generator too
    const gets = quantity('job_gets') + 288 * quantity('job_gets_per_object');
    near(used['s3-get']!.usd, (gets * MONTH * 0.0004) / 1000);
    near(used['glue-catalog-request']!.usd, (quantity('job_catalog_requests') * MONTH) / 1e6);
  });

  test('aws_glue_job: standard execution at 0.44 USD, ten workers of two DPUs, each hour, a minute at least', () => {
    const { 'aws_glue_job etl/job': job, 'aws_glue_trigger etl/schedule': schedule } = JOB;
    const { execution_class: _, ...standard } = { ...job, number_of_workers: 10, worker_type: 'G.2X' };
    const hourly = { ...schedule, schedule: 'cron(0 * * * ? *)' };
    const used = priced(
      { 'aws_glue_job etl/job': standard, 'aws_glue_trigger etl/schedule': hourly },
      { eventsPerDay: 0 },
    );
    const seconds = Math.max(60, 10 + 2 * quantity('job_seconds'));
    near(used['glue-standard']!.usd, ((24 * 20 * seconds * MONTH) / HOUR_S) * 0.44);
  });

  test('aws_athena_workgroup: 100 queries a day at 5 USD a TB, 10 MB each at least, and their requests to S3', () => {
    const workgroup = { ...GENERATOR, ...JOB, 'aws_athena_workgroup analytics/workgroup': {} };
    const [none, used] = [priced(workgroup), priced(workgroup, { queriesPerDay: 100, month: 12 })];
    // 30 days asked for and 62 that late events may be of: below 10 MB
    expect(92 * 5760 * quantity('query_scanned_bytes_per_event')).toBeLessThan(1e7);
    near(used['athena-scan']!.usd, (100 * MONTH * 1e7 * 5) / 1e12);
    // half a day of windows waits on average; a file for each day
    const gets =
      quantity('query_gets') + 144 * quantity('query_gets_per_raw_object') + 92 * quantity('query_gets_per_table_file');
    near(used['s3-get']!.quantity - none['s3-get']!.quantity, 100 * gets * MONTH);
    near(used['s3-put']!.quantity - none['s3-put']!.quantity, 100 * (quantity('query_lists') + 2) * MONTH);
  });

  test('aws_athena_workgroup: more than the minimum is paid for by the byte, by column once files are large', () => {
    const workgroup = { ...JOB, 'aws_athena_workgroup analytics/workgroup': {} };
    const used = priced(workgroup, { eventsPerDay: 1e7, queriesPerDay: 1, queryDays: 10 });
    const [asked, matched] = [
      quantity('query_scanned_bytes_per_event_by_column'),
      quantity('query_matched_bytes_per_event_by_column'),
    ];
    const raw = 0.5 * (1e7 * quantity('raw_bytes_per_event') + 100 * quantity('raw_bytes_per_object'));
    near(used['athena-scan']!.quantity, (raw + 1e7 * (10 * asked + 62 * matched)) * MONTH);
  });

  test('aws_s3_bucket: what waits, what is archived, the tables, results of a week, and old versions of a month', () => {
    const used = priced({ ...GENERATOR, ...JOB, ...BUCKET }, { month: 12, queriesPerDay: 100 });
    const rawDay = 288 * quantity('raw_bytes_per_object') + 5760 * quantity('raw_bytes_per_event');
    const age = 11.5 * MONTH;
    const written = quantity('job_written_bytes') + 5760 * quantity('job_written_bytes_per_event');
    const bytes =
      0.5 * rawDay + // until the next run
      30 * rawDay + // removed from raw/, and still there as an old version
      age * rawDay + // processed/: objects of 700 bytes are too small to move
      age * 5760 * quantity('result_bytes_per_event') +
      37 * written + // a week as snapshots, a month as old versions
      37 * 100 * quantity('query_result_bytes');
    near(used['s3-standard']!.quantity, bytes / GB);
    near(used['s3-standard']!.usd, (bytes / GB) * 0.023);
    expect(used['s3-to-glacier']).toBeUndefined();
  });

  test('aws_s3_bucket: larger objects move at 30 and 90 days, and weigh 32 kB more in Glacier and 8 in Standard', () => {
    const eventsPerDay = 288 * 90_000;
    const used = priced({ ...GENERATOR, ...JOB, ...BUCKET }, { month: 12, eventsPerDay });
    const rawDay = 288 * quantity('raw_bytes_per_object') + eventsPerDay * quantity('raw_bytes_per_event');
    expect(rawDay / 288).toBeGreaterThan(131_072);
    const age = 11.5 * MONTH;
    near(used['s3-standard-ia']!.usd, ((60 * rawDay) / GB) * 0.0125);
    near(used['s3-glacier']!.usd, (((age - 90) * (rawDay + 288 * 32_768)) / GB) * 0.0036);
    near(used['s3-to-standard-ia']!.usd, (288 * MONTH * 0.01) / 1000);
    near(used['s3-to-glacier']!.usd, (288 * MONTH * 0.03) / 1000);
    const second = priced({ ...GENERATOR, ...JOB, ...BUCKET }, { month: 2, eventsPerDay });
    near(second['s3-to-standard-ia']!.quantity, 288 * (2 * MONTH - Math.max(30, MONTH)));
    expect(second['s3-to-glacier']).toBeUndefined();
  });

  test('aws_s3_bucket: what is deleted after two months moves once, and never gets to Glacier', () => {
    const used = priced(
      { ...GENERATOR, ...JOB, ...BUCKET },
      { month: 12, eventsPerDay: 288 * 90_000, retentionMonths: 2 },
    );
    const rawDay = 288 * quantity('raw_bytes_per_object') + 288 * 90_000 * quantity('raw_bytes_per_event');
    near(used['s3-standard-ia']!.quantity, ((2 * MONTH - 30) * rawDay) / GB);
    expect(used['s3-glacier']).toBeUndefined();
    expect(used['s3-to-glacier']).toBeUndefined();
  });

  test('aws_s3_bucket_replication_configuration: each write once more, there, and the way', () => {
    const replica = {
      ...GENERATOR,
      'aws_s3_bucket lake/replica': {},
      'aws_s3_bucket_replication_configuration lake/replication': {
        rule: [{ destination: { bucket: ref('aws_s3_bucket.lake_replica.arn') } }],
      },
    };
    const { 's3-put': puts, 'data-between-regions': way } = priced(replica);
    near(puts!.quantity, 2 * 288 * MONTH); // landed, and replicated
    const rawDay = 288 * quantity('raw_bytes_per_object') + 5760 * quantity('raw_bytes_per_event');
    near(way!.usd, ((rawDay * MONTH) / GB) * 0.02);
  });

  test('aws_s3_bucket_server_side_encryption_configuration: KMS is asked only with a key of the customer', () => {
    const with_ = (algorithm: string) => ({
      ...GENERATOR,
      'aws_s3_bucket_server_side_encryption_configuration lake/encryption': {
        rule: [{ apply_server_side_encryption_by_default: { sse_algorithm: algorithm } }],
      },
    });
    expect(priced(with_('AES256'))['kms-request']).toBeUndefined();
    near(priced(with_('aws:kms'))['kms-request']!.usd, (288 * 2 * MONTH * 0.03) / 10_000);
  });

  test('aws_s3_object: its bytes, and a PUT in the first month', () => {
    const object = { 'aws_s3_object etl/job': { content: 'x'.repeat(2 ** 20) } };
    expect(priced(object, { month: 1 })).toEqual({
      's3-standard': { quantity: 1 / 1024, usd: 0.023 / 1024 },
      's3-put': { quantity: 1, usd: 0.005 / 1000 },
    });
    expect(priced(object, { month: 2 })['s3-put']).toBeUndefined();
  });

  test('aws_cloudwatch_metric_alarm: 0.10 USD for each metric, 0.30 with periods below a minute', () => {
    const alarm = { namespace: 'AWS/Lambda', metric_name: 'Errors', period: 300 };
    expect(priced({ 'aws_cloudwatch_metric_alarm a/b': alarm })).toEqual({
      'cloudwatch-alarm': { quantity: 1, usd: 0.1 },
    });
    const fast = priced({ 'aws_cloudwatch_metric_alarm a/b': { ...alarm, period: 10 } });
    expect(fast).toEqual({ 'cloudwatch-alarm-high-resolution': { quantity: 1, usd: 0.3 } });
    const two = priced({ 'aws_cloudwatch_metric_alarm a/b': { metric_query: [{ id: 'a' }, { id: 'b' }] } });
    expect(two).toEqual({ 'cloudwatch-alarm': { quantity: 2, usd: 0.2 } });
  });

  test('aws_cloudwatch_dashboard: 3 USD, and 0.30 for each custom metric, however often it is named', () => {
    const metrics = [
      ['Clickstream', 'A', 'service', 'x'],
      ['.', 'B', '.', '.'],
      ['...', { stat: 'p50' }],
      ['AWS/Lambda', 'Errors'],
    ];
    const dashboard_body = JSON.stringify({ widgets: [{ properties: { metrics } }, { properties: { alarms: [] } }] });
    const alarm = { namespace: 'Clickstream', metric_name: 'A', period: 300 };
    const used = priced({
      'aws_cloudwatch_metric_alarm a/b': alarm,
      'aws_cloudwatch_dashboard a/c': { dashboard_body },
    });
    expect(used['cloudwatch-dashboard']).toEqual({ quantity: 1, usd: 3 });
    expect(used['cloudwatch-metric']).toEqual({ quantity: 2, usd: 0.6 });
  });

  test('aws_cloudwatch_log_group: 0.50 USD a GB that is written, and 0.03 a month for what is kept', () => {
    const logs = { 'aws_cloudwatch_log_group generator/logs': { name: '/aws/lambda/x', retention_in_days: 7 } };
    const used = priced({ ...GENERATOR, ...logs });
    near(used['logs-in']!.usd, ((288 * 2000 * MONTH) / GB) * 0.5);
    near(used['logs-stored']!.usd, ((288 * 2000 * 7) / GB) * 0.03);
    const ofJob = { 'aws_cloudwatch_log_group etl/logs': { name: '/aws-glue/jobs/x/output', retention_in_days: 7 } };
    near(priced({ ...JOB, ...ofJob })['logs-in']!.quantity, (1_000_000 * MONTH) / GB);
    const ofApi = { 'aws_cloudwatch_log_group api/logs': { name: '/aws/apigateway/x', retention_in_days: 7 } };
    near(priced(ofApi, { apiRequestsPerDay: 1000 })['logs-in']!.quantity, (500_000 * MONTH) / GB);
  });

  test('aws_sns_topic: 0.50 USD a million requests, and 2 USD for 100,000 mails to each subscriber', () => {
    const used = priced(
      {
        'aws_sns_topic a/topic': {},
        'aws_sns_topic_subscription a/mail': { protocol: 'email', topic_arn: ref('aws_sns_topic.a_topic.arn') },
        'aws_sns_topic_subscription a/other': { protocol: 'email', topic_arn: ref('aws_sns_topic.b_topic.arn') },
      },
      { alarmsPerMonth: 5000 },
    );
    near(used['sns-request']!.usd, (5000 * 0.5) / 1e6);
    near(used['sns-email']!.usd, (5000 * 2) / 1e5);
  });

  test('aws_apigatewayv2_api: 1 USD a million requests', () => {
    const api = { 'aws_apigatewayv2_api api/api': { protocol_type: 'HTTP' } };
    near(priced(api, { apiRequestsPerDay: 1000 })['api-gateway-http']!.usd, (1000 * MONTH) / 1e6);
    const socket = { 'aws_apigatewayv2_api api/api': { protocol_type: 'WEBSOCKET' } };
    expect(() => priced(socket)).toThrow("aws_apigatewayv2_api.api_api can't be priced: only HTTP APIs can");
  });

  test('aws_ssm_parameter: free, and 0.05 USD if advanced', () => {
    expect(priced({ 'aws_ssm_parameter a/b': {} })).toEqual({});
    expect(priced({ 'aws_ssm_parameter a/b': { tier: 'Advanced' } })).toEqual({
      'ssm-advanced-parameter': { quantity: 1, usd: 0.05 },
    });
  });

  test('aws_sqs_queue: nothing, as long as nothing fails', () => {
    expect(priced({ 'aws_sqs_queue a/b': {} })).toEqual({});
  });

  test('aws_glue_catalog_database and _table: 1 USD for 100,000 objects', () => {
    const catalog = {
      'aws_glue_catalog_database c/d': {},
      'aws_glue_catalog_table c/t': {},
      'aws_glue_catalog_table c/u': {},
    };
    near(priced(catalog)['glue-catalog-object']!.usd, 3 / 100_000);
  });

  test('aws_quicksight_dashboard: 24 USD an author, 3 a reader, and queries for who looks', () => {
    const shown = (mode: string) => ({
      ...JOB,
      'aws_athena_workgroup analytics/workgroup': {},
      'aws_quicksight_data_set quicksight/set': { import_mode: mode },
      'aws_quicksight_dashboard quicksight/dashboard': {
        definition: [{ sheets: [{ visuals: [{}, {}, {}] }, { visuals: [{}] }] }],
      },
    });
    const people = { quicksightAuthors: 2, quicksightReaders: 10, eventsPerDay: 1000, dashboardViewsPerDay: 20 };
    const asked = priced(shown('DIRECT_QUERY'), people);
    expect(asked['quicksight-author']!.usd).toBe(48);
    expect(asked['quicksight-reader']!.usd).toBe(30);
    near(asked['athena-scan']!.usd, (20 * 2 * MONTH * 1e7 * 5) / 1e12); // two visuals a sheet
    const schedule = [{ schedule_frequency: [{ interval: 'HOURLY' }] }];
    const kept = { ...shown('SPICE'), 'aws_quicksight_refresh_schedule quicksight/refresh': { schedule } };
    near(priced(kept, people)['athena-scan']!.usd, (24 * MONTH * 1e7 * 5) / 1e12); // the data set, each hour
  });

  test('aws_quicksight_dashboard: memory beyond 10 GB an author at 0.38 USD', () => {
    const kept = {
      'aws_quicksight_data_set quicksight/set': { import_mode: 'SPICE' },
      'aws_quicksight_dashboard quicksight/dashboard': { definition: [{ sheets: [] }] },
    };
    const used = priced(kept, { quicksightAuthors: 1, eventsPerDay: 1e6, month: 12 });
    const memory = (1e6 * 11.5 * MONTH * 1000) / GB;
    near(used['quicksight-spice']!.usd, (memory - 10) * 0.38);
  });

  test('in another region by its rates', () => {
    near(priced(GENERATOR, {}, 'eu-central-1')['s3-put']!.usd, (8766 * 0.0054) / 1000);
  });
});

describe('a resource that can not be priced is an error that says what to add, and where', () => {
  test.each<readonly [string, Parameters<typeof priced>[0], string | RegExp]>([
    [
      'of a type that nobody has thought of',
      { 'aws_kinesis_stream collect/stream': {} },
      'aws_kinesis_stream.collect_stream has no price: add aws_kinesis_stream to pricing/resource-types.ts',
    ],
    [
      'a log group that nobody writes into',
      { 'aws_cloudwatch_log_group a/b': { name: '/x', retention_in_days: 1 } },
      'who writes into /x?',
    ],
    [
      'a job of Ray',
      { 'aws_glue_job a/b': { ...JOB['aws_glue_job etl/job'], command: { name: 'glueray' } } },
      'only Spark jobs',
    ],
    [
      'a worker of an unknown size',
      { 'aws_glue_job a/b': { ...JOB['aws_glue_job etl/job'], worker_type: 'Z' } },
      'G.1X, G.2X',
    ],
    [
      'a number that only a deploy tells',
      { 'aws_glue_job a/b': { ...JOB['aws_glue_job etl/job'], number_of_workers: ref('aws_a.b.c') } },
      "aws_glue_job.a_b can't be priced: number_of_workers is known after the deploy only, where a number is needed",
    ],
    ['no number at all', { 'aws_lambda_function a/b': {} }, 'memory_size is not there, where a number is needed'],
    [
      'an unknown processor',
      { 'aws_lambda_function a/b': { memory_size: 1, architectures: ['mips'] } },
      'no rate "lambda-mips"',
    ],
    [
      'a storage class without a rate',
      {
        ...BUCKET,
        ...GENERATOR,
        ...JOB,
        'aws_s3_bucket_lifecycle_configuration lake/lifecycle': {
          bucket: ref('aws_s3_bucket.lake_bucket.bucket'),
          rule: [{ filter: [{ prefix: '' }], transition: [{ days: 1, storage_class: 'DEEP_ARCHIVE' }] }],
        },
      },
      'there is no rate for the storage class DEEP_ARCHIVE: add it to pricing/rates.json',
    ],
  ])('%s', (_, resources, message) => {
    expect(() => priced(resources, { eventsPerDay: 1e8 })).toThrow(message);
  });
});

describe('the types', () => {
  const types = Object.keys(stack.resource);

  test('of the stack each have a price, or a reason why they are free', () => {
    for (const type of types) expect(() => pricerOf({ type, address: `${type}.x` } as Resource)).not.toThrow();
  });

  test('that are listed are those of the stack, each once', () => {
    expect([...Object.keys(PRICED), ...Object.keys(FREE)].sort()).toEqual([...types].sort());
  });
});
