import type { Computation, DashboardVersionDefinition, FilterGroup, Visual } from '@aws-sdk/client-quicksight';

/** A deliberate fault in what is emitted, and the visual that must then differ in one state or another. */
export type Fault = readonly [name: string, visual: string, spoil: (definition: DashboardVersionDefinition) => void];

export const FAULTS: readonly Fault[] = [
  ['users counted as events', 'unique-users', inField('unique_users_current', 'distinct_countIf', 'countIf')],
  ['events counted as users', 'total-events', inField('events_current', '{event_id}', '{user_id}', 'distinct_countIf')],
  ['a sum for a mean', 'country-performance', inField('average_age_current', 'avg', 'sum')],
  ['a lost condition', 'buyers', inField('buyers_current', " AND {event_type} = 'purchase'", '')],
  ['another condition', 'purchases', inField('purchases_current', "'purchase'", "'click'")],
  [
    'a ratio upside down',
    'cart-rate',
    inField('cart_rate_current', /^(.*) \/ nullIf\((.*), 0\)$/, '$2 / nullIf($1, 0)'),
  ],
  ['the time before taken for now', 'total-sessions', inField('sessions_before', "'before'", "'current'")],
  [
    'a change of the wrong base',
    'category-performance',
    inField('purchases_change', /abs\(.*?\)/, 'abs({purchases_current})'),
  ],
  [
    'a range without its last day',
    'total-events',
    inField('dates_period', "addDateTime(1, 'DD'", "addDateTime(0, 'DD'"),
  ],
  ['a time before that is a day short', 'total-events', inField('dates_period', 'addDateTime(-1 -', 'addDateTime(-')],
  [
    'a time before that is whole where the range is not',
    'total-events',
    inField('dates_period', '{data_to}', `addDateTime(1, 'DD', \${DateTo})`),
  ],
  ['a comparison with a time without data', 'unique-users', inField('dates_compared', ', 1, 0)', ', 1, 1)')],
  [
    'a default of one day more',
    'total-events',
    (definition) => {
      const declared = definition.ParameterDeclarations![0]!.DateTimeParameterDeclaration!;
      declared.DefaultValues!.RollingDate!.Expression = declared.DefaultValues!.RollingDate!.Expression!.replace(
        '-29',
        '-30',
      );
    },
  ],
  ['a lost range of dates', 'events-over-time', without('dates-events')],
  [
    'a range that excludes its end',
    'events-over-time',
    (definition) => {
      filterOf(definition, 'dates-events').TimeRangeFilter!.IncludeMaximum = false;
    },
  ],
  [
    'a visual that the range forgets',
    'hours-and-weekdays',
    (definition) => {
      const { ScopeConfiguration } = groupOf(definition, 'dates-events');
      for (const scope of ScopeConfiguration!.SelectedSheets!.SheetVisualScopingConfigurations!)
        scope.VisualIds = scope.VisualIds!.filter((id) => id !== 'hours-and-weekdays');
    },
  ],
  [
    'a filter that is off',
    'event-types',
    (definition) => {
      groupOf(definition, 'control-continent').Status = 'DISABLED';
    },
  ],
  [
    'a filter of one data set only',
    'total-sessions',
    (definition) => {
      groupOf(definition, 'control-continent').CrossDataset = 'SINGLE_DATASET';
    },
  ],
  [
    'a filter of another column',
    'event-types',
    (definition) => {
      filterOf(definition, 'control-continent').CategoryFilter!.Column!.ColumnName = 'country_name';
    },
  ],
  [
    'a filter that a sheet forgets',
    'purchases',
    (definition) => {
      groupOf(
        definition,
        'control-event-type',
      ).ScopeConfiguration!.SelectedSheets!.SheetVisualScopingConfigurations!.splice(3, 1);
    },
  ],
  ['a lost condition on rows', 'lifecycle', without('where-lifecycle-2')],
  [
    'a state forgotten',
    'lifecycle',
    (definition) => {
      const { Configuration } = filterOf(definition, 'where-lifecycle-2').CategoryFilter!;
      Configuration!.CustomFilterListConfiguration!.CategoryValues!.pop();
    },
  ],
  [
    'nulls that are let in',
    'product-categories',
    (definition) => {
      const { Configuration } = filterOf(definition, 'where-product-categories-0').CategoryFilter!;
      Configuration!.CustomFilterListConfiguration!.NullOption = 'ALL_VALUES';
    },
  ],
  [
    'what is not over',
    'cohort-retention',
    (definition) => {
      filterOf(definition, 'where-cohort-retention-0').NumericEqualityFilter!.Value = 0;
    },
  ],
  ['movers of one direction only', 'latest-day', (d) => void insightOf(d).splice(2, 1)],
  ['no comparison of the whole', 'latest-day', (d) => void insightOf(d).splice(0, 1)],
  [
    'too few movers',
    'latest-day',
    (d) => {
      insightOf(d)[1]!.TopBottomMovers!.MoverSize = 1;
    },
  ],
  [
    'months for days',
    'latest-day',
    (d) => {
      for (const { PeriodOverPeriod, TopBottomMovers } of insightOf(d))
        (PeriodOverPeriod ?? TopBottomMovers)!.Time!.DateDimensionField!.DateGranularity = 'MONTH';
    },
  ],
  ['rows of all times', 'top-movers', without('compared-events')],
  [
    'weeks for days',
    'events-over-time',
    (definition) => {
      const wells = visualOf(definition, 'events-over-time').LineChartVisual!.ChartConfiguration!.FieldWells!;
      wells.LineChartAggregatedFieldWells!.Category![0]!.DateDimensionField!.DateGranularity = 'WEEK';
    },
  ],
  [
    'rows for columns',
    'hours-and-weekdays',
    (definition) => {
      const wells = visualOf(definition, 'hours-and-weekdays').HeatMapVisual!.ChartConfiguration!.FieldWells!
        .HeatMapAggregatedFieldWells!;
      [wells.Rows, wells.Columns] = [wells.Columns, wells.Rows];
    },
  ],
  [
    'lost colors',
    'regional-trends',
    (definition) => {
      visualOf(definition, 'regional-trends').LineChartVisual!.ChartConfiguration!.FieldWells!
        .LineChartAggregatedFieldWells!.Colors = [];
    },
  ],
  [
    'a lost measure',
    'volume',
    (definition) => {
      visualOf(
        definition,
        'volume',
      ).LineChartVisual!.ChartConfiguration!.FieldWells!.LineChartAggregatedFieldWells!.Values!.pop();
    },
  ],
  [
    'a limit of nine',
    'top-countries',
    (definition) => {
      visualOf(definition, 'top-countries').BarChartVisual!.ChartConfiguration!.SortConfiguration!
        .CategoryItemsLimit!.ItemsLimit = 9;
    },
  ],
  [
    'the smallest first',
    'top-countries',
    (definition) => {
      visualOf(definition, 'top-countries').BarChartVisual!.ChartConfiguration!.SortConfiguration!.CategorySort![0]!
        .FieldSort!.Direction = 'ASC';
    },
  ],
  [
    'a way down that leads nowhere',
    'events-by-country',
    (definition) => {
      const hierarchy = visualOf(definition, 'events-by-country').BarChartVisual!.ColumnHierarchies![0]!
        .ExplicitHierarchy!;
      hierarchy.Columns![1] = hierarchy.Columns![0]!;
    },
  ],
  ['weeks from Sunday on', 'hours-and-weekdays', inField('weekday', '+ 5', '+ 6')],
  ['wider ages', 'age-distribution', inField('user_age_from', /5/g, '10')],
  [
    'all for the active',
    'cohort-retention',
    inField('retention', /countIf\(\{user_id\}, \{is_active\} = 1\)/, 'count({user_id})'),
  ],
  ['the usual for what is', 'volume', inField('volume', 'event_count', 'usual_count')],
  [
    'places of users for steps',
    'purchase-funnel',
    (definition) => {
      const wells = visualOf(definition, 'purchase-funnel').FunnelChartVisual!.ChartConfiguration!.FieldWells!;
      wells.FunnelChartAggregatedFieldWells!.Category![0]!.CategoricalDimensionField!.Column!.ColumnName = 'continent';
    },
  ],
  [
    'the first for the latest',
    'freshness',
    (definition) => {
      visualOf(definition, 'freshness').KPIVisual!.ChartConfiguration!.FieldWells!.Values![0]!
        .DateMeasureField!.AggregationFunction = 'MIN';
    },
  ],
  [
    'codes for reasons',
    'failed-by-reason',
    (definition) => {
      const wells = visualOf(definition, 'failed-by-reason').TableVisual!.ChartConfiguration!.FieldWells!;
      wells.TableAggregatedFieldWells!.GroupBy![0]!.CategoricalDimensionField!.Column!.ColumnName = 'source_file';
    },
  ],
];

/** Another text in the expression of a calculated field, in every data set that has it, and another function if one is given. */
function inField(name: string, from: string | RegExp, to: string, fn?: string) {
  return (definition: DashboardVersionDefinition): void => {
    for (const field of definition.CalculatedFields!.filter(({ Name }) => Name === name)) {
      const spoiled = field.Expression!.replace(from, to).replace(/^\w+/, (first) => fn ?? first);
      if (spoiled === field.Expression) throw new Error(`${name}: nothing to spoil in ${spoiled}`);
      field.Expression = spoiled;
    }
  };
}

function without(filter: string) {
  return (definition: DashboardVersionDefinition): void => {
    const group = groupOf(definition, filter);
    definition.FilterGroups = definition.FilterGroups!.filter((each) => each !== group);
  };
}

function groupOf(definition: DashboardVersionDefinition, filter: string): FilterGroup {
  const found = definition.FilterGroups!.find(({ FilterGroupId }) => FilterGroupId === `${filter}-group`);
  if (!found) throw new Error(`there is no filter ${filter}`);
  return found;
}

function filterOf(definition: DashboardVersionDefinition, filter: string) {
  return groupOf(definition, filter).Filters![0]!;
}

function visualOf(definition: DashboardVersionDefinition, id: string): Visual {
  const visuals = definition.Sheets!.flatMap(({ Visuals = [] }) => Visuals);
  return visuals.find((visual) => Object.values(visual).some((one) => (one as { VisualId?: string }).VisualId === id))!;
}

function insightOf(definition: DashboardVersionDefinition): Computation[] {
  const visuals = definition.Sheets!.flatMap(({ Visuals }) => Visuals!);
  return visuals.find(({ InsightVisual }) => InsightVisual)!.InsightVisual!.InsightConfiguration!.Computations!;
}
