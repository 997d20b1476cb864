import type { SynthesizedStack } from '../scripts/synthesized-stack';
import { type PriceLine, priceOf, totalOf } from './price';
import { usageOf } from './usage';

/** What the default stack may cost a month. Never raised: a change that costs more has to save elsewhere (ADR 12). */
export const CEILING_USD = 1;

/**
 * Default of `monthly_budget_usd`: twice the default stack's price, in whole dollars, so that an alert means something. A test
 * holds it to the model; the stack can't ask the model, which reads the stack.
 */
export const BUDGET_USD = 2;

/** The default stack's price as the ceiling is for it: after a year, with 100 queries a day, and without QuickSight. */
export function ceilingPrice(stack: SynthesizedStack): readonly PriceLine[] {
  return priceOf(stack, {}, usageOf({ month: 12, queriesPerDay: 100 }), 'always-free');
}

/** What `BUDGET_USD` is to be for a stack. */
export function budgetOf(stack: SynthesizedStack): number {
  return Math.ceil(2 * totalOf(ceilingPrice(stack)));
}
