import type { DataSet, Field } from '../metrics/data-set';
import type { Dimension, Hierarchy, Measure } from '../metrics/measure';
import type { Position } from './kinds/kind';
import { type KindName, kindOf, type Visual, type Visuals } from './kinds/registry';

/** A dashboard as data: what is shown, where, and from which metrics. It knows of no target. */
export interface Dashboard {
  readonly id: string;
  readonly name: string;
  /** What every sheet can be filtered by, beside dates; of a data set without such a field, all is shown. */
  readonly controls: readonly Dimension[];
  readonly sheets: readonly Sheet[];
}

export interface Sheet {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly visuals: readonly Visual[];
  /** Visuals, by their ids, from which the page says on top what happened: a number, and what moved it by country. @default none */
  readonly summary?: { readonly total: string; readonly movers: string };
}

export const GRID_COLUMNS = 36;

/** A visual of a kind, without its kind and data set. */
type Definition<V> = Omit<V, 'kind' | 'dataSet'>;

/** Makes visuals of a data set: whatever is of another does not compile. */
export function visualsOf<D extends string>(dataSet: DataSet<D>) {
  const make =
    <K extends KindName>(kind: K) =>
    (definition: Definition<Visuals<D>[K]>): Visuals<D>[K] =>
      ({ kind, dataSet, ...definition }) as Visuals<D>[K];
  return {
    kpi: make('kpi'),
    line: make('line'),
    bar: make('bar'),
    pie: make('pie'),
    map: make('map'),
    table: make('table'),
    heatMap: make('heat-map'),
    funnel: make('funnel'),
    histogram: make('histogram'),
    movers: make('movers'),
    insight: make('insight'),
  };
}

/** Cells of the grid. */
export function at(column: number, row: number, columns: number, rows: number): Position {
  return { column, row, columns, rows };
}

/** What a visual drills through. */
export function axisOf(visual: Visual): Dimension | Hierarchy | undefined {
  return kindOf(visual).axisOf?.(visual);
}

/** The dimensions of which a visual's values can be clicked, to filter the others by. */
export function dimensionsOf(visual: Visual): readonly Dimension[] {
  return kindOf(visual).dimensionsOf(visual);
}

/** The measures that a visual shows. */
export function measuresOf(visual: Visual): readonly Measure[] {
  return 'measures' in visual ? visual.measures : [visual.measure];
}

/** Measures of a visual that are shown beside those of the time before. */
export function comparedMeasures(visual: Visual): readonly Measure[] {
  if (timeOf(visual) === undefined || visual.dataSet.goesPastData) return [];
  return kindOf(visual).comparedMeasuresOf?.(visual) ?? [];
}

/** A dashboard's visual by its id; undefined if it has none. */
export function visualOf({ sheets }: Dashboard, id: string): Visual | undefined {
  return sheets.flatMap(({ visuals }) => visuals).find((visual) => visual.id === id);
}

/** The field that the range of dates limits; undefined if it leaves the visual alone. */
export function timeOf({ isDated = true, dataSet }: Visual): Field | undefined {
  return isDated ? dataSet.time : undefined;
}
