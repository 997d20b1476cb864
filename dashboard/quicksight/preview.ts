import type {
  ColumnIdentifier,
  DashboardVersionDefinition,
  DimensionField,
  FieldSortOptions,
  ItemsLimitConfiguration,
  MeasureField,
  ParameterDeclaration,
  Visual as QuickSightVisual,
  SheetDefinition,
  TimeBasedForecastProperties,
  VisualTitleLabelOptions,
} from '@aws-sdk/client-quicksight';
import { sqlInteger, sqlName, sqlNumber, sqlString } from '../../core/sql';
import type { DataSet } from '../../metrics/data-set';
import type { Dimension, Format, Grain, Measure } from '../../metrics/measure';
import { beforeOf } from '../../metrics/names';
import type { Position } from '../kinds/kind';
import type { Forecast } from '../kinds/line/kind';
import type { Visual } from '../kinds/registry';
import { at, type Dashboard, GRID_COLUMNS } from '../spec';
import { timeOfFile } from './definition-check';
import type { NamedDefinition } from './definition-file';
import { filterConditions } from './preview-filters';
import type { LocalDataSet, PreviewScope } from './preview-scope';
import { printable } from './printable';
import {
  aggregated,
  demandShort,
  fieldExpression,
  granularityUnit,
  type Names,
  namesIn,
  type SqlExpression,
  sqlExpression,
  timestampSql,
  truncatedSql,
  type Unit,
} from './sql-expression';

export interface PreviewOptions {
  readonly dataSets: readonly LocalDataSet[];
  /** Names of local data sets by the definition's identifiers. @default by name, else the first with all columns that are used */
  readonly chosen?: Readonly<Record<string, string>>;
  /** Values of parameters by name. @default what the definition says */
  readonly parameters?: Readonly<Record<string, readonly string[]>>;
  readonly now: Date;
}

/** A visual of a definition: how it is drawn, or why it can't be. */
export interface PreviewedVisual {
  readonly sheet: string;
  readonly id: string;
  readonly title: string;
  /** As AWS calls it, such as `BarChartVisual`. */
  readonly type: string;
  readonly drawn?: Drawn;
  readonly reason?: string;
}

export interface Drawn {
  readonly visual: Visual;
  readonly sql: string;
  /** Of the rows of `sql`; columns behind them only sort. */
  readonly columns: readonly string[];
}

export interface Preview {
  readonly dashboard: Dashboard;
  readonly visuals: readonly PreviewedVisual[];
}

/** A definition on local data: the page's dashboard, and of each visual the SQL that QuickSight's semantics amount to. Throws an Error that names a parameter or data set which is not there. */
export function preview({ name, definition }: NamedDefinition, options: PreviewOptions): Preview {
  const scope = scopeOf(definition, options);
  const sheets = (definition.Sheets ?? []).map((sheet) => previewSheet(sheet, scope));
  const visuals = sheets.flatMap(({ visuals }) => visuals);
  return {
    visuals,
    dashboard: {
      id: 'preview',
      name,
      controls: [],
      sheets: sheets.map(({ sheet, visuals: own }) => ({
        id: sheet.SheetId!,
        name: sheet.Name ?? sheet.SheetId!,
        description: sheet.Description ?? '',
        visuals: own.flatMap(({ drawn }) => (drawn ? [drawn.visual] : [])),
      })),
    },
  };
}

function scopeOf(
  definition: DashboardVersionDefinition,
  { dataSets, chosen = {}, parameters = {}, now }: PreviewOptions,
): PreviewScope {
  const present = timestampSql(now.toISOString().slice(0, 19));
  const declared = (definition.ParameterDeclarations ?? []).map(declarationOf);
  const unknown = Object.keys(parameters).find((each) => !declared.some(({ name }) => name === each));
  if (unknown !== undefined)
    throw new Error(
      `there is no parameter ${unknown}: there are ${declared.map(({ name }) => name).join(', ') || 'none'}`,
    );
  const values = new Map<string, Values>(
    declared.map(({ name, values: own }) => [name, Object.hasOwn(parameters, name) ? parameters[name]! : own]),
  );
  const bare: Names = {
    columns: new Map(),
    calculated: new Map(),
    expanded: new Map(),
    parameters: new Map(),
    now: present,
  };
  const parameterSql = new Map(
    declared.flatMap(({ name, type, rolling }): [string, string][] => {
      const [value] = values.get(name)!;
      if (value !== undefined) return [[name, literalOf(value, type, name)]];
      return rolling === undefined ? [] : [[name, inParameter(name, () => sqlExpression(rolling, bare).sql)]];
    }),
  );
  const identifiers = (definition.DataSetIdentifierDeclarations ?? []).map(({ Identifier, DataSetArn }) => ({
    id: Identifier!,
    arn: DataSetArn ?? '',
  }));
  const strange = Object.keys(chosen).find((each) => !identifiers.some(({ id }) => id === each));
  if (strange !== undefined)
    throw new Error(
      `there is no data set ${strange} in the definition: there are ${identifiers.map(({ id }) => printable(id)).join(', ')}`,
    );
  const usedColumnsOf = once((id: string) => usedColumns(definition, id));
  const found = new Map(
    identifiers.map(({ id, arn }) => [
      id,
      localDataSet(usedColumnsOf(id), id, arn, dataSets, Object.hasOwn(chosen, id) ? chosen[id] : undefined),
    ]),
  );
  return {
    definition,
    dataSets: found,
    parameters: new Map([...values].map(([name, each]) => [name, each.map(String)])),
    usedColumnsOf,
    namesOf: once(
      (dataSet: string): Names => ({
        columns: new Map((found.get(dataSet)?.columns ?? []).map((name) => [name, sqlName(name)])),
        calculated: calculatedOf(definition, dataSet),
        expanded: new Map(),
        parameters: parameterSql,
        now: present,
      }),
    ),
  };
}

/** Remembers what was worked out for each text. */
function once<T>(work: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    if (!known.has(text)) known.set(text, work(text));
    return known.get(text)!;
  };
}

function calculatedOf({ CalculatedFields = [] }: DashboardVersionDefinition, dataSet: string): Map<string, string> {
  const own = CalculatedFields.filter(({ DataSetIdentifier }) => DataSetIdentifier === dataSet);
  return new Map(own.map(({ Name, Expression }) => [Name!, Expression!]));
}

function declarationOf(declaration: ParameterDeclaration) {
  const [type, body] = Object.entries(declaration)[0] as [
    string,
    {
      readonly Name: string;
      readonly DefaultValues?: {
        readonly StaticValues?: readonly unknown[];
        readonly RollingDate?: { readonly Expression?: string };
      };
    },
  ];
  const { StaticValues = [], RollingDate } = body.DefaultValues ?? {};
  return { name: body.Name, type, values: StaticValues as Values, rolling: RollingDate?.Expression };
}

/** Of a file, or as texts of the command line. */
type Values = readonly (string | number)[];

function literalOf(value: string | number, type: string, parameter: string): string {
  return inParameter(parameter, () => {
    if (type.startsWith('String')) return sqlString(String(value));
    if (type.startsWith('DateTime')) {
      const time = timeOfFile(value);
      if (!time) throw new Error(`${printable(String(value))} is no time`);
      return timestampSql(time.toISOString().slice(0, 19));
    }
    if (value === '' || !Number.isFinite(Number(value)))
      throw new Error(`${printable(String(value))} is no number, as its parameter is`);
    return sqlNumber(Number(value));
  });
}

function inParameter<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Error(`the parameter ${printable(name)}: ${(error as Error).message}`);
  }
}

/** The local data set that is chosen, or named as the definition's, or has the columns that it uses. */
function localDataSet(
  used: readonly string[],
  id: string,
  arn: string,
  candidates: readonly LocalDataSet[],
  chosen: string | undefined,
): LocalDataSet | undefined {
  if (chosen !== undefined) {
    const found = candidates.find(({ name }) => name === chosen);
    if (!found)
      throw new Error(
        `there is no local data set ${chosen}: there are ${candidates.map(({ name }) => name).join(', ')}`,
      );
    return found;
  }
  const fitting = candidates.filter(({ columns }) => used.every((column) => columns.includes(column)));
  const isNamed = ({ name }: LocalDataSet): boolean =>
    [
      id,
      arn
        .split('/')
        .at(-1)!
        .replace(/^clickstream-/, ''),
    ].some((text) => text.replaceAll('-', '_').toLowerCase() === name);
  return fitting.find(isNamed) ?? fitting[0];
}

/** Columns of a data set that a definition uses, without calculated fields. */
function usedColumns(definition: DashboardVersionDefinition, id: string): string[] {
  const calculated = calculatedOf(definition, id);
  const used = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const { DataSetIdentifier, ColumnName } = value as ColumnIdentifier;
    if (DataSetIdentifier === id && ColumnName !== undefined) used.add(ColumnName);
    for (const each of Object.values(value)) visit(each);
  };
  visit([definition.Sheets, definition.FilterGroups]);
  for (const expression of calculated.values()) for (const column of namesIn(expression).columns) used.add(column);
  return [...used].filter((column) => !calculated.has(column));
}

/** How much of a reason is told. */
const MOST_REASON = 500;

function previewSheet(sheet: SheetDefinition, scope: PreviewScope) {
  const positions = positionsOf(sheet);
  const visuals = (sheet.Visuals ?? []).map((item, n): PreviewedVisual => {
    const [type, body] = Object.entries(item)[0] as [
      string,
      { VisualId: string; Title?: VisualTitleLabelOptions; Subtitle?: VisualTitleLabelOptions },
    ];
    const about = {
      sheet: sheet.Name ?? sheet.SheetId!,
      id: body.VisualId,
      title: textOf(body.Title) ?? body.VisualId,
      type,
    };
    try {
      const target =
        positions.get(body.VisualId) ?? at((n % 2) * (GRID_COLUMNS / 2), Math.floor(n / 2) * 8, GRID_COLUMNS / 2, 8);
      const note = textOf(body.Subtitle);
      const common = { id: about.id, title: about.title, position: target, ...(note ? { note } : {}) };
      return { ...about, drawn: draw(item, common, sheet, scope) };
    } catch (error) {
      return { ...about, reason: printable((error as Error).message, MOST_REASON) };
    }
  });
  const others = [
    ...(sheet.TextBoxes ?? []).map(({ SheetTextBoxId }) => ({ id: SheetTextBoxId!, type: 'TextBox' })),
    ...(sheet.Images ?? []).map(({ SheetImageId }) => ({ id: SheetImageId!, type: 'Image' })),
  ].map(
    ({ id, type }): PreviewedVisual => ({
      sheet: sheet.Name ?? sheet.SheetId!,
      id,
      title: id,
      type,
      reason: 'is no visual of data',
    }),
  );
  return { sheet, visuals: [...visuals, ...others] };
}

function positionsOf({ Layouts = [] }: SheetDefinition): Map<string, Position> {
  const elements = Layouts[0]?.Configuration?.GridLayout?.Elements ?? [];
  return new Map(
    elements.map(({ ElementId, ColumnIndex = 0, RowIndex = 0, ColumnSpan, RowSpan }) => [
      ElementId!,
      at(Number(ColumnIndex), Number(RowIndex), ColumnSpan!, RowSpan!),
    ]),
  );
}

function textOf({ Visibility, FormatText }: VisualTitleLabelOptions = {}): string | undefined {
  if (Visibility === 'HIDDEN') return undefined;
  return FormatText?.PlainText ?? FormatText?.RichText?.replace(/<[^<>]*>/g, '').trim();
}

type Common = Pick<Visual, 'id' | 'title' | 'note' | 'position'>;

/** What stands in a visual's wells, how it is sorted, and what the page makes of it. Throws an Error if it can't be drawn. */
interface Wells {
  readonly dimensions: readonly DimensionField[];
  readonly measures: readonly MeasureField[];
  readonly sort?: readonly FieldSortOptions[];
  readonly limit?: ItemsLimitConfiguration;
  readonly labels?: ReadonlyMap<string, string>;
  /** A column more that the page needs, with its aggregate. */
  readonly beside?: Readonly<Record<string, string>>;
  readonly visual: (dimensions: readonly Dimension[], measures: readonly Measure[], dataSet: DataSet) => Visual;
}

function draw(item: QuickSightVisual, common: Common, sheet: SheetDefinition, scope: PreviewScope): Drawn {
  const wells = wellsOf(item, common);
  const fields = [...wells.dimensions, ...wells.measures].map(partOf);
  if (fields.length === 0) throw new Error('has no fields');
  const identifiers = [...new Set(fields.flatMap(({ Column }) => (Column ? [Column.DataSetIdentifier!] : [])))];
  if (identifiers.length !== 1) throw new Error(`is of ${identifiers.length} data sets`);
  const [id] = identifiers as [string];
  const local = scope.dataSets.get(id);
  if (!local)
    throw new Error(
      `no local data set has all columns of ${printable(id)}: ${printable(scope.usedColumnsOf(id).join(', '), 300)}`,
    );
  const names = scope.namesOf(id);
  const beside = Object.entries(wells.beside ?? {});
  for (const [name] of beside) if (!names.columns.has(name)) throw new Error(`needs the column ${name}`);
  const unique = uniqueIds();
  const dimensions = wells.dimensions.map((field) => dimensionOf(field, id, names, unique, wells.labels));
  const measures = wells.measures.map((field) => measureOf(field, id, names, unique, wells.labels));
  const byField = new Map([...dimensions, ...measures].map((each, n) => [fields[n]!.FieldId, { ...each, at: n + 1 }]));
  const sorted = (wells.sort ?? []).map((option, n) =>
    sortOf(option, names, byField, dimensions.length + measures.length + beside.length + 1 + n),
  );
  const { ItemsLimit, OtherCategories } = wells.limit ?? {};
  if (ItemsLimit !== undefined && OtherCategories !== 'EXCLUDE' && ItemsLimit < 200)
    throw new Error('sums up other categories than the first, which is not computed here');
  const conditions = filterConditions(sheet, common.id, id, local, scope, names);
  const selected = [
    ...[...dimensions, ...measures].map(({ sql, described }) => `${sql} AS ${described.id}`),
    ...beside.map(([name, aggregate]) => `${aggregate} AS ${name}`),
    ...sorted.flatMap(({ column }) => (column ? [column] : [])),
  ];
  demandShort([...selected, ...conditions].reduce((sum, { length }) => sum + length, 0));
  const order = [...sorted.map(({ by }) => by), ...dimensions.map((_, n) => `${n + 1} NULLS FIRST`)];
  const sql = [
    `SELECT\n  ${selected.join(',\n  ')}`,
    `FROM ${local.relation}`,
    ...(conditions.length > 0 ? [`WHERE ${conditions.join('\n  AND ')}`] : []),
    ...(dimensions.length > 0
      ? [`GROUP BY ${dimensions.map((_, n) => n + 1).join(', ')}`, `ORDER BY ${order.join(', ')}`]
      : []),
    ...(ItemsLimit !== undefined && dimensions.length === 1
      ? [`LIMIT ${sqlInteger(ItemsLimit, 0, Number.MAX_SAFE_INTEGER)}`]
      : []),
  ].join('\n');
  const dataSet: DataSet = { name: local.name, label: local.name, description: '', relation: '', fields: {} };
  const visual = wells.visual(
    dimensions.map(({ described }) => described),
    measures.map(({ described }) => described),
    dataSet,
  );
  const columns = [
    ...[...dimensions, ...measures].map(({ described }) => described.id),
    ...beside.map(([name]) => name),
  ];
  return {
    visual,
    sql,
    columns: visual.kind === 'kpi' && columns.length > 1 ? [columns[0]!, beforeOf(columns[0]!)] : columns,
  };
}

function wellsOf(item: QuickSightVisual, common: Common): Wells {
  if (item.KPIVisual) {
    const { FieldWells = {} } = item.KPIVisual.ChartConfiguration ?? {};
    const { Values = [], TargetValues = [], TrendGroups = [] } = FieldWells;
    if (TrendGroups.length > 0) throw new Error('compares the last periods of a trend, which is not computed here');
    if (Values.length !== 1 || TargetValues.length > 1)
      throw new Error('has other than one value and at most one target');
    return {
      dimensions: [],
      measures: [...Values, ...TargetValues],
      visual: (_, [measure], dataSet) => ({ ...common, kind: 'kpi', dataSet, measure: measure! }),
    };
  }
  if (item.LineChartVisual) {
    const {
      FieldWells,
      SortConfiguration: sort,
      ForecastConfigurations,
    } = item.LineChartVisual.ChartConfiguration ?? {};
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
  if (item.BarChartVisual) {
    const { FieldWells, SortConfiguration: sort, Orientation } = item.BarChartVisual.ChartConfiguration ?? {};
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
  if (item.PieChartVisual) {
    const { FieldWells, SortConfiguration: sort } = item.PieChartVisual.ChartConfiguration ?? {};
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
  if (item.FilledMapVisual) {
    const { FieldWells, SortConfiguration: sort } = item.FilledMapVisual.ChartConfiguration ?? {};
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
  if (item.HeatMapVisual) {
    const { FieldWells, SortConfiguration: sort } = item.HeatMapVisual.ChartConfiguration ?? {};
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
  if (item.InsightVisual) {
    const { Computations = [] } = item.InsightVisual.InsightConfiguration ?? {};
    const movers = Computations.flatMap(({ TopBottomMovers }) => TopBottomMovers ?? []);
    const { Time, Category, Value, MoverSize = 3 } = movers[0] ?? {};
    const isKnown = Computations.every(({ PeriodOverPeriod, TopBottomMovers }) => PeriodOverPeriod ?? TopBottomMovers);
    if (!isKnown || !Time || !Category || !Value || movers.some(({ SortOrder }) => SortOrder !== 'ABSOLUTE_DIFFERENCE'))
      throw new Error('computes other than periods and movers by their difference');
    return {
      dimensions: [Time, Category],
      measures: [Value],
      sort: [{ FieldSort: { FieldId: partOf(Time).FieldId, Direction: 'DESC' } }],
      visual: ([time, by], [measure], dataSet) => ({
        ...common,
        kind: 'insight',
        dataSet,
        time: time!,
        by: by!,
        measure: measure!,
        count: MoverSize,
      }),
    };
  }
  if (item.FunnelChartVisual) {
    const { FieldWells, SortConfiguration: sort } = item.FunnelChartVisual.ChartConfiguration ?? {};
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
  if (item.TableVisual) {
    const { FieldWells, SortConfiguration: sort, FieldOptions } = item.TableVisual.ChartConfiguration ?? {};
    if (FieldWells?.TableUnaggregatedFieldWells) throw new Error('shows rows as they are, which is not drawn here');
    const { GroupBy = [], Values = [] } = FieldWells?.TableAggregatedFieldWells ?? {};
    const labels = new Map(
      (FieldOptions?.SelectedFieldOptions ?? []).flatMap(({ FieldId, CustomLabel }) =>
        CustomLabel ? [[FieldId!, CustomLabel]] : [],
      ),
    );
    return tableWells(common, GroupBy, Values, sort?.RowSort, labels);
  }
  if (item.PivotTableVisual) {
    const { FieldWells } = item.PivotTableVisual.ChartConfiguration ?? {};
    const { Rows = [], Columns = [], Values = [] } = FieldWells?.PivotTableAggregatedFieldWells ?? {};
    return tableWells(common, [...Rows, ...Columns], Values);
  }
  throw new Error('is of a type that is not drawn here');
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

function tableWells(
  common: Common,
  dimensions: readonly DimensionField[],
  measures: readonly MeasureField[],
  sort?: readonly FieldSortOptions[],
  labels?: ReadonlyMap<string, string>,
): Wells {
  demandWells(dimensions.length > 0 && measures.length > 0);
  return {
    dimensions,
    measures,
    ...(sort ? { sort } : {}),
    ...(labels ? { labels } : {}),
    visual: (rows, values, dataSet) => ({
      ...common,
      kind: 'table',
      dataSet,
      rows: rows as [Dimension, ...Dimension[]],
      measures: values as [Measure, ...Measure[]],
    }),
  };
}

function demandWells(holds: boolean): void {
  if (!holds) throw new Error('has more or fewer fields in its wells than can be drawn here');
}

interface Part {
  readonly FieldId: string;
  readonly Column?: ColumnIdentifier;
}

function partOf(field: DimensionField | MeasureField): Part {
  return Object.values(field)[0] as Part;
}

interface Field<T> {
  readonly described: T;
  readonly sql: string;
}

/** Units that the page has too. */
const GRAINS: ReadonlyMap<Unit, Grain> = new Map([
  ['hour', 'hour'],
  ['day', 'day'],
  ['week', 'week'],
  ['month', 'month'],
  ['year', 'year'],
]);

function dimensionOf(
  field: DimensionField,
  dataSet: string,
  names: Names,
  unique: (name: string) => string,
  labels: ReadonlyMap<string, string> = new Map(),
): Field<Dimension> {
  const { FieldId, Column } = partOf(field);
  const name = Column!.ColumnName!;
  const { sql, isAggregate } = fieldExpression(name, names);
  if (isAggregate) throw new Error(`groups by ${printable(name)}, which is aggregated`);
  const label = labels.get(FieldId) ?? name;
  const described = (type: DataSet['fields'][string]['type']) => ({
    dataSet,
    id: unique(name),
    label,
    description: '',
    field: { dataSet, name, type, label, description: '' },
  });
  if (!field.DateDimensionField) {
    const type = field.NumericalDimensionField ? 'decimal' : 'string';
    return { sql, described: { ...described(type), kind: 'value' } };
  }
  const unit = granularityUnit(field.DateDimensionField.DateGranularity ?? 'DAY');
  const grain = GRAINS.get(unit);
  const shown = truncatedSql(unit, sql);
  if (grain === undefined) return { sql: shown, described: { ...described('timestamp'), kind: 'value' } };
  return { sql: shown, described: { ...described('timestamp'), kind: 'time', grain } };
}

function measureOf(
  field: MeasureField,
  dataSet: string,
  names: Names,
  unique: (name: string) => string,
  labels: ReadonlyMap<string, string> = new Map(),
): Field<Measure> {
  const { FieldId, Column } = partOf(field);
  const own = field.CalculatedMeasureField;
  const name = Column?.ColumnName ?? FieldId;
  const source = own ? sqlExpression(own.Expression!, names) : fieldExpression(name, names);
  const aggregation = aggregationOf(field) ?? (source.isAggregate ? undefined : 'SUM');
  const { sql, isAggregate } = aggregation === undefined ? source : aggregated(aggregation, source);
  if (!isAggregate) throw new Error(`shows ${printable(name)}, which is not aggregated`);
  const label = labels.get(FieldId) ?? name;
  const format = formatOf(field, aggregation, source);
  // What it is made of is in the SQL already: the page looks at the rest.
  return {
    sql,
    described: { dataSet, id: unique(name), label, description: '', unit: '', format, expression: { kind: 'count' } },
  };
}

function aggregationOf({
  NumericalMeasureField,
  CategoricalMeasureField,
  DateMeasureField,
}: MeasureField): string | undefined {
  if (
    NumericalMeasureField?.AggregationFunction &&
    !NumericalMeasureField.AggregationFunction.SimpleNumericalAggregation
  )
    throw new Error(`the aggregation of ${printable(NumericalMeasureField.FieldId ?? '')} can't be computed here`);
  return (
    NumericalMeasureField?.AggregationFunction?.SimpleNumericalAggregation ??
    CategoricalMeasureField?.AggregationFunction ??
    (CategoricalMeasureField ? 'COUNT' : undefined) ??
    DateMeasureField?.AggregationFunction ??
    (DateMeasureField ? 'COUNT' : undefined)
  );
}

function formatOf(field: MeasureField, aggregation: string | undefined, { sql }: SqlExpression): Format {
  if (field.DateMeasureField) return /^(MIN|MAX)$/.test(aggregation!) ? 'time' : 'integer';
  const { PercentageDisplayFormatConfiguration: percent, NumberDisplayFormatConfiguration: number } =
    field.NumericalMeasureField?.FormatConfiguration?.FormatConfiguration ?? {};
  if (percent) return 'percent';
  const places = number?.DecimalPlacesConfiguration?.DecimalPlaces;
  if (places !== undefined) return places === 0 ? 'integer' : 'decimal';
  return /COUNT$/.test(aggregation ?? '') || /^COUNT\(/.test(sql) ? 'integer' : 'decimal';
}

/** What to order by, with a column of its own where it is not shown. */
function sortOf(
  { FieldSort, ColumnSort }: FieldSortOptions,
  names: Names,
  byField: ReadonlyMap<string, { readonly at: number }>,
  next: number,
): { readonly by: string; readonly column?: string } {
  const direction = (FieldSort ?? ColumnSort)?.Direction === 'DESC' ? ' DESC NULLS LAST' : ' NULLS FIRST';
  if (FieldSort) {
    const field = byField.get(FieldSort.FieldId!);
    if (!field) throw new Error(`is sorted by ${printable(FieldSort.FieldId!)}, which it does not show`);
    return { by: `${field.at}${direction}` };
  }
  const { SortBy, AggregationFunction } = ColumnSort!;
  const { SimpleNumericalAggregation } = AggregationFunction?.NumericalAggregationFunction ?? {};
  const aggregation =
    SimpleNumericalAggregation ??
    AggregationFunction?.CategoricalAggregationFunction ??
    AggregationFunction?.DateAggregationFunction;
  const source = fieldExpression(SortBy!.ColumnName!, names);
  const { sql } = source.isAggregate ? source : aggregated(aggregation ?? 'MIN', source);
  return { by: `${next}${direction}`, column: `${sql} AS sort_${next}` };
}

/** Names as columns of SQL have them, each once. */
function uniqueIds(): (name: string) => string {
  const taken = new Set<string>();
  return (name) => {
    const base = name.replace(/\W+/g, '_').replace(/^(?=\d|$)/, '_');
    let id = base;
    for (let n = 2; taken.has(id); n++) id = `${base}_${n}`;
    taken.add(id);
    return id;
  };
}
