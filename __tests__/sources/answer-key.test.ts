import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { TimeRange } from '../../core/time';
import { HOUR_S } from '../../core/time';
import { type Answers, answerKeyOf, answersOf, type Planted, plant } from '../../sources/ground-truth/answer-key';
import { plantedIncidents } from '../../sources/ground-truth/planted';
import type { Incident } from '../../sources/simulator/incidents';
import type { SimulatedEvent } from '../../sources/simulator/simulation';
import { countries, days, eventsOf, hours, independent, journeys, usersOf } from './simulations';

const A = { user_id: 'aaaaaaaaaa', location: 'DE', user_age: 30 };
const B = { user_id: 'bbbbbbbbbb', location: 'US', user_age: 40 };
const C = { user_id: 'cccccccccc', location: 'DE', user_age: 20 };
const D = { user_id: 'dddddddddd', location: 'IN', user_age: 50 };

/** Not in the order of time, as ranges may be planted in any order. */
const EVENTS = [
  // A buys on Monday, looks in on Tuesday, and comes back two weeks later in a session across midnight, and on the Sunday.
  event(A, '2026-03-22T10:00:00', 'home_page', 'search', null),
  event(A, '2026-03-02T10:00:00', 'home_page', 'search', null),
  event(A, '2026-03-02T10:00:30', 'product_page', 'click', 'books'),
  event(A, '2026-03-02T10:01:30', 'cart_page', 'click', 'books'),
  event(A, '2026-03-02T10:02:30', 'checkout_page', 'purchase', 'books'),
  event(A, '2026-03-03T10:00:00', 'search_page', 'search', null),
  event(A, '2026-03-16T23:50:00', 'home_page', 'search', null),
  event(A, '2026-03-17T00:10:00', 'product_page', 'click', 'toys'),
  // B pauses for 30 minutes, which is the same session, and a week later for a second more, which isn't.
  event(B, '2026-03-04T12:00:00', 'product_page', 'click', 'toys'),
  event(B, '2026-03-04T12:30:00', 'home_page', 'search', null),
  event(B, '2026-03-11T12:00:00', 'product_page', 'click', 'toys'),
  event(B, '2026-03-11T12:30:01', 'cart_page', 'click', 'toys'),
  // C buys at once, and D sees two pages in one second, which is no step of the funnel.
  event(C, '2026-03-12T09:00:00', 'checkout_page', 'purchase', 'books'),
  event(D, '2026-03-12T09:00:00', 'home_page', 'search', null),
  event(D, '2026-03-12T09:00:00', 'product_page', 'click', 'books'),
];
const AS_OF = '2026-03-18';
const KEY = keyOf(EVENTS);

test('totals', () => {
  expect(KEY.totals).toEqual({
    event_count: 15,
    user_count: 4,
    session_count: 9,
    engaged_session_count: 5,
    first_event: '2026-03-02T10:00:00.000Z',
    last_event: '2026-03-22T10:00:00.000Z',
  });
});

test.each<[string, string, readonly (readonly unknown[])[]]>([
  [
    'customer_behavior',
    'continent,event_type,avg_customer_age,event_volume,unique_users',
    [
      ['Europe', 'search', 30, 2, 1],
      ['North America', 'click', 40, 2, 1],
      ['Asia', 'click', 50, 1, 1],
      ['Asia', 'search', 50, 1, 1],
      ['Europe', 'click', 30, 1, 1],
      ['Europe', 'purchase', 20, 1, 1],
    ],
  ],
  [
    'events_over_time',
    'event_date,event_count,unique_users,purchase_count',
    [
      ['2026-03-02', 4, 1, 1],
      ['2026-03-03', 1, 1, 0],
      ['2026-03-04', 2, 1, 0],
      ['2026-03-11', 2, 1, 0],
      ['2026-03-12', 3, 2, 1],
      ['2026-03-16', 1, 1, 0],
      ['2026-03-17', 1, 1, 0],
      ['2026-03-22', 1, 1, 0],
    ],
  ],
  [
    'top_countries',
    'country_code,country_name,event_count,unique_users,event_share',
    [
      ['DE', 'Germany', 9, 2, 9 / 15],
      ['US', 'United States', 4, 1, 4 / 15],
      ['IN', 'India', 2, 1, 2 / 15],
    ],
  ],
  [
    'conversion_by_country',
    'country_code,country_name,unique_users,buyers,conversion_rate',
    [
      ['DE', 'Germany', 2, 2, 1],
      ['IN', 'India', 1, 0, 0],
      ['US', 'United States', 1, 0, 0],
    ],
  ],
  [
    'funnel',
    'step,step_name,users,step_conversion,drop_off,overall_conversion',
    [
      [1, 'home_page', 3, null, null, 1],
      [2, 'product_page', 2, 2 / 3, 1, 2 / 3],
      [3, 'cart_page', 2, 1, 0, 2 / 3],
      [4, 'checkout_page', 1, 1 / 2, 1, 1 / 3],
    ],
  ],
  [
    'cohort_retention',
    'cohort_week,week_n,cohort_users,active_users,retention_rate,churn_rate',
    [
      ['2026-03-02', 0, 2, 2, 1, 0],
      ['2026-03-02', 1, 2, 1, 0.5, 0.5],
      ['2026-03-02', 2, 2, 1, 0.5, 0.5],
      ['2026-03-09', 0, 2, 2, 1, 0],
      ['2026-03-09', 1, 2, 0, 0, 1],
    ],
  ],
  [
    'n_day_retention',
    'cohort_week,day_n,cohort_users,returned_users,retention_rate,returned_on_or_after,unbounded_retention_rate,churn_rate',
    [
      ['2026-03-02', 1, 2, 1, 0.5, 2, 1, 0.5],
      ['2026-03-02', 7, 2, 1, 0.5, 2, 1, 0.5],
      ['2026-03-02', 14, 2, 1, 0.5, 1, 0.5, 0.5],
      ['2026-03-09', 1, 2, 0, 0, 0, 0, 1],
      ['2026-03-09', 7, 2, 0, 0, 0, 0, 1],
    ],
  ],
  [
    'active_users',
    'event_date,dau,wau,mau,stickiness',
    [
      ['2026-03-02', 1, 1, 1, 1],
      ['2026-03-03', 1, 1, 1, 1],
      ['2026-03-04', 1, 2, 2, 0.5],
      ['2026-03-11', 1, 1, 2, 0.5],
      ['2026-03-12', 2, 3, 4, 0.5],
      ['2026-03-16', 1, 4, 4, 0.25],
      ['2026-03-17', 1, 4, 4, 0.25],
      ['2026-03-22', 1, 1, 4, 0.25],
    ],
  ],
  [
    'lifecycle',
    'week_start,new_users,retained_users,resurrected_users,churned_users',
    [
      ['2026-03-02', 2, 0, 0, 0],
      ['2026-03-09', 2, 1, 0, 1],
      ['2026-03-16', 0, 0, 1, 3],
    ],
  ],
  [
    'session_statistics',
    'continent,sessions,unique_users,events_per_session,average_duration_s,engaged_sessions,engagement_rate,bounce_rate',
    [
      ['All', 9, 4, 15 / 9, 350, 5, 5 / 9, 1 - 5 / 9],
      ['Asia', 1, 1, 2, 0, 1, 1, 0],
      ['Europe', 5, 2, 9 / 5, 270, 3, 3 / 5, 1 - 3 / 5],
      ['North America', 3, 1, 4 / 3, 600, 1, 1 / 3, 1 - 1 / 3],
    ],
  ],
  [
    'product_category_performance',
    'product_category,event_count,unique_users,product_views,cart_adds,purchases,buyers,conversion_rate',
    [
      ['books', 5, 3, 2, 1, 2, 2, 2 / 3],
      ['toys', 4, 2, 3, 1, 0, 0, 0],
    ],
  ],
  [
    'hourly_heat_map',
    'weekday,hour,event_count,unique_users',
    [
      [1, 10, 4, 1],
      [1, 23, 1, 1],
      [2, 0, 1, 1],
      [2, 10, 1, 1],
      [3, 12, 4, 1],
      [4, 9, 3, 2],
      [7, 10, 1, 1],
    ],
  ],
])('%s', (name, columns, rows) => {
  expect(KEY.analyses[name]!.map((row) => Object.values(row))).toEqual(rows);
  expect(KEY.analyses[name]!.every((row) => Object.keys(row).join(',') === columns)).toBe(true);
});

test('distributions', () => {
  expect(KEY.session_lengths).toEqual([
    { event_count: 1, sessions: 5 },
    { event_count: 2, sessions: 3 },
    { event_count: 4, sessions: 1 },
  ]);
  expect(KEY.events_by_type.map(Object.values)).toEqual([
    ['click', 7],
    ['purchase', 2],
    ['search', 6],
  ]);
  expect(KEY.events_by_country.map(Object.values)).toEqual([
    ['DE', 9],
    ['IN', 2],
    ['US', 4],
  ]);
  expect(KEY.events_by_day[0]).toEqual({ event_date: '2026-03-02', event_count: 4 });
});

test('no events have no rows, but for the steps of the funnel', () => {
  const { analyses, totals } = keyOf([]);
  expect(totals).toMatchObject({ event_count: 0, user_count: 0, first_event: null, last_event: null });
  const { funnel, ...others } = analyses;
  expect(funnel!.map(Object.values)[1]).toEqual([2, 'product_page', 0, null, 0, null]);
  expect(Object.values(others).every((rows) => rows.length === 0)).toBe(true);
});

test('events of no country are refused', () => {
  expect(() => keyOf([{ ...EVENTS[0]!, location: 'XX' }])).toThrow('"XX" is not the code of a country');
});

test.each(['gaps', 'sessions over the ends of ranges'])('users in several ranges count once, with %s', (kind) => {
  const incidents: Incident[] = [
    { kind: 'bot-flood', country: 'US', ...hours(40, 60) },
    { kind: 'campaign-spike', country: 'DE', ...hours(20, 70) },
    { kind: 'checkout-outage', country: 'IN', ...hours(10, 30) },
  ];
  const ranges =
    kind === 'gaps' ? [days(0, 2), days(2.5, 3), days(20, 21)] : [hours(0, 47), hours(47.5, 48), hours(49, 60)];
  const simulations = [{ ...journeys, incidents }, { ...journeys, seed: 2 }, independent];
  const planted = simulations.map((options) => ({ options, ranges }));
  const events = simulations.flatMap((options) => eventsOf(options, ...ranges));
  const { as_of, planted: _, incidents: __, ...answers } = answerKeyOf(planted, countries, '2026-03-25');
  expect(answers).toEqual(answersOf(usersOf(events), countries, as_of));
});

test('sums of the analyses agree with the totals', () => {
  const { analyses, totals, session_lengths } = answerKeyOf(
    [
      { options: independent, ranges: [days(0, 4)] },
      { options: journeys, ranges: [days(0, 30)] },
    ],
    countries,
    '2026-04-01',
  );
  const sumOf = (name: string, column: string) => analyses[name]!.reduce((sum, row) => sum + Number(row[column]), 0);
  expect(sumOf('events_over_time', 'event_count')).toBe(totals.event_count);
  expect(sumOf('hourly_heat_map', 'event_count')).toBe(totals.event_count);
  expect(sumOf('conversion_by_country', 'unique_users')).toBe(totals.user_count);
  expect(sumOf('lifecycle', 'new_users')).toBe(totals.user_count);
  expect(sumOf('session_statistics', 'sessions')).toBe(2 * totals.session_count);
  expect(session_lengths.reduce((sum, row) => sum + Number(row.sessions), 0)).toBe(totals.session_count);
  expect(analyses.top_countries).toHaveLength(10);
});

const INDIA: Incident = { kind: 'checkout-outage', country: 'IN', ...days(8, 9) };
const LUXEMBOURG: Incident = { ...INDIA, country: 'LU', to: INDIA.from + HOUR_S };

test('an outage of a day in India is detectable, and one of an hour in Luxembourg is not', () => {
  const [india, luxembourg] = measured([INDIA, LUXEMBOURG]);
  expect(india).toMatchObject({
    kind: 'checkout-outage',
    country: 'IN',
    from: '2026-03-10T00:00:00.000Z',
    to: '2026-03-11T00:00:00.000Z',
    event_types: ['purchase'],
    is_detectable: true,
  });
  expect(india!.effect_events).toBe(india!.baseline_events);
  expect(india!.effect_events).toBeGreaterThan(50);
  expect(luxembourg!.is_detectable).toBe(false);
});

test('nothing is detectable without three weeks to compare with, within the latest three months', () => {
  expect(measured([INDIA], days(0, 20))).toMatchObject([{ is_detectable: false }]);
  expect(measured([INDIA], days(0, 21))).toMatchObject([{ is_detectable: true }]);
  expect(measured([INDIA], days(0, 10), days(11, 40))).toMatchObject([{ is_detectable: false }]);
  expect(measured([INDIA], days(0, 100))).toMatchObject([{ is_detectable: true }]);
  expect(measured([INDIA], days(0, 101))).toMatchObject([{ is_detectable: false }]);
});

test('a flood and a campaign are measured against what there is without them', () => {
  const [flood, campaign] = measured([
    { kind: 'bot-flood', country: 'DE', ...days(8, 9), to: days(8, 9).from + HOUR_S },
    { kind: 'campaign-spike', country: 'IN', ...days(8, 9) },
  ]);
  expect(flood).toMatchObject({ event_types: ['click'], effect_events: 480, is_detectable: true });
  expect(flood!.baseline_events).toBeLessThan(20);
  expect(campaign!.event_types).toEqual(['click', 'search', 'purchase']);
  expect(campaign!.effect_events / campaign!.baseline_events).toBeGreaterThan(2);
  expect(campaign!.effect_events / campaign!.baseline_events).toBeLessThan(4);
  expect(campaign!.is_detectable).toBe(true);
});

test('an incident outside what is planted has no effect', () => {
  expect(measured([{ kind: 'bot-flood', country: 'DE', ...days(40, 41) }])).toMatchObject([
    { effect_events: 0, baseline_events: 0, is_detectable: false },
  ]);
});

test('ranges that are planted stay disjoint and in order, and what was added is what was not there', () => {
  const ranges = fc.array(
    fc.tuple(fc.nat(40), fc.nat(12)).map(([from, length]) => ({ from, to: from + length })),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(ranges, (ranges) => {
      let planted: Planted[] = [];
      const there = new Set<number>();
      for (const range of ranges) {
        const result = plant(planted, journeys, range);
        expect(result.added.flatMap(seconds)).toEqual(seconds(range).filter((second) => !there.has(second)));
        for (const second of seconds(range)) there.add(second);
        planted = result.planted;
      }
      const held = planted.flatMap((one) => one.ranges);
      expect(held.flatMap(seconds)).toEqual([...there].sort((a, b) => a - b));
      expect(held.slice(1).every(({ from }, n) => from > held[n]!.to)).toBe(true);
      expect(planted.length).toBeLessThanOrEqual(1);
    }),
  );
});

test('simulations are planted side by side, unless only their incidents differ', () => {
  const incident: Incident = { kind: 'bot-flood', country: 'DE', ...days(1, 2) };
  const disturbed = { ...journeys, incidents: [incident] };
  const first = plant([], disturbed, days(0, 1)).planted;
  const second = plant(first, { ...disturbed, seed: 2 }, days(0, 1)).planted;
  expect(second.map(({ options }) => options.seed)).toEqual([1, 2]);
  // As it comes back from a file
  const again = plant(
    second,
    { ...journeys, incidents: [{ ...days(1, 2), country: 'DE', kind: 'bot-flood' }] },
    days(1, 2),
  );
  expect(again.planted[0]).toEqual({ options: disturbed, ranges: [days(0, 2)] });
  expect(again.added).toEqual([days(1, 2)]);
  expect(() => plant(second, journeys, days(1, 2))).toThrow('use another --seed or another --lake');
  expect(first[0]!.ranges).toEqual([days(0, 1)]);
});

function event(
  user: Pick<SimulatedEvent, 'user_id' | 'location' | 'user_age'>,
  time: string,
  user_action: string,
  event_type: string,
  product_category: string | null,
): SimulatedEvent {
  const timestamp = Date.parse(`${time}Z`) / 1000;
  return {
    event_id: `${user.user_id}-${timestamp}-${user_action}`,
    ...user,
    user_action,
    event_type,
    product_category,
    timestamp,
  };
}

function keyOf(events: readonly SimulatedEvent[]): Answers {
  return answersOf(usersOf(events), countries, AS_OF);
}

function measured(incidents: readonly Incident[], ...ranges: readonly TimeRange[]) {
  const options = { ...journeys, incidents };
  return plantedIncidents([{ options, ranges: ranges.length > 0 ? ranges : [days(0, 28)] }], countries);
}

function seconds({ from, to }: TimeRange): number[] {
  return Array.from({ length: to - from }, (_, n) => from + n);
}
