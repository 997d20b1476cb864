import type { ColumnIdentifier, Filter, FilterGroup, SheetDefinition } from '@aws-sdk/client-quicksight';
import { printable } from '../printable';
import { demandShort, fieldExpression, type Names } from '../sql-expression';
import { categoryConditions } from './category-filters';
import type { FilterReader } from './conditions';
import type { LocalDataSet } from './local-data-sets';
import { numericEqualityConditions, numericRangeConditions } from './numeric-filters';
import type { PreviewScope } from './scope';
import { relativeDatesConditions, timeEqualityConditions, timeRangeConditions } from './time-filters';

type Readers = { readonly [T in Exclude<keyof Filter, '$unknown'>]?: FilterReader<NonNullable<Filter[T]>> };

const READERS = new Map(
  Object.entries({
    CategoryFilter: categoryConditions,
    NumericEqualityFilter: numericEqualityConditions,
    NumericRangeFilter: numericRangeConditions,
    TimeRangeFilter: timeRangeConditions,
    TimeEqualityFilter: timeEqualityConditions,
    RelativeDatesFilter: relativeDatesConditions,
  } satisfies Readers as Record<string, FilterReader<unknown>>),
);

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

function conditionsOf(filter: Filter, { parameters }: PreviewScope, names: Names): readonly string[] {
  const { sql, isAggregate } = fieldExpression(columnOf(filter).ColumnName!, names);
  if (isAggregate) throw new Error(`is filtered by ${printable(columnOf(filter).ColumnName!)}, which is aggregated`);
  const [[type, body] = ['none', undefined]] = Object.entries(filter);
  const read = READERS.get(type);
  if (!read) throw new Error(`a filter of the type ${printable(type)} can't be computed here`);
  return read(body, sql, { names, parameters });
}
