import { MONTH_DAYS } from '../cadence';
import { quantity } from '../quantities';
import { minimum } from '../rates';
import type { Pricer } from '../world';

/**
 * Queries of the live view: what has landed since the last run of the job, and the table's files of the days looked back on.
 * Athena bills a minimum each, and S3 what Athena asks of it (Athena pricing, "Additional costs").
 */
export const athenaWorkgroup: Pricer = (_, { queries, usage, ...world }) => {
  const dayBytes = world.events * quantity('result_bytes_per_event');
  const days = Math.min(usage.queryDays, world.ageDays + (world.events > 0 ? world.history.events / world.events : 0));
  const files = world.events > 0 && world.runs > 0 ? days * Math.ceil(dayBytes / quantity('table_file_bytes')) : 0;
  // Half of what lands between two runs waits on average, or all there is if nothing ever runs.
  const waitingDays = world.runs > 0 ? 0.5 / world.runs : world.ageDays;
  const scanned =
    waitingDays * world.rawBytes + (world.runs > 0 ? days * dayBytes * quantity('query_scanned_share') : 0);
  const gets =
    quantity('query_gets') +
    waitingDays * world.objects * quantity('query_gets_per_raw_object') +
    files * quantity('query_gets_per_table_file');
  return [
    { rate: 'athena-scan', quantity: queries * Math.max(minimum('athena-query'), scanned) * MONTH_DAYS },
    { rate: 's3-get', quantity: queries * gets * MONTH_DAYS },
    { rate: 's3-put', quantity: queries * (quantity('query_lists') + RESULT_OBJECTS) * MONTH_DAYS },
    { rate: 'glue-catalog-request', quantity: queries * quantity('query_catalog_requests') * MONTH_DAYS },
  ];
};

/** Rows and their metadata. */
const RESULT_OBJECTS = 2;
