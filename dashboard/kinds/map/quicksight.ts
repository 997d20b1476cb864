import type { FilledMapVisual } from '@aws-sdk/client-quicksight';
import { largestFirst } from '../../quicksight/emission';
import { dimensionField } from '../../quicksight/fields';
import type { QuickSightKind } from '../../quicksight/kind';
import { demandWells, partOf, type ReadCommon, type Wells } from '../../quicksight/wells';
import type { WorldMap } from './kind';

export const quickSightMap: QuickSightKind<WorldMap> = {
  wellSizes: { 'FilledMapAggregatedFieldWells.Geospatial': 1, 'FilledMapAggregatedFieldWells.Values': 1 },
  emit: (visual, { common, shown, values: Values }) => ({
    FilledMapVisual: {
      ...common,
      ChartConfiguration: {
        FieldWells: { FilledMapAggregatedFieldWells: { Geospatial: [dimensionField(visual, visual.name)], Values } },
        SortConfiguration: { CategorySort: [largestFirst(visual, shown[0]!)] },
      },
    },
  }),
  readers: { FilledMapVisual: read },
};

function read({ ChartConfiguration = {} }: FilledMapVisual, common: ReadCommon): Wells {
  const { FieldWells, SortConfiguration: sort } = ChartConfiguration;
  const { Geospatial = [], Values = [] } = FieldWells?.FilledMapAggregatedFieldWells ?? {};
  demandWells(Geospatial.length === 1 && Values.length === 1);
  const column = partOf(Geospatial[0]!).Column?.ColumnName;
  if (column !== 'country_name' && column !== 'country_code')
    throw new Error('is a map of other places than country_name or country_code');
  return {
    dimensions: Geospatial,
    measures: Values,
    ...(column === 'country_name' ? { beside: { country_code: 'MIN(country_code)' } } : {}),
    sort: sort?.CategorySort,
    visual: ([place], [measure], dataSet) => ({
      ...common,
      kind: 'map',
      dataSet,
      country: { ...place!, id: 'country_code' },
      name: place!,
      measure: measure!,
    }),
  };
}
