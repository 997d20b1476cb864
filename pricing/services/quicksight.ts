import { quantity } from '../quantities';
import { includedAmount } from '../rates';
import type { Pricer } from '../workload';
import { GB } from './s3';

/** The people; what they see is asked of Athena, or kept in memory, of which authors bring some along. */
export const quicksightDashboard: Pricer = (_, { usage, resources, ...workload }) => {
  const isMaterialized = resources.some(
    ({ type, value }) => type === 'aws_quicksight_data_set' && value('import_mode') === 'SPICE',
  );
  const events = workload.history.events + workload.ageDays * workload.events;
  const kept = isMaterialized ? (events * quantity('spice_bytes_per_event')) / GB : 0;
  return [
    { rate: 'quicksight-author', quantity: usage.quicksightAuthors },
    { rate: 'quicksight-reader', quantity: usage.quicksightReaders },
    {
      rate: 'quicksight-spice',
      quantity: Math.max(0, kept - usage.quicksightAuthors * includedAmount('spice-per-author')),
    },
  ];
};
