import { GlueCatalogTable } from '@cdktf/provider-aws/lib/glue-catalog-table';
import { S3Object } from '@cdktf/provider-aws/lib/s3-object';
import { Construct } from 'constructs';
import { type IcebergLayout, initialMetadata, initialMetadataKey } from '../schema/iceberg';
import type { Column } from '../schema/tables';
import type { Lake } from './lake';

export interface IcebergTableProps {
  readonly database: string;
  readonly lake: Lake;
  readonly name: string;
  readonly description: string;
  readonly columns: readonly Column[];
  readonly layout: IcebergLayout;
}

/** Columns as the Glue catalog has them, which calls types as `schema/tables.ts` does. */
export function glueColumns(columns: readonly Column[]) {
  return columns.map(({ name, type, description }) => ({ name, type, comment: description }));
}

/**
 * An Iceberg table under `results/`, born empty from a metadata file. From then on the engines own it: nothing that they change,
 * from data to columns, is undone by another deploy.
 */
export class IcebergTable extends Construct {
  readonly table: GlueCatalogTable;

  constructor(scope: Construct, id: string, { database, lake, name, description, columns, layout }: IcebergTableProps) {
    super(scope, id);
    const folder = `results/${name}`;
    const location = `s3://${lake.bucket}/${folder}`;
    const metadata = new S3Object(this, 'metadata', {
      bucket: lake.bucket,
      key: `${folder}/${initialMetadataKey(name)}`,
      content: initialMetadata(name, location, columns, layout),
      contentType: 'application/json',
      lifecycle: { ignoreChanges: 'all' },
      dependsOn: [...lake.rules],
    });
    this.table = new GlueCatalogTable(this, 'table', {
      databaseName: database,
      name,
      description,
      tableType: 'EXTERNAL_TABLE',
      parameters: { table_type: 'ICEBERG', metadata_location: `s3://${lake.bucket}/${metadata.key}` },
      storageDescriptor: { location, columns: glueColumns(columns) },
      lifecycle: { ignoreChanges: ['parameters', 'storage_descriptor', 'description', 'owner'] },
      dependsOn: [metadata],
    });
  }
}
