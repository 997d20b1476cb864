import type { SynthesizedStack } from '../core/terraform/synthesized-stack';
import { DAY_S, HOUR_S } from '../core/time';
import { MONTH_DAYS } from './cadence';
import { priceOf, totalOf } from './price';
import { minimum, type RateName, regionOf, unitPrice } from './rates';
import { type Variables, variablesOf } from './resources';
import { runSeconds } from './services/glue';
import type { Usage } from './usage';
import { sum, workloadOf } from './workload';

/** What another way would cost. */
export interface Comparison {
  readonly what: string;
  /** Events a day that it is for. */
  readonly eventsPerDay: number;
  /** A month. */
  readonly usd: number;
  /** This stack, for as many events. */
  readonly oursUsd: number;
  /** What the figure is made of, or where it is published. */
  readonly how: string;
}

const HOURS = MONTH_DAYS * 24;

/** Of "AWS Clickstream Analytics": ten requests a second with ten events each. */
const SOLUTION_EVENTS = 10 * 10 * DAY_S;
const SOLUTION_COST =
  'https://github.com/awslabs/clickstream-analytics-on-aws/blob/main/docs/en/plan-deployment/cost.md';

/** This stack beside a server, the layout that it began from, a job every five minutes, and AWS's own solution. */
export function comparisonsOf(stack: SynthesizedStack, given: Variables, usage: Usage): readonly Comparison[] {
  const variables = variablesOf(stack, given);
  const { events } = workloadOf(stack, variables, usage);
  const price = (other: Variables, eventsPerDay = events): number =>
    totalOf(priceOf(stack, { ...variables, ...other }, { ...usage, eventsPerDay }));
  const ours = price({});
  const unit = (rate: RateName): number => unitPrice(rate, regionOf(String(variables.aws_region)));
  const server = (rate: RateName): number => HOURS * (unit(rate) + unit('public-ipv4')) + DISK_GB * unit('ebs-gp3');
  const monthly = { events: events * MONTH_DAYS, runs: 24 * MONTH_DAYS };
  const hourlyRun = Math.max(minimum('glue-run'), runSeconds(events / 24, 2, 1));
  const original = sum([
    monthly.events * (unit('s3-put') + unit('s3-get')),
    ((monthly.runs * 2 * hourlyRun) / HOUR_S) * unit('glue-standard'),
    usage.queriesPerDay * MONTH_DAYS * minimum('athena-query') * unit('athena-scan'),
  ]);
  const same = { eventsPerDay: events, oursUsd: ours };
  return [
    { ...same, what: 'a server, t3.small', usd: server('ec2-t3-small'), how: SERVER },
    { ...same, what: 'a server, t3.medium', usd: server('ec2-t3-medium'), how: SERVER },
    {
      ...same,
      what: "the original's layout",
      usd: original,
      how: 'an object for each event, put and read once; Glue each hour, two standard workers; the same queries, a minimum each',
    },
    {
      ...same,
      what: 'Glue every five minutes, in place of the live view',
      usd: price({ etl_schedule: 'cron(0/5 * * * ? *)' }),
      how: 'this stack with another etl_schedule',
    },
    {
      what: 'AWS Clickstream Analytics, its smallest',
      eventsPerDay: SOLUTION_EVENTS,
      usd: 87.8 + 73.76,
      oursUsd: price({}, SOLUTION_EVENTS),
      how: `published for ten requests a second, of ten events: ingestion by Fargate and Kinesis 87.80, daily processing 73.76, without reports and logs (${SOLUTION_COST})`,
    },
  ];
}

const DISK_GB = 30;
const SERVER = `what the article puts at 30 USD and more: all month on demand, with ${DISK_GB} GB of disk and a public address, without anybody's time to run it`;
