import type { DashboardVersionDefinition } from '@aws-sdk/client-quicksight';
import type { Names } from './sql-expression';

/** Rows that a definition can be shown with: a relation and its columns. */
export interface LocalDataSet {
  readonly name: string;
  readonly relation: string;
  readonly columns: readonly string[];
}

export interface PreviewScope {
  readonly definition: DashboardVersionDefinition;
  /** By identifier; undefined where no local data set has the columns. */
  readonly dataSets: ReadonlyMap<string, LocalDataSet | undefined>;
  /** Values in force, by parameter; none of one that is not set. */
  readonly parameters: ReadonlyMap<string, readonly string[]>;
  namesOf(dataSet: string): Names;
  /** Columns that a data set is used with, without calculated fields. */
  usedColumnsOf(dataSet: string): readonly string[];
}
