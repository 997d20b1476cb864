import { describe, expect, test } from '@jest/globals';
import { clickstreamDashboard } from '../../dashboard/clickstream-dashboard';
import { cellLabel } from '../../dashboard/kinds/heat-map/chart';
import { levelsOf } from '../../dashboard/kinds/kind';
import { type ChartVisual, chartOption } from '../../dashboard/page/charts';
import type { Drawing } from '../../dashboard/page/drawing';
import type { Cell } from '../../dashboard/protocol';
import { axisOf, visualOf } from '../../dashboard/spec';
import { lightTheme } from '../../dashboard/theme';
import type { Tick } from '../../dashboard/time-axis';

describe('the label of a heat map cell', () => {
  test.each([
    [60, '100.0%'],
    [40, '100%'],
    [30, '100'],
    [20, ''],
  ])('of %d pixels is as long as fits', (width, label) => {
    expect(cellLabel(1, width, 20, 12)).toBe(label);
  });

  test('needs a height too', () => {
    expect(cellLabel(1, 60, 12, 12)).toBe('');
  });
});

test('the dots of a map have the colors of its shapes, by a scale with powers of ten', () => {
  const { series, visualMap, graphic } = optionOf(
    'global-event-distribution',
    ['country_code', 'country_name', 'events'],
    [
      ['CN', 'China', 30_000],
      ['MT', 'Malta', 10],
    ],
  );
  const [shapes, dots] = series as unknown as readonly { readonly data: readonly { readonly value: unknown }[] }[];
  expect(shapes!.data.map(({ value }) => value)).toEqual([Math.log10(30_000)]);
  expect(dots!.data.map(({ value }) => value)).toEqual([[14, 36, 1]]);
  expect(visualMap).toMatchObject({ min: 0, max: Math.log10(30_000) });
  expect(visualMap).not.toHaveProperty('seriesIndex');
  const { children } = graphic as { readonly children: readonly { readonly style: { readonly text: string } }[] };
  expect(children.map(({ style }) => style.text)).toEqual(['1', '10', '100', '1K', '10K']);
});

test('users who left are below zero', () => {
  const { series, yAxis } = optionOf(
    'lifecycle',
    ['week_start', 'state', 'users_in_state'],
    [
      ['2026-11-02', 'new', 7],
      ['2026-11-02', 'churned', 9],
    ],
  );
  const shown = series as readonly { readonly name: string; readonly data: readonly { readonly value: number }[] }[];
  expect(shown.map(({ name, data }) => [name, data[0]!.value])).toEqual([
    ['Churned', -9],
    ['New', 7],
  ]);
  expect(yAxis).toMatchObject({ minInterval: 1 });
});

test('on a wall, lines, scales and margins grow with the text', () => {
  const map = (textSize: number) => {
    const columns = ['country_code', 'country_name', 'events'];
    const { visualMap } = optionOf('global-event-distribution', columns, [['CN', 'China', 9]], { textSize });
    return visualMap;
  };
  expect([map(12), map(24)]).toMatchObject([{ itemHeight: 180 }, { itemHeight: 360 }]);
  const line = (textSize: number) => trends(['Asia', 'Europe'], { textSize, width: 100 * textSize });
  expect([line(12), line(24)]).toMatchObject([
    { grid: { top: 32 }, series: [{ lineStyle: { width: 2 } }, {}, {}, {}] },
    { grid: { top: 64 }, series: [{ lineStyle: { width: 4 } }, {}, {}, {}] },
  ]);
});

test.each([
  [1200, 32],
  [330, 56],
  [150, 80],
])('a chart of %d pixels leaves room for all rows of its legend', (width, top) => {
  expect(trends(['Asia', 'Africa', 'Europe', 'North America'], { width })).toMatchObject({ grid: { top } });
});

test.each([
  [390, [2, 8, 14, 20, 26]],
  [1440, [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26]],
])('a time axis of %d pixels has labels at even distances, the last one among them', (width, labelled) => {
  const { xAxis } = trends(['Asia'], { width, ticks: days(27) });
  const { axisLabel } = xAxis as { readonly axisLabel: { interval(label: number): boolean } };
  expect([...Array(27).keys()].filter(axisLabel.interval)).toEqual(labelled);
});

describe('the tooltip of a line', () => {
  const rows = days(9).map(({ start }, n): [string, number] => [start, 100 + n]);
  const textAt = (dataIndex: number, ticks: readonly Tick[] | undefined): string => {
    const { tooltip } = optionOf('events-over-time', ['day_start', 'events'], rows, { ticks });
    const { formatter } = tooltip as { formatter(shown: readonly object[]): string };
    return formatter([{ seriesName: 'Events', value: rows[dataIndex]![1], dataIndex }]);
  };

  test('compares a day with the same weekday a week before', () => {
    expect(textAt(7, days(9))).toBe('Sun, Feb 8, 2026\nEvents: 107 (+7.0% vs. Sun, Feb 1)');
  });

  test('compares nothing with a day that is not complete, or that may not be', () => {
    expect(textAt(8, days(9))).toBe('Mon, Feb 9, 2026 so far\nEvents: 108');
    expect(textAt(7, undefined)).toBe('Sun, Feb 8, 2026\nEvents: 107');
  });
});

/** The first days of February 2026, the last of which isn't over. */
function days(count: number): Tick[] {
  return Array.from({ length: count }, (_, n) => ({
    start: `2026-02-${String(n + 1).padStart(2, '0')} 00:00:00`,
    coverage: n === count - 1 ? 'so far' : 'complete',
  }));
}

/** The line chart of some continents. */
function trends(continents: readonly string[], drawing: Partial<Drawing>) {
  const rows = continents.map((continent) => ['2026-02-01 00:00:00', continent, 7]);
  return optionOf('regional-trends', ['day_start', 'continent', 'events'], rows, drawing);
}

/** What ECharts is given for a visual of the dashboard. */
function optionOf(
  id: string,
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
  drawing: Partial<Drawing> = {},
) {
  const visual = visualOf(clickstreamDashboard, id)! as ChartVisual;
  const axis = axisOf(visual);
  return chartOption(
    visual,
    { columns, rows, sql: '' },
    {
      theme: lightTheme,
      level: axis && levelsOf(axis)[0],
      selected: undefined,
      points: new Map([['MT', [14, 36]]]),
      textSize: 12,
      width: 600,
      ticks: undefined,
      marks: [],
      timeZone: 'UTC',
      isAnimated: false,
      ...drawing,
    },
  ) as Readonly<Record<string, unknown>>;
}
