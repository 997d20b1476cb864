import { describe, expect, test } from '@jest/globals';
import { timesADay } from '../../pricing/cadence';

describe('a schedule comes due', () => {
  test.each([
    ['rate(5 minutes)', 288],
    ['rate(1 minute)', 1440],
    ['rate(2 hours)', 12],
    ['rate(1 day)', 1],
    ['cron(15 0 * * ? *)', 1],
    ['cron(15 0/12 * * ? *)', 2],
    ['cron(0/5 * * * ? *)', 288],
    ['cron(0,30 9-17 * * ? *)', 18],
    ['cron(0 6 ? * MON-FRI *)', 261 / 365],
    ['cron(0 6 ? * 2-6 *)', 261 / 365], // the same days: SUN is 1 here
    ['cron(15 0 ? * SUN *)', 52 / 365],
    ['cron(15 0 ? * 1 *)', 52 / 365],
    ['cron(0 0 1 * ? *)', 12 / 365],
    ['cron(0 0 L * ? *)', 12 / 365],
    ['cron(0 12 ? JAN 2#1 *)', 1 / 365],
  ])('%s', (schedule, times) => {
    expect(timesADay(schedule)).toBeCloseTo(times, 10);
  });

  test.each(['', 'daily', 'rate(5)', 'rate(1 week)', 'cron(* * * * *)', 'cron(61 0 * * ? *)', 'cron(0 0 * FOO ? *)'])(
    'never, with an error that says how to write it: %s',
    (schedule) => {
      expect(() => timesADay(schedule)).toThrow(`"${schedule}" is no schedule: it must be like rate(5 minutes)`);
    },
  );
});
