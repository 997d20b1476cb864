import { describe, expect, test } from '@jest/globals';
import { clickstreamDashboard as dashboard } from '../../dashboard/clickstream-dashboard';
import type { DataSpan } from '../../dashboard/protocol';
import { visualOf } from '../../dashboard/spec';
import { initialState, type State } from '../../dashboard/state';
import { type Tick, timeAxis } from '../../dashboard/time-axis';
import { eventDimensions } from '../../metrics/dimensions';

const SPAN: DataSpan = {
  from: '2026-03-20 06:00:00',
  to: '2026-03-30 18:30:00',
  gaps: [{ from: '2026-03-24 00:00:00', to: '2026-03-26 00:00:00' }],
  warnings: [],
  now: '2026-03-30 18:31:00',
};

const state = (parts: Partial<State>): State => ({ ...initialState(dashboard), ...parts });

/** `12` is complete, `12…` so far, `(12)` without data. */
const shown = (ticks: readonly Tick[] | undefined): string =>
  ticks!
    .map(({ start, coverage }) => ({ day: start.slice(8, 10), coverage }))
    .map(({ day, coverage }) => (coverage === 'complete' ? day : coverage === 'so far' ? `${day}…` : `(${day})`))
    .join(' ');

describe('a time axis', () => {
  const visual = visualOf(dashboard, 'events-over-time')!;
  const axis = (parts: Partial<State>, grain: 'hour' | 'day' | 'week' | 'month' = 'day') =>
    timeAxis(dashboard, visual, eventDimensions[grain], state(parts), SPAN);

  test('has each day of the range, and says what is known of it', () => {
    expect(shown(axis({ dates: { from: '2026-03-18', to: '2026-03-31' } }))).toBe(
      '(18) (19) 20 21 22 23 (24) (25) 26 27 28 29 30…',
    );
  });

  test('goes by the clocks of the zone: a day without data there has some of the days beside it', () => {
    const dates = { from: '2026-03-23', to: '2026-03-26' };
    expect(shown(axis({ dates, timeZone: 'America/New_York' }))).toBe('23 (24) 25 26');
  });

  test('has weeks and months that are not over', () => {
    const starts = (grain: 'week' | 'month') =>
      axis({ dates: { last: 30 } }, grain)!.map(({ start, coverage }) => `${start.slice(0, 10)} ${coverage}`);
    expect(starts('week').slice(-3)).toEqual(['2026-03-16 complete', '2026-03-23 complete', '2026-03-30 so far']);
    expect(starts('month')).toEqual(['2026-03-01 so far']);
  });

  test('has no hour that clocks skip', () => {
    const dates = { from: '2026-03-29', to: '2026-03-29' };
    const hours = axis({ dates, timeZone: 'Europe/Berlin' }, 'hour')!.map(({ start }) => start.slice(11, 13));
    expect(hours.slice(0, 4)).toEqual(['00', '01', '03', '04']);
    expect(hours.length).toBe(23);
  });

  test('is within what is drilled down to, and what is selected elsewhere', () => {
    const purchases = visualOf(dashboard, 'purchases-over-time')!;
    const drill = { 'purchases-over-time': ['2026-03-28 00:00:00'] };
    expect(timeAxis(dashboard, purchases, eventDimensions.hour, state({ drill }), SPAN)!.length).toBe(24);
    const selection = { visual: 'events-over-time', values: { day_start: '2026-03-28 00:00:00' } };
    expect(shown(timeAxis(dashboard, purchases, eventDimensions.day, state({ selection }), SPAN))).toBe('28');
  });

  test('is not known where some hours of each day are selected', () => {
    const selection = { visual: 'hours-and-weekdays', values: { weekday: '1', hour_of_day: '5' } };
    expect(axis({ selection })).toBeUndefined();
  });
});
