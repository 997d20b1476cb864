import { describe, expect, test } from '@jest/globals';
import { expression } from '../../stacks/expressions';
import { pathsOf, ref, stack } from './synthesized';

const outputs = stack.output as unknown as Readonly<Record<string, { value: unknown; description?: string }>>;

test.each([
  ['s3_bucket_name', ref('lake/bucket/bucket', 'bucket')],
  ['s3_bucket_arn', ref('lake/bucket/bucket', 'arn')],
  ['lambda_function_name', ref('generator/function', 'function_name')],
  ['lambda_function_arn', ref('generator/function', 'arn')],
  ['glue_database_name', ref('catalog/database', 'name')],
  ['glue_table_name', ref('catalog/clickstream_table/table', 'name')],
  ['glue_job_name', ref('etl/gluejob', 'name')],
  ['schedule_rule_name', ref('generator/schedule', 'name')],
  ['api_gateway_url', `${ref('api/api', 'api_endpoint')}/generate`],
  ['quicksight_console_url', `https://${expression('var.aws_region')}.quicksight.aws.amazon.com/sn/start`],
  ['quicksight_setup_instructions', expect.stringContaining('var.quicksight_user')],
  ['architecture_summary', expect.any(Object)],
])("the original's output %s is there", (name, value) => {
  expect(outputs[name]?.value).toEqual(value);
});

test('whoever looks for trouble is told where', () => {
  expect(outputs).toMatchObject({
    athena_workgroup_name: { value: ref('analytics/workgroup', 'name') },
    dead_letter_queue_url: { value: ref('generator/dead-letters', 'url') },
    alarm_topic_arn: { value: ref('observability/topic', 'arn') },
    landed_until_parameter_name: { value: ref('generator/landed-until', 'name') },
  });
});

test('every output is described', () => {
  const undescribed = Object.entries(outputs).filter(([, { description }]) => !description?.trim());
  expect(undescribed).toEqual([]);
});

describe('the architecture summary', () => {
  const summary = outputs.architecture_summary?.value as Readonly<Record<string, unknown>>;

  test("has the original's keys", () => {
    expect(Object.keys(summary).sort()).toEqual([
      'compute_model',
      'cost_model',
      'maintenance',
      'modules_count',
      'network_required',
      'scheduling',
      'visualization',
    ]);
  });

  test('counts the parts that the stack has', () => {
    const parts = new Set(
      Object.keys(stack.resource)
        .flatMap(pathsOf)
        .map((path) => path.split('/')[0]),
    );
    expect(summary.modules_count).toBe(parts.size);
  });
});
