import type {
  CreateDataSetCommandInput,
  DashboardVersionDefinition,
  DimensionField,
  FieldSortOptions,
  Filter,
  InsightVisual,
  ItemsLimitConfiguration,
  MeasureField,
  Visual,
} from '@aws-sdk/client-quicksight';
import { AGGREGATES, type Cell, type Compiled, compile, type Row, type Scope, truncated } from './expression';

/**
 * What QuickSight shows of a dashboard, computed in memory from the definition alone as AWS documents it: field wells, calculated
 * fields, filters, sorting and limits.
 */

/** What a viewer has chosen. */
export interface Chosen {
  /** Parameters set; the others have their defaults. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Values of parameters that have several, by name; none is all. */
  readonly choices: Readonly<Record<string, readonly string[]>>;
  /** Values on the way down through a visual's hierarchy, by its id. */
  readonly drill: Readonly<Record<string, readonly string[]>>;
  readonly now: string;
}

/** A data set's definition, and its rows. */
export interface LoadedDataSet {
  readonly definition: CreateDataSetCommandInput;
  readonly rows: readonly Row[];
}

export type DataSets = Readonly<Record<string, LoadedDataSet>>;

interface Shown {
  readonly dimensions: readonly DimensionField[];
  readonly measures: readonly MeasureField[];
  readonly sort: readonly FieldSortOptions[];
  readonly limit?: ItemsLimitConfiguration;
}

/** Rows of a visual: its dimensions in the order of its wells, then its measures. */
export function evaluateVisual(
  definition: DashboardVersionDefinition,
  dataSets: DataSets,
  visualId: string,
  chosen: Chosen,
): Cell[][] {
  const { sheet, visual } = findVisual(definition, visualId);
  if (visual.InsightVisual) return insightRows(visual.InsightVisual, definition, sheet, dataSets, chosen);
  const shown = shownBy(visual);
  const dataSet = dataSetOf(shown);
  const scope = scopeOf(definition, dataSet, chosen);
  const { rows } = dataSets[dataSet]!;
  const path = chosen.drill[visualId] ?? [];
  const dimensions = shown.dimensions.map((field, n) => dimensionOf(field, n === 0 ? path : [], visual, scope));
  const filters = [
    ...filtersOf(definition, sheet, visualId).flatMap((filter) =>
      keeps(definition, filter, dataSet, dataSets, scope, chosen),
    ),
    ...dimensions.flatMap(({ within }) => within),
  ];
  const kept = rows.filter((row) => filters.every((keep) => keep(row)));
  const measures = shown.measures.map((field) => measureOf(field, scope));
  if (dimensions.length === 0) return [measures.map((measure) => measure(kept))];
  const groups = grouped(kept, (row) => JSON.stringify(dimensions.map(({ of }) => of(row))));
  const result = [...groups].map(([key, own]) => ({
    key: JSON.parse(key) as Cell[],
    own,
    values: measures.map((measure) => measure(own)),
  }));
  const orders = shown.sort.map((option) => orderBy(option, shown, dimensions.length, scope));
  result.sort((a, b) => {
    for (const order of orders) if (order(a, b) !== 0) return order(a, b);
    return compare(a.key, b.key);
  });
  const { ItemsLimit = result.length, OtherCategories } = shown.limit ?? {};
  if (dimensions.length === 1 && result.length > ItemsLimit && OtherCategories !== 'EXCLUDE')
    throw new Error(`${visualId}: other categories are not computed`);
  const limited = dimensions.length === 1 ? result.slice(0, ItemsLimit) : result;
  return limited.map(({ key, values }) => [...key, ...values]);
}

/** Of an insight: of all, then of what moved most, each the last period that has rows and the one before. */
function insightRows(
  { VisualId, DataSetIdentifier, InsightConfiguration }: InsightVisual,
  definition: DashboardVersionDefinition,
  sheet: { SheetId: string | undefined },
  dataSets: DataSets,
  chosen: Chosen,
): Cell[][] {
  const scope = scopeOf(definition, DataSetIdentifier!, chosen);
  const filters = filtersOf(definition, sheet, VisualId!).flatMap((filter) =>
    keeps(definition, filter, DataSetIdentifier!, dataSets, scope, chosen),
  );
  const rows = dataSets[DataSetIdentifier!]!.rows.filter((row) => filters.every((keep) => keep(row)));
  return (InsightConfiguration?.Computations ?? []).flatMap(({ PeriodOverPeriod, TopBottomMovers }) => {
    const { Time, Value } = (PeriodOverPeriod ?? TopBottomMovers)!;
    const period = dimensionOf(Time!, [], { InsightVisual: { VisualId, DataSetIdentifier } }, scope).of;
    const measure = measureOf(Value!, scope);
    const periods = [...grouped(rows, (row) => String(period(row)))].sort(([a], [b]) => (a < b ? 1 : -1));
    if (periods.length === 0) return [];
    const [last = [], before = []] = periods.map(([, own]) => own);
    if (PeriodOverPeriod) return [['total', measure(last), measure(before)]];
    const { Category, MoverSize, SortOrder, Type } = TopBottomMovers!;
    if (SortOrder !== 'ABSOLUTE_DIFFERENCE') throw new Error(`${VisualId}: ${SortOrder}`);
    const category = ofRow(`{${partsOf(Category!).Column.ColumnName}}`, scope);
    const of = (own: readonly Row[], key: Cell): number => Number(measure(own.filter((row) => category(row) === key)));
    const keys = [...new Set([...last, ...before].map(category))].sort((a, b) => compare([a], [b]));
    const changes = keys.map((key): [Cell, number, number] => [key, of(last, key), of(before, key)]);
    changes.sort((a, b) => b[1] - b[2] - (a[1] - a[2]));
    return Type === 'TOP'
      ? changes.filter(([, now, then]) => now > then).slice(0, MoverSize)
      : changes.filter(([, now, then]) => now < then).slice(-MoverSize!);
  });
}

function findVisual(definition: DashboardVersionDefinition, id: string) {
  for (const sheet of definition.Sheets ?? [])
    for (const visual of sheet.Visuals ?? [])
      if (Object.values(visual).some((one) => (one as { VisualId?: string }).VisualId === id)) return { sheet, visual };
  throw new Error(`there is no visual ${id}`);
}

function shownBy(visual: Visual): Shown {
  if (visual.KPIVisual) {
    const { Values = [], TargetValues = [] } = visual.KPIVisual.ChartConfiguration!.FieldWells!;
    return { dimensions: [], measures: [...Values, ...TargetValues], sort: [] };
  }
  if (visual.LineChartVisual) {
    const { FieldWells, SortConfiguration } = visual.LineChartVisual.ChartConfiguration!;
    const { Category = [], Colors = [], Values = [] } = FieldWells!.LineChartAggregatedFieldWells!;
    return {
      dimensions: [...Category, ...Colors],
      measures: Values,
      sort: SortConfiguration!.CategorySort!,
      limit: SortConfiguration!.CategoryItemsLimitConfiguration,
    };
  }
  if (visual.BarChartVisual) {
    const { FieldWells, SortConfiguration } = visual.BarChartVisual.ChartConfiguration!;
    const { Category = [], Colors = [], Values = [] } = FieldWells!.BarChartAggregatedFieldWells!;
    return {
      dimensions: [...Category, ...Colors],
      measures: Values,
      sort: SortConfiguration!.CategorySort!,
      limit: SortConfiguration!.CategoryItemsLimit,
    };
  }
  if (visual.PieChartVisual) {
    const { FieldWells, SortConfiguration } = visual.PieChartVisual.ChartConfiguration!;
    const { Category = [], Values = [] } = FieldWells!.PieChartAggregatedFieldWells!;
    return {
      dimensions: Category,
      measures: Values,
      sort: SortConfiguration!.CategorySort!,
      limit: SortConfiguration!.CategoryItemsLimit,
    };
  }
  if (visual.FilledMapVisual) {
    const { FieldWells, SortConfiguration } = visual.FilledMapVisual.ChartConfiguration!;
    const { Geospatial = [], Values = [] } = FieldWells!.FilledMapAggregatedFieldWells!;
    return { dimensions: Geospatial, measures: Values, sort: SortConfiguration!.CategorySort! };
  }
  if (visual.HeatMapVisual) {
    const { FieldWells, SortConfiguration } = visual.HeatMapVisual.ChartConfiguration!;
    const { Rows = [], Columns = [], Values = [] } = FieldWells!.HeatMapAggregatedFieldWells!;
    const { HeatMapRowSort = [], HeatMapColumnSort = [] } = SortConfiguration!;
    return { dimensions: [...Rows, ...Columns], measures: Values, sort: [...HeatMapRowSort, ...HeatMapColumnSort] };
  }
  if (visual.FunnelChartVisual) {
    const { FieldWells, SortConfiguration } = visual.FunnelChartVisual.ChartConfiguration!;
    const { Category = [], Values = [] } = FieldWells!.FunnelChartAggregatedFieldWells!;
    return {
      dimensions: Category,
      measures: Values,
      sort: SortConfiguration!.CategorySort!,
      limit: SortConfiguration!.CategoryItemsLimit,
    };
  }
  if (visual.TableVisual) {
    const { FieldWells, SortConfiguration } = visual.TableVisual.ChartConfiguration!;
    const { GroupBy = [], Values = [] } = FieldWells!.TableAggregatedFieldWells!;
    return { dimensions: GroupBy, measures: Values, sort: SortConfiguration!.RowSort! };
  }
  throw new Error(`${Object.keys(visual)} is not evaluated`);
}

function partsOf(field: DimensionField | MeasureField) {
  const [part] = Object.values(field) as [
    { readonly FieldId: string; readonly Column: { readonly DataSetIdentifier: string; readonly ColumnName: string } },
  ];
  return part;
}

function dataSetOf({ dimensions, measures }: Shown): string {
  const names = new Set([...dimensions, ...measures].map((field) => partsOf(field).Column.DataSetIdentifier));
  if (names.size !== 1) throw new Error(`a visual is of one data set, not of ${[...names]}`);
  return [...names][0]!;
}

function scopeOf(definition: DashboardVersionDefinition, dataSet: string, { parameters, now }: Chosen): Scope {
  const own = (definition.CalculatedFields ?? []).filter((field) => field.DataSetIdentifier === dataSet);
  const fields = new Map(own.map(({ Name, Expression }) => [Name!, Expression!]));
  const defaults = (definition.ParameterDeclarations ?? []).flatMap(({ DateTimeParameterDeclaration: declared }) => {
    if (!declared) return [];
    const { Name, DefaultValues } = declared;
    const compiled = compile(DefaultValues!.RollingDate!.Expression!, { fields: new Map(), parameters: {}, now });
    return [[Name!, String((compiled.of as (row: Row) => Cell)({}))]];
  });
  return { fields, parameters: { ...Object.fromEntries(defaults), ...parameters }, now };
}

const FINER = ['YEAR', 'MONTH', 'WEEK', 'DAY', 'HOUR', 'MINUTE'];

function dimensionOf(field: DimensionField, path: readonly string[], visual: Visual, scope: Scope) {
  const { Column } = partsOf(field);
  const [own] = Object.values(visual) as [{ readonly ColumnHierarchies?: readonly object[] }];
  if (field.DateDimensionField) {
    const { DateGranularity } = field.DateDimensionField;
    const value = ofRow(`{${Column.ColumnName}}`, scope);
    const at = (row: Row, level: number): Cell => {
      const time = value(row);
      return time === null ? null : truncated(String(time), FINER[FINER.indexOf(DateGranularity!) + level]!);
    };
    const within = path.map((text, level) => (row: Row) => at(row, level) === text);
    return { of: (row: Row) => at(row, path.length), within };
  }
  const hierarchy = own.ColumnHierarchies?.[0] as
    | { ExplicitHierarchy?: { Columns: { ColumnName: string }[] } }
    | undefined;
  const columns = hierarchy?.ExplicitHierarchy?.Columns.map(({ ColumnName }) => ColumnName) ?? [Column.ColumnName];
  const values = columns.map((name) => ofRow(`{${name}}`, scope));
  const within = path.map((text, level) => (row: Row) => values[level]!(row) === text);
  return { of: values[path.length]!, within };
}

function measureOf(field: MeasureField, scope: Scope): (rows: readonly Row[]) => Cell {
  const { ColumnName } = partsOf(field).Column;
  const aggregation =
    field.NumericalMeasureField?.AggregationFunction?.SimpleNumericalAggregation ??
    field.DateMeasureField?.AggregationFunction;
  if (aggregation === undefined) {
    const compiled = compile(`{${ColumnName}}`, scope);
    if (compiled.kind !== 'rows') throw new Error(`${ColumnName} needs an aggregation`);
    return compiled.of;
  }
  const value = ofRow(`{${ColumnName}}`, scope);
  return (rows) => AGGREGATES[aggregation.toLowerCase()]!(rows.map(value).filter((each) => each !== null));
}

function ofRow(source: string, scope: Scope): (row: Row) => Cell {
  const compiled: Compiled = compile(source, scope);
  if (compiled.kind !== 'row') throw new Error(`${source} is of many rows`);
  return compiled.of;
}

/** Filters that are in force for a visual. */
function filtersOf(definition: DashboardVersionDefinition, sheet: { SheetId: string | undefined }, visualId: string) {
  return (definition.FilterGroups ?? [])
    .filter(({ Status }) => Status === 'ENABLED')
    .filter(({ ScopeConfiguration }) =>
      (ScopeConfiguration?.SelectedSheets?.SheetVisualScopingConfigurations ?? []).some(
        ({ SheetId, Scope: reach, VisualIds = [] }) =>
          SheetId === sheet.SheetId && (reach === 'ALL_VISUALS' || VisualIds.includes(visualId)),
      ),
    )
    .flatMap(({ CrossDataset, Filters = [] }) =>
      Filters.map((filter) => ({ filter, isOfAll: CrossDataset === 'ALL_DATASETS' })),
    );
}

function keeps(
  definition: DashboardVersionDefinition,
  { filter, isOfAll }: { readonly filter: Filter; readonly isOfAll: boolean },
  dataSet: string,
  dataSets: DataSets,
  scope: Scope,
  { choices }: Chosen,
): ((row: Row) => boolean)[] {
  const [{ FilterId, Column, NullOption: own }] = Object.values(filter) as [
    {
      readonly FilterId: string;
      readonly Column: { readonly DataSetIdentifier: string; readonly ColumnName: string };
      readonly NullOption?: string;
    },
  ];
  const isOwn = Column.DataSetIdentifier === dataSet;
  if (!isOwn && !(isOfAll && columnsOf(dataSets[dataSet]!).includes(Column.ColumnName))) return [];
  const value = ofRow(`{${Column.ColumnName}}`, scope);
  const withNull = (nullOption: string, keep: (known: Cell & {}) => boolean) => (row: Row) => {
    const known = value(row);
    if (known === null) return nullOption !== 'NON_NULLS_ONLY';
    return nullOption !== 'NULLS_ONLY' && keep(known);
  };
  if (filter.CategoryFilter) {
    const { CustomFilterConfiguration: custom, CustomFilterListConfiguration: list } =
      filter.CategoryFilter.Configuration!;
    if (custom) {
      const { MatchOperator, ParameterName, SelectAllOptions, NullOption } = custom;
      const values = choices[ParameterName!];
      if (MatchOperator !== 'EQUALS' || !declares(definition, ParameterName!))
        throw new Error(`${FilterId}: its parameter`);
      if (values === undefined) return SelectAllOptions === 'FILTER_ALL_VALUES' ? [] : [() => false];
      return [withNull(NullOption!, (known) => values.includes(String(known)))];
    }
    const { MatchOperator, CategoryValues = [], SelectAllOptions, NullOption } = list!;
    if (MatchOperator !== 'CONTAINS') throw new Error(`${FilterId}: ${MatchOperator}`);
    const isAll = SelectAllOptions === 'FILTER_ALL_VALUES';
    return [withNull(NullOption!, (known) => isAll || CategoryValues.includes(String(known)))];
  }
  if (filter.TimeRangeFilter) {
    const { RangeMinimumValue, RangeMaximumValue, IncludeMinimum, IncludeMaximum, TimeGranularity } =
      filter.TimeRangeFilter;
    const bound = (each: typeof RangeMinimumValue): string =>
      truncated(scope.parameters[each!.Parameter!]!, TimeGranularity!);
    const [from, to] = [bound(RangeMinimumValue), bound(RangeMaximumValue)];
    return [
      withNull(own!, (known) => {
        const time = truncated(String(known), TimeGranularity!);
        return (
          (time > from || (IncludeMinimum === true && time === from)) &&
          (time < to || (IncludeMaximum === true && time === to))
        );
      }),
    ];
  }
  if (filter.NumericEqualityFilter) {
    const { Value, MatchOperator } = filter.NumericEqualityFilter;
    return [withNull(own!, (known) => (MatchOperator === 'EQUALS') === (Number(known) === Value))];
  }
  if (filter.NumericRangeFilter) {
    if (filter.NumericRangeFilter.SelectAllOptions !== 'FILTER_ALL_VALUES') throw new Error(`${FilterId}: ranges`);
    return [withNull(own!, () => true)];
  }
  throw new Error(`${Object.keys(filter)} is not evaluated`);
}

function declares(definition: DashboardVersionDefinition, parameter: string): boolean {
  return (definition.ParameterDeclarations ?? []).some(
    ({ StringParameterDeclaration: declared }) =>
      declared?.Name === parameter && declared.ParameterValueType === 'MULTI_VALUED',
  );
}

function columnsOf({ definition }: LoadedDataSet): string[] {
  return Object.values(definition.PhysicalTableMap ?? {}).flatMap(({ CustomSql }) =>
    CustomSql!.Columns!.map(({ Name }) => Name!),
  );
}

interface Group {
  readonly key: readonly Cell[];
  readonly own: readonly Row[];
  readonly values: readonly Cell[];
}

function orderBy({ FieldSort, ColumnSort }: FieldSortOptions, shown: Shown, dimensionCount: number, scope: Scope) {
  const direction = (FieldSort ?? ColumnSort)!.Direction === 'DESC' ? -1 : 1;
  const fields = [...shown.dimensions, ...shown.measures].map((field) => partsOf(field).FieldId);
  const at = FieldSort ? fields.indexOf(FieldSort.FieldId!) : -1;
  if (FieldSort && at < 0) throw new Error(`${FieldSort.FieldId} is sorted by, but not shown`);
  const column = ColumnSort && ofRow(`{${ColumnSort.SortBy!.ColumnName}}`, scope);
  const aggregation = ColumnSort?.AggregationFunction?.NumericalAggregationFunction?.SimpleNumericalAggregation;
  const keyOf = ({ key, own, values }: Group): Cell => {
    if (column) return AGGREGATES[aggregation!.toLowerCase()]!(own.map(column));
    return at < dimensionCount ? key[at]! : values[at - dimensionCount]!;
  };
  return (a: Group, b: Group): number => direction * compare([keyOf(a)], [keyOf(b)]);
}

function compare(a: readonly Cell[], b: readonly Cell[]): number {
  for (const [n, one] of a.entries()) {
    const other = b[n]!;
    if (one === other) continue;
    if (one === null || other === null) return one === null ? -1 : 1;
    return one < other ? -1 : 1;
  }
  return 0;
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
