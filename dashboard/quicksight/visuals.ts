import type {
  DimensionField,
  FieldSortOptions,
  MeasureField,
  Visual as QuickSightVisual,
  SortDirection,
  VisualTitleLabelOptions,
} from '@aws-sdk/client-quicksight';
import type { Dimension } from '../../metrics/measure';
import type { Bar } from '../kinds/bar/kind';
import { levelsOf } from '../kinds/kind';
import type { Visual } from '../kinds/registry';
import type { Table } from '../kinds/table/kind';
import { axisOf } from '../spec';
import { lightTheme } from '../theme';
import { columnOf } from './expression';
import {
  dimensionField,
  fieldId,
  identifier,
  measureField,
  measureName,
  type ShownMeasure,
  shownMeasures,
} from './fields';
import { upper } from './theme';

/** More values than any dimension shown has; QuickSight shows fewer unless it is told. */
const ALL = 300;

/** No bound: what is left unset goes to AWS as 0. */
const NO_BOUND = 1e12;

/** A visual as QuickSight has it. */
export function quickSightVisual(visual: Visual): QuickSightVisual {
  const common = {
    VisualId: visual.id,
    Title: label(visual.title),
    Subtitle: label(visual.note),
  };
  const shown = shownMeasures(visual);
  const Values = shown.map((each) => measureField(visual, each));
  const byMeasure = sortBy(fieldId(visual, measureName(shown[0]!)), 'DESC');
  const palette = { VisualPalette: { ChartColor: upper(lightTheme.series[0]!) } };
  const hierarchy = hierarchyOf(visual);
  const Hierarchies = hierarchy ? { ColumnHierarchies: [hierarchy.definition] } : {};
  const dimension = (each: Dimension) => dimensionField(visual, each);
  const top = () => dimensionField(visual, levelsOf(axisOf(visual)!)[0]!, hierarchy?.id);
  switch (visual.kind) {
    case 'kpi': {
      const [value, ...targets] = Values;
      return {
        KPIVisual: {
          ...common,
          ChartConfiguration: {
            FieldWells: { Values: [value!], TargetValues: targets, TrendGroups: [] },
            KPIOptions: {
              PrimaryValueDisplayType: 'ACTUAL',
              ...(targets.length > 0
                ? {
                    Comparison: {
                      ComparisonMethod: visual.measure.format === 'percent' ? 'DIFFERENCE' : 'PERCENT_DIFFERENCE',
                    },
                  }
                : {}),
            },
          },
        },
      };
    }
    case 'line':
      return {
        LineChartVisual: {
          ...common,
          ...Hierarchies,
          ChartConfiguration: {
            FieldWells: {
              LineChartAggregatedFieldWells: {
                Category: [top()],
                Values,
                Colors: visual.series ? [dimension(visual.series)] : [],
              },
            },
            SortConfiguration: { CategorySort: [sortBy(fieldId(visual, levelsOf(visual.time)[0]!.id), 'ASC')] },
            Type: 'LINE',
            ...(visual.forecast
              ? {
                  ForecastConfigurations: [
                    {
                      ForecastProperties: {
                        PeriodsForward: visual.forecast.periods,
                        PeriodsBackward: 0,
                        UpperBoundary: NO_BOUND,
                        LowerBoundary: 0,
                        PredictionInterval: visual.forecast.interval * 100,
                        Seasonality: visual.forecast.seasonality,
                      },
                    },
                  ],
                }
              : {}),
          },
        },
      };
    case 'bar':
      return {
        BarChartVisual: {
          ...common,
          ...Hierarchies,
          ChartConfiguration: {
            ...bars(visual, visual.orientation === 'horizontal' ? 'HORIZONTAL' : 'VERTICAL'),
            FieldWells: {
              BarChartAggregatedFieldWells: {
                Category: [top()],
                Values,
                Colors: visual.series ? [dimension(visual.series)] : [],
              },
            },
            SortConfiguration: {
              CategorySort: [
                visual.isInOrderOfCategory
                  ? sortBy(fieldId(visual, levelsOf(visual.category)[0]!.id), 'ASC')
                  : byMeasure,
              ],
              CategoryItemsLimit: { ItemsLimit: visual.limit ?? ALL, OtherCategories: 'EXCLUDE' },
            },
            ...(visual.series ? {} : palette),
          },
        },
      };
    case 'histogram':
      return {
        BarChartVisual: {
          ...common,
          ChartConfiguration: {
            Orientation: 'VERTICAL',
            BarsArrangement: 'CLUSTERED',
            FieldWells: { BarChartAggregatedFieldWells: { Category: [dimension(visual.bin)], Values, Colors: [] } },
            SortConfiguration: {
              CategorySort: [sortBy(fieldId(visual, visual.bin.id), 'ASC')],
              CategoryItemsLimit: { ItemsLimit: ALL, OtherCategories: 'EXCLUDE' },
            },
            ...palette,
          },
        },
      };
    case 'pie':
      return {
        PieChartVisual: {
          ...common,
          ...Hierarchies,
          ChartConfiguration: {
            FieldWells: { PieChartAggregatedFieldWells: { Category: [top()], Values } },
            SortConfiguration: {
              CategorySort: [byMeasure],
              CategoryItemsLimit: { ItemsLimit: ALL, OtherCategories: 'EXCLUDE' },
            },
            DonutOptions: { ArcOptions: { ArcThickness: 'MEDIUM' } },
          },
        },
      };
    case 'map':
      return {
        FilledMapVisual: {
          ...common,
          ChartConfiguration: {
            FieldWells: { FilledMapAggregatedFieldWells: { Geospatial: [dimension(visual.name)], Values } },
            SortConfiguration: { CategorySort: [byMeasure] },
          },
        },
      };
    case 'heat-map':
      return {
        HeatMapVisual: {
          ...common,
          ChartConfiguration: {
            FieldWells: {
              HeatMapAggregatedFieldWells: {
                Rows: [dimension(visual.rows)],
                Columns: [dimension(visual.columns)],
                Values,
              },
            },
            SortConfiguration: {
              HeatMapRowSort: [sortBy(fieldId(visual, visual.rows.id), 'ASC')],
              HeatMapColumnSort: [sortBy(fieldId(visual, visual.columns.id), 'ASC')],
              HeatMapRowItemsLimitConfiguration: { ItemsLimit: ALL, OtherCategories: 'EXCLUDE' },
              HeatMapColumnItemsLimitConfiguration: { ItemsLimit: ALL, OtherCategories: 'EXCLUDE' },
            },
          },
        },
      };
    case 'funnel':
      return {
        FunnelChartVisual: {
          ...common,
          ChartConfiguration: {
            FieldWells: { FunnelChartAggregatedFieldWells: { Category: [dimension(visual.name)], Values } },
            SortConfiguration: {
              CategorySort: [
                {
                  ColumnSort: {
                    SortBy: identifier(visual.dataSet.name, columnOf(visual.step)),
                    Direction: 'ASC',
                    AggregationFunction: { NumericalAggregationFunction: { SimpleNumericalAggregation: 'MIN' } },
                  },
                },
              ],
              CategoryItemsLimit: { ItemsLimit: ALL, OtherCategories: 'EXCLUDE' },
            },
            ...palette,
          },
        },
      };
    case 'table':
      return {
        TableVisual: { ...common, ChartConfiguration: table(visual, visual.rows, shown, orderOf(visual, shown)) },
      };
    case 'insight': {
      const computed = (name: string) => ({
        ComputationId: `${visual.id}-${name}`,
        Name: name,
        Time: withOwnId(dimension(visual.time), name),
        Value: withOwnId(Values[0]!, name),
      });
      const movers = (Type: 'TOP' | 'BOTTOM') => ({
        TopBottomMovers: {
          ...computed(Type.toLowerCase()),
          Category: withOwnId(dimension(visual.by), Type.toLowerCase()),
          MoverSize: visual.count,
          SortOrder: 'ABSOLUTE_DIFFERENCE' as const,
          Type,
        },
      });
      return {
        InsightVisual: {
          ...common,
          DataSetIdentifier: visual.dataSet.name,
          InsightConfiguration: {
            Computations: [{ PeriodOverPeriod: computed('total') }, movers('TOP'), movers('BOTTOM')],
          },
        },
      };
    }
    case 'movers': {
      const byDifference = sortBy(fieldId(visual, measureName(shown.find(({ of }) => of === 'difference')!)), 'DESC');
      return { TableVisual: { ...common, ChartConfiguration: table(visual, [visual.by], shown, byDifference) } };
    }
  }
}

/** A field once more in the same visual: ids are one's own. */
function withOwnId<T extends DimensionField | MeasureField>(field: T, name: string): T {
  return Object.fromEntries(
    Object.entries(field).map(([kind, body]) => [kind, { ...body, FieldId: `${body.FieldId}.${name}` }]),
  ) as T;
}

function label(text: string | undefined): VisualTitleLabelOptions {
  return text === undefined ? { Visibility: 'HIDDEN' } : { Visibility: 'VISIBLE', FormatText: { PlainText: text } };
}

function bars({ series }: Bar, Orientation: 'HORIZONTAL' | 'VERTICAL') {
  return { Orientation, BarsArrangement: series ? 'STACKED' : 'CLUSTERED' } as const;
}

function table(
  visual: Visual,
  dimensions: readonly Dimension[],
  shown: readonly ShownMeasure[],
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
        Values: shown.map((each) => measureField(visual, each)),
      },
    },
    SortConfiguration: { RowSort: [order] },
    FieldOptions: { SelectedFieldOptions: labels.map((label) => ({ ...label, Visibility: 'VISIBLE' as const })) },
  };
}

function labelOf({ measure: { label }, of }: ShownMeasure): string {
  switch (of) {
    case 'before':
      return `${label}, before`;
    case 'difference':
      return `${label}, difference`;
    case 'change':
      return `${label}, change`;
    default:
      return label;
  }
}

function orderOf(visual: Table, shown: readonly ShownMeasure[]): FieldSortOptions {
  const { orderBy } = visual;
  if (!orderBy) return sortBy(fieldId(visual, measureName(shown[0]!)), 'DESC');
  const measure = shown.find((each) => each.measure === orderBy.by);
  const name = measure ? measureName(measure) : orderBy.by.id;
  return sortBy(fieldId(visual, name), orderBy.isDescending ? 'DESC' : 'ASC');
}

function sortBy(FieldId: string, Direction: SortDirection): FieldSortOptions {
  return { FieldSort: { FieldId, Direction } };
}

/** What a visual drills through; dates have a hierarchy of their own. */
function hierarchyOf(visual: Visual) {
  const axis = axisOf(visual);
  const levels = axis ? levelsOf(axis) : [];
  if (levels.length < 2) return undefined;
  const id = `${visual.id}.hierarchy`;
  return {
    id,
    definition:
      levels[0]!.kind === 'time'
        ? { DateTimeHierarchy: { HierarchyId: id } }
        : {
            ExplicitHierarchy: {
              HierarchyId: id,
              Columns: levels.map((level) => identifier(level.dataSet, columnOf(level))),
            },
          },
  };
}
