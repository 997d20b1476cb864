import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { clickstreamDashboard as dashboard } from '../../dashboard/clickstream-dashboard';
import { GRID_COLUMNS } from '../../dashboard/spec';
import {
  completePeriods,
  drillPath,
  formatState,
  initialState,
  parseState,
  periodsOf,
  type State,
} from '../../dashboard/state';
import { queriesOf } from '../../dashboard/visual-queries';
import { boundSql, columnsOf, literalSql } from '../../metrics/query';

const parsed = (query: string) => parseState(dashboard, new URLSearchParams(query));
const visuals = dashboard.sheets.flatMap((sheet) => sheet.visuals);

const SPAN = { from: '2026-01-05 00:00:00', to: '2026-02-15 18:30:00' };

describe('the address of a view', () => {
  test('is empty for what opens first, and keeps everything else', () => {
    expect(formatState(dashboard, initialState(dashboard)).toString()).toBe('');
    const text = fc.string({ minLength: 1, maxLength: 50, unit: 'grapheme' });
    const states = fc.record({
      sheet: fc.constantFrom(...dashboard.sheets.map(({ id }) => id)),
      dates: fc.oneof(
        fc.record({ last: fc.integer({ min: 1, max: 3660 }) }),
        fc.constant({ from: '2026-01-01', to: '2026-01-31' }),
      ),
      timeZone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5'),
      filters: fc.dictionary(
        fc.constantFrom(...dashboard.controls.map(({ id }) => id)),
        fc.array(text, { minLength: 1, maxLength: 5 }),
      ),
      drill: fc.dictionary(fc.constant('purchases-over-time'), fc.array(text, { minLength: 1, maxLength: 1 })),
      selection: fc.record({ visual: fc.constant('top-countries'), values: fc.record({ country_name: text }) }),
    });
    fc.assert(
      fc.property(states, (state) => {
        const { state: again, problems } = parsed(formatState(dashboard, state as State).toString());
        expect({ ...again, filters: { ...again.filters }, drill: { ...again.drill } }).toEqual({
          ...state,
          filters: { ...state.filters },
          drill: { ...state.drill },
        });
        expect(problems).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test.each([
    ['sheet=nowhere', /there is no sheet "nowhere"/],
    ['dates=0d', /neither like 30d nor like/],
    ['dates=99999d', /neither like/],
    ['dates=1000-01-01..2026-01-01', /neither like/],
    ['dates=2026-02-30..2026-03-01', /neither like/],
    ['dates=2026-03-01..2026-02-01', /neither like/],
    ["tz=UTC'; DROP TABLE x", /there is no time zone/],
    ['tz=Mars%2FBase', /there is no time zone/],
    ['select=top-countries.user_id=x', /no such thing to select/],
    ['select=nothing.x=y', /no such thing/],
    ['drill.total-events=x', /no such way down/],
    ['drill.events-by-country=Asia&drill.events-by-country=India', /no such way down/],
    ['user_id=x', /user_id is not known/],
    [`continent=${'x'.repeat(201)}`, /continent is too long/],
    [`${'continent=x&'.repeat(51)}`, /continent is too long/],
  ])('is left out where it is wrong, and told: %s', (query, problem) => {
    const { state, problems } = parsed(query);
    expect(state).toEqual(initialState(dashboard));
    expect(problems.join()).toMatch(problem);
  });

  test('counts days by the clocks of its time zone, also where they change', () => {
    const state = {
      ...initialState(dashboard),
      dates: { from: '2026-03-29', to: '2026-03-29' },
      timeZone: 'Europe/Berlin',
    };
    expect(periodsOf(state, { from: '2026-01-01 00:00:00', to: '2026-04-01 00:00:00' })).toEqual({
      current: { from: '2026-03-28 23:00:00', to: '2026-03-29 22:00:00' }, // a day of 23 hours
      before: { from: '2026-03-27 23:00:00', to: '2026-03-28 22:00:00' }, // of as many hours
    });
  });
});

describe('the periods of a state', () => {
  const state = { ...initialState(dashboard), dates: { last: 7 } };

  test('end where data ends, and have one length', () => {
    expect(periodsOf(state, SPAN)).toEqual({
      current: { from: '2026-02-09 00:00:00', to: '2026-02-15 18:30:00' },
      before: { from: '2026-02-02 00:00:00', to: '2026-02-08 18:30:00' },
    });
  });

  test('are compared with nothing, unless there is data for all of the time before', () => {
    const dates = { from: '2026-01-11', to: '2026-01-16' };
    expect(periodsOf({ ...state, dates }, SPAN).before).toEqual({
      from: '2026-01-05 00:00:00',
      to: '2026-01-11 00:00:00',
    });
    expect(periodsOf({ ...state, dates: { from: '2026-01-10', to: '2026-01-16' } }, SPAN)).not.toHaveProperty('before');
    expect(periodsOf({ ...state, dates: { from: '2026-03-01', to: '2026-03-07' } }, SPAN)).not.toHaveProperty('before');
  });

  test('leave out what is not over, by the clocks of a zone', () => {
    const { current } = periodsOf(state, SPAN);
    expect(completePeriods(current, 'day', 'UTC').to).toBe('2026-02-15 00:00:00');
    expect(completePeriods(current, 'week', 'UTC').to).toBe('2026-02-09 00:00:00');
    expect(completePeriods(current, 'day', 'Asia/Tokyo').to).toBe('2026-02-15 15:00:00');
  });
});

describe('the spec', () => {
  test('has one visual of an id, in the grid, over nothing else', () => {
    expect(new Set(visuals.map(({ id }) => id)).size).toBe(visuals.length);
    for (const sheet of dashboard.sheets) {
      const cells = sheet.visuals.flatMap(({ position: { column, row, columns, rows } }) =>
        Array.from({ length: columns * rows }, (_, n) => `${column + (n % columns)}/${row + Math.floor(n / columns)}`),
      );
      expect(new Set(cells).size).toBe(cells.length);
      expect(Math.max(...sheet.visuals.map(({ position }) => position.column + position.columns))).toBe(GRID_COLUMNS);
    }
  });

  test.each(visuals)('asks for $id by values that are bound, never in the text', (visual) => {
    const hostile = "x'; DROP TABLE events; --";
    const { state } = parsed(`continent=${encodeURIComponent(hostile)}&event_type=${encodeURIComponent(hostile)}`);
    for (const query of Object.values(queriesOf(dashboard, visual, state, SPAN))) {
      const { text, values } = boundSql(query);
      expect(text).not.toContain('DROP');
      expect(values.length).toBe(new Set(text.match(/\$\d+/g)).size);
      expect(literalSql(query)).not.toMatch(/[^']'; DROP/); // a quote inside is doubled
      expect(columnsOf(query).length).toBeGreaterThan(0);
    }
  });
});

test('a visual may have an id that every object knows', () => {
  for (const id of ['constructor', '__proto__', 'toString']) expect(drillPath({ drill: {} }, id)).toEqual([]);
  expect(drillPath({ drill: { constructor: ['Asia'] } }, 'constructor')).toEqual(['Asia']);
});
