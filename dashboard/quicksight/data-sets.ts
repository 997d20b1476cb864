import type {
  CreateDataSetCommandInput,
  FieldFolder,
  InputColumn,
  TransformOperation,
} from '@aws-sdk/client-quicksight';
import { DATABASE } from '../../core/names';
import type { DataSet, Field, FieldType } from '../../metrics/data-set';
import { dataSpan } from '../../metrics/data-sets';
import { NONE, orNone } from './expression';
import { arnOf, dataSetId, dataSourceId, type QuickSightTarget, titleIn } from './target';

const TYPES: Readonly<Record<FieldType, InputColumn['Type']>> = {
  string: 'STRING',
  integer: 'INTEGER',
  boolean: 'INTEGER',
  decimal: 'DECIMAL',
  timestamp: 'DATETIME',
  date: 'DATETIME',
};

/** Columns of places, and what QuickSight can draw on a map. */
const PLACES: ReadonlyMap<string, 'COUNTRY' | undefined> = new Map([
  ['country_code', 'COUNTRY'],
  ['country_name', 'COUNTRY'],
  ['continent', undefined],
]);

/** A data set as QuickSight has it: a query by Athena, asked at each look (`DIRECT_QUERY`) or kept by QuickSight (`SPICE`). */
export function createDataSetInput(
  dataSet: DataSet,
  target: QuickSightTarget,
  importMode: 'DIRECT_QUERY' | 'SPICE' = 'DIRECT_QUERY',
): CreateDataSetCommandInput {
  const fields = fieldsOf(dataSet);
  const table = dataSet.name.replaceAll('_', '-');
  return {
    AwsAccountId: target.account,
    DataSetId: dataSetId(target, dataSet.name),
    Name: titleIn(target, `Clickstream: ${dataSet.label}`),
    ImportMode: importMode,
    PhysicalTableMap: {
      [table]: {
        CustomSql: {
          DataSourceArn: arnOf(target, 'datasource', dataSourceId(target)),
          Name: dataSet.label,
          SqlQuery: dataSetSql(dataSet, target),
          Columns: fields.flatMap(columnsOf),
        },
      },
    },
    LogicalTableMap: {
      [table]: {
        Alias: dataSet.label,
        Source: { PhysicalTableId: table },
        DataTransforms: fields.map(tagOperation),
      },
    },
    FieldFolders: foldersOf(fields),
  };
}

/** Columns by what they are for, as the list of fields of an analysis shows them. */
function foldersOf(fields: readonly Field[]): Readonly<Record<string, FieldFolder>> {
  const folders: readonly (readonly [name: string, description: string, columns: readonly string[]])[] = [
    ['Times', 'UTC', fields.filter(isTime).map(({ name }) => name)],
    ['Places', 'Where a user was', fields.filter(({ name }) => PLACES.has(name)).map(({ name }) => name)],
    ['For lists', `The same with ${NONE} for nothing`, fields.filter(hasNone).map(({ name }) => orNone(name))],
  ];
  return Object.fromEntries(
    folders
      .filter(([, , columns]) => columns.length > 0)
      .map(([name, description, columns]) => [name, { description, columns: [...columns] }]),
  );
}

/** A data set's fields; of one that has a time, with from when to when there is complete data, which comparisons need. */
function fieldsOf({ fields, time }: DataSet): Field[] {
  return [...Object.values(fields), ...(time ? Object.values(dataSpan.fields) : [])];
}

/** Names of a data set's columns, as QuickSight has them. */
export function dataSetColumns(dataSet: DataSet): string[] {
  return fieldsOf(dataSet)
    .flatMap(columnsOf)
    .map(({ Name }) => Name!);
}

/** Booleans as 0 and 1, and dates as times, as QuickSight has neither in expressions; texts that may be null once more without. */
export function dataSetSql(dataSet: DataSet, { database }: Pick<QuickSightTarget, 'database'>): string {
  const columns = fieldsOf(dataSet).flatMap(({ name, type, isOptional }) => {
    if (type === 'boolean') return [`CAST(${name} AS INTEGER) AS ${name}`];
    if (type === 'date') return [`CAST(${name} AS TIMESTAMP) AS ${name}`];
    return hasNone({ type, isOptional }) ? [name, `COALESCE(${name}, '${NONE}') AS ${orNone(name)}`] : [name];
  });
  const { relation, time } = dataSet;
  const from = time ? `${relation}\nCROSS JOIN ${dataSpan.relation} AS ${dataSpan.name}` : relation;
  return `SELECT\n  ${columns.join(',\n  ')}\nFROM ${from.replaceAll(`${DATABASE}.`, `${database}.`)}`;
}

/** Whether a column is there once more, without nulls. */
function hasNone({ type, isOptional }: Pick<Field, 'type' | 'isOptional'>): boolean {
  return isOptional === true && type === 'string';
}

function isTime({ type }: Field): boolean {
  return type === 'timestamp' || type === 'date';
}

function columnsOf(field: Field): InputColumn[] {
  const { name, type } = field;
  const column = { Name: name, Type: TYPES[type] };
  return hasNone(field) ? [column, { Name: orNone(name), Type: 'STRING' }] : [column];
}

function tagOperation({ name, description }: Field): TransformOperation {
  const role = PLACES.get(name);
  return {
    TagColumnOperation: {
      ColumnName: name,
      Tags: [{ ColumnDescription: { Text: description } }, ...(role ? [{ ColumnGeographicRole: role }] : [])],
    },
  };
}
