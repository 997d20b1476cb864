import type { FieldSortOptions } from '@aws-sdk/client-quicksight';
import type { Dimension } from '../../metrics/measure';
import type { VisualBase } from '../kinds/kind';
import { dimensionField, fieldId, measureName, type ShownMeasure } from './fields';
import type { Emission } from './kind';

/** The chart configuration of a table of dimensions and measures, with the page's labels. */
export function tableConfiguration(
  visual: VisualBase,
  dimensions: readonly Dimension[],
  { shown, values }: Pick<Emission, 'shown' | 'values'>,
  order: FieldSortOptions,
) {
  const labels = [
    ...dimensions.map(({ id, label }) => ({ FieldId: fieldId(visual, id), CustomLabel: label })),
    ...shown.map((each) => ({ FieldId: fieldId(visual, measureName(each)), CustomLabel: labelOf(each) })),
  ];
  return {
    FieldWells: {
      TableAggregatedFieldWells: {
        GroupBy: dimensions.map((each) => dimensionField(visual, each)),
        Values: values,
      },
    },
    SortConfiguration: { RowSort: [order] },
    FieldOptions: { SelectedFieldOptions: labels.map((label) => ({ ...label, Visibility: 'VISIBLE' as const })) },
  };
}

/** What a column's label says beside the measure's. */
const ADDITIONS: Readonly<Record<ShownMeasure['of'], string>> = {
  all: '',
  current: '',
  before: ', before',
  difference: ', difference',
  change: ', change',
};

function labelOf({ measure: { label }, of }: ShownMeasure): string {
  return `${label}${ADDITIONS[of]}`;
}
