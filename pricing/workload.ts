import { UserError } from '../core/errors';
import { EVENTS_PER_PART } from '../core/limits';
import type { SynthesizedStack } from '../core/terraform/synthesized-stack';
import { MONTH_DAYS, timesADay } from './cadence';
import { evaluate } from './evaluate';
import { quantity } from './quantities';
import { type RateName, type Region, regionOf } from './rates';
import { type Resource, resourcesOf, type Variables, variablesOf } from './resources';
import type { Usage } from './usage';

/** What is used of something that has a price, in a month. */
export interface Charge {
  readonly rate: RateName;
  /** In the rate's unit, a month. */
  readonly quantity: number;
  /** @default where the resource is */
  readonly region?: Region;
}

/** What a resource of some type uses. */
export type Pricer = (resource: Resource, workload: Workload) => readonly Charge[];

/** A deployment in use: what there is, and how much flows through it, a day unless it says otherwise. */
export interface Workload {
  readonly resources: readonly Resource[];
  readonly usage: Usage;
  readonly events: number;
  /** Events that the deploy itself lands, and the objects that they are in. */
  readonly history: { readonly events: number; readonly objects: number; readonly bytes: number };
  /** Objects that land in `raw/`, and their bytes. */
  readonly objects: number;
  readonly rawBytes: number;
  /** Runs of the job that empties `raw/`. */
  readonly runs: number;
  readonly queries: number;
  /** Days since the deploy, in the middle of the month, that data is kept of. */
  readonly ageDays: number;
  /** Days after which data is deleted. */
  readonly retentionDays: number;
  /** Whose function, job or workgroup comes due how often. */
  ticksOf(lambda: Resource): number;
  runsOf(job: Resource): number;
  regionOf(resource: Resource): Region;
}

/** Days' worth of events that wait in `raw/`: half of what lands between two runs on average, or all there is if nothing ever runs. */
export function waitingDays({ runs, ageDays }: Pick<Workload, 'runs' | 'ageDays'>): number {
  return runs > 0 ? 0.5 / runs : ageDays;
}

/** Objects that so many events of a window make, as the generator lands them. */
export function objectsOf(events: number): number {
  return Math.ceil(events / EVENTS_PER_PART);
}

/** What a stack with these variables is like when it is used. */
export function workloadOf(stack: SynthesizedStack, given: Variables, usage: Usage): Workload {
  const variables = variablesOf(stack, given);
  const resources = resourcesOf(stack, variables);
  const ofType = (type: string): readonly Resource[] => resources.filter((resource) => resource.type === type);
  const refersTo = (attribute: string, to: Resource) => (from: Resource) => from.references(attribute).has(to.address);

  const ticksOf = (lambda: Resource): number =>
    sum(
      ofType('aws_cloudwatch_event_target')
        .filter(refersTo('arn', lambda))
        .flatMap((target) =>
          ofType('aws_cloudwatch_event_rule').filter(({ address }) => target.references('rule').has(address)),
        )
        .filter((rule) => rule.value('schedule_expression') !== undefined)
        .map((rule) => timesADay(rule.text('schedule_expression'))),
    );
  const runsOf = (job: Resource): number =>
    sum(
      ofType('aws_glue_trigger')
        .filter(refersTo('actions', job))
        .filter((trigger) => trigger.value('schedule') !== undefined)
        .map((trigger) => timesADay(trigger.text('schedule'))),
    );

  const generator = ofType('aws_lambda_function').find((lambda) => lambda.value(EVENTS_PER_TICK) !== undefined);
  const windows = generator ? ticksOf(generator) : 0;
  const events = usage.eventsPerDay ?? (generator ? windows * generator.number(EVENTS_PER_TICK) : 0);
  const objects = windows > 0 ? windows * objectsOf(events / windows) : objectsOf(events);
  const bytesOf = (count: { events: number; objects: number }): number =>
    count.objects * quantity('raw_bytes_per_object') + count.events * quantity('raw_bytes_per_event');
  const historyDays = sum(ofType('aws_lambda_invocation').map(historyDaysOf));
  const retentionDays = usage.retentionMonths === undefined ? Infinity : usage.retentionMonths * MONTH_DAYS;
  const daysSinceDeploy = (usage.month - 0.5) * MONTH_DAYS;
  const hasHistory = historyDays > 0 && daysSinceDeploy <= retentionDays;
  // Whole days, and the one that the deploy is on.
  const history = {
    events: hasHistory ? (historyDays + 0.5) * events : 0,
    objects: hasHistory ? (historyDays + 1) * objectsOf(events) : 0,
  };

  return {
    resources,
    usage,
    events,
    objects,
    rawBytes: bytesOf({ events, objects }),
    history: { ...history, bytes: bytesOf(history) },
    runs: sum(ofType('aws_glue_job').map(runsOf)),
    queries: usage.queriesPerDay + dashboardQueries(ofType, usage),
    ageDays: Math.min(retentionDays, daysSinceDeploy),
    retentionDays,
    ticksOf,
    runsOf,
    regionOf: (resource) => regionOf(providerRegion(stack, resource, variables)),
  };
}

const EVENTS_PER_TICK = 'environment.variables.EVENTS_PER_EXECUTION';

/** Days of history that an invocation asks for, once. */
function historyDaysOf(invocation: Resource): number {
  const { history_days: days } = JSON.parse(invocation.text('input')) as { history_days?: number };
  return days ?? 0;
}

/** Queries that QuickSight sends: one a visual for those who look, or one a data set whenever it takes the data into its memory. */
function dashboardQueries(ofType: (type: string) => readonly Resource[], usage: Usage): number {
  const isAsking = ofType('aws_quicksight_data_set').some((dataSet) => dataSet.text('import_mode') === 'DIRECT_QUERY');
  if (!isAsking)
    return sum(
      ofType('aws_quicksight_refresh_schedule').map((refresh) =>
        refresh.text('schedule.0.schedule_frequency.0.interval') === 'HOURLY' ? 24 : 1,
      ),
    );
  const sheets = ofType('aws_quicksight_dashboard').flatMap(
    (dashboard) => dashboard.value('definition.0.sheets') as unknown as { visuals: unknown[] }[],
  );
  const visuals = sum(sheets.map((sheet) => sheet.visuals.length)) / Math.max(1, sheets.length);
  return usage.dashboardViewsPerDay * visuals;
}

function providerRegion({ provider }: SynthesizedStack, resource: Resource, variables: Variables): string {
  const alias = resource.value('provider');
  const found = provider?.aws.find((one) =>
    one.alias === undefined ? alias === undefined : alias === `aws.${one.alias}`,
  );
  const region = evaluate(String(found?.region), variables);
  if (typeof region === 'string') return region;
  throw new UserError(`${resource.address} can't be priced: the region of its provider is known after the deploy only`);
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
