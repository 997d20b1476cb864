import { UserError } from '../../core/errors';
import { MONTH_DAYS } from '../cadence';
import { quantity } from '../quantities';
import type { Resource } from '../resources';
import { type Pricer, sum, type Workload } from '../workload';
import { GB } from './s3';

/** An alarm on one metric: the price is by the metrics that it looks at. */
export const metricAlarm: Pricer = (alarm, workload) => {
  const period = alarm.value('period');
  const isHighResolution = typeof period === 'number' && period < 60; // EventBridge knows no schedule that is denser
  const metrics = ((alarm.value('metric_query') as readonly unknown[] | undefined) ?? [alarm]).length;
  return [
    { rate: isHighResolution ? 'cloudwatch-alarm-high-resolution' : 'cloudwatch-alarm', quantity: metrics },
    customMetrics(alarm, workload),
  ];
};

export const dashboard: Pricer = (one, workload) => [
  { rate: 'cloudwatch-dashboard', quantity: 1 },
  customMetrics(one, workload),
];

/** The metrics of no service of AWS that a resource is the first to name: whoever publishes them pays for them. */
function customMetrics(resource: Resource, { resources }: Workload) {
  const before = new Set(resources.slice(0, resources.indexOf(resource)).flatMap(namedMetrics));
  const own = new Set(namedMetrics(resource).filter((name) => !before.has(name)));
  return { rate: 'cloudwatch-metric', quantity: own.size } as const;
}

function namedMetrics(resource: Resource): readonly string[] {
  if (resource.type === 'aws_cloudwatch_metric_alarm') {
    const [namespace, name] = [resource.value('namespace'), resource.value('metric_name')];
    return typeof namespace === 'string' ? [`${namespace} ${String(name)}`].filter(isCustom) : [];
  }
  if (resource.type !== 'aws_cloudwatch_dashboard') return [];
  const { widgets } = JSON.parse(resource.source('dashboard_body')) as { widgets: readonly Widget[] };
  return widgets
    .flatMap(({ properties: { metrics = [] } }) => {
      let [namespace, name] = ['', ''];
      // A metric that repeats what the one before it says has "." and "..." there.
      return metrics.map(([first, second]) => {
        if (first !== '.' && first !== '...') namespace = String(first);
        if (first !== '...' && second !== '.') name = String(second);
        return `${namespace} ${name}`;
      });
    })
    .filter(isCustom);
}

interface Widget {
  readonly properties: { readonly metrics?: readonly (readonly unknown[])[] };
}

function isCustom(metric: string): boolean {
  return !metric.startsWith('AWS/');
}

/** Lines of those who write into the group, and what of them is kept. */
export const logGroup: Pricer = (group, workload) => {
  const name = group.source('name');
  const writer = WRITERS.find(([prefix]) => name.startsWith(prefix));
  if (!writer)
    throw new UserError(
      `${group.address} can't be priced: who writes into ${name}? Say so in pricing/services/cloudwatch.ts, which knows ${WRITERS.map(([prefix]) => prefix).join(', ')}`,
    );
  const bytes = writer[1](workload);
  const days = Math.min(workload.usage.month * MONTH_DAYS, group.number('retention_in_days'));
  return [
    { rate: 'logs-in', quantity: (bytes * MONTH_DAYS) / GB },
    { rate: 'logs-stored', quantity: (bytes * days) / GB },
  ];
};

/** Bytes a day, by what a group's name begins with. A run's lines go to two groups of the job. */
const WRITERS: readonly (readonly [prefix: string, bytes: (workload: Workload) => number])[] = [
  ['/aws/lambda/', (workload) => (ticks(workload) + workload.usage.apiRequestsPerDay) * quantity('tick_log_bytes')],
  ['/aws/apigateway/', ({ usage }) => usage.apiRequestsPerDay * quantity('api_log_bytes')],
  ['/aws-glue/jobs/', ({ runs }) => (runs * quantity('job_log_bytes')) / 2],
];

function ticks({ resources, ticksOf }: Workload): number {
  return sum(resources.filter(({ type }) => type === 'aws_lambda_function').map(ticksOf));
}
