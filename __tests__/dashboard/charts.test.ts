import { describe, expect, test } from '@jest/globals';
import { clickstreamDashboard } from '../../dashboard/clickstream-dashboard';
import { type ChartVisual, cellLabel, chartOption } from '../../dashboard/page/charts';
import type { Cell } from '../../dashboard/protocol';
import { axisOf, levelsOf, visualOf } from '../../dashboard/spec';
import { lightTheme } from '../../dashboard/theme';

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

/** What ECharts is given for a visual of the dashboard. */
function optionOf(id: string, columns: readonly string[], rows: readonly (readonly Cell[])[]) {
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
      ticks: undefined,
      marks: [],
      timeZone: 'UTC',
      isAnimated: false,
    },
  ) as Readonly<Record<string, unknown>>;
}
