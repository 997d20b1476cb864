import { LIVE_VIEW_LOOKBACK_DAYS } from '../../core/limits';
import { MONTH_DAYS } from '../cadence';
import { quantity } from '../quantities';
import { minimum } from '../rates';
import { type Pricer, waitingDays } from '../workload';

/** Rows of a result and their metadata. */
const RESULT_OBJECTS = 2;

/**
 * Queries of the live view: what has landed since the last run of the job, the table's files of the days looked back on, and, as
 * if Athena would not wait for its own filter (`etl/live-view.ts`), those of the days that late events may be of. Athena bills a
 * minimum each, and S3 what Athena asks of it (Athena pricing, "Additional costs").
 */
export const athenaWorkgroup: Pricer = (_, { queries, usage, ...workload }) => {
  const waiting = waitingDays(workload);
  const age = workload.ageDays + (workload.events > 0 ? workload.history.events / workload.events : 0);
  const [asked, late] =
    workload.runs > 0 ? [Math.min(usage.queryDays, age), Math.min(LIVE_VIEW_LOOKBACK_DAYS, age)] : [0, 0];
  const dayBytes = workload.events * quantity('result_bytes_per_event');
  const files = (asked + late) * Math.ceil(dayBytes / quantity('table_file_bytes'));
  const perEvent =
    dayBytes > quantity('small_file_bytes')
      ? {
          asked: quantity('query_scanned_bytes_per_event_by_column'),
          late: quantity('query_matched_bytes_per_event_by_column'),
        }
      : { asked: quantity('query_scanned_bytes_per_event'), late: quantity('query_scanned_bytes_per_event') };
  const tableBytes = workload.events * (asked * perEvent.asked + late * perEvent.late);
  const gets =
    quantity('query_gets') +
    waiting * workload.objects * quantity('query_gets_per_raw_object') +
    files * quantity('query_gets_per_table_file');
  const scanned = Math.max(minimum('athena-query'), waiting * workload.rawBytes + tableBytes);
  return [
    { rate: 'athena-scan', quantity: queries * scanned * MONTH_DAYS },
    { rate: 's3-get', quantity: queries * gets * MONTH_DAYS },
    { rate: 's3-put', quantity: queries * (quantity('query_lists') + RESULT_OBJECTS) * MONTH_DAYS },
    { rate: 'glue-catalog-request', quantity: queries * quantity('query_catalog_requests') * MONTH_DAYS },
  ];
};
