import { expect, test } from '@jest/globals';
import { generatorSettings } from '../../functions/generator/settings';
import { simulation } from '../../sources/simulator/simulation';
import { countries } from '../sources/simulations';

const ENVIRONMENT = {
  S3_BUCKET_NAME: 'clickstream-dev',
  EVENTS_PER_EXECUTION: '20',
  ON_DEMAND_EVENTS_PER_DAY: '100000',
  WINDOW_S: '300',
  POPULATION: '',
  LANDED_UNTIL_PARAMETER: '/clickstream/landed-until',
};

test('the environment gives the simulation of the schedule, whose volume is what its windows add up to', () => {
  expect(generatorSettings(ENVIRONMENT)).toEqual({
    bucket: 'clickstream-dev',
    eventsPerExecution: 20,
    onDemandEventsPerDay: 100_000,
    windowS: 300,
    landedUntilParameter: '/clickstream/landed-until',
    simulation: { seed: 1, model: 'journeys', eventsPerDay: 5760, population: undefined, incidents: [] },
  });
});

test('a population is taken, down to the least that the volume needs', () => {
  const least = Number(/from (\d+) to/.exec(messageOf({ POPULATION: '1' }))![1]);
  const { simulation: options } = generatorSettings({ ...ENVIRONMENT, POPULATION: `${least}` });
  expect(options.population).toBe(least);
  expect(() => simulation(options, countries)).not.toThrow();
  expect(messageOf({ POPULATION: `${least - 1}` })).toContain(`POPULATION is "${least - 1}"`);
});

test('a fraction of an event a window is enough', () => {
  const { simulation: options } = generatorSettings({ ...ENVIRONMENT, EVENTS_PER_EXECUTION: '0.5', WINDOW_S: '60' });
  expect(options.eventsPerDay).toBe(720);
});

test.each([
  ['S3_BUCKET_NAME', '', 'S3_BUCKET_NAME is "": set it to the name of the bucket that holds raw/'],
  ['S3_BUCKET_NAME', undefined, 'S3_BUCKET_NAME is ""'],
  [
    'EVENTS_PER_EXECUTION',
    '',
    'EVENTS_PER_EXECUTION is "": set it to a number above 0 and up to 1000000000, such as 20',
  ],
  ['EVENTS_PER_EXECUTION', '0', 'EVENTS_PER_EXECUTION is "0"'],
  ['EVENTS_PER_EXECUTION', '-1', 'EVENTS_PER_EXECUTION is "-1"'],
  ['EVENTS_PER_EXECUTION', 'many', 'EVENTS_PER_EXECUTION is "many"'],
  ['EVENTS_PER_EXECUTION', undefined, 'EVENTS_PER_EXECUTION is ""'],
  ['ON_DEMAND_EVENTS_PER_DAY', '-1', 'ON_DEMAND_EVENTS_PER_DAY is "-1": set it to a whole number from 0 to 1000000000'],
  ['ON_DEMAND_EVENTS_PER_DAY', undefined, 'ON_DEMAND_EVENTS_PER_DAY is ""'],
  ['WINDOW_S', '0', 'WINDOW_S is "0": set it to a whole number from 60 to 86400'],
  ['WINDOW_S', '90.5', 'WINDOW_S is "90.5"'],
  ['WINDOW_S', '86401', 'WINDOW_S is "86401"'],
  ['WINDOW_S', undefined, 'WINDOW_S is ""'],
  ['POPULATION', 'few', 'POPULATION is "few": set it to a whole number from'],
  ['POPULATION', '0', 'POPULATION is "0"'],
  ['LANDED_UNTIL_PARAMETER', '', 'LANDED_UNTIL_PARAMETER is "": set it to the name of the SSM parameter'],
])('%s=%s is refused with the variable, its value and the remedy', (name, value, message) => {
  expect(messageOf({ [name]: value })).toContain(message);
});

function messageOf(changes: Readonly<Record<string, string | undefined>>): string {
  try {
    generatorSettings({ ...ENVIRONMENT, ...changes });
  } catch (error) {
    return (error as RangeError).message;
  }
  throw new Error('nothing was thrown');
}
