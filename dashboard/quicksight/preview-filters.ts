import type {
  CategoryFilterConfiguration,
  ColumnIdentifier,
  Filter,
  FilterGroup,
  NumericRangeFilterValue,
  SheetDefinition,
  TimeRangeFilterValue,
} from '@aws-sdk/client-quicksight';
import { literal } from '../../metrics/query';
import type { LocalDataSet, PreviewScope } from './preview';
import { fieldExpression, type Names, sqlExpression, timestampSql, truncatedSql } from './sql-expression';

/** SQL conditions of all filters that are in force for a visual. Throws an Error for one that can't be computed. */
export function filterConditions(
  sheet: SheetDefinition,
  visual: string,
  dataSet: string,
  local: LocalDataSet,
  scope: PreviewScope,
  names: Names,
): string[] {
  return (scope.definition.FilterGroups ?? [])
    .filter(
      ({ Status = 'ENABLED', ScopeConfiguration }) =>
        Status === 'ENABLED' && isWithin(ScopeConfiguration, sheet, visual),
    )
    .flatMap(({ CrossDataset, Filters = [] }) =>
      Filters.filter((filter) => isOf(filter, CrossDataset, dataSet, local, names)),
    )
    .flatMap((filter) => conditionsOf(filter, scope, names));
}

function isWithin(reach: FilterGroup['ScopeConfiguration'], { SheetId }: SheetDefinition, visual: string): boolean {
  if (reach?.AllSheets) return true;
  return (reach?.SelectedSheets?.SheetVisualScopingConfigurations ?? []).some(
    (own) => own.SheetId === SheetId && (own.Scope === 'ALL_VISUALS' || (own.VisualIds ?? []).includes(visual)),
  );
}

/** Of the data set, or of all that have the column. */
function isOf(
  filter: Filter,
  cross: FilterGroup['CrossDataset'],
  dataSet: string,
  { columns }: LocalDataSet,
  { calculated }: Names,
): boolean {
  const { DataSetIdentifier, ColumnName = '' } = columnOf(filter);
  if (DataSetIdentifier === dataSet) return true;
  return cross === 'ALL_DATASETS' && (columns.includes(ColumnName) || calculated.has(ColumnName));
}

function columnOf(filter: Filter): ColumnIdentifier {
  return (Object.values(filter)[0] as { readonly Column: ColumnIdentifier }).Column;
}

function conditionsOf(filter: Filter, scope: PreviewScope, names: Names): string[] {
  const { sql, isAggregate } = fieldExpression(columnOf(filter).ColumnName!, names);
  if (isAggregate) throw new Error(`is filtered by ${columnOf(filter).ColumnName}, which is aggregated`);
  if (filter.CategoryFilter) return categoryConditions(filter.CategoryFilter.Configuration!, sql, scope);
  if (filter.NumericEqualityFilter) {
    const { Value, ParameterName, MatchOperator, SelectAllOptions, NullOption } = filter.NumericEqualityFilter;
    const value = ParameterName === undefined ? Value : names.parameters.get(ParameterName);
    if (SelectAllOptions === 'FILTER_ALL_VALUES' || value === undefined) return nulls(sql, NullOption);
    return nulls(sql, NullOption, `${sql} ${MatchOperator === 'DOES_NOT_EQUAL' ? '<>' : '='} ${value}`);
  }
  if (filter.NumericRangeFilter) {
    const { RangeMinimum, RangeMaximum, IncludeMinimum, IncludeMaximum, SelectAllOptions, NullOption } =
      filter.NumericRangeFilter;
    if (SelectAllOptions === 'FILTER_ALL_VALUES') return nulls(sql, NullOption);
    const bound = (value: NumericRangeFilterValue | undefined) =>
      value?.Parameter === undefined ? value?.StaticValue : names.parameters.get(value.Parameter);
    return nulls(sql, NullOption, range(sql, bound(RangeMinimum), IncludeMinimum, bound(RangeMaximum), IncludeMaximum));
  }
  if (filter.TimeRangeFilter) {
    const { RangeMinimumValue, RangeMaximumValue, IncludeMinimum, IncludeMaximum, TimeGranularity, NullOption } =
      filter.TimeRangeFilter;
    const within = (text: string): string =>
      TimeGranularity ? truncatedSql(TimeGranularity.toLowerCase(), text) : text;
    const bound = (value: TimeRangeFilterValue | undefined): string | undefined => {
      const time = timeOf(value, names);
      return time === undefined ? undefined : within(time);
    };
    return nulls(
      sql,
      NullOption,
      range(within(sql), bound(RangeMinimumValue), IncludeMinimum, bound(RangeMaximumValue), IncludeMaximum),
    );
  }
  if (filter.TimeEqualityFilter) {
    const { Value, ParameterName, RollingDate, TimeGranularity = 'DAY' } = filter.TimeEqualityFilter;
    const within = (text: string): string => truncatedSql(TimeGranularity.toLowerCase(), text);
    const time = timeOf({ StaticValue: Value, Parameter: ParameterName, RollingDate }, names);
    return time === undefined ? [] : [`${within(sql)} = ${within(time)}`];
  }
  if (filter.RelativeDatesFilter) {
    const { RelativeDateType, TimeGranularity = 'DAY', RelativeDateValue = 1, NullOption } = filter.RelativeDatesFilter;
    const unit = TimeGranularity.toLowerCase();
    const start = (periods: number): string => `${truncatedSql(unit, names.now)} + ${periods} * INTERVAL 1 ${unit}`;
    const periods: Readonly<Record<string, readonly [string, string]>> = {
      THIS: [start(0), start(1)],
      PREVIOUS: [start(-1), start(0)],
      NEXT: [start(1), start(2)],
      NOW: [start(0), names.now],
      LAST: [start(1 - RelativeDateValue), start(1)],
    };
    const [from, to] = periods[RelativeDateType!] ?? [];
    if (from === undefined) throw new Error(`the relative dates ${RelativeDateType} can't be computed here`);
    return nulls(sql, NullOption, `${sql} >= ${from} AND ${sql} < ${to}`);
  }
  throw new Error(`a filter of the type ${Object.keys(filter)[0]} can't be computed here`);
}

function categoryConditions(
  configuration: CategoryFilterConfiguration,
  sql: string,
  { parameters }: PreviewScope,
): string[] {
  const { CustomFilterConfiguration: custom, CustomFilterListConfiguration, FilterListConfiguration } = configuration;
  if (custom) {
    const { MatchOperator, CategoryValue, ParameterName, SelectAllOptions, NullOption } = custom;
    const values = ParameterName === undefined ? [CategoryValue ?? ''] : (parameters.get(ParameterName) ?? []);
    if (values.length === 0 || (SelectAllOptions === 'FILTER_ALL_VALUES' && ParameterName === undefined))
      return values.length === 0 ? [] : nulls(sql, NullOption);
    return nulls(sql, NullOption, matching(sql, MatchOperator!, values));
  }
  const list = CustomFilterListConfiguration ?? FilterListConfiguration;
  if (!list) throw new Error("a category filter without a configuration can't be computed here");
  const { MatchOperator, CategoryValues = [], SelectAllOptions, NullOption } = list;
  if (SelectAllOptions === 'FILTER_ALL_VALUES') return nulls(sql, NullOption);
  const isNegative = MatchOperator!.startsWith('DOES_NOT');
  if (CategoryValues.length === 0) return isNegative ? nulls(sql, NullOption) : ['FALSE'];
  return nulls(sql, NullOption, `${sql} ${isNegative ? 'NOT ' : ''}IN (${CategoryValues.map(literal).join(', ')})`);
}

function matching(sql: string, operator: string, values: readonly string[]): string {
  const one = (value: string): string => {
    switch (operator.replace('DOES_NOT_', '').replace(/S$/, '')) {
      case 'EQUAL':
        return `${sql} = ${literal(value)}`;
      case 'CONTAIN':
        return `CONTAINS(LOWER(${sql}), LOWER(${literal(value)}))`;
      case 'STARTS_WITH':
        return `STARTS_WITH(LOWER(${sql}), LOWER(${literal(value)}))`;
      case 'ENDS_WITH':
        return `ENDS_WITH(LOWER(${sql}), LOWER(${literal(value)}))`;
      default:
        throw new Error(`the operator ${operator} can't be computed here`);
    }
  };
  const any = `(${values.map(one).join(' OR ')})`;
  return operator.startsWith('DOES_NOT') ? `NOT ${any}` : any;
}

function timeOf(value: TimeRangeFilterValue | undefined, names: Names): string | undefined {
  if (value?.Parameter !== undefined) return names.parameters.get(value.Parameter);
  if (value?.RollingDate) return sqlExpression(value.RollingDate.Expression!, names).sql;
  if (value?.StaticValue === undefined) return undefined;
  const text = value.StaticValue as unknown; // JSON has seconds, or ISO 8601
  const iso = typeof text === 'number' ? new Date(text * 1000).toISOString() : new Date(String(text)).toISOString();
  return timestampSql(iso.slice(0, 19));
}

function range(
  sql: string,
  from: string | number | undefined,
  hasFrom: boolean | undefined,
  to: string | number | undefined,
  hasTo: boolean | undefined,
): string {
  const bounds = [
    ...(from === undefined ? [] : [`${sql} ${hasFrom ? '>=' : '>'} ${from}`]),
    ...(to === undefined ? [] : [`${sql} ${hasTo ? '<=' : '<'} ${to}`]),
  ];
  return bounds.join(' AND ') || 'TRUE';
}

function nulls(sql: string, option: string | undefined, condition = 'TRUE'): string[] {
  if (option === 'NULLS_ONLY') return [`${sql} IS NULL`];
  if (option === 'NON_NULLS_ONLY') return [condition === 'TRUE' ? `${sql} IS NOT NULL` : `(${condition})`];
  return condition === 'TRUE' ? [] : [`(${condition} OR ${sql} IS NULL)`];
}
