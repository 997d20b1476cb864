import type { PieChartVisual } from '@aws-sdk/client-quicksight';
import { drilled, itemsLimit, largestFirst } from '../../quicksight/emission';
import type { QuickSightKind } from '../../quicksight/kind';
import { demandWells, type ReadCommon, type Wells } from '../../quicksight/wells';
import type { Pie } from './kind';

export const quickSightPie: QuickSightKind<Pie> = {
  wellSizes: { 'PieChartAggregatedFieldWells.SmallMultiples': 1 },
  emit: (visual, { common, shown, values: Values }) => {
    const { top, hierarchies } = drilled(visual, visual.category);
    return {
      PieChartVisual: {
        ...common,
        ...hierarchies,
        ChartConfiguration: {
          FieldWells: { PieChartAggregatedFieldWells: { Category: [top], Values } },
          SortConfiguration: { CategorySort: [largestFirst(visual, shown[0]!)], CategoryItemsLimit: itemsLimit() },
          DonutOptions: { ArcOptions: { ArcThickness: 'MEDIUM' } },
        },
      },
    };
  },
  readers: { PieChartVisual: read },
};

function read({ ChartConfiguration = {} }: PieChartVisual, common: ReadCommon): Wells {
  const { FieldWells, SortConfiguration: sort } = ChartConfiguration;
  const { Category = [], Values = [], SmallMultiples = [] } = FieldWells?.PieChartAggregatedFieldWells ?? {};
  demandWells(Category.length === 1 && Values.length === 1 && SmallMultiples.length === 0);
  return {
    dimensions: Category,
    measures: Values,
    sort: sort?.CategorySort,
    limit: sort?.CategoryItemsLimit,
    visual: ([category], [measure], dataSet) => ({
      ...common,
      kind: 'pie',
      dataSet,
      category: category!,
      measure: measure!,
    }),
  };
}
