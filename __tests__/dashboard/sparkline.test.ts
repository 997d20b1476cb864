import { describe, expect, test } from '@jest/globals';
import { sparklinePlaces, type TrendPoint } from '../../dashboard/page/sparkline';

const complete = (value: number | null): TrendPoint => ({ value, isSoFar: false });
const soFar = (value: number): TrendPoint => ({ value, isSoFar: true });
const heights = (...points: TrendPoint[]) => sparklinePlaces(points).map((place) => place?.y);

describe('a sparkline', () => {
  test('reaches from the top to the bottom of its box, with a gap where there is no data', () => {
    expect(heights(complete(10), complete(null), complete(0))).toEqual([2, undefined, 26]);
  });

  test.each([
    [0, 26],
    [0.69, 6],
    [1, 2],
  ])('has the same scale when %d is what the last period has so far', (value, y) => {
    const days = [complete(0.7), complete(0.66), complete(0.68)];
    const shown = heights(...days, soFar(value));
    expect(shown.slice(0, 3)).toEqual(heights(...days));
    expect(shown[3]).toBeCloseTo(y);
  });

  test.each([[[complete(1)]], [[complete(1), complete(null)]], [[complete(null), soFar(1)]]])(
    'is nothing of %j',
    (points) => {
      expect(sparklinePlaces(points)).toEqual([]);
    },
  );
});
