import type { CreateDataSetCommandInput, InputColumn, TransformOperation } from '@aws-sdk/client-quicksight';
import type { DataSet, Field, FieldType } from '../../metrics/data-set';
import { DATABASE } from '../../schema/tables';
import { NONE, orNone } from './expression';
import { arnOf, dataSetId, dataSourceId, type Place } from './place';

const TYPES: Readonly<Record<FieldType, InputColumn['Type']>> = {
  string: 'STRING',
  integer: 'INTEGER',
  boolean: 'INTEGER',
  decimal: 'DECIMAL',
  timestamp: 'DATETIME',
  date: 'DATETIME',
};

const PLACES: Readonly<Record<string, 'COUNTRY'>> = { country_name: 'COUNTRY', country_code: 'COUNTRY' };

/** A data set as QuickSight has it: a query by Athena, asked at each look (`DIRECT_QUERY`) or kept by QuickSight (`SPICE`). */
export function createDataSetInput(
  dataSet: DataSet,
  place: Place,
  importMode: 'DIRECT_QUERY' | 'SPICE' = 'DIRECT_QUERY',
): CreateDataSetCommandInput {
  const fields = Object.values(dataSet.fields);
  const table = dataSet.name.replaceAll('_', '-');
  return {
    AwsAccountId: place.account,
    DataSetId: dataSetId(place, dataSet.name),
    Name: `Clickstream: ${dataSet.label}`,
    ImportMode: importMode,
    PhysicalTableMap: {
      [table]: {
        CustomSql: {
          DataSourceArn: arnOf(place, 'datasource', dataSourceId(place)),
          Name: dataSet.label,
          SqlQuery: dataSetSql(dataSet, place),
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
  };
}

/** Booleans as 0 and 1, and dates as times, as QuickSight has neither in expressions; texts that may be null once more without. */
export function dataSetSql({ fields, relation }: DataSet, { database }: Pick<Place, 'database'>): string {
  const columns = Object.values(fields).flatMap(({ name, type, isOptional }) => {
    if (type === 'boolean') return [`CAST(${name} AS INTEGER) AS ${name}`];
    if (type === 'date') return [`CAST(${name} AS TIMESTAMP) AS ${name}`];
    return isOptional && type === 'string' ? [name, `COALESCE(${name}, '${NONE}') AS ${orNone(name)}`] : [name];
  });
  return `SELECT\n  ${columns.join(',\n  ')}\nFROM ${relation.replaceAll(`${DATABASE}.`, `${database}.`)}`;
}

function columnsOf({ name, type, isOptional }: Field): InputColumn[] {
  const column = { Name: name, Type: TYPES[type] };
  return isOptional && type === 'string' ? [column, { Name: orNone(name), Type: 'STRING' }] : [column];
}

function tagOperation({ name, description }: Field): TransformOperation {
  const role = PLACES[name];
  return {
    TagColumnOperation: {
      ColumnName: name,
      Tags: [{ ColumnDescription: { Text: description } }, ...(role ? [{ ColumnGeographicRole: role }] : [])],
    },
  };
}
