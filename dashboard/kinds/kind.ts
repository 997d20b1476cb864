import type { DataSet } from '../../metrics/data-set';
import type { Dimension, Grain, Hierarchy, Measure } from '../../metrics/measure';
import type { Filter, Query } from '../../metrics/query';

/** Cells of a grid of 36 columns, as QuickSight has it; rows are as high as is said in a theme. */
export interface Position {
  readonly column: number;
  readonly row: number;
  readonly columns: number;
  readonly rows: number;
}

/** What visuals of all kinds have. */
export interface VisualBase<D extends string = string> {
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

/** What every target needs to know of a kind of visual. Its folder also says how QuickSight has it, and how the page draws it. */
export interface Kind<V> {
  /** The dimensions of which a visual's values can be clicked, to filter the others by. */
  dimensionsOf(visual: V): readonly Dimension[];
  /** What it asks in a state: columns of `main` are its dimensions in order, then its measures. */
  queriesOf(visual: V, asking: Asking): VisualQueries;
  /** What it drills through. @default nothing */
  axisOf?(visual: V): Dimension | Hierarchy;
  /** Measures that are shown beside those of the time before. @default none */
  comparedMeasuresOf?(visual: V): readonly Measure[];
  /** Periods of a course that it shows beside a number. @default none */
  trendOf?(visual: V): Dimension | undefined;
  /** Whether it is one number, which has a row even where there is no data. @default false */
  readonly isNumber?: boolean;
  /** Whether incidents are marked on it. @default false */
  readonly isMarked?: boolean;
  /** Whether its columns show their own definitions, so that its title needs those of measures only. @default false */
  readonly definesColumns?: boolean;
}

/** What a visual asks in a state. */
export interface VisualQueries {
  readonly main: Query;
  /** The course of a number over time. */
  readonly trend?: Query;
}

/** A state as a visual's queries depend on it. */
export interface Asking {
  /** Of the visual's axis, so far down as its viewer has gone. Only for kinds with an axis. */
  level(): Dimension;
  /** Measures by dimensions, of the rows that the state shows. */
  query(dimensions: readonly Dimension[], measures: readonly Measure[], more?: Partial<Query>): Query;
  /** Compares with the time before, where there is one. */
  readonly comparing: Partial<Query>;
  /** Filters of the state, and only periods that are complete. @param grain undefined leaves dates alone */
  filtersOfComplete(grain: Grain | undefined): readonly Filter[];
}

/** The largest values first. */
export function descending(column: string): NonNullable<Query['orderBy']> {
  return [{ column, isDescending: true }];
}

/** The levels to drill through, one if there is nothing to drill. */
export function levelsOf<D extends string>(axis: Dimension<D> | Hierarchy<D>): readonly Dimension<D>[] {
  return 'levels' in axis ? axis.levels : [axis];
}

/** The dimension by whose values marks are told apart, if there is one. */
export function seriesOf({ series }: { readonly series?: Dimension }): readonly Dimension[] {
  return series ? [series] : [];
}
