import type {
  ColumnIdentifier,
  DimensionField,
  FieldSortOptions,
  ItemsLimitConfiguration,
  MeasureField,
} from '@aws-sdk/client-quicksight';
import type { DataSet } from '../../metrics/data-set';
import type { Dimension, Measure } from '../../metrics/measure';
import type { VisualBase } from '../kinds/kind';
import type { Visual } from '../kinds/registry';

/** What stands in a visual's wells, how it is sorted, and what the page makes of it. */
export interface Wells {
  readonly dimensions: readonly DimensionField[];
  readonly measures: readonly MeasureField[];
  readonly sort?: readonly FieldSortOptions[];
  readonly limit?: ItemsLimitConfiguration;
  /** Labels of columns by the ids of their fields. */
  readonly labels?: ReadonlyMap<string, string>;
  /** A column more that the page needs, with its aggregate. */
  readonly beside?: Readonly<Record<string, string>>;
  readonly visual: (dimensions: readonly Dimension[], measures: readonly Measure[], dataSet: DataSet) => Visual;
}

/** What the page shows of a visual of any type. */
export type ReadCommon = Pick<VisualBase, 'id' | 'title' | 'note' | 'position'>;

/** Reads a visual of QuickSight. Throws an Error if the page can't draw it. */
export type Reader<T> = (body: T, common: ReadCommon) => Wells;

/** Throws an Error unless wells hold as many fields as the page can draw. */
export function demandWells(holds: boolean): void {
  if (!holds) throw new Error('has more or fewer fields in its wells than can be drawn here');
}

interface Part {
  readonly FieldId: string;
  readonly Column?: ColumnIdentifier;
}

/** What a field has, whatever its type. */
export function partOf(field: DimensionField | MeasureField): Part {
  return Object.values(field)[0] as Part;
}
