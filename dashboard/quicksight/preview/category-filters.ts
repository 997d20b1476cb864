import type { CategoryFilter, CustomFilterConfiguration } from '@aws-sdk/client-quicksight';
import { sqlString } from '../../../core/sql';
import { printable } from '../printable';
import { demandShort } from '../sql-expression';
import { type FilterScope, nulls } from './conditions';

/** Conditions of a filter by texts, one or a list of them. */
export function categoryConditions({ Configuration }: CategoryFilter, sql: string, scope: FilterScope): string[] {
  const { CustomFilterConfiguration, CustomFilterListConfiguration, FilterListConfiguration } = Configuration!;
  if (CustomFilterConfiguration) return customConditions(CustomFilterConfiguration, sql, scope);
  const list = CustomFilterListConfiguration ?? FilterListConfiguration;
  if (!list) throw new Error("a category filter without a configuration can't be computed here");
  const { MatchOperator, CategoryValues = [], SelectAllOptions, NullOption } = list;
  if (SelectAllOptions === 'FILTER_ALL_VALUES') return nulls(sql, NullOption);
  const isNegative = MatchOperator!.startsWith('DOES_NOT');
  if (CategoryValues.length === 0) return isNegative ? nulls(sql, NullOption) : ['FALSE'];
  return nulls(sql, NullOption, `${sql} ${isNegative ? 'NOT ' : ''}IN (${listSql(CategoryValues)})`);
}

function customConditions(filter: CustomFilterConfiguration, sql: string, { parameters }: FilterScope): string[] {
  const { MatchOperator, CategoryValue, ParameterName, SelectAllOptions, NullOption } = filter;
  const values = ParameterName === undefined ? [CategoryValue ?? ''] : (parameters.get(ParameterName) ?? []);
  if (values.length === 0) return [];
  if (SelectAllOptions === 'FILTER_ALL_VALUES' && ParameterName === undefined) return nulls(sql, NullOption);
  return nulls(sql, NullOption, matching(sql, MatchOperator!, values));
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
