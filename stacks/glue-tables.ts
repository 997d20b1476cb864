import { GlueCatalogTable, type GlueCatalogTableConfig } from '@cdktf/provider-aws/lib/glue-catalog-table';
import type { Construct } from 'constructs';
import { countryCsvColumns } from '../schema/countries';
import { eventFields } from '../schema/event';
import { relations } from '../schema/relations';

/** Where a table is: the database, and the folder of its files, such as `s3://bucket/raw/`. */
export interface TablePlace {
  readonly database: string;
  readonly location: string;
}

const TEXT_INPUT = 'org.apache.hadoop.mapred.TextInputFormat';
const TEXT_OUTPUT = 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat';

/** Every field as text, as the transformation wants it; a line that is not JSON is a row of nulls. */
const EVENT_COLUMNS = eventFields.map(({ name, description }) => ({ name, type: 'string', comment: description }));

/** What has landed and is not archived yet. Not partitioned: it is small, and a partition is a LIST request each. */
export function rawEventsTable(scope: Construct, { database, location }: TablePlace): GlueCatalogTable {
  return jsonTable(scope, 'raw-events', {
    databaseName: database,
    name: 'raw_events',
    description: relations.raw_events.description,
    storageDescriptor: { location },
  });
}

/** What has been archived, by the date of its folder, which is known without listing: for reprocessing. */
export function processedEventsTable(scope: Construct, { database, location }: TablePlace): GlueCatalogTable {
  return jsonTable(scope, 'processed-events', {
    databaseName: database,
    name: 'processed_events',
    description: 'One row per archived line, every field as text; say which date',
    partitionKeys: [{ name: 'date', type: 'string', comment: 'Day (UTC) on which the window began' }],
    parameters: {
      'projection.enabled': 'true',
      'projection.date.type': 'date',
      'projection.date.format': 'yyyy-MM-dd',
      'projection.date.range': '2024-01-01,NOW',
      'projection.date.interval': '1',
      'projection.date.interval.unit': 'DAYS',
      'storage.location.template': `${location}date=$\${date}/`,
    },
    storageDescriptor: { location },
  });
}

/** The country reference. */
export function countriesTable(scope: Construct, { database, location }: TablePlace): GlueCatalogTable {
  return new GlueCatalogTable(scope, 'countries', {
    databaseName: database,
    name: 'countries',
    description: relations.countries.description,
    tableType: 'EXTERNAL_TABLE',
    parameters: { EXTERNAL: 'TRUE', classification: 'csv', 'skip.header.line.count': '1' },
    storageDescriptor: {
      location,
      inputFormat: TEXT_INPUT,
      outputFormat: TEXT_OUTPUT,
      columns: Object.values(countryCsvColumns).map((name) => ({ name, type: 'string' })),
      serDeInfo: {
        name: 'csv',
        serializationLibrary: 'org.apache.hadoop.hive.serde2.OpenCSVSerde',
        parameters: { separatorChar: ',', quoteChar: '"' },
      },
    },
  });
}

function jsonTable(scope: Construct, id: string, config: GlueCatalogTableConfig): GlueCatalogTable {
  return new GlueCatalogTable(scope, id, {
    ...config,
    tableType: 'EXTERNAL_TABLE',
    parameters: { EXTERNAL: 'TRUE', classification: 'json', compressionType: 'gzip', ...config.parameters },
    storageDescriptor: {
      ...config.storageDescriptor,
      inputFormat: TEXT_INPUT,
      outputFormat: TEXT_OUTPUT,
      columns: EVENT_COLUMNS,
      serDeInfo: {
        name: 'json',
        serializationLibrary: 'org.openx.data.jsonserde.JsonSerDe',
        parameters: { 'ignore.malformed.json': 'true', 'case.insensitive': 'false' },
      },
    },
  });
}
