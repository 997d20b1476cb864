import { CloudwatchDashboard } from '@cdktf/provider-aws/lib/cloudwatch-dashboard';
import type { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import type { Construct } from 'constructs';
import type { Deployment } from './deployment';
import type { Watched } from './watched';

type Metric = readonly (string | Readonly<Record<string, string>>)[];

/** A CloudWatch dashboard that follows the data: landed, invoked, transformed, queried. */
export function pipelineDashboard(
  scope: Construct,
  { region, name }: Deployment,
  { generator, api, analytics }: Watched,
  alarms: readonly CloudwatchMetricAlarm[],
): CloudwatchDashboard {
  const functionName = generator.function.functionName;
  const graph = (title: string, ...metrics: readonly Metric[]) => ({
    type: 'metric',
    width: 8,
    height: 6,
    properties: { title, region, metrics, stat: 'Sum', period: 300, view: 'timeSeries' },
  });
  const service = ['service', functionName];
  const lambda = ['FunctionName', functionName];
  const widgets = [
    { type: 'alarm', width: 24, height: 3, properties: { title: 'Alarms', alarms: alarms.map(({ arn }) => arn) } },
    graph(
      'Events landed',
      ['Clickstream', 'EventsLanded', ...service],
      ['Clickstream', 'EventsLandedOnDemand', ...service],
    ),
    graph('Windows', ['Clickstream', 'WindowsLanded', ...service], ['Clickstream', 'WindowsCaughtUp', ...service]),
    graph('Bytes landed', ['Clickstream', 'BytesLanded', ...service]),
    graph(
      'Generator runs',
      ['AWS/Lambda', 'Invocations', ...lambda],
      ['AWS/Lambda', 'Errors', ...lambda],
      ['AWS/Lambda', 'Throttles', ...lambda],
    ),
    graph(
      'Generator duration (ms)',
      ['AWS/Lambda', 'Duration', ...lambda, { stat: 'p50' }],
      ['...', { stat: 'Maximum' }],
    ),
    graph('Dead letters', [
      'AWS/SQS',
      'ApproximateNumberOfMessagesVisible',
      'QueueName',
      generator.deadLetters.name,
      { stat: 'Maximum' },
    ]),
    graph(
      'POST /generate',
      ['AWS/ApiGateway', 'Count', 'ApiId', api.apiId],
      ['.', '4xx', '.', '.'],
      ['.', '5xx', '.', '.'],
    ),
    graph('Athena bytes scanned', [
      'AWS/Athena',
      'ProcessedBytes',
      ...['WorkGroup', analytics.workgroup.name, 'QueryState', 'SUCCEEDED', 'QueryType', 'DML'],
    ]),
  ];
  return new CloudwatchDashboard(scope, 'dashboard', {
    dashboardName: name('pipeline'),
    dashboardBody: JSON.stringify({ widgets }),
  });
}
