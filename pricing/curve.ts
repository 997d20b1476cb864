import type { SynthesizedStack } from '../core/terraform/synthesized-stack';
import { MONTH_DAYS, timesADay } from './cadence';
import { priceOf, totalOf } from './price';
import { minimum } from './rates';
import type { Variables } from './resources';
import { runSeconds } from './services/glue';
import type { Usage } from './usage';
import { workloadOf } from './workload';

/** What so many events a day need, and cost. */
export interface Point {
  readonly eventsPerDay: number;
  readonly schedule: string;
  readonly workers: number;
  readonly runSeconds: number;
  /** Objects a day in `raw/`. */
  readonly objects: number;
  /** What the live view reads of `raw/` at most, in bytes. */
  readonly waitingBytes: number;
  readonly glueUsd: number;
  /** A month, with always-free allowances. */
  readonly usd: number;
  readonly usdPerMillionEvents: number;
}

export const VOLUMES: readonly number[] = [1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

/** Schedules and numbers of workers, the cheapest first. */
const SCHEDULES = ['cron(15 0 * * ? *)', 'cron(15 0/6 * * ? *)', 'cron(15 * * * ? *)', 'cron(0/15 * * * ? *)'];
const WORKERS = [2, 4, 10, 20];

/** What the live view may have to read, and the longest that a run should take: a third of its time limit. */
const MOST_WAITING_BYTES = 1e9;
const LONGEST_RUN_S = 300;

/** The price of each volume with the schedule and the workers that it needs. */
export function curveOf(
  stack: SynthesizedStack,
  variables: Variables,
  usage: Usage,
  volumes = VOLUMES,
): readonly Point[] {
  return volumes.map((eventsPerDay) => pointAt(stack, variables, { ...usage, eventsPerDay }, eventsPerDay));
}

function pointAt(stack: SynthesizedStack, variables: Variables, usage: Usage, eventsPerDay: number): Point {
  const [schedule, workers] = setup(eventsPerDay, workloadOf(stack, variables, usage).rawBytes);
  const scaled = { ...variables, etl_schedule: schedule };
  const sized = withWorkers(stack, workers);
  const workload = workloadOf(sized, scaled, usage);
  const lines = priceOf(sized, scaled, usage);
  const usd = totalOf(lines);
  return {
    eventsPerDay,
    schedule,
    workers,
    runSeconds: Math.max(minimum('glue-run'), runSeconds(eventsPerDay / workload.runs, workers, 1)),
    objects: workload.objects,
    waitingBytes: workload.rawBytes / workload.runs,
    glueUsd: totalOf(lines.filter(({ rate }) => rate.startsWith('glue-'))),
    usd,
    usdPerMillionEvents: usd / ((eventsPerDay * MONTH_DAYS) / 1e6),
  };
}

/** The rarest runs that leave little enough waiting, by the fewest workers that are fast enough; else the most of both. */
function setup(eventsPerDay: number, rawBytes: number): readonly [schedule: string, workers: number] {
  for (const schedule of SCHEDULES) {
    const runs = timesADay(schedule);
    if (rawBytes / runs > MOST_WAITING_BYTES) continue;
    const workers = WORKERS.find((count) => runSeconds(eventsPerDay / runs, count, 1) <= LONGEST_RUN_S);
    if (workers) return [schedule, workers];
  }
  return [SCHEDULES.at(-1)!, WORKERS.at(-1)!];
}

function withWorkers(stack: SynthesizedStack, workers: number): SynthesizedStack {
  const jobs = Object.entries(stack.resource.aws_glue_job ?? {}).map(([name, job]) => [
    name,
    { ...job, number_of_workers: workers },
  ]);
  return { ...stack, resource: { ...stack.resource, aws_glue_job: Object.fromEntries(jobs) } };
}
