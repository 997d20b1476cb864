import type { DimensionField, FieldSortOptions, SortDirection } from '@aws-sdk/client-quicksight';
import type { Dimension, Hierarchy } from '../../metrics/measure';
import { levelsOf, type VisualBase } from '../kinds/kind';
import { lightTheme } from '../theme';
import { columnOf } from './expression';
import { dimensionField, fieldId, identifier, measureName, type ShownMeasure } from './fields';
import { upper } from './theme';

/** More values than any displayed dimension has; QuickSight shows fewer by default. */
const ALL = 300;

/** Shows the first so many categories, and none that sums up the others. */
export function itemsLimit(ItemsLimit = ALL) {
  return { ItemsLimit, OtherCategories: 'EXCLUDE' } as const;
}

/** The color of a visual that has one. */
export const PALETTE = { VisualPalette: { ChartColor: upper(lightTheme.series[0]!) } };

export function sortBy(FieldId: string, Direction: SortDirection): FieldSortOptions {
  return { FieldSort: { FieldId, Direction } };
}

/** The largest values of a measure first. */
export function largestFirst({ id }: VisualBase, shown: ShownMeasure): FieldSortOptions {
  return sortBy(fieldId({ id }, measureName(shown)), 'DESC');
}

/** The top of what a visual drills through as a field, with its hierarchy if there are levels below. Dates have a hierarchy of their own. */
export function drilled(
  visual: VisualBase,
  axis: Dimension | Hierarchy,
): { readonly top: DimensionField; readonly hierarchies: object } {
  const levels = levelsOf(axis);
  const HierarchyId = `${visual.id}.hierarchy`;
  if (levels.length < 2) return { top: dimensionField(visual, levels[0]!), hierarchies: {} };
  const definition =
    levels[0]!.kind === 'time'
      ? { DateTimeHierarchy: { HierarchyId } }
      : {
          ExplicitHierarchy: {
            HierarchyId,
            Columns: levels.map((level) => identifier(level.dataSet, columnOf(level))),
          },
        };
  return {
    top: dimensionField(visual, levels[0]!, HierarchyId),
    hierarchies: { ColumnHierarchies: [definition] },
  };
}
