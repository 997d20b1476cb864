/**
 * What is taken off the list price. `always-free`: what never ends, as if the account had nothing else that uses it.
 * `new-account`: that, and the credit of a new account as long as it lasts.
 */
export const ALLOWANCES = ['none', 'always-free', 'new-account'] as const;
export type Allowance = (typeof ALLOWANCES)[number];
