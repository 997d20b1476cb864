/** What the default stack may cost a month. Never raised: a change that costs more has to save elsewhere (ADR 12). */
export const CEILING_USD = 1;

/**
 * Default of `monthly_budget_usd`: twice the default stack's price, in whole dollars, so that an alert means something. A test
 * holds it to the model; the stack can't ask the model, which reads the stack.
 */
export const BUDGET_USD = 2;

/** Data up to this many hours old is fresh: the job runs daily, and may be two hours late. The same as in `etl/warnings/freshness.sql`. */
export const FRESH_HOURS = 26;

/** Days that a dashboard shows when it opens, today included. */
export const INITIAL_DAYS = 30;

/** Events in an object of raw/: a larger window lands in parts, so that neither side holds it whole. */
export const EVENTS_PER_PART = 100_000;

/** Days back to which the deployed view shows events before the job has run: those of the first deploy's usual history, and more. */
export const LIVE_VIEW_LOOKBACK_DAYS = 62;
