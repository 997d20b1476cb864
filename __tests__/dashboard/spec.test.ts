import { describe, expect, test } from '@jest/globals';
import { clickstreamDashboard } from '../../dashboard/clickstream-dashboard';
import { levelsOf, type Position } from '../../dashboard/kinds/kind';
import type { Visual } from '../../dashboard/kinds/registry';
import { isChart } from '../../dashboard/page/charts';
import { axisOf, dimensionsOf, GRID_COLUMNS } from '../../dashboard/spec';
import { events } from '../../metrics/data-sets';
import { CHOICES, plainSql } from './plain-sql';

const { sheets, controls } = clickstreamDashboard;
const visuals = sheets.flatMap((sheet) => sheet.visuals);

describe('the dashboard', () => {
  test('has ids of their own, in words with hyphens', () => {
    const ids = [...sheets, ...visuals].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
  });

  test.each(sheets)('$name lies on the grid, no visual over another', ({ visuals }) => {
    const cells = visuals.flatMap(({ position }) => cellsOf(position));
    expect(new Set(cells).size).toBe(cells.length);
    for (const { position } of visuals) {
      expect(position.column).toBeGreaterThanOrEqual(0);
      expect(position.column + position.columns).toBeLessThanOrEqual(GRID_COLUMNS);
    }
  });

  test.each(visuals)('$id has a query in plain SQL to be compared with', ({ id }) => {
    expect(plainSql(id, CHOICES[0]!)).toMatch(/SELECT/);
  });

  test('has names and titles in sentence case', () => {
    const names = [...sheets.map(({ name }) => name), ...visuals.map(({ title }) => title)];
    for (const name of names) expect(name).toMatch(/^[A-Z]\S*( [a-z0-9]\S*)*$/);
  });

  test('shows nothing in two charts', () => {
    const shown = visuals.filter(isChart).map(subjectOf);
    expect(new Set(shown).size).toBe(shown.length);
  });

  test('has controls that all of its events can be filtered by', () => {
    for (const control of controls) expect(control.dataSet).toBe(events.name);
  });
});

/** What a visual shows before anything is drilled down to, however it is drawn. */
function subjectOf(visual: Visual): string {
  const axis = axisOf(visual);
  const below = axis ? levelsOf(axis).slice(1) : [];
  const dimensions = dimensionsOf(visual).filter((dimension) => !below.includes(dimension));
  const measures = visual.kind === 'line' ? visual.measures : 'measure' in visual ? [visual.measure] : [];
  return JSON.stringify([visual.dataSet.name, visual.where, [...dimensions, ...measures].map(({ id }) => id)]);
}

function cellsOf({ column, row, columns, rows }: Position): string[] {
  return Array.from({ length: columns * rows }, (_, n) => `${column + (n % columns)},${row + Math.floor(n / columns)}`);
}
