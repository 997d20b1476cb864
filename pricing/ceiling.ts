import type { SynthesizedStack } from '../core/terraform/synthesized-stack';
import { type PriceLine, priceOf, totalOf } from './price';
import { usageOf } from './usage';

/** The default stack's price as the ceiling is for it: after a year, with 100 queries a day, and without QuickSight. */
export function ceilingPrice(stack: SynthesizedStack): readonly PriceLine[] {
  return priceOf(stack, {}, usageOf({ month: 12, queriesPerDay: 100 }), 'always-free');
}

/** What `BUDGET_USD` is to be for a stack. */
export function budgetOf(stack: SynthesizedStack): number {
  return Math.ceil(2 * totalOf(ceilingPrice(stack)));
}
