import type { DashboardVersionDefinition } from '@aws-sdk/client-quicksight';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { previewDefinition } from '../../../cli/dashboard-preview';
import { clickstreamDashboard } from '../../../dashboard/clickstream-dashboard';
import { insightsOf } from '../../../dashboard/insight';
import type { Visual } from '../../../dashboard/kinds/registry';
import { createDataSetInput } from '../../../dashboard/quicksight/data-sets';
import { definitionOf } from '../../../dashboard/quicksight/definition';
import { controlParameter, dataSetsOf } from '../../../dashboard/quicksight/filters';
import { targetOf } from '../../../dashboard/quicksight/target';
import { comparedMeasures } from '../../../dashboard/spec';
import { parseState } from '../../../dashboard/state';
import { openLake } from '../../../lake/duckdb/open-lake';
import { queryAll } from '../../../lake/duckdb/query';
import { visualData } from '../../../server/dashboard-server';
import { comparable, type Rows } from '../comparable';
import { type DashboardLake, NOW, serveDashboardLake } from '../dashboard-lake';
import { CHOICES, type Choice } from '../plain-sql';
import { type Chosen, type DataSets, evaluateVisual, type LoadedDataSet } from './evaluator';
import type { Cell, Row } from './expression';
import { FAULTS } from './faults';

const PLACE = targetOf('111122223333', 'us-east-1', 'dev');
const dashboard = clickstreamDashboard;
const visuals = dashboard.sheets.flatMap((sheet) => sheet.visuals);
/** QuickSight shows UTC, and what is clicked there filters nothing: the provider can't send such actions. */
const choices = CHOICES.filter(({ ahead, clickedIn }) => ahead === undefined && clickedIn === undefined);

describe('what QuickSight shows is what the page shows', () => {
  let served: DashboardLake;
  let dataSets: DataSets;
  const definition = JSON.parse(JSON.stringify(definitionOf(dashboard, PLACE))) as DashboardVersionDefinition;
  const shown = new Map<Choice, Map<string, Rows>>();

  beforeAll(async () => {
    served = await serveDashboardLake();
    const lake = await openLake(served.lake.root);
    const loaded: Record<string, LoadedDataSet> = {};
    for (const dataSet of dataSetsOf(visuals)) {
      const definition = createDataSetInput(dataSet, PLACE);
      const sql = Object.values(definition.PhysicalTableMap!)[0]!.CustomSql!.SqlQuery!;
      const { columns, rows } = await queryAll(lake, sql);
      const objects = rows.map((row): Row => Object.fromEntries(columns.map((name, n) => [name, row[n] as Cell])));
      loaded[dataSet.name] = { definition, rows: objects };
    }
    dataSets = loaded;
    lake.close();
    for (const choice of choices) {
      const { state } = parseState(dashboard, new URLSearchParams(choice.query));
      const rows = new Map<string, Rows>();
      for (const visual of visuals) {
        const { main } = await visualData({ dashboard, reader: served.reader }, visual, state, NOW);
        rows.set(visual.id, asQuickSight(visual, main.columns, main.rows));
      }
      shown.set(choice, rows);
    }
  });
  afterAll(() => served?.close());

  test('in ten states or more', () => expect(choices.length).toBeGreaterThanOrEqual(10));

  test.each(choices)('$name', (choice) => {
    for (const { id } of visuals)
      expect({ id, rows: comparable(evaluateVisual(definition, dataSets, id, chosenIn(choice))) }).toEqual({
        id,
        rows: comparable(shown.get(choice)!.get(id)!),
      });
  });

  test.each(choices.filter(({ query }) => !query.includes('drill.')))(
    '$name, as previewed from the definition',
    async (choice) => {
      const { parameters, choices: chosen, now } = chosenIn(choice);
      const own = Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, [value]]));
      const options = { parameters: { ...own, ...chosen }, now: new Date(`${now.replace(' ', 'T')}Z`) };
      const { context } = await previewDefinition({ name: 'x', definition }, served.lake.root, options);
      const found = context.exported!.visuals;
      for (const visual of visuals) {
        const rows = shown.get(choice)!.get(visual.id)!;
        const main = found[visual.id]!.main.rows.map((row) => (visual.kind === 'map' ? row.slice(0, 2) : row));
        const known = visual.kind === 'insight' ? visual : NO_KIND;
        const columns = visual.kind === 'insight' ? [visual.time.id, visual.by.id, visual.measure.id] : [];
        expect({ id: visual.id, rows: comparable(asQuickSight(known, columns, main)) }).toEqual({
          id: visual.id,
          rows: comparable(rows),
        });
      }
    },
  );
  test.each(FAULTS)('and is not with %s', (_, id, spoil) => {
    const spoiled = structuredClone(definition);
    spoil(spoiled);
    const isSame = (choice: Choice): boolean =>
      JSON.stringify(comparable(evaluateVisual(spoiled, dataSets, id, chosenIn(choice)))) ===
      JSON.stringify(comparable(shown.get(choice)!.get(id)!));
    expect(choices.every(isSame)).toBe(false);
  });
});

/** Dates as times, and nothing else. */
const NO_KIND = { kind: 'line' } as Visual;

/** Parameters by what the page's address calls them. */
const PARAMETERS = Object.fromEntries(dashboard.controls.map((control) => [control.id, controlParameter(control)]));

/** A choice as a viewer of QuickSight makes it: of dates by the parameters, but where it is as it opens. */
function chosenIn({ query, from, to }: Choice): Chosen {
  const asked = new URLSearchParams(query);
  /** The day of the last second before a time, which may be a date alone. */
  const lastDay = (time: string): string =>
    new Date(Date.parse(`${time.replace(' ', 'T')}${time.includes(' ') ? 'Z' : 'T00:00Z'}`) - 1000)
      .toISOString()
      .slice(0, 10);
  const choices = Object.fromEntries(
    Object.entries(PARAMETERS).flatMap(([name, parameter]) => {
      const values = asked.getAll(name).map((value) => (value === '∅' ? '(none)' : value));
      return values.length === 0 ? [] : [[parameter, values]];
    }),
  );
  const drill = Object.fromEntries(
    [...asked].filter(([name]) => name.startsWith('drill.')).map(([name, value]) => [name.slice(6), [value]]),
  );
  const isInitial = !asked.has('dates');
  return {
    parameters: isInitial ? {} : { DateFrom: `${from} 00:00:00`, DateTo: `${lastDay(to)} 00:00:00` },
    choices,
    drill,
    now: NOW.toISOString().slice(0, 19).replace('T', ' '),
  };
}

/** Rows of the page with the columns that QuickSight has: a map has no codes, a funnel no numbers of steps, and changes are shares. */
function asQuickSight(visual: Visual, columns: readonly string[], rows: Rows): Rows {
  const change = (value: unknown, before: unknown): Cell =>
    before === null || before === 0 ? null : (Number(value) - Number(before)) / Math.abs(Number(before));
  const isCompared = columns.some((name) => name.endsWith('_before'));
  const timed = rows.map((row) =>
    row.map((value) => (/^\d{4}-\d\d-\d\d$/.test(String(value)) ? `${value} 00:00:00` : value)),
  );
  switch (visual.kind) {
    case 'map':
    case 'funnel':
      return timed.map(([, ...others]) => others);
    case 'insight': {
      const { total, totalBefore, movers } = insightsOf(visual, { columns, rows: rows as Cell[][], sql: '' });
      return [
        ...(rows.length === 0 ? [] : [['total', total, totalBefore]]),
        ...movers.map(({ key, value, before }) => [key, value, before]),
      ];
    }
    case 'movers':
      if (!isCompared) return timed.map(([key, now]) => [key, now, null, null, null]);
      return timed.map(([key, now, before]) => [key, now, before, Number(now) - Number(before), change(now, before)]);
    case 'kpi':
      return comparedMeasures(visual).length > 0 && !isCompared ? timed.map(([now]) => [now, null]) : timed;
    case 'table':
      return timed.map((row) => {
        const at = (name: string): unknown => row[columns.indexOf(name)];
        return [
          ...visual.rows.map(({ id }) => at(id)),
          ...visual.measures.map(({ id }) => at(id)),
          ...(visual.changes ?? []).map(({ id }) => (isCompared ? change(at(id), at(`${id}_before`)) : null)),
        ];
      });
    default:
      return timed;
  }
}
