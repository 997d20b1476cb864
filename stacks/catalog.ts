import { GlueCatalogDatabase } from '@cdktf/provider-aws/lib/glue-catalog-database';
import type { GlueCatalogTable } from '@cdktf/provider-aws/lib/glue-catalog-table';
import { Construct } from 'constructs';
import { RESULT_TABLES } from '../schema/result-tables';
import { tables } from '../schema/tables';
import { athenaView, dataSpanView, liveView } from './athena-view';
import type { Deployment } from './deployment';
import { countriesTable, processedEventsTable, rawEventsTable } from './glue-tables';
import { IcebergTable } from './iceberg-table';
import type { Lake } from './lake';

/** The database and its tables: raw and archived files as they are, the Iceberg tables of results, and the views. */
export class Catalog extends Construct {
  readonly database: string;
  readonly clickstreamTable: GlueCatalogTable;
  /** The Iceberg tables, which the job writes. */
  readonly resultTables: readonly GlueCatalogTable[];
  /** What dashboards ask. */
  readonly queried: readonly GlueCatalogTable[];

  constructor(scope: Construct, { database }: Deployment, lake: Lake) {
    super(scope, 'catalog');
    this.database = new GlueCatalogDatabase(this, 'database', {
      name: database,
      description: 'Clickstream events, from raw lines to sessions',
    }).name;
    const at = (folder: string) => ({ database: this.database, location: `s3://${lake.bucket}/${folder}/` });
    const raw = rawEventsTable(this, at('raw'));
    const countries = countriesTable(this, at('reference'));
    processedEventsTable(this, at('processed'));
    this.resultTables = Object.entries(tables).map(([name, columns]) => {
      const common = { database: this.database, lake, name, columns };
      return new IcebergTable(this, name, { ...common, ...RESULT_TABLES[name as keyof typeof tables] }).table;
    });
    this.clickstreamTable = this.resultTables[0]!;
    const live = liveView(this.database, lake.bucket);
    const span = dataSpanView(this.database);
    this.queried = [
      athenaView(this, 'live', this.database, live, [raw, countries, this.clickstreamTable]),
      athenaView(this, 'data-span', this.database, span, [this.clickstreamTable]),
      ...this.resultTables,
    ];
  }
}
