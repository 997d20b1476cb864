import { describe, expect, test } from '@jest/globals';
import { FRESH_HOURS } from '../../core/limits';
import { warnings } from '../../etl/transformation';
import { gapsIn, type Health, warningsOf } from '../../server/health';

const HEALTH: Health = {
  span: { from: '2026-02-01 00:00:00', to: '2026-02-10 18:30:00' },
  now: '2026-02-10 18:40:00',
  days: [
    { start: '2026-02-08 00:00:00', events: 1000, usual: null },
    { start: '2026-02-09 00:00:00', events: 990, usual: 1000 },
    { start: '2026-02-10 00:00:00', events: 10, usual: 1000 },
  ],
  failed: 10,
  lines: 2010,
};

describe('what is said of the state of the data', () => {
  test('is nothing if it is as usual, though today is not over and some lines failed', () => {
    expect(warningsOf(HEALTH)).toEqual([]);
  });

  test('is that it is late, by the same promise as that of the job', () => {
    const at = (now: string) => warningsOf({ ...HEALTH, now });
    expect(at('2026-02-11 20:30:00')).toEqual([]);
    expect(at('2026-02-11 20:31:00')).toEqual(['Data is late: the last event is from Feb 10, 18:29 UTC, 26 h ago.']);
    expect(warnings().find(({ name }) => name === 'freshness')!.sql).toContain(`INTERVAL '${FRESH_HOURS}' HOUR`);
  });

  test.each([
    [499, 1000, ['Unusual volume: Feb 9 had 499 events; the average of the previous seven days is 1,000.']],
    [500, 1000, []],
    [2000, 1000, []],
    [2001, 1000, ['Unusual volume: Feb 9 had 2,001 events; the average of the previous seven days is 1,000.']],
  ])('is that the last complete day had %d events instead of %d', (events, usual, expected) => {
    const days = HEALTH.days.map((day) => (day.start.startsWith('2026-02-09') ? { ...day, events, usual } : day));
    expect(warningsOf({ ...HEALTH, days })).toEqual(expected);
  });

  test('is that many lines failed', () => {
    expect(warningsOf({ ...HEALTH, failed: 100, lines: 2100 })).toEqual([
      '100 of 2,100 lines failed (4.8%): see Data quality for the reasons.',
    ]);
  });
});

test('days without any events are gaps, and one where they follow each other', () => {
  const days = [5, 0, 0, 3, 0].map((events, n) => ({ start: `2026-02-0${n + 1} 00:00:00`, events, usual: null }));
  expect(gapsIn(days)).toEqual([
    { from: '2026-02-02 00:00:00', to: '2026-02-04 00:00:00' },
    { from: '2026-02-05 00:00:00', to: '2026-02-06 00:00:00' },
  ]);
});
