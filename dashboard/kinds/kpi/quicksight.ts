import type { KPIVisual } from '@aws-sdk/client-quicksight';
import { shown } from '../../quicksight/fields';
import type { QuickSightKind } from '../../quicksight/kind';
import type { ReadCommon, Wells } from '../../quicksight/wells';
import type { Kpi } from './kind';

export const quickSightKpi: QuickSightKind<Kpi> = {
  shownMeasuresOf: ({ measure }, compared) =>
    compared.length > 0 ? [...shown('current', compared), ...shown('before', compared)] : shown('all', [measure]),
  emit: ({ measure }, { common, values: [value, ...targets] }) => ({
    KPIVisual: {
      ...common,
      ChartConfiguration: {
        FieldWells: { Values: [value!], TargetValues: targets, TrendGroups: [] },
        KPIOptions: {
          PrimaryValueDisplayType: 'ACTUAL',
          ...(targets.length > 0
            ? { Comparison: { ComparisonMethod: measure.format === 'percent' ? 'DIFFERENCE' : 'PERCENT_DIFFERENCE' } }
            : {}),
        },
      },
    },
  }),
  readers: { KPIVisual: read },
};

function read({ ChartConfiguration }: KPIVisual, common: ReadCommon): Wells {
  const { Values = [], TargetValues = [], TrendGroups = [] } = ChartConfiguration?.FieldWells ?? {};
  if (TrendGroups.length > 0) throw new Error('compares the last periods of a trend, which is not computed here');
  if (Values.length !== 1 || TargetValues.length > 1)
    throw new Error('has other than one value and at most one target');
  return {
    dimensions: [],
    measures: [...Values, ...TargetValues],
    visual: (_, [measure], dataSet) => ({ ...common, kind: 'kpi', dataSet, measure: measure! }),
  };
}
