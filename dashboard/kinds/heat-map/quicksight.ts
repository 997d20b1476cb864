import type { HeatMapVisual } from '@aws-sdk/client-quicksight';
import { itemsLimit, sortBy } from '../../quicksight/emission';
import { dimensionField, fieldId } from '../../quicksight/fields';
import type { QuickSightKind } from '../../quicksight/kind';
import { demandWells, type ReadCommon, type Wells } from '../../quicksight/wells';
import type { HeatMap } from './kind';

export const quickSightHeatMap: QuickSightKind<HeatMap> = {
  wellSizes: {
    'HeatMapAggregatedFieldWells.Rows': 1,
    'HeatMapAggregatedFieldWells.Columns': 1,
    'HeatMapAggregatedFieldWells.Values': 1,
  },
  emit: (visual, { common, values: Values }) => {
    const [Rows, Columns] = [visual.rows, visual.columns].map((each) => [dimensionField(visual, each)]);
    return {
      HeatMapVisual: {
        ...common,
        ChartConfiguration: {
          FieldWells: { HeatMapAggregatedFieldWells: { Rows, Columns, Values } },
          SortConfiguration: {
            HeatMapRowSort: [sortBy(fieldId(visual, visual.rows.id), 'ASC')],
            HeatMapColumnSort: [sortBy(fieldId(visual, visual.columns.id), 'ASC')],
            HeatMapRowItemsLimitConfiguration: itemsLimit(),
            HeatMapColumnItemsLimitConfiguration: itemsLimit(),
          },
        },
      },
    };
  },
  readers: { HeatMapVisual: read },
};

function read({ ChartConfiguration = {} }: HeatMapVisual, common: ReadCommon): Wells {
  const { FieldWells, SortConfiguration: sort } = ChartConfiguration;
  const { Rows = [], Columns = [], Values = [] } = FieldWells?.HeatMapAggregatedFieldWells ?? {};
  demandWells(Rows.length === 1 && Columns.length === 1 && Values.length === 1);
  return {
    dimensions: [...Rows, ...Columns],
    measures: Values,
    sort: [...(sort?.HeatMapRowSort ?? []), ...(sort?.HeatMapColumnSort ?? [])],
    visual: ([rows, columns], [measure], dataSet) => ({
      ...common,
      kind: 'heat-map',
      dataSet,
      rows: rows!,
      columns: columns!,
      measure: measure!,
    }),
  };
}
