import { TerraformLocal, TerraformOutput } from 'cdktf';
import type { Construct } from 'constructs';
import type { Analytics } from './analytics';
import type { Catalog } from './catalog';
import type { Deployment } from './deployment';
import type { EtlJob } from './etl-job';
import { conditions, expression } from './expressions';
import type { Generator } from './generator';
import type { GeneratorApi } from './generator-api';
import type { Lake } from './lake';
import type { Observability } from './observability';
import type { QuickSight } from './quicksight';

export interface Outcome {
  readonly lake: Lake;
  readonly generator: Generator;
  readonly api: GeneratorApi;
  readonly catalog: Catalog;
  readonly etl: EtlJob;
  readonly analytics: Analytics;
  readonly quickSight: QuickSight;
  readonly observability: Observability;
}

/** Declares what a deploy prints; the first twelve names are the original's. */
export function declareOutputs(stack: Construct, deployment: Deployment, outcome: Outcome): void {
  const { region } = deployment;
  const { lake, generator, api, catalog, etl, analytics, quickSight, observability } = outcome;
  const outputs: Readonly<Record<string, readonly [value: unknown, description: string]>> = {
    s3_bucket_name: [lake.bucket, 'Bucket of the lake'],
    s3_bucket_arn: [lake.bucketArn, 'ARN of that bucket'],
    lambda_function_name: [generator.function.functionName, 'The generator'],
    lambda_function_arn: [generator.function.arn, 'ARN of the generator'],
    glue_database_name: [catalog.database, 'Database to query'],
    glue_table_name: [
      catalog.clickstreamTable.name,
      'Table of events; clickstream_live has those of the last seconds too',
    ],
    glue_job_name: [etl.job.name, 'The ETL job: aws glue start-job-run --job-name NAME runs it now'],
    schedule_rule_name: [
      generator.rule.name,
      'Rule that starts the generator; aws events disable-rule --name NAME pauses it',
    ],
    api_gateway_url: [api.url, 'POST {"events": 20} here, signed (execute-api), for events at once'],
    quicksight_console_url: [`https://${region}.quicksight.aws.amazon.com/sn/start`, 'QuickSight in this region'],
    quicksight_setup_instructions: [
      quicksightInstructions(stack, deployment, quickSight),
      'What Terraform can not do in QuickSight',
    ],
    architecture_summary: [architectureSummary(outcome), 'What was deployed, in a few words'],
    athena_workgroup_name: [
      analytics.workgroup.name,
      'Workgroup to query in; the analyses are among its saved queries',
    ],
    dead_letter_queue_url: [generator.deadLetters.url, 'Where invocations that failed for good wait'],
    alarm_topic_arn: [observability.topic.arn, 'Where alarms are published, for other subscribers than alarm_email'],
    landed_until_parameter_name: [generator.landedUntil, 'SSM parameter: until when every window has landed'],
  };
  for (const [name, [value, description]] of Object.entries(outputs))
    new TerraformOutput(stack, name, { value, description });
}

const architectureSummary = (outcome: Outcome) => ({
  compute_model: 'Serverless: Lambda and Glue, paid by use',
  scheduling: 'EventBridge rule for the generator, Glue trigger for the ETL job',
  network_required: 'None: no VPC, no servers',
  cost_model: 'Pay per use, watched by a budget',
  maintenance: 'None between deploys: Iceberg tables, lifecycle rules and log retention look after themselves',
  modules_count: Object.keys(outcome).length,
  visualization: 'Athena, and a QuickSight dashboard for quicksight_user',
});

function quicksightInstructions(
  stack: Construct,
  { settings, region, bucket }: Deployment,
  quickSight: QuickSight,
): string {
  const steps = [
    'Sign up for QuickSight (Enterprise edition) in this account.',
    `Let QuickSight use Athena and the bucket, which Terraform can not (terraform-provider-aws #32723): in ${region}, Manage QuickSight, Security & permissions, QuickSight access to AWS services; tick Amazon Athena, and under Amazon S3 the bucket ${bucket} with "Write permission for Athena Workgroup".`,
    'If kms_key_arn is set: let the role aws-quicksight-service-role-v0 use the key (kms:Decrypt, kms:GenerateDataKey).',
    `See that all is well: npx clickstream doctor --environment ${settings.environment} --region ${region} --quicksight-user USER`,
    `Open https://${region}.quicksight.aws.amazon.com/sn/dashboards/${quickSight.dashboardId} as that user.`,
  ];
  const text = steps.map((step, n) => `${n + 1}. ${step}`).join('\n');
  const local = new TerraformLocal(stack, 'quicksight_steps', text);
  return expression(`${conditions.quicksight} ? ${local.fqn} : "Deploy with quicksight_user to get the steps."`);
}
