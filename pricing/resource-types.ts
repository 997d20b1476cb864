import { UserError } from '../core/errors';
import type { Resource } from './resources';
import { athenaWorkgroup } from './services/athena';
import { dashboard, logGroup, metricAlarm } from './services/cloudwatch';
import { glueCatalogObject, glueJob } from './services/glue';
import { lambdaFunction, lambdaInvocation } from './services/lambda';
import { httpApi, snsTopic, sqsQueue, ssmParameter } from './services/messages';
import { quicksightDashboard } from './services/quicksight';
import { s3Bucket, s3Encryption, s3Object, s3Replication } from './services/s3';
import type { Pricer } from './workload';

/** What has a price, by resource type. */
export const PRICED: Readonly<Record<string, Pricer>> = {
  aws_apigatewayv2_api: httpApi,
  aws_athena_workgroup: athenaWorkgroup,
  aws_cloudwatch_dashboard: dashboard,
  aws_cloudwatch_log_group: logGroup,
  aws_cloudwatch_metric_alarm: metricAlarm,
  aws_glue_catalog_database: glueCatalogObject,
  aws_glue_catalog_table: glueCatalogObject,
  aws_glue_job: glueJob,
  aws_lambda_function: lambdaFunction,
  aws_lambda_invocation: lambdaInvocation,
  aws_quicksight_dashboard: quicksightDashboard,
  aws_s3_bucket: s3Bucket,
  aws_s3_bucket_replication_configuration: s3Replication,
  aws_s3_bucket_server_side_encryption_configuration: s3Encryption,
  aws_s3_object: s3Object,
  aws_sns_topic: snsTopic,
  aws_sqs_queue: sqsQueue,
  aws_ssm_parameter: ssmParameter,
};

const SETTINGS_OF_A_BUCKET = 'a setting of the bucket, which pays for what lies in it';
const PART_OF_THE_API = 'a part of the API, which pays by request';
const PERMISSION = 'permissions cost nothing';
const PEOPLE_PAY = 'QuickSight is paid for by people and memory, which the dashboard stands for';

/** What costs nothing by itself, and why. */
export const FREE: Readonly<Record<string, string>> = {
  aws_apigatewayv2_integration: PART_OF_THE_API,
  aws_apigatewayv2_route: PART_OF_THE_API,
  aws_apigatewayv2_stage: PART_OF_THE_API,
  aws_athena_named_query: 'a saved text',
  aws_budgets_budget:
    'budgets without actions are free (https://aws.amazon.com/aws-cost-management/aws-budgets/pricing/)',
  aws_cloudwatch_event_rule:
    "schedules and events of AWS's own services on the default bus are free (https://aws.amazon.com/eventbridge/pricing/)",
  aws_cloudwatch_event_target: 'its rule comes due, and what it starts pays',
  aws_glue_trigger: 'the job that it starts pays',
  aws_iam_role: PERMISSION,
  aws_iam_role_policy: PERMISSION,
  aws_lambda_function_event_invoke_config: 'a setting of the function',
  aws_lambda_permission: PERMISSION,
  aws_quicksight_analysis: PEOPLE_PAY,
  aws_quicksight_data_set: PEOPLE_PAY,
  aws_quicksight_data_source: PEOPLE_PAY,
  aws_quicksight_refresh_schedule: PEOPLE_PAY,
  aws_quicksight_theme: PEOPLE_PAY,
  aws_s3_bucket_lifecycle_configuration: SETTINGS_OF_A_BUCKET,
  aws_s3_bucket_ownership_controls: SETTINGS_OF_A_BUCKET,
  aws_s3_bucket_policy: PERMISSION,
  aws_s3_bucket_public_access_block: SETTINGS_OF_A_BUCKET,
  aws_s3_bucket_versioning: SETTINGS_OF_A_BUCKET,
  aws_sns_topic_policy: PERMISSION,
  aws_sns_topic_subscription: 'the topic that it is of pays for its messages',
  aws_sqs_queue_policy: PERMISSION,
};

/** How a resource is priced. Throws a failure at a type that nobody has thought of. */
export function pricerOf({ type, address }: Resource): Pricer {
  const pricer = PRICED[type];
  if (pricer) return pricer;
  if (FREE[type]) return () => [];
  throw new UserError(
    `${address} has no price: add ${type} to pricing/resource-types.ts, to PRICED with what it uses (and its rate to pricing/rates.json), or to FREE with the reason`,
  );
}
