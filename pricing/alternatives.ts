import type { SynthesizedStack } from '../core/terraform/synthesized-stack';
import { timesADay } from './cadence';
import { priceOf, totalOf } from './price';
import { type Variables, variablesOf } from './resources';
import type { Usage } from './usage';
import { workloadOf } from './workload';

/** A setting with another value, for the same events. */
export interface Alternative {
  readonly direction: 'cheaper' | 'faster';
  readonly setting: string;
  readonly value: string;
  /** A month, with always-free allowances. */
  readonly usd: number;
  /** Against the value that the setting has. */
  readonly difference: number;
}

/** Values that trade price for freshness, the slowest first. */
const STEPS: Readonly<Record<string, readonly string[]>> = {
  etl_schedule: [
    'cron(15 0 ? * SUN *)',
    'cron(15 0 * * ? *)',
    'cron(15 0/12 * * ? *)',
    'cron(15 0/6 * * ? *)',
    'cron(15 * * * ? *)',
    'cron(0/15 * * * ? *)',
    'cron(0/5 * * * ? *)',
  ],
  lambda_schedule: ['rate(1 day)', 'rate(1 hour)', 'rate(15 minutes)', 'rate(5 minutes)', 'rate(1 minute)'],
};

/** For each of these settings the next slower value that is cheaper, if there is one, and the next faster value. */
export function alternativesOf(stack: SynthesizedStack, given: Variables, usage: Usage): readonly Alternative[] {
  const variables = variablesOf(stack, given);
  const sameEvents = { ...usage, eventsPerDay: workloadOf(stack, variables, usage).events };
  const price = (setting?: string, value?: string): number =>
    totalOf(priceOf(stack, setting === undefined ? variables : { ...variables, [setting]: value! }, sameEvents));
  const now = price();
  return Object.entries(STEPS).flatMap(([setting, steps]) => {
    const current = variables[setting] === '' ? 0 : timesADay(String(variables[setting]));
    const priced =
      (direction: Alternative['direction']) =>
      (value: string): Alternative => {
        const usd = price(setting, value);
        return { direction, setting, value, usd, difference: usd - now };
      };
    const slower = steps.filter((value) => timesADay(value) < current).map(priced('cheaper'));
    const faster = steps
      .filter((value) => timesADay(value) > current)
      .slice(0, 1)
      .map(priced('faster'));
    return [...slower.filter(({ difference }) => difference < 0).slice(-1), ...faster];
  });
}
