import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../core/json';
import { architecture } from '../../scripts/architecture';
import { ref, stackOf } from './stack-of';

const edges = (resources: Readonly<Record<string, JsonObject>>): string[] =>
  architecture(stackOf(resources))
    .split('\n')
    .filter((line) => /-->|-\.->/.test(line))
    .map((line) => line.trim());

const FUNCTION = {
  'aws_lambda_function generator/function': {
    role: ref('aws_iam_role.generator_role.arn'),
  },
};
const ROLE = { 'aws_iam_role generator/role': {} };
const BUCKET = { 'aws_s3_bucket lake/bucket': {} };

describe('architecture', () => {
  test('draws a stage as a subgraph, and folds plumbing away', () => {
    const text = architecture(
      stackOf({
        ...FUNCTION,
        ...ROLE,
        ...BUCKET,
        'aws_s3_bucket_policy lake/policy': {},
      }),
    );
    expect(text).toMatchInlineSnapshot(`
      "flowchart LR
        subgraph generator
          generator_function["Lambda<br/><i>function</i>"]
        end
        subgraph lake
          lake_bucket[("S3 bucket<br/><i>bucket</i>")]
        end"
    `);
  });

  test('draws what a role allows as an arrow from whoever has the role', () => {
    const role = ref('aws_iam_role.generator_role.name');
    const inline = {
      'aws_iam_role_policy generator/policy': {
        role,
        policy: `{"Resource":"${ref('aws_s3_bucket.lake_bucket.arn')}/raw/*"}`,
      },
    };
    expect(edges({ ...FUNCTION, ...ROLE, ...BUCKET, ...inline })).toEqual(['generator_function --> lake_bucket']);
    const document = {
      'aws_iam_role_policy generator/policy': {
        role,
        policy: ref('data.aws_iam_policy_document.generator_document.json'),
      },
      'data.aws_iam_policy_document generator/document': {
        statement: [{ resources: [ref('aws_s3_bucket.lake_bucket.arn')] }],
      },
    };
    expect(edges({ ...FUNCTION, ...ROLE, ...BUCKET, ...document })).toEqual(['generator_function --> lake_bucket']);
  });

  test('draws no arrow without a reference', () => {
    expect(edges({ ...FUNCTION, ...ROLE, ...BUCKET })).toEqual([]);
  });

  test('leads from a schedule by way of its target, and to the dead letters', () => {
    expect(
      edges({
        ...FUNCTION,
        'aws_cloudwatch_event_rule generator/schedule': {},
        'aws_sqs_queue generator/dead-letters': {},
        'aws_cloudwatch_event_target generator/target': {
          rule: ref('aws_cloudwatch_event_rule.generator_schedule.name'),
          arn: ref('aws_lambda_function.generator_function.arn'),
          dead_letter_config: {
            arn: ref('aws_sqs_queue.generator_dead-letters.arn'),
          },
        },
      }),
    ).toEqual(['generator_schedule --> generator_dead_letters', 'generator_schedule --> generator_function']);
  });

  test('makes all alarms of a stage one node, dotted from what they watch', () => {
    const alarm = (watched: string): JsonObject => ({
      dimensions: { Name: watched },
      alarm_actions: [ref('aws_sns_topic.observability_topic.arn')],
    });
    expect(
      edges({
        ...FUNCTION,
        ...BUCKET,
        'aws_sns_topic observability/topic': {},
        'aws_cloudwatch_metric_alarm observability/errors': alarm(
          ref('aws_lambda_function.generator_function.function_name'),
        ),
        'aws_cloudwatch_metric_alarm observability/silence': alarm(ref('aws_s3_bucket.lake_bucket.id')),
      }),
    ).toEqual([
      'generator_function -.-> observability_aws_cloudwatch_metric_alarm',
      'lake_bucket -.-> observability_aws_cloudwatch_metric_alarm',
      'observability_aws_cloudwatch_metric_alarm --> observability_topic',
    ]);
  });
});
