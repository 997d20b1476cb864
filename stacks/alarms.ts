import type { CloudwatchMetricAlarmConfig } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { Token } from 'cdktf';
import { DAY_S } from '../core/time';
import type { Deployment } from './deployment';
import { expression } from './expressions';
import { GENERATOR_TIMEOUT_S } from './generator';
import type { Watched } from './watched';

/** An alarm: unless it says otherwise, on any count above 0 in one period, where no data is fine. */
export interface AlarmDefinition extends Partial<CloudwatchMetricAlarmConfig> {
  /** Its name, within the deployment's names. */
  readonly id: string;
  /** What it means and what to do. */
  readonly remedy: string;
  readonly namespace: string;
  readonly metricName: string;
  readonly period: number;
}

/** No more than ten, so that the free tier holds them. */
export function alarmDefinitions(
  { settings }: Deployment,
  { generator, api, analytics }: Watched,
  etlFailures: string,
): readonly AlarmDefinition[] {
  const lambda = {
    namespace: 'AWS/Lambda',
    dimensions: { FunctionName: generator.function.functionName },
    period: 300,
  };
  return [
    {
      ...lambda,
      id: 'generator-errors',
      metricName: 'Errors',
      remedy:
        'The generator failed. Its log names the reason and the correlation id; missed windows are caught up by the next run.',
    },
    {
      ...lambda,
      id: 'generator-throttles',
      metricName: 'Throttles',
      remedy:
        'The account ran out of concurrent Lambda executions. Ask for a higher quota, or find what else uses them.',
    },
    {
      ...lambda,
      id: 'generator-duration',
      metricName: 'Duration',
      statistic: 'Maximum',
      threshold: 0.8 * GENERATOR_TIMEOUT_S * 1000,
      remedy:
        'A run took over 80 % of its time limit. Lower events_per_execution or history_days, or make the schedule denser.',
    },
    {
      id: 'api-errors',
      namespace: 'AWS/ApiGateway',
      metricName: '5xx',
      dimensions: { ApiId: api.apiId },
      period: 300,
      remedy:
        'POST /generate could not do what it was asked. Its answer has the correlation id by which the log of the generator names the reason.',
    },
    {
      id: 'dead-letters',
      namespace: 'AWS/SQS',
      metricName: 'ApproximateNumberOfMessagesVisible',
      dimensions: { QueueName: generator.deadLetters.name },
      period: 300,
      statistic: 'Maximum',
      remedy:
        'An invocation failed for good. Its event is in the queue: invoke the function with it again, then delete it.',
    },
    {
      id: 'no-data',
      namespace: 'Clickstream',
      metricName: 'WindowsLanded',
      dimensions: { service: generator.function.functionName },
      period: settings.window_s,
      evaluationPeriods: 3,
      comparisonOperator: 'LessThanThreshold',
      threshold: 1,
      treatMissingData: 'breaching',
      remedy:
        'Nothing has landed for three windows. See whether the schedule is enabled, then the other alarms of the generator.',
    },
    {
      id: 'etl-failed',
      namespace: 'AWS/Events',
      metricName: 'TriggeredRules',
      dimensions: { RuleName: etlFailures },
      period: 300,
      remedy:
        'A run of the Glue job failed, timed out or is late. Its log names the reason; nothing is lost, since raw/ is kept until its rows are committed: run it again.',
    },
    {
      id: 'athena-scan',
      namespace: 'AWS/Athena',
      metricName: 'ProcessedBytes',
      dimensions: { WorkGroup: analytics.workgroup.name, QueryState: 'SUCCEEDED', QueryType: 'DML' },
      period: DAY_S,
      threshold: Token.asNumber(expression('10 * var.athena_scan_limit_bytes')),
      remedy:
        'Queries of a day scanned over ten times the limit of one. See the history of the workgroup, and give queries a predicate on click_date.',
    },
  ];
}
