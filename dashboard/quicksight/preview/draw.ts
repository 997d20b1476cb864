import type { ItemsLimitConfiguration, Visual as QuickSightVisual, SheetDefinition } from '@aws-sdk/client-quicksight';
import { sqlInteger } from '../../../core/sql';
import type { DataSet } from '../../../metrics/data-set';
import { beforeOf } from '../../../metrics/names';
import { kindOf, type Visual } from '../../kinds/registry';
import { readerOf, typeOf } from '../kinds';
import { printable } from '../printable';
import { demandShort, type Names } from '../sql-expression';
import { partOf, type ReadCommon, type Wells } from '../wells';
import { dimensionOf, measureOf, uniqueIds } from './fields';
import { filterConditions } from './filters';
import type { LocalDataSet } from './local-data-sets';
import { type Order, orderOf } from './order';
import type { PreviewScope } from './scope';

export interface Drawn {
  readonly visual: Visual;
  readonly sql: string;
  /** Of the rows of `sql`; columns behind them only sort. */
  readonly columns: readonly string[];
}

/** Draws a visual of QuickSight. Throws an Error that says why it can't be drawn. */
export function draw(item: QuickSightVisual, common: ReadCommon, sheet: SheetDefinition, scope: PreviewScope): Drawn {
  const wells = wellsOf(item, common);
  const [id, local] = dataSetOf(wells, scope);
  const names = scope.namesOf(id);
  const shown = shownIn(wells, id, names);
  demandLimit(wells.limit);
  const conditions = filterConditions(sheet, common.id, id, local, scope, names);
  const dataSet: DataSet = { name: local.name, label: local.name, description: '', relation: '', fields: {} };
  const visual = wells.visual(
    shown.dimensions.map(({ described }) => described),
    shown.measures.map(({ described }) => described),
    dataSet,
  );
  return {
    visual,
    sql: sqlOf(shown, local.relation, conditions, wells.limit),
    columns: columnsOf(visual, shown),
  };
}

function wellsOf(item: QuickSightVisual, common: ReadCommon): Wells {
  const [type, body] = typeOf(item);
  const read = readerOf(type);
  if (!read) throw new Error('is of a type that is not drawn here');
  return read(body, common);
}

/** The one data set of a visual's fields: its identifier, and the local data set in its place. */
function dataSetOf({ dimensions, measures }: Wells, scope: PreviewScope): [id: string, local: LocalDataSet] {
  const fields = [...dimensions, ...measures].map(partOf);
  if (fields.length === 0) throw new Error('has no fields');
  const identifiers = [...new Set(fields.flatMap(({ Column }) => (Column ? [Column.DataSetIdentifier!] : [])))];
  if (identifiers.length !== 1) throw new Error(`is of ${identifiers.length} data sets`);
  const [id] = identifiers as [string];
  const local = scope.dataSets.get(id);
  if (!local)
    throw new Error(
      `no local data set has all columns of ${printable(id)}: ${printable(scope.usedColumnsOf(id).join(', '), 300)}`,
    );
  return [id, local];
}

type Shown = ReturnType<typeof shownIn>;

/** What a visual shows and how that is ordered, in SQL. */
function shownIn(wells: Wells, dataSet: string, names: Names) {
  const beside = Object.entries(wells.beside ?? {});
  for (const [name] of beside) if (!names.columns.has(name)) throw new Error(`needs the column ${name}`);
  const scope = { dataSet, names, uniqueId: uniqueIds(), labels: wells.labels ?? new Map() };
  const dimensions = wells.dimensions.map((field) => dimensionOf(field, scope));
  const measures = wells.measures.map((field) => measureOf(field, scope));
  const fields = [...dimensions, ...measures];
  const byField = new Map(
    [...wells.dimensions, ...wells.measures].map((field, n) => [partOf(field).FieldId, { at: n + 1 }]),
  );
  const orders = (wells.sort ?? []).map(
    (option, n): Order => orderOf(option, names, byField, fields.length + beside.length + 1 + n),
  );
  return { dimensions, measures, fields, beside, orders };
}

function demandLimit({ ItemsLimit, OtherCategories }: ItemsLimitConfiguration = {}): void {
  if (ItemsLimit !== undefined && OtherCategories !== 'EXCLUDE' && ItemsLimit < 200)
    throw new Error('sums up other categories than the first, which is not computed here');
}

function sqlOf(
  { dimensions, fields, beside, orders }: Shown,
  relation: string,
  conditions: readonly string[],
  { ItemsLimit }: ItemsLimitConfiguration = {},
): string {
  const selected = [
    ...fields.map(({ sql, described }) => `${sql} AS ${described.id}`),
    ...beside.map(([name, aggregate]) => `${aggregate} AS ${name}`),
    ...orders.flatMap(({ column }) => (column ? [column] : [])),
  ];
  demandShort([...selected, ...conditions].reduce((sum, { length }) => sum + length, 0));
  const order = [...orders.map(({ by }) => by), ...dimensions.map((_, n) => `${n + 1} NULLS FIRST`)];
  return [
    `SELECT\n  ${selected.join(',\n  ')}`,
    `FROM ${relation}`,
    ...(conditions.length > 0 ? [`WHERE ${conditions.join('\n  AND ')}`] : []),
    ...(dimensions.length > 0
      ? [`GROUP BY ${dimensions.map((_, n) => n + 1).join(', ')}`, `ORDER BY ${order.join(', ')}`]
      : []),
    ...(ItemsLimit !== undefined && dimensions.length === 1
      ? [`LIMIT ${sqlInteger(ItemsLimit, 0, Number.MAX_SAFE_INTEGER)}`]
      : []),
  ].join('\n');
}

/** Names of columns as the page looks for them: a number's second is its first of the time before. */
function columnsOf(visual: Visual, { fields, beside }: Shown): string[] {
  const columns = [...fields.map(({ described }) => described.id), ...beside.map(([name]) => name)];
  return kindOf(visual).isNumber && columns.length > 1 ? [columns[0]!, beforeOf(columns[0]!)] : columns;
}
