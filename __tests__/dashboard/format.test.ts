import { describe, expect, test } from '@jest/globals';
import { formatChange, formatLabel, formatValue, shortenTime } from '../../dashboard/format';
import { eventDimensions, incidentDimensions, userWeekDimensions } from '../../metrics/dimensions';

describe('a change', () => {
  test.each([
    ['integer', 110, 100, '+10.0%'],
    ['integer', 0, 0, '–'],
    ['percent', 0.672, 0.677, '−0.5 pp'],
    ['percent', 0.01, 0, '+1.0 pp'],
    ['percent', 0.5, 0.50001, '0.0 pp'],
    ['percent', 0.5, null, '–'],
  ] as const)('of %s from %d to %d is relative, or a difference of shares', (format, value, before, text) => {
    expect(formatChange(value, before, format)).toBe(text);
  });
});

test.each([
  [0, '0.0%'],
  [0.0003, '<0.1%'],
  [0.0005, '0.1%'],
  [1, '100.0%'],
])('a share of %d is never shown as nothing unless it is: %s', (value, text) => {
  expect(formatValue(value, 'percent')).toBe(text);
});

describe('a time', () => {
  const { year, month, week, day, hour } = eventDimensions;
  test.each([
    [year, '2026'],
    [month, 'Oct 2026'],
    [week, 'Oct 28, 2026'],
    [day, 'Wed, Oct 28, 2026'],
    [hour, 'Oct 28, 2026, 14:00'],
    [incidentDimensions.started_at, 'Oct 28, 2026, 14:00'],
    [userWeekDimensions.cohort, 'Oct 28, 2026'],
  ])('of %j is written as in American English', (dimension, text) => {
    expect(formatLabel('2026-10-28 14:00:00', dimension)).toBe(text);
  });

  test('is a measure too', () => {
    expect(formatValue('2026-11-25 23:59:45', 'time')).toBe('Nov 25, 2026, 23:59');
  });

  test.each([
    ['Wed, Oct 28, 2026', 'Oct 28'],
    ['Oct 28, 2026, 14:00', 'Oct 28, 14:00'],
    ['Oct 2026', 'Oct 2026'],
    ['United States', 'United States'],
  ])('such as %s is %s along an axis', (label, text) => {
    expect(shortenTime(label)).toBe(text);
  });
});
