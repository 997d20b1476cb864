import { describe, expect, test } from '@jest/globals';
import { HOUR_MS } from '../../core/time';
import { clickstreamDashboard as dashboard } from '../../dashboard/clickstream-dashboard';
import { areWhole, explanations, groupsOf, incidentSentence, incidentsIn, marksOn } from '../../dashboard/incidents';
import type { Incident } from '../../dashboard/protocol';
import { visualOf } from '../../dashboard/spec';
import { initialState } from '../../dashboard/state';
import { summaryOf } from '../../dashboard/summary';
import type { Tick } from '../../dashboard/time-axis';
import { eventDimensions } from '../../metrics/dimensions';
import { eventMeasures } from '../../metrics/measures';

const US = { country_code: 'US', country_name: 'United States', continent: 'North America' };
const BR = { country_code: 'BR', country_name: 'Brazil', continent: 'South America' };

const FLOOD: Incident = {
  ...US,
  event_type: 'click',
  direction: 'spike',
  from: '2026-11-03 09:00:00',
  to: '2026-11-03 14:00:00',
  events: 1462,
  expected: 16.4,
  hours: 5,
};
const CAMPAIGN: readonly Incident[] = [
  { ...FLOOD, ...BR, from: '2026-11-15 06:00:00', to: '2026-11-15 18:00:00', events: 112, expected: 20.5 },
  {
    ...FLOOD,
    ...BR,
    event_type: 'search',
    from: '2026-11-15 06:00:00',
    to: '2026-11-15 18:00:00',
    events: 68,
    expected: 13,
  },
  {
    ...FLOOD,
    ...BR,
    event_type: 'purchase',
    from: '2026-11-15 08:00:00',
    to: '2026-11-15 15:00:00',
    events: 12,
    expected: 1.5,
  },
];
const ALL = [FLOOD, ...CAMPAIGN];

describe('incidents', () => {
  test('of a country that happen at the same time in the same direction are one, the heaviest first', () => {
    expect(groupsOf([...CAMPAIGN, FLOOD]).map((group) => incidentSentence(group, 'UTC'))).toEqual([
      'United States had 1,462 click events instead of the expected 16 on Nov 3, 09:00–14:00 UTC',
      'Brazil had 192 click, purchase, and search events instead of the expected 35 in anomalous hours on Nov 15, 06:00–18:00 UTC',
    ]);
    const drop = { ...CAMPAIGN[0]!, direction: 'drop' };
    expect(groupsOf([...CAMPAIGN, drop, { ...FLOOD, from: '2026-11-03 14:00:00' }, FLOOD])).toHaveLength(4);
  });

  test.each([
    ['2026-11-03 00:00:00', '2026-11-04 00:00:00', 'UTC', 'on Nov 3'],
    ['2026-11-03 00:00:00', '2026-11-05 00:00:00', 'UTC', 'from Nov 3 to Nov 4'],
    ['2026-11-03 09:00:00', '2026-11-03 14:00:00', 'Asia/Tokyo', 'on Nov 3, 18:00–23:00 Tokyo time'],
    ['2026-11-03 20:00:00', '2026-11-04 00:00:00', 'UTC', 'on Nov 3, 20:00–00:00 UTC'],
    ['2026-10-18 23:00:00', '2026-10-20 01:00:00', 'UTC', 'from Oct 18, 23:00 to Oct 20, 01:00 UTC'],
  ])('say when they were: %s to %s in %s', (from, to, timeZone, when) => {
    const hours = (Date.parse(`${to}Z`) - Date.parse(`${from}Z`)) / HOUR_MS;
    const [group] = groupsOf([{ ...FLOOD, from, to, hours }]);
    expect(incidentSentence(group!, timeZone)).toBe(
      `United States had 1,462 click events instead of the expected 16 ${when}`,
    );
  });

  const shown = (visual: string, filters = {}, selection?: Record<string, string>) =>
    incidentsIn(
      visualOf(dashboard, visual)!,
      {
        ...initialState(dashboard),
        filters,
        ...(selection ? { selection: { visual: 'top-countries', values: selection } } : {}),
      },
      ALL,
    ).length;

  test('touch what has their events, by filters, selections and the event type of a measure', () => {
    expect(shown('events-over-time')).toBe(4);
    expect(shown('purchases-over-time')).toBe(1);
    expect(shown('total-sessions')).toBe(4);
    expect(shown('events-over-time', { continent: ['South America', 'Asia'] })).toBe(3);
    expect(shown('events-over-time', { country_name: ['Brazil'], event_type: ['click', 'purchase'] })).toBe(2);
    expect(shown('events-over-time', {}, { country_name: 'United States' })).toBe(1);
    expect(shown('top-countries', {}, { country_name: 'United States' })).toBe(4);
    expect(shown('volume')).toBe(0);
    expect(shown('freshness')).toBe(0);
  });

  test('are told in numbers where nothing else limits what is shown', () => {
    const selection = (values: Record<string, string>) => ({ filters: {}, selection: { visual: 'x', values } });
    expect(areWhole({ filters: { continent: ['Asia'], event_type: ['click'] } })).toBe(true);
    expect(areWhole(selection({ country_name: 'Brazil' }))).toBe(true);
    expect(areWhole({ filters: { product_category: ['toys'] } })).toBe(false);
    expect(areWhole(selection({ day_start: '2026-11-03 00:00:00' }))).toBe(false);
  });

  const days = (...dates: number[]): Tick[] =>
    dates.map((day) => ({ start: `2026-11-${String(day).padStart(2, '0')} 00:00:00`, coverage: 'complete' }));

  test('are marked on the days that they touch, and numbered by weight', () => {
    const places = (ticks: Tick[], incidents: readonly Incident[], zone = 'UTC') =>
      marksOn(ticks, incidents, zone).map(({ number, first, last }) => [number, first, last]);
    expect(places(days(1, 2, 3, 4, 15, 16), ALL)).toEqual([
      [1, 2, 2],
      [2, 4, 4],
    ]);
    expect(places(days(3, 4, 5), [{ ...FLOOD, to: '2026-11-05 01:00:00' }])).toEqual([[1, 0, 2]]);
    expect(places(days(4, 5), [FLOOD])).toEqual([]);
    expect(places(days(1, 2), [FLOOD])).toEqual([]);
    expect(places(days(3, 4), [FLOOD], 'Pacific/Kiritimati')).toEqual([[1, 0, 1]]);
    expect(places(days(10, 11, 12, 13, 14, 15), [])).toEqual([]);
    const many = [3, 4, 5, 6, 7, 8].map((day) => ({
      ...FLOOD,
      from: `2026-11-0${day} 09:00:00`,
      to: `2026-11-0${day} 10:00:00`,
    }));
    expect(places(days(3, 4, 5, 6, 7, 8), many)).toHaveLength(5);
  });

  test('explain a change where they are a part of it that counts', () => {
    const by = { by: eventDimensions.country, measure: eventMeasures.events };
    const [OCTOBER, NOVEMBER] = [
      { from: '2026-10-01 00:00:00', to: '2026-11-01 00:00:00' },
      { from: '2026-11-01 00:00:00', to: '2026-12-01 00:00:00' },
    ];
    const explained = (changes: Record<string, number>, current = NOVEMBER, before = OCTOBER) =>
      Object.fromEntries(
        explanations(
          by,
          Object.entries(changes).map(([key, change]) => ({ key, change })),
          ALL,
          current,
          before,
          'UTC',
        ),
      );
    expect(explained({ 'United States': 3413, Brazil: 900, China: 5 })).toEqual({
      'United States': 'including about +1,446 from a spike in click events (Nov 3)',
      Brazil: 'including about +157 from incidents, mainly a spike in click events (Nov 15)',
    });
    expect(explained({ 'United States': -3413, Brazil: 5000 })).toEqual({});
    expect(explained({ 'United States': -3413 }, OCTOBER, NOVEMBER)).toEqual({
      'United States': 'including about −1,446 from a spike in click events (Nov 3)',
    });
    const until = { from: '2026-11-01 00:00:00', to: '2026-11-03 10:00:00' }; // one of its five hours
    expect(explained({ 'United States': 300 }, until)).toEqual({
      'United States': 'including about +289 from a spike in click events (Nov 3)',
    });
  });
});

describe('the summary', () => {
  const facts = {
    measure: eventMeasures.events,
    value: 180_000,
    before: 150_000,
    current: { from: '2026-10-28 00:00:00', to: '2026-11-27 00:00:00' },
    earlier: { from: '2026-09-28 00:00:00', to: '2026-10-28 00:00:00' },
    movers: [
      { key: 'United States', value: 30_000, before: 10_000, change: 20_000 },
      { key: 'Spain', value: 100, before: 60_000, change: -59_900 },
    ],
    incidents: ALL,
    excess: 1602.6,
    excessBefore: 0,
    timeZone: 'UTC',
  };

  test('says how much it changed and by whom, what was out of the ordinary, and what is left without it', () => {
    expect(summaryOf(facts)).toEqual([
      'Events rose 20.0% to 180,000 (Oct 28 – Nov 26), from 150,000 (Sep 28 – Oct 27); largest increase: United States (+20,000).',
      'The largest of 2 incidents: United States had 1,462 click events instead of the expected 16 on Nov 3, 09:00–14:00 UTC.',
      'Without incidents, the change would be about +18.9%.',
    ]);
  });

  test('names whom a fall is due to', () => {
    expect(summaryOf({ ...facts, value: 120_000, incidents: [], excess: 0 })).toEqual([
      'Events fell 20.0% to 120,000 (Oct 28 – Nov 26), from 150,000 (Sep 28 – Oct 27); largest decrease: Spain (−59,900).',
    ]);
  });

  test('says so where nothing changed, or there is nothing to compare with', () => {
    expect(summaryOf({ ...facts, value: 150_100, incidents: [], excess: 0 })).toEqual([
      'Events are flat: 150,100 (Oct 28 – Nov 26), compared with 150,000 (Sep 28 – Oct 27).',
    ]);
    expect(summaryOf({ ...facts, value: 3, before: 0, movers: [], incidents: [], excess: 0 })).toEqual([
      'Events rose to 3 (Oct 28 – Nov 26), from 0 (Sep 28 – Oct 27).',
    ]);
    expect(summaryOf({ ...facts, before: undefined, earlier: undefined, incidents: [FLOOD] })).toEqual([
      '180,000 events (Oct 28 – Nov 26). There is no complete earlier period to compare with.',
      'One incident: United States had 1,462 click events instead of the expected 16 on Nov 3, 09:00–14:00 UTC.',
    ]);
  });
});
