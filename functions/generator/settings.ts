import { DAY_S } from '../../core/time';
import { leastPopulation } from '../../sources/simulator/population';
import type { SimulationOptions } from '../../sources/simulator/simulation';

/** What the generator runs on, read from its environment. */
export interface GeneratorSettings {
  readonly bucket: string;
  /** Events expected in a window. */
  readonly eventsPerExecution: number;
  /** Events that requests may land in a day (UTC); 0 refuses them all. */
  readonly onDemandEventsPerDay: number;
  /** Seconds between two runs of the schedule, which is the length of a window. */
  readonly windowS: number;
  /** Name of the SSM parameter that holds the watermark. */
  readonly landedUntilParameter: string;
  /** The simulation whose windows the schedule lands. */
  readonly simulation: SimulationOptions;
}

type Environment = Readonly<Record<string, string | undefined>>;

const MOST = 1e9;

/** Reads the generator's settings; throws a RangeError that names the variable, its value and the remedy. */
export function generatorSettings(env: Environment): GeneratorSettings {
  const eventsPerExecution = eventsIn(env);
  const windowS = wholeNumber(env, 'WINDOW_S', 60, DAY_S);
  const eventsPerDay = (eventsPerExecution * DAY_S) / windowS;
  const population = env.POPULATION ? wholeNumber(env, 'POPULATION', leastPopulation(eventsPerDay), MOST) : undefined;
  return {
    bucket: nameOf(env, 'S3_BUCKET_NAME', 'the bucket that holds raw/'),
    eventsPerExecution,
    onDemandEventsPerDay: wholeNumber(env, 'ON_DEMAND_EVENTS_PER_DAY', 0, MOST),
    windowS,
    landedUntilParameter: nameOf(env, 'LANDED_UNTIL_PARAMETER', 'the SSM parameter that holds the watermark'),
    simulation: { seed: 1, model: 'journeys', eventsPerDay, population, incidents: [] },
  };
}

function eventsIn({ EVENTS_PER_EXECUTION: text = '' }: Environment): number {
  const events = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (events > 0 && events <= MOST) return events;
  throw new RangeError(`EVENTS_PER_EXECUTION is "${text}": set it to a number above 0 and up to ${MOST}, such as 20`);
}

function wholeNumber(env: Environment, name: string, min: number, max: number): number {
  const text = env[name] ?? '';
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new RangeError(`${name} is "${text}": set it to a whole number from ${min} to ${max}`);
}

function nameOf(env: Environment, name: string, meaning: string): string {
  const value = env[name];
  if (value) return value;
  throw new RangeError(`${name} is "${value ?? ''}": set it to the name of ${meaning}`);
}
