import type { DataSet, Field } from '../metrics/data-set';
import type { Dimension, Hierarchy, Measure } from '../metrics/measure';
import type { Filter } from '../metrics/query';

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

/** Cells of a grid of 36 columns, as QuickSight has it; rows are as high as is said in a theme. */
export interface Position {
  readonly column: number;
  readonly row: number;
  readonly columns: number;
  readonly rows: number;
}

export const GRID_COLUMNS = 36;

interface Common<D extends string> {
  /** Lower-case words with hyphens, one of the dashboard. */
  readonly id: string;
  readonly title: string;
  /** What one should know to read it. */
  readonly note?: string;
  /** What the page says where there are no rows. @default "No data" */
  readonly emptyText?: string;
  readonly position: Position;
  readonly dataSet: DataSet<D>;
  /** Of all rows, which are shown. */
  readonly where?: readonly Filter<D>[];
  /** False if the dashboard's range of dates leaves it alone. @default true */
  readonly isDated?: boolean;
}

/** A number, that of the time before, and its course. */
export interface Kpi<D extends string = string> extends Common<D> {
  readonly kind: 'kpi';
  readonly measure: Measure<D>;
  /** Periods of the sparkline. */
  readonly trend?: Dimension<D>;
  /** Of a time: up to how many hours old it is as it should be. The page then shows its age. @default it shows the time */
  readonly freshHours?: number;
}

/** Measures over time, or one for each value of a dimension. */
export interface Line<D extends string = string> extends Common<D> {
  readonly kind: 'line';
  readonly time: Dimension<D> | Hierarchy<D>;
  readonly measures: readonly [Measure<D>, ...Measure<D>[]];
  readonly series?: Dimension<D>;
  readonly forecast?: Forecast;
}

export interface Forecast {
  readonly periods: number;
  /** Periods after which it repeats. */
  readonly seasonality: number;
  /** Share of the values that the band is to hold. */
  readonly interval: number;
}

export interface Bar<D extends string = string> extends Common<D> {
  readonly kind: 'bar';
  readonly category: Dimension<D> | Hierarchy<D>;
  readonly measure: Measure<D>;
  /** Stacked, in this dimension's order. */
  readonly series?: Dimension<D>;
  readonly orientation: 'horizontal' | 'vertical';
  /** Values of the series that count against the others: below zero on the page. */
  readonly below?: readonly string[];
  /** The largest so many. @default all */
  readonly limit?: number;
  /** @default by the measure, the largest first */
  readonly isInOrderOfCategory?: boolean;
}

export interface Pie<D extends string = string> extends Common<D> {
  readonly kind: 'pie';
  readonly category: Dimension<D> | Hierarchy<D>;
  readonly measure: Measure<D>;
}

/** Countries, colored by a measure. */
export interface WorldMap<D extends string = string> extends Common<D> {
  readonly kind: 'map';
  /** ISO 3166-1 alpha-2. */
  readonly country: Dimension<D>;
  readonly name: Dimension<D>;
  readonly measure: Measure<D>;
}

export interface Table<D extends string = string> extends Common<D> {
  readonly kind: 'table';
  readonly rows: readonly [Dimension<D>, ...Dimension<D>[]];
  readonly measures: readonly [Measure<D>, ...Measure<D>[]];
  /** Measures whose change since the time before has a column. */
  readonly changes?: readonly Measure<D>[];
  /** @default the first measure, the largest first */
  readonly orderBy?: { readonly by: Measure<D> | Dimension<D>; readonly isDescending: boolean };
}

export interface HeatMap<D extends string = string> extends Common<D> {
  readonly kind: 'heat-map';
  readonly rows: Dimension<D>;
  readonly columns: Dimension<D>;
  readonly measure: Measure<D>;
}

export interface Funnel<D extends string = string> extends Common<D> {
  readonly kind: 'funnel';
  /** Its values in their order are the steps. */
  readonly step: Dimension<D>;
  readonly name: Dimension<D>;
  readonly measure: Measure<D>;
}

export interface Histogram<D extends string = string> extends Common<D> {
  readonly kind: 'histogram';
  readonly bin: Dimension<D>;
  readonly measure: Measure<D>;
}

/** What changed most since the time before, up and down. */
export interface Movers<D extends string = string> extends Common<D> {
  readonly kind: 'movers';
  readonly by: Dimension<D>;
  readonly measure: Measure<D>;
  /** So many in each direction. */
  readonly count: number;
}

/** The last period against the one before, as a whole and by what moved most; of a measure whose parts add up. */
export interface Insight<D extends string = string> extends Common<D> {
  readonly kind: 'insight';
  readonly time: Dimension<D>;
  readonly by: Dimension<D>;
  readonly measure: Measure<D>;
  /** So many in each direction. */
  readonly count: number;
}

export type Visual<D extends string = string> =
  | Kpi<D>
  | Line<D>
  | Bar<D>
  | Pie<D>
  | WorldMap<D>
  | Table<D>
  | HeatMap<D>
  | Funnel<D>
  | Histogram<D>
  | Movers<D>
  | Insight<D>;

/** A visual of a kind, without its kind and data set. */
type Definition<V> = Omit<V, 'kind' | 'dataSet'>;

/** Makes visuals of a data set: whatever is of another does not compile. */
export function visualsOf<D extends string>(dataSet: DataSet<D>) {
  return {
    kpi: (definition: Definition<Kpi<D>>): Kpi<D> => ({ kind: 'kpi', dataSet, ...definition }),
    line: (definition: Definition<Line<D>>): Line<D> => ({ kind: 'line', dataSet, ...definition }),
    bar: (definition: Definition<Bar<D>>): Bar<D> => ({ kind: 'bar', dataSet, ...definition }),
    pie: (definition: Definition<Pie<D>>): Pie<D> => ({ kind: 'pie', dataSet, ...definition }),
    map: (definition: Definition<WorldMap<D>>): WorldMap<D> => ({ kind: 'map', dataSet, ...definition }),
    table: (definition: Definition<Table<D>>): Table<D> => ({ kind: 'table', dataSet, ...definition }),
    heatMap: (definition: Definition<HeatMap<D>>): HeatMap<D> => ({ kind: 'heat-map', dataSet, ...definition }),
    funnel: (definition: Definition<Funnel<D>>): Funnel<D> => ({ kind: 'funnel', dataSet, ...definition }),
    histogram: (definition: Definition<Histogram<D>>): Histogram<D> => ({ kind: 'histogram', dataSet, ...definition }),
    movers: (definition: Definition<Movers<D>>): Movers<D> => ({ kind: 'movers', dataSet, ...definition }),
    insight: (definition: Definition<Insight<D>>): Insight<D> => ({ kind: 'insight', dataSet, ...definition }),
  };
}

/** Cells of the grid. */
export function at(column: number, row: number, columns: number, rows: number): Position {
  return { column, row, columns, rows };
}

/** The levels to drill through, one if there is nothing to drill. */
export function levelsOf<D extends string>(axis: Dimension<D> | Hierarchy<D>): readonly Dimension<D>[] {
  return 'levels' in axis ? axis.levels : [axis];
}

/** What a visual drills through. */
export function axisOf(visual: Visual): Dimension | Hierarchy | undefined {
  switch (visual.kind) {
    case 'line':
      return visual.time;
    case 'bar':
    case 'pie':
      return visual.category;
    default:
      return undefined;
  }
}

/** The dimensions of which a visual's values can be clicked, to filter the others by. */
export function dimensionsOf(visual: Visual): readonly Dimension[] {
  switch (visual.kind) {
    case 'line':
      return [...levelsOf(visual.time), ...(visual.series ? [visual.series] : [])];
    case 'bar':
      return [...levelsOf(visual.category), ...(visual.series ? [visual.series] : [])];
    case 'pie':
      return levelsOf(visual.category);
    case 'map':
      return [visual.country, visual.name];
    case 'table':
      return visual.rows;
    case 'heat-map':
      return [visual.rows, visual.columns];
    case 'histogram':
      return [visual.bin];
    case 'movers':
    case 'insight':
      return [visual.by];
    case 'kpi':
    case 'funnel':
      return [];
  }
}

/** The measures that a visual shows. */
export function measuresOf(visual: Visual): readonly Measure[] {
  return 'measures' in visual ? visual.measures : [visual.measure];
}

/** Measures of a visual that are shown beside those of the time before. */
export function comparedMeasures(visual: Visual): readonly Measure[] {
  if (timeOf(visual) === undefined || visual.dataSet.goesPastData) return [];
  switch (visual.kind) {
    case 'kpi':
    case 'movers':
      return [visual.measure];
    case 'table':
      return visual.changes ?? [];
    default:
      return [];
  }
}

/** A dashboard's visual by its id; undefined if it has none. */
export function visualOf({ sheets }: Dashboard, id: string): Visual | undefined {
  return sheets.flatMap(({ visuals }) => visuals).find((visual) => visual.id === id);
}

/** The field that the range of dates limits; undefined if it leaves the visual alone. */
export function timeOf({ isDated = true, dataSet }: Visual): Field | undefined {
  return isDated ? dataSet.time : undefined;
}
