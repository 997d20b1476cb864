import type { FunnelChartVisual } from '@aws-sdk/client-quicksight';
import { itemsLimit, PALETTE } from '../../quicksight/emission';
import { columnOf } from '../../quicksight/expression';
import { dimensionField, identifier } from '../../quicksight/fields';
import type { QuickSightKind } from '../../quicksight/kind';
import { demandWells, type ReadCommon, type Wells } from '../../quicksight/wells';
import type { Funnel } from './kind';

export const quickSightFunnel: QuickSightKind<Funnel> = {
  wellSizes: { 'FunnelChartAggregatedFieldWells.Category': 1, 'FunnelChartAggregatedFieldWells.Values': 1 },
  emit: (visual, { common, values: Values }) => ({
    FunnelChartVisual: {
      ...common,
      ChartConfiguration: {
        FieldWells: { FunnelChartAggregatedFieldWells: { Category: [dimensionField(visual, visual.name)], Values } },
        SortConfiguration: { CategorySort: [byStep(visual)], CategoryItemsLimit: itemsLimit() },
        ...PALETTE,
      },
    },
  }),
  readers: { FunnelChartVisual: read },
};

/** By a column that is not shown. */
function byStep({ dataSet, step }: Funnel) {
  return {
    ColumnSort: {
      SortBy: identifier(dataSet.name, columnOf(step)),
      Direction: 'ASC',
      AggregationFunction: { NumericalAggregationFunction: { SimpleNumericalAggregation: 'MIN' } },
    },
  } as const;
}

function read({ ChartConfiguration = {} }: FunnelChartVisual, common: ReadCommon): Wells {
  const { FieldWells, SortConfiguration: sort } = ChartConfiguration;
  const { Category = [], Values = [] } = FieldWells?.FunnelChartAggregatedFieldWells ?? {};
  demandWells(Category.length === 1 && Values.length === 1);
  return {
    dimensions: Category,
    measures: Values,
    sort: sort?.CategorySort,
    limit: sort?.CategoryItemsLimit,
    visual: ([name], [measure], dataSet) => ({
      ...common,
      kind: 'funnel',
      dataSet,
      step: name!,
      name: name!,
      measure: measure!,
    }),
  };
}
