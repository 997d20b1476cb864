import { GlueCatalogTable } from '@cdktf/provider-aws/lib/glue-catalog-table';
import { Fn, type ITerraformDependable, TerraformLocal } from 'cdktf';
import type { Construct } from 'constructs';
import { LATE_DAYS, liveViewSql } from '../etl/live-view';
import { type ColumnType, clickstreamColumns } from '../schema/tables';
import { glueColumns } from './iceberg-table';
import type { Lake } from './lake';

/** Types of Trino, whose timestamps on Iceberg have microseconds. */
const TRINO_TYPES: Readonly<Record<ColumnType, string>> = {
  string: 'varchar',
  bigint: 'bigint',
  timestamp: 'timestamp(6)',
  boolean: 'boolean',
};

/** The view's text as Athena keeps it, before it is encoded: JSON of what it selects and of its columns. */
export function liveViewText(database: string, bucket: string, lateDays = LATE_DAYS): string {
  return JSON.stringify({
    originalSql: liveViewSql(database, `s3://${bucket}/`, lateDays),
    catalog: 'awsdatacatalog',
    schema: database,
    columns: clickstreamColumns.map(({ name, type }) => ({ name, type: TRINO_TYPES[type] })),
  });
}

/** The view `clickstream_live`, in the form in which Athena keeps views in the Glue catalog. */
export function liveView(
  scope: Construct,
  database: string,
  lake: Lake,
  after: readonly ITerraformDependable[],
): GlueCatalogTable {
  // A value of its own, since the text would have to be escaped as an argument.
  const definition = new TerraformLocal(scope, 'live-definition', liveViewText(database, lake.bucket));
  return new GlueCatalogTable(scope, 'live', {
    databaseName: database,
    name: 'clickstream_live',
    description:
      'One row per event, seconds after it landed: the table and, transformed as it is read, what is still in raw/',
    tableType: 'VIRTUAL_VIEW',
    parameters: { presto_view: 'true', comment: 'Presto View' },
    viewOriginalText: `/* Presto View: ${Fn.base64encode(definition.asString)} */`,
    viewExpandedText: '/* Presto View */',
    storageDescriptor: {
      columns: glueColumns(clickstreamColumns),
      serDeInfo: { name: '-', serializationLibrary: '-' },
    },
    dependsOn: [...after],
  });
}
