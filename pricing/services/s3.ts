import { UserError } from '../../core/errors';
import type { JsonObject } from '../../core/json';
import { MONTH_DAYS } from '../cadence';
import { quantity } from '../quantities';
import { minimum, type RateName } from '../rates';
import type { Resource } from '../resources';
import { type Charge, type Pricer, sum, type Workload, waitingDays } from '../workload';

/** Bytes of a GB as S3 bills it. */
export const GB = 2 ** 30;

/** Days that a snapshot of an Iceberg table keeps files which newer ones have replaced (`etl/maintenance.py`). */
const SNAPSHOT_DAYS = 7;

const STORAGE: Readonly<Record<string, RateName>> = { STANDARD_IA: 's3-standard-ia', GLACIER: 's3-glacier' };
const TRANSITION: Readonly<Record<string, RateName>> = { STANDARD_IA: 's3-to-standard-ia', GLACIER: 's3-to-glacier' };

interface Rule {
  readonly filter?: readonly { readonly prefix?: string }[];
  readonly transition?: readonly { readonly days: number; readonly storage_class: string }[];
  readonly expiration?: readonly { readonly days?: number }[];
  readonly noncurrent_version_expiration?: readonly { readonly noncurrent_days: number }[];
}

/** What lies in the lake, by folder and age, and its old versions. */
export const s3Bucket: Pricer = (bucket, workload) => {
  const rules = rulesOf(bucket, workload);
  const oldDays = oldVersionDays(bucket, rules, workload);
  const results = workload.queries * quantity('query_result_bytes');
  const resultDays = Math.min(workload.ageDays, expiration(rules, 'athena-results/'));
  const resultOldDays = resultDays < workload.ageDays ? oldDays : 0;
  const stored = [(resultDays + resultOldDays) * results, waitingDays(workload) * workload.rawBytes];
  if (workload.runs === 0) return [{ rate: 's3-standard', quantity: sum(stored) / GB }];
  const events = workload.history.events + workload.ageDays * workload.events;
  stored.push(
    oldDays * workload.rawBytes, // removed from raw/
    events * quantity('result_bytes_per_event'),
    Math.min(workload.ageDays, SNAPSHOT_DAYS + oldDays) * writtenBytes(workload), // replaced by newer files
  );
  return [{ rate: 's3-standard', quantity: sum(stored) / GB }, ...archive(rules, workload)];
};

/** What runs write to the tables, a day. */
function writtenBytes({ runs, events }: Workload): number {
  return runs === 0 ? 0 : runs * quantity('job_written_bytes') + events * quantity('job_written_bytes_per_event');
}

/** `processed/`: what landed, for ever, in cheaper classes as it ages, if its objects are large enough for them. */
function archive(rules: readonly Rule[], workload: Workload): Charge[] {
  const steps = rules.filter(isFor('processed/')).flatMap(({ transition = [] }) => transition);
  const streams = [
    { perDay: workload.objects, bytes: workload.rawBytes, atOnce: false },
    { perDay: workload.history.objects, bytes: workload.history.bytes, atOnce: true },
  ];
  return streams.flatMap(({ perDay, bytes, atOnce }) => {
    const size = perDay === 0 ? 0 : bytes / perDay;
    const taken = size >= minimum('s3-transition-object') ? steps : [];
    const bounds = [0, ...taken.map(({ days }) => days), Infinity];
    const classes: readonly RateName[] = [
      's3-standard',
      ...taken.map(({ storage_class }) => known(STORAGE, storage_class)),
    ];
    return classes.flatMap((rate, n): Charge[] => {
      const [from, to] = [bounds[n]!, bounds[n + 1]!];
      const days = atOnce
        ? Number(from <= workload.ageDays && workload.ageDays < to)
        : overlap(0, workload.ageDays, from, to);
      const stored: Charge[] = [{ rate, quantity: (days * bytes) / GB }];
      if (rate === 's3-glacier') {
        stored.push({ rate, quantity: (days * perDay * minimum('s3-glacier-object-in-glacier')) / GB });
        stored.push({ rate: 's3-standard', quantity: (days * perDay * minimum('s3-glacier-object-in-standard')) / GB });
      }
      if (n === 0 || from >= workload.retentionDays) return stored;
      const month = [(workload.usage.month - 1) * MONTH_DAYS, workload.usage.month * MONTH_DAYS] as const;
      const moved = atOnce ? Number(month[0] <= from && from < month[1]) : overlap(...month, from, Infinity);
      return [...stored, { rate: known(TRANSITION, taken[n - 1]!.storage_class), quantity: moved * perDay }];
    });
  });
}

/** What an object's content takes, from the deploy on. */
export const s3Object: Pricer = (object, { usage }) => [
  { rate: 's3-standard', quantity: Buffer.byteLength(String(object.value('content') ?? '')) / GB },
  { rate: 's3-put', quantity: usage.month === 1 ? 1 : 0 },
];

/** Each object that lands, is archived or written goes to another region once more. */
export const s3Replication: Pricer = (replication, workload) => {
  const replica = workload.resources.find(
    ({ type, address }) => type === 'aws_s3_bucket' && replication.references('rule').has(address),
  );
  if (!replica) throw new UserError(`${replication.address} can't be priced: its bucket is not in the stack`);
  const writes = workload.runs > 0 ? 2 : 1; // into raw/, and from there into processed/
  const results = { objects: workload.queries * 2, bytes: workload.queries * quantity('query_result_bytes') };
  const tables = { objects: workload.runs * quantity('job_puts'), bytes: writtenBytes(workload) };
  const objects = writes * workload.objects + tables.objects + results.objects;
  const bytes = writes * workload.rawBytes + tables.bytes + results.bytes;
  return [
    { rate: 's3-put', quantity: objects * MONTH_DAYS, region: workload.regionOf(replica) },
    { rate: 'data-between-regions', quantity: (bytes / GB) * MONTH_DAYS },
  ];
};

/** With a customer's key, S3 asks KMS. */
export const s3Encryption: Pricer = (encryption, workload) => {
  const algorithm = encryption.text('rule.0.apply_server_side_encryption_by_default.sse_algorithm');
  const uses = workload.objects + workload.runs + workload.queries;
  return algorithm === 'aws:kms'
    ? [{ rate: 'kms-request', quantity: uses * quantity('kms_requests_per_use') * MONTH_DAYS }]
    : [];
};

function rulesOf(bucket: Resource, { resources }: Workload): readonly Rule[] {
  return resources
    .filter(({ type }) => type === 'aws_s3_bucket_lifecycle_configuration')
    .filter((configuration) => configuration.references('bucket').has(bucket.address))
    .flatMap((configuration) => configuration.value('rule') as unknown as readonly (JsonObject & Rule)[]);
}

/** Days that a version stays once it is none of the current ones: for ever, if no rule says otherwise. */
function oldVersionDays(bucket: Resource, rules: readonly Rule[], { resources, ageDays }: Workload): number {
  const isVersioned = resources.some(
    (resource) =>
      resource.type === 'aws_s3_bucket_versioning' &&
      resource.references('bucket').has(bucket.address) &&
      resource.value('versioning_configuration.0.status') === 'Enabled',
  );
  const days = rules.flatMap(({ noncurrent_version_expiration: [old] = [] }) => (old ? [old.noncurrent_days] : []));
  return isVersioned ? Math.min(ageDays, ...days) : 0;
}

function expiration(rules: readonly Rule[], folder: string): number {
  const days = rules.filter(isFor(folder)).flatMap(({ expiration: [end] = [] }) => (end?.days ? [end.days] : []));
  return Math.min(Infinity, ...days);
}

function isFor(folder: string) {
  return ({ filter: [filter] = [] }: Rule): boolean => folder.startsWith(filter?.prefix ?? '');
}

function overlap(a: number, b: number, c: number, d: number): number {
  return Math.max(0, Math.min(b, d) - Math.max(a, c));
}

function known(rates: Readonly<Record<string, RateName>>, storageClass: string): RateName {
  const rate = rates[storageClass];
  if (rate) return rate;
  throw new UserError(
    `there is no rate for the storage class ${storageClass}: add it to pricing/rates.json and pricing/services/s3.ts, which have ${Object.keys(rates).join(', ')}`,
  );
}
