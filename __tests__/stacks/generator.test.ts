import { describe, expect, test } from '@jest/globals';
import { DAY_S } from '../../core/time';
import { expression } from '../../stacks/expressions';
import { addressOf, at, documentAt, ref } from './synthesized';

describe('the function', () => {
  test('runs the bundled handler on the current Node.js, on Arm, with 512 MB and five minutes', () => {
    expect(at('generator/function')).toMatchObject({
      runtime: 'nodejs22.x',
      architectures: ['arm64'],
      handler: 'functions/handler.handler',
      memory_size: 512,
      timeout: 300,
    });
  });

  test('is told where to land, how much, how often, and under which name to report', () => {
    expect(at('generator/function').environment).toMatchObject({
      variables: {
        S3_BUCKET_NAME: ref('lake/bucket/bucket', 'bucket'),
        EVENTS_PER_EXECUTION: expression('var.events_per_execution'),
        ON_DEMAND_EVENTS_PER_DAY: expression('var.on_demand_events_per_day'),
        WINDOW_S: expect.stringContaining('var.lambda_schedule'),
        LANDED_UNTIL_PARAMETER: ref('generator/landed-until', 'name'),
        POWERTOOLS_SERVICE_NAME: at('generator/function').function_name,
      },
    });
  });

  test('may write events, and read and write their count of the day: nothing else in the bucket', () => {
    const { Statement } = documentAt<{ Statement: readonly { Action: readonly string[]; Resource: string[] }[] }>(
      'generator/role-policy',
      'policy',
    );
    const bucket = ref('lake/bucket/bucket', 'arn');
    const onObjects = Statement.filter(({ Action }) => Action.some((action) => action.startsWith('s3:')));
    expect(onObjects).toEqual([
      expect.objectContaining({ Action: ['s3:PutObject'], Resource: [`${bucket}/raw/*`] }),
      expect.objectContaining({ Action: ['s3:GetObject', 's3:PutObject'], Resource: [`${bucket}/on-demand/*`] }),
    ]);
  });

  test('has its permissions before it runs, and a log that is there before it writes', () => {
    expect(at('generator/function')).toMatchObject({
      role: ref('generator/role', 'arn'),
      logging_config: { log_group: ref('generator/logs', 'name') },
      depends_on: expect.arrayContaining(['generator/role-policy', 'generator/role-key-policy'].map(addressOf)),
    });
  });

  test('has a log of the usual name, kept as long as log_retention_days says', () => {
    expect(at('generator/logs')).toMatchObject({
      name: `/aws/lambda/${at('generator/function').function_name}`,
      retention_in_days: expression('var.log_retention_days'),
    });
  });

  test('is retried twice within the hour, then its event is kept', () => {
    expect(at('generator/retries')).toMatchObject({
      maximum_retry_attempts: 2,
      maximum_event_age_in_seconds: 3600,
      destination_config: { on_failure: { destination: ref('generator/dead-letters', 'arn') } },
    });
  });

  test('owns the time until which it has landed: a deploy does not set it back', () => {
    expect(at('generator/landed-until').lifecycle).toEqual({ ignore_changes: ['value'] });
  });
});

describe('the schedule', () => {
  test('is the one of lambda_schedule, and starts the function', () => {
    expect(at('generator/schedule').schedule_expression).toBe(expression('var.lambda_schedule'));
    expect(at('generator/schedule-target')).toMatchObject({
      rule: ref('generator/schedule', 'name'),
      arn: ref('generator/function', 'arn'),
    });
  });

  test('tries again for an hour to deliver a tick, then keeps it', () => {
    expect(at('generator/schedule-target')).toMatchObject({
      retry_policy: { maximum_event_age_in_seconds: 3600, maximum_retry_attempts: expect.any(Number) },
      dead_letter_config: { arn: ref('generator/dead-letters', 'arn') },
    });
  });

  test('begins when the history has landed and failures have somewhere to go', () => {
    expect(at('generator/schedule-target').depends_on).toEqual(
      expect.arrayContaining(['generator/history', 'generator/retries'].map(addressOf)),
    );
  });

  test('may invoke the function, and no other rule may', () => {
    expect(at('generator/schedule-permission')).toMatchObject({
      action: 'lambda:InvokeFunction',
      principal: 'events.amazonaws.com',
      source_arn: ref('generator/schedule', 'arn'),
    });
  });
});

test('the history lands at the first deploy only, and only if there is to be one', () => {
  expect(at('generator/history')).toMatchObject({
    function_name: ref('generator/function', 'function_name'),
    input: `{"history_days":${expression('var.history_days')}}`,
    lifecycle_scope: 'CREATE_ONLY',
    count: expression('var.history_days > 0 ? 1 : 0'),
  });
});

test('dead letters are encrypted and kept for the longest time that there is', () => {
  expect(at('generator/dead-letters')).toMatchObject({
    sqs_managed_sse_enabled: true,
    message_retention_seconds: 14 * DAY_S,
  });
});

test('the queue takes undelivered ticks of the schedule alone', () => {
  const { Statement } = documentAt<{ Statement: readonly object[] }>('generator/dead-letters-policy', 'policy');
  expect(Statement).toEqual([
    expect.objectContaining({
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: ref('generator/dead-letters', 'arn'),
      Condition: { ArnEquals: { 'aws:SourceArn': ref('generator/schedule', 'arn') } },
    }),
  ]);
});
