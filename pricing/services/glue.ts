import { UserError } from '../../core/errors';
import { HOUR_S } from '../../core/time';
import { MONTH_DAYS } from '../cadence';
import { quantity } from '../quantities';
import { minimum } from '../rates';
import type { Resource } from '../resources';
import type { Pricer } from '../workload';

/** DPUs of a worker, and its vCPUs are four times as many (AWS Glue, "Worker types"). */
const DPU: Readonly<Record<string, number>> = { 'G.1X': 1, 'G.2X': 2, 'G.4X': 4, 'G.8X': 8 };

/** Cores that the quantities were measured on. */
const MEASURED_CORES = 2;

/** Seconds that a run with so many events takes; one worker drives the others. */
export function runSeconds(events: number, workers: number, dpu: number): number {
  const slowness = quantity('job_slowness');
  const cores = (Math.max(1, workers - 1) * dpu * 4) / slowness;
  return (
    quantity('job_grace_seconds') +
    slowness * quantity('job_seconds') +
    (events * quantity('job_seconds_per_event') * MEASURED_CORES) / cores
  );
}

/** Runs, by time and workers, and what they ask of S3 and the catalog. */
export const glueJob: Pricer = (job, workload) => {
  const runs = workload.runsOf(job);
  const [workers, dpu] = [job.number('number_of_workers'), dpuOf(job)];
  const seconds = Math.max(minimum('glue-run'), runSeconds(runs === 0 ? 0 : workload.events / runs, workers, dpu));
  const isFlexible = (job.value('execution_class') ?? 'STANDARD') === 'FLEX';
  const objects = runs === 0 ? 0 : workload.objects;
  const puts = runs * (quantity('job_puts') + quantity('job_lists')) + objects * quantity('job_puts_per_object');
  return [
    {
      rate: isFlexible ? 'glue-flex' : 'glue-standard',
      quantity: ((runs * workers * dpu * seconds) / HOUR_S) * MONTH_DAYS,
    },
    { rate: 's3-put', quantity: puts * MONTH_DAYS },
    {
      rate: 's3-get',
      quantity: (runs * quantity('job_gets') + objects * quantity('job_gets_per_object')) * MONTH_DAYS,
    },
    { rate: 'glue-catalog-request', quantity: runs * quantity('job_catalog_requests') * MONTH_DAYS },
  ];
};

/** A database or a table. */
export const glueCatalogObject: Pricer = () => [{ rate: 'glue-catalog-object', quantity: 1 }];

function dpuOf(job: Resource): number {
  const type = job.text('worker_type');
  const dpu = DPU[type];
  if (job.value('command.0.name') === 'glueetl' && dpu) return dpu;
  throw new UserError(
    `${job.address} can't be priced: only Spark jobs (glueetl) on workers ${Object.keys(DPU).join(', ')} can; others are to be added to pricing/services/glue.ts`,
  );
}
