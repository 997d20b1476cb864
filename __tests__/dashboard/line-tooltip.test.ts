import { describe, expect, test } from '@jest/globals';
import { lineTooltip, weekBefore, weekChange } from '../../dashboard/page/line-tooltip';

const events = [5637, 1, 2, 3, 4, 5, 6, 5812];
const days = ['Wed, Oct 21, 2026', ...Array<string>(6).fill(''), 'Wed, Oct 28, 2026'];

describe('a day in a tooltip', () => {
  test('is compared with the same weekday a week before', () => {
    const items = [{ name: 'Events', text: '5,812', change: weekChange(events, 7, 'integer') }];
    expect(lineTooltip(days[7]!, items, weekBefore(days, 7))).toBe(
      'Wed, Oct 28, 2026\nEvents: 5,812 (+3.1% vs. Wed, Oct 21)',
    );
  });

  test('is compared in points if it is a share', () => {
    expect(weekChange([0.675, 0, 0, 0, 0, 0, 0, 0.67], 7, 'percent')).toBe('−0.5 pp');
  });

  test.each([
    ['it is not complete', events.with(7, null as never), 7],
    ['the other one is not complete', events.with(0, null as never), 7],
    ['the other one is not shown', events, 6],
    ['there was nothing', events.with(0, 0), 7],
  ])('is not compared where %s', (_, values, day) => {
    expect(weekChange(values, day, 'integer')).toBeUndefined();
  });

  test('names the other day once for several lines', () => {
    const items = [
      { name: 'Asia', text: '3,200', change: '+3.1%' },
      { name: 'Oceania', text: '9', change: undefined },
    ];
    expect(lineTooltip('Wed, Oct 28, 2026', items, 'Wed, Oct 21')).toBe(
      'Wed, Oct 28, 2026\nAsia: 3,200 (+3.1%)\nOceania: 9\nChanges vs. Wed, Oct 21',
    );
  });

  test('is its heading alone where there is no data', () => {
    expect(lineTooltip('Wed, Oct 28, 2026: no data', [], '')).toBe('Wed, Oct 28, 2026: no data');
  });
});
