import { z } from 'zod';
import { UserError } from '../core/errors';
import { INITIAL_DAYS } from '../core/limits';

const amount = (most: number) => z.number().min(0).max(most);

const usageSchema = z.strictObject({
  /** Events a day. @default what the stack's schedule lands */
  eventsPerDay: amount(1e11).optional(),
  /** Queries in Athena a day, by people. */
  queriesPerDay: amount(1e7).default(100),
  /** Days that a query looks back, from now. @default as many as the dashboard shows at first */
  queryDays: amount(36_500).default(INITIAL_DAYS),
  /** Times a day that a sheet of the dashboard is opened in QuickSight. */
  dashboardViewsPerDay: amount(1e7).default(20),
  /** Calls of POST /generate a day. */
  apiRequestsPerDay: amount(1e9).default(0),
  /** Alarms and budget messages a month, of which each subscriber gets a mail. */
  alarmsPerMonth: amount(1e6).default(10),
  quicksightAuthors: amount(1e6).default(0),
  quicksightReaders: amount(1e6).default(0),
  /** Months that data is kept; what is older is deleted. @default for ever */
  retentionMonths: amount(1200).optional(),
  /** Month after the deploy, from 1: storage grows, and lifecycle rules move it. */
  month: z.int().min(1).max(600).default(12),
});

/** How a deployment is used. */
export type Usage = z.output<typeof usageSchema>;

/** The same, where all that is not said is as usual. */
export type UsageInput = z.input<typeof usageSchema>;

/** The usage with its defaults.  a UserError that names each value that makes no sense. */
export function usageOf(given: UsageInput = {}): Usage {
  const { data, error } = usageSchema.safeParse(given);
  if (data) return data;
  throw new UserError(`no such usage can be priced:\n${z.prettifyError(error)}`);
}
