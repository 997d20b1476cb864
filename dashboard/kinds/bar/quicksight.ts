import type { BarChartVisual } from '@aws-sdk/client-quicksight';
import { drilled, itemsLimit, largestFirst, PALETTE, sortBy } from '../../quicksight/emission';
import { dimensionField, fieldId } from '../../quicksight/fields';
import type { QuickSightKind } from '../../quicksight/kind';
import { demandWells, type ReadCommon, type Wells } from '../../quicksight/wells';
import { levelsOf, seriesOf } from '../kind';
import type { Bar } from './kind';

export const quickSightBar: QuickSightKind<Bar> = {
  wellSizes: { 'BarChartAggregatedFieldWells.SmallMultiples': 1 },
  emit: (visual, { common, shown, values: Values }) => {
    const { category, series, orientation, limit, isInOrderOfCategory } = visual;
    const { top, hierarchies } = drilled(visual, category);
    const Colors = seriesOf(visual).map((each) => dimensionField(visual, each));
    const order = isInOrderOfCategory
      ? sortBy(fieldId(visual, levelsOf(category)[0]!.id), 'ASC')
      : largestFirst(visual, shown[0]!);
    return {
      BarChartVisual: {
        ...common,
        ...hierarchies,
        ChartConfiguration: {
          Orientation: orientation === 'horizontal' ? 'HORIZONTAL' : 'VERTICAL',
          BarsArrangement: series ? 'STACKED' : 'CLUSTERED',
          FieldWells: { BarChartAggregatedFieldWells: { Category: [top], Values, Colors } },
          SortConfiguration: { CategorySort: [order], CategoryItemsLimit: itemsLimit(limit) },
          ...(series ? {} : PALETTE),
        },
      },
    };
  },
  readers: { BarChartVisual: read },
};

function read({ ChartConfiguration = {} }: BarChartVisual, common: ReadCommon): Wells {
  const { FieldWells, SortConfiguration: sort, Orientation } = ChartConfiguration;
  const {
    Category = [],
    Values = [],
    Colors = [],
    SmallMultiples = [],
  } = FieldWells?.BarChartAggregatedFieldWells ?? {};
  demandWells(Category.length === 1 && Values.length === 1 && Colors.length <= 1 && SmallMultiples.length === 0);
  return {
    dimensions: [...Category, ...Colors],
    measures: Values,
    sort: sort?.CategorySort,
    limit: sort?.CategoryItemsLimit,
    visual: ([category, series], [measure], dataSet) => ({
      ...common,
      kind: 'bar',
      dataSet,
      category: category!,
      measure: measure!,
      orientation: Orientation === 'HORIZONTAL' ? 'horizontal' : 'vertical',
      ...(series ? { series } : {}),
    }),
  };
}
