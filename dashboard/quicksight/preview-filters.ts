import type {
  CategoryFilterConfiguration,
  ColumnIdentifier,
  Filter,
  FilterGroup,
  NumericRangeFilterValue,
  SheetDefinition,
  TimeRangeFilterValue,
} from '@aws-sdk/client-quicksight';
import { sqlNumber, sqlString } from '../../core/sql';
import { timeOfFile } from './definition-check';
import type { LocalDataSet, PreviewScope } from './preview-scope';
import { printable } from './printable';
import {
  demandShort,
  fieldExpression,
  granularityUnit,
  type Names,
  shiftedSql,
  sqlExpression,
  timestampSql,
  truncatedSql,
} from './sql-expression';

/** SQL conditions of all filters that are in force for a visual. Throws an Error for one that can't be computed. */
export function filterConditions(
  sheet: SheetDefinition,
  visual: string,
  dataSet: string,
  local: LocalDataSet,
  scope: PreviewScope,
  names: Names,
): string[] {
  const filters = (scope.definition.FilterGroups ?? [])
    .filter(
      ({ Status = 'ENABLED', ScopeConfiguration }) =>
        Status === 'ENABLED' && isWithin(ScopeConfiguration, sheet, visual),
    )
    .flatMap(({ CrossDataset, Filters = [] }) =>
      Filters.filter((filter) => isOf(filter, CrossDataset, dataSet, local, names)),
    );
  const conditions: string[] = [];
  let length = 0;
  for (const filter of filters)
    for (const condition of conditionsOf(filter, scope, names)) {
      length += condition.length;
      demandShort(length);
      conditions.push(condition);
    }
  return conditions;
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
  if (isAggregate) throw new Error(`is filtered by ${printable(columnOf(filter).ColumnName!)}, which is aggregated`);
  if (filter.CategoryFilter) return categoryConditions(filter.CategoryFilter.Configuration!, sql, scope);
  if (filter.NumericEqualityFilter) {
    const { Value, ParameterName, MatchOperator, SelectAllOptions, NullOption } = filter.NumericEqualityFilter;
    const value = ParameterName === undefined ? numberOf(Value) : names.parameters.get(ParameterName);
    if (SelectAllOptions === 'FILTER_ALL_VALUES' || value === undefined) return nulls(sql, NullOption);
    return nulls(sql, NullOption, `${sql} ${MatchOperator === 'DOES_NOT_EQUAL' ? '<>' : '='} ${value}`);
  }
  if (filter.NumericRangeFilter) {
    const { RangeMinimum, RangeMaximum, IncludeMinimum, IncludeMaximum, SelectAllOptions, NullOption } =
      filter.NumericRangeFilter;
    if (SelectAllOptions === 'FILTER_ALL_VALUES') return nulls(sql, NullOption);
    const bound = (value: NumericRangeFilterValue | undefined) =>
      value?.Parameter === undefined ? numberOf(value?.StaticValue) : names.parameters.get(value.Parameter);
    return nulls(sql, NullOption, range(sql, bound(RangeMinimum), IncludeMinimum, bound(RangeMaximum), IncludeMaximum));
  }
  if (filter.TimeRangeFilter) {
    const { RangeMinimumValue, RangeMaximumValue, IncludeMinimum, IncludeMaximum, TimeGranularity, NullOption } =
      filter.TimeRangeFilter;
    const unit = TimeGranularity && granularityUnit(TimeGranularity);
    const within = (text: string): string => (unit ? truncatedSql(unit, text) : text);
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
    const unit = granularityUnit(TimeGranularity);
    const within = (text: string): string => truncatedSql(unit, text);
    const time = timeOf({ StaticValue: Value, Parameter: ParameterName, RollingDate }, names);
    return time === undefined ? [] : [`${within(sql)} = ${within(time)}`];
  }
  if (filter.RelativeDatesFilter) {
    const { RelativeDateType, TimeGranularity = 'DAY', RelativeDateValue = 1, NullOption } = filter.RelativeDatesFilter;
    const unit = granularityUnit(TimeGranularity);
    const start = (periods: number): string => shiftedSql(truncatedSql(unit, names.now), periods, unit);
    const periods = new Map<string, () => readonly [string, string]>([
      ['THIS', () => [start(0), start(1)]],
      ['PREVIOUS', () => [start(-1), start(0)]],
      ['NEXT', () => [start(1), start(2)]],
      ['NOW', () => [start(0), names.now]],
      ['LAST', () => [start(1 - RelativeDateValue), start(1)]],
    ]);
    const find = periods.get(RelativeDateType!);
    if (!find) throw new Error(`the relative dates ${printable(String(RelativeDateType))} can't be computed here`);
    const [from, to] = find();
    return nulls(sql, NullOption, `${sql} >= ${from} AND ${sql} < ${to}`);
  }
  throw new Error(`a filter of the type ${printable(Object.keys(filter)[0] ?? 'none')} can't be computed here`);
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
  return nulls(sql, NullOption, `${sql} ${isNegative ? 'NOT ' : ''}IN (${listSql(CategoryValues)})`);
}

/** What a text is compared by. */
const OPERATORS: ReadonlyMap<string, (sql: string, value: string) => string> = new Map([
  ['EQUALS', (sql, value) => `${sql} = ${value}`],
  ['CONTAINS', (sql, value) => `CONTAINS(LOWER(${sql}), LOWER(${value}))`],
  ['STARTS_WITH', (sql, value) => `STARTS_WITH(LOWER(${sql}), LOWER(${value}))`],
  ['ENDS_WITH', (sql, value) => `ENDS_WITH(LOWER(${sql}), LOWER(${value}))`],
]);

/** Operators that hold where another does not. */
const NEGATIVE: ReadonlyMap<string, string> = new Map([
  ['DOES_NOT_EQUAL', 'EQUALS'],
  ['DOES_NOT_CONTAIN', 'CONTAINS'],
]);

function matching(sql: string, operator: string, values: readonly string[]): string {
  const positive = NEGATIVE.get(operator);
  const write = OPERATORS.get(positive ?? operator);
  if (!write) throw new Error(`the operator ${printable(operator)} can't be computed here`);
  demandShort(values.length * sql.length);
  const any = `(${demandFew(values)
    .map((value) => write(sql, sqlString(value)))
    .join(' OR ')})`;
  return positive ? `NOT ${any}` : any;
}

/** How many values a filter may list. */
const MOST_VALUES = 10_000;

function demandFew(values: readonly string[]): readonly string[] {
  if (values.length > MOST_VALUES)
    throw new Error(`is filtered by ${values.length} values, and ${MOST_VALUES.toLocaleString('en')} can be`);
  return values;
}

function listSql(values: readonly string[]): string {
  return demandFew(values).map(sqlString).join(', ');
}

function numberOf(value: number | undefined): string | undefined {
  return value === undefined ? undefined : sqlNumber(value);
}

function timeOf(value: TimeRangeFilterValue | undefined, names: Names): string | undefined {
  if (value?.Parameter !== undefined) return names.parameters.get(value.Parameter);
  if (value?.RollingDate) {
    const { sql, isAggregate } = sqlExpression(value.RollingDate.Expression!, names);
    if (isAggregate) throw new Error('is filtered by a time that is aggregated');
    return sql;
  }
  if (value?.StaticValue === undefined) return undefined;
  const time = timeOfFile(value.StaticValue);
  if (!time) throw new Error(`is filtered by a time that can't be read: ${printable(String(value.StaticValue))}`);
  return timestampSql(time.toISOString().slice(0, 19));
}

function range(
  sql: string,
  from: string | undefined,
  hasFrom: boolean | undefined,
  to: string | undefined,
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
