import type { LineChartVisual, TimeBasedForecastProperties } from '@aws-sdk/client-quicksight';
import type { Measure } from '../../../metrics/measure';
import { drilled, sortBy } from '../../quicksight/emission';
import { dimensionField, fieldId, shown } from '../../quicksight/fields';
import type { QuickSightKind } from '../../quicksight/kind';
import { demandWells, type ReadCommon, type Wells } from '../../quicksight/wells';
import { levelsOf, seriesOf } from '../kind';
import type { Forecast, Line } from './kind';

/** No bound: what is left unset goes to AWS as 0. */
const NO_BOUND = 1e12;

export const quickSightLine: QuickSightKind<Line> = {
  wellSizes: { 'LineChartAggregatedFieldWells.SmallMultiples': 1 },
  shownMeasuresOf: ({ measures }) => shown('all', measures),
  emit: (visual, { common, values: Values }) => {
    const { top, hierarchies } = drilled(visual, visual.time);
    const Colors = seriesOf(visual).map((each) => dimensionField(visual, each));
    return {
      LineChartVisual: {
        ...common,
        ...hierarchies,
        ChartConfiguration: {
          FieldWells: { LineChartAggregatedFieldWells: { Category: [top], Values, Colors } },
          SortConfiguration: { CategorySort: [sortBy(fieldId(visual, levelsOf(visual.time)[0]!.id), 'ASC')] },
          Type: 'LINE',
          ...(visual.forecast ? { ForecastConfigurations: [forecastConfiguration(visual.forecast)] } : {}),
        },
      },
    };
  },
  readers: { LineChartVisual: read },
};

function forecastConfiguration({ periods, seasonality, interval }: Forecast) {
  return {
    ForecastProperties: {
      PeriodsForward: periods,
      PeriodsBackward: 0,
      UpperBoundary: NO_BOUND,
      LowerBoundary: 0,
      PredictionInterval: interval * 100,
      Seasonality: seasonality,
    },
  };
}

function read({ ChartConfiguration = {} }: LineChartVisual, common: ReadCommon): Wells {
  const { FieldWells, SortConfiguration: sort, ForecastConfigurations } = ChartConfiguration;
  const forecast = forecastOf(ForecastConfigurations?.[0]?.ForecastProperties);
  const {
    Category = [],
    Values = [],
    Colors = [],
    SmallMultiples = [],
  } = FieldWells?.LineChartAggregatedFieldWells ?? {};
  demandWells(Category.length === 1 && Values.length > 0 && Colors.length <= 1 && SmallMultiples.length === 0);
  return {
    dimensions: [...Category, ...Colors],
    measures: Values,
    sort: sort?.CategorySort,
    limit: sort?.CategoryItemsLimitConfiguration,
    visual: ([time, series], measures, dataSet) => ({
      ...common,
      kind: 'line',
      dataSet,
      time: time!,
      measures: measures as [Measure, ...Measure[]],
      ...(series ? { series } : {}),
      ...(forecast ? { forecast } : {}),
    }),
  };
}

/** Forecasts without a seasonality are left out: QuickSight finds one by itself. */
function forecastOf({
  PeriodsForward,
  Seasonality,
  PredictionInterval = 90,
}: TimeBasedForecastProperties = {}): Forecast | undefined {
  if (PeriodsForward === undefined || Seasonality === undefined) return undefined;
  return { periods: PeriodsForward, seasonality: Seasonality, interval: PredictionInterval / 100 };
}
