import type { Format } from '../core/terminal/output';
import type { Allowance } from '../pricing/allowances';
import type { Variables } from '../pricing/resources';
import type { UsageInput } from '../pricing/usage';

export const COST_FORMATS = ['table', 'markdown', 'json', 'tsv', 'csv'] as const;

/** Options beside those of `Usage`, which have its names. */
interface SetupFlags {
  readonly region?: string;
  readonly replicaRegion?: string;
  readonly etlSchedule?: string;
  readonly var: Variables;
  readonly allowance: Allowance;
  readonly stack?: string;
  readonly format: (typeof COST_FORMATS)[number] | Format;
  /** The format says it too. */
  readonly excel?: true;
}
export type CostFlags = SetupFlags & UsageInput;
