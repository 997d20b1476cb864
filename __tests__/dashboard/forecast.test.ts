import { expect, test } from '@jest/globals';
import { forecastOf } from '../../dashboard/forecast';

const WEEKLY = { periods: 3, seasonality: 7, interval: 0.95 } as const;
/** Five weeks: the first is far from the others, so that a mean of more than four weeks would show. */
const WEEKS = [100, 10, 20, 30, 40].flatMap((week) => [1, 2, 3, 4, 5, 6, 7].map((day) => week + day));

test('a forecast is the mean of the same weekday in the four weeks before, and none comes before there are two weeks', () => {
  expect(forecastOf(WEEKS, WEEKLY).map(({ value }) => value)).toEqual([26, 27, 28]);
  expect(forecastOf(WEEKS.slice(0, 13), WEEKLY)).toEqual([]);
  expect(forecastOf(WEEKS.slice(0, 14), WEEKLY)).toHaveLength(3);
});

test('the band of a forecast has no width where every week was the same, and is wider for a wider interval', () => {
  const same = WEEKS.map((_, n) => n % 7);
  for (const { value, low, high } of forecastOf(same, WEEKLY)) expect([low, high]).toEqual([value, value]);
  const widthOf = (interval: number): number => {
    const { low, high } = forecastOf(
      WEEKS.map((n) => n + 1000),
      { ...WEEKLY, interval },
    )[0]!;
    return high - low;
  };
  expect(widthOf(0.5)).toBeGreaterThan(0);
  expect(widthOf(0.95)).toBeGreaterThan(widthOf(0.5));
});
