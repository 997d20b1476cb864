import { itemsLimit, PALETTE, sortBy } from '../../quicksight/emission';
import { dimensionField, fieldId } from '../../quicksight/fields';
import type { QuickSightKind } from '../../quicksight/kind';
import type { Histogram } from './kind';

/** A bar chart over bins: QuickSight's own histograms count rows. It is read back as a bar chart. */
export const quickSightHistogram: QuickSightKind<Histogram> = {
  readers: {},
  emit: (visual, { common, values: Values }) => ({
    BarChartVisual: {
      ...common,
      ChartConfiguration: {
        Orientation: 'VERTICAL',
        BarsArrangement: 'CLUSTERED',
        FieldWells: {
          BarChartAggregatedFieldWells: { Category: [dimensionField(visual, visual.bin)], Values, Colors: [] },
        },
        SortConfiguration: {
          CategorySort: [sortBy(fieldId(visual, visual.bin.id), 'ASC')],
          CategoryItemsLimit: itemsLimit(),
        },
        ...PALETTE,
      },
    },
  }),
};
