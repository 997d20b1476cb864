import { GlueCatalogTable } from '@cdktf/provider-aws/lib/glue-catalog-table';
import { Fn, type ITerraformDependable, TerraformLocal } from 'cdktf';
import type { Construct } from 'constructs';
import { LIVE_VIEW_LOOKBACK_DAYS } from '../core/limits';
import { dataSpanSql, storedSpanSql } from '../etl/data-span';
import { liveViewSql } from '../etl/live-view';
import { type Relation, relations } from '../schema/relations';
import type { ColumnType } from '../schema/tables';
import { glueColumns } from './iceberg-table';

/** A view as Athena has it. */
export interface AthenaView extends Pick<Relation, 'description' | 'columns'> {
  readonly name: string;
  /** Type of its timestamps in Trino. */
  readonly timestamps: 'timestamp(3)' | 'timestamp(6)';
  readonly sql: string;
}

/** Every event seconds after it landed. Timestamps of Iceberg tables have microseconds. */
export function liveView(database: string, bucket: string, lateDays = LIVE_VIEW_LOOKBACK_DAYS): AthenaView {
  return {
    name: 'clickstream_live',
    ...relations.clickstream_live,
    timestamps: 'timestamp(6)',
    sql: liveViewSql(database, `s3://${bucket}/`, lateDays),
  };
}

/** From when to when there is complete data, read from the table's metadata: a scan would open every file of the table for each query. */
export function dataSpanView(database: string): AthenaView {
  return {
    name: 'data_span',
    ...relations.data_span,
    timestamps: 'timestamp(3)',
    sql: dataSpanSql(storedSpanSql(database)),
  };
}

/** The view's text as Athena keeps it, before it is encoded: JSON of what it selects and of its columns. */
export function viewText(database: string, { sql, columns, timestamps }: AthenaView): string {
  const types: Readonly<Record<ColumnType, string>> = {
    string: 'varchar',
    bigint: 'bigint',
    timestamp: timestamps,
    boolean: 'boolean',
  };
  return JSON.stringify({
    originalSql: sql,
    catalog: 'awsdatacatalog',
    schema: database,
    columns: columns.map(({ name, type }) => ({ name, type: types[type] })),
  });
}

/** A view, in the form in which Athena keeps views in the Glue catalog. */
export function athenaView(
  scope: Construct,
  id: string,
  database: string,
  view: AthenaView,
  after: readonly ITerraformDependable[],
): GlueCatalogTable {
  // A value of its own, since the text would have to be escaped as an argument.
  const definition = new TerraformLocal(scope, `${id}-definition`, viewText(database, view));
  return new GlueCatalogTable(scope, id, {
    databaseName: database,
    name: view.name,
    description: view.description,
    tableType: 'VIRTUAL_VIEW',
    parameters: { presto_view: 'true', comment: 'Presto View' },
    viewOriginalText: `/* Presto View: ${Fn.base64encode(definition.asString)} */`,
    viewExpandedText: '/* Presto View */',
    storageDescriptor: {
      columns: glueColumns(view.columns),
      serDeInfo: { name: '-', serializationLibrary: '-' },
    },
    dependsOn: [...after],
  });
}
