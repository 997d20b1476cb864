/** What the default stack may cost a month. Never raised: a change that costs more has to save elsewhere (ADR 12). */
export const CEILING_USD = 1;

/**
 * Default of `monthly_budget_usd`: twice the default stack's price, in whole dollars, so that an alert means something. A test
 * holds it to the model; the stack can't ask the model, which reads the stack.
 */
export const BUDGET_USD = 2;
