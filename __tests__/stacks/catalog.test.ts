import { describe, expect, test } from '@jest/globals';
import { countryCsvColumns } from '../../schema/countries';
import { eventFields } from '../../schema/event';
import { initialMetadata } from '../../schema/iceberg';
import { type Column, tables } from '../../schema/tables';
import { dataSpanView, liveView } from '../../stacks/athena-view';
import { expression } from '../../stacks/expressions';
import { addressOf, at, documentAt, pathsOf, ref, stack } from './synthesized';

interface Table {
  readonly name: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly storage_descriptor: {
    readonly location: string;
    readonly columns: readonly { readonly name: string; readonly type: string }[];
  };
  readonly view_original_text?: string;
}

interface Metadata {
  readonly location: string;
  readonly schemas: readonly [{ readonly fields: readonly { readonly id: number; readonly name: string }[] }];
  readonly 'partition-specs': readonly [{ readonly fields: readonly SourceField[] }];
  readonly 'sort-orders': readonly [{ readonly fields: readonly SourceField[] }];
}

interface SourceField {
  readonly transform: string;
  readonly 'source-id': number;
}

const BUCKET = ref('lake/bucket/bucket', 'bucket');
const DATABASE = ref('catalog/database', 'name');

const columnsAt = (path: string) =>
  at<Table>(path).storage_descriptor.columns.map(({ name, type }) => `${name} ${type}`);

const described = (columns: readonly Column[], types: Partial<Record<Column['type'], string>> = {}) =>
  columns.map(({ name, type }) => `${name} ${types[type] ?? type}`);

test('every table is in the database', () => {
  const names = pathsOf('aws_glue_catalog_table').map((path) => at<Table>(path).name);
  expect(names.sort()).toEqual([
    'clickstream_live',
    'clickstream_table',
    'countries',
    'data_span',
    'failed_events',
    'processed_events',
    'raw_events',
    'sessions',
  ]);
  const databases = pathsOf('aws_glue_catalog_table').map((path) => at(path).database_name);
  expect(new Set(databases)).toEqual(new Set([DATABASE]));
});

describe.each([
  ['raw_events', 'catalog/raw-events', 'raw'],
  ['processed_events', 'catalog/processed-events', 'processed'],
])('%s', (_, path, folder) => {
  test('has every field as text', () => {
    expect(columnsAt(path)).toEqual(eventFields.map(({ name }) => `${name} string`));
  });

  test('is JSON, of which what is malformed is a row of nulls, and a field of another case is another field', () => {
    expect(at(path)).toMatchObject({
      storage_descriptor: {
        location: `s3://${BUCKET}/${folder}/`,
        ser_de_info: {
          serialization_library: 'org.openx.data.jsonserde.JsonSerDe',
          parameters: { 'ignore.malformed.json': 'true', 'case.insensitive': 'false' },
        },
      },
    });
  });
});

test('raw_events is not partitioned, so that a query costs one listing', () => {
  expect(at('catalog/raw-events')).not.toHaveProperty('partition_keys');
  const { parameters } = at<Table>('catalog/raw-events');
  expect(Object.keys(parameters).filter((name) => /projection|template/.test(name))).toEqual([]);
});

test('processed_events knows its partitions without listing: by date alone', () => {
  expect(at('catalog/processed-events').partition_keys).toEqual([
    expect.objectContaining({ name: 'date', type: 'string' }),
  ]);
  const { parameters } = at<Table>('catalog/processed-events');
  const projection = Object.entries(parameters).filter(([name]) => /projection|template/.test(name));
  expect(Object.fromEntries(projection)).toEqual({
    'projection.enabled': 'true',
    'projection.date.type': 'date',
    'projection.date.format': 'yyyy-MM-dd',
    'projection.date.range': expect.stringMatching(/^\d{4}-01-01,NOW$/),
    'projection.date.interval': '1',
    'projection.date.interval.unit': 'DAYS',
    'storage.location.template': `s3://${BUCKET}/processed/date=$${expression('date')}/`, // Terraform makes one $ of two
  });
});

test('countries has the columns of the reference, whose first line is their names', () => {
  expect(columnsAt('catalog/countries')).toEqual(Object.values(countryCsvColumns).map((name) => `${name} string`));
  expect(at('catalog/countries')).toMatchObject({
    parameters: { 'skip.header.line.count': '1' },
    storage_descriptor: {
      location: `s3://${BUCKET}/reference/`,
      ser_de_info: { parameters: { separatorChar: ',', quoteChar: '"' } },
    },
  });
});

describe.each(Object.entries(tables))('the Iceberg table %s', (name, columns) => {
  const [table, metadata] = [`catalog/${name}/table`, `catalog/${name}/metadata`];

  test('is registered with the metadata that is uploaded before', () => {
    expect(at(table)).toMatchObject({
      name,
      table_type: 'EXTERNAL_TABLE',
      parameters: { table_type: 'ICEBERG', metadata_location: `s3://${BUCKET}/${ref(metadata, 'key')}` },
      storage_descriptor: { location: `s3://${BUCKET}/results/${name}` },
      depends_on: [addressOf(metadata)],
    });
    expect(at(metadata).key).toMatch(
      new RegExp(`^results/${name}/metadata/00000-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\.metadata\\.json$`),
    );
  });

  test('has the columns of the schema', () => {
    expect(columnsAt(table)).toEqual(described(columns));
    const { schemas } = documentAt<Metadata>(metadata, 'content');
    expect(schemas[0].fields.map((field) => field.name)).toEqual(columns.map((column) => column.name));
    expect(schemas[0].fields.map(({ id }) => id)).toEqual(columns.map((_, n) => n + 1));
  });

  test('is where its metadata says', () => {
    expect(documentAt<Metadata>(metadata, 'content').location).toBe(`s3://${BUCKET}/results/${name}`);
  });

  test('belongs to the engines from then on', () => {
    expect(at(metadata).lifecycle).toEqual({ ignore_changes: 'all' });
    expect(at(table).lifecycle).toEqual({
      ignore_changes: expect.arrayContaining(['parameters', 'storage_descriptor']),
    });
  });
});

test.each([
  ['clickstream_table', ['day(click_date)'], ['identity(event_type)', 'identity(country_code)']],
  ['sessions', ['day(session_start)'], []],
  ['failed_events', [], []],
])('%s is laid out as queries want it: partitions %j, order %j', (name, partitions, order) => {
  const metadata = documentAt<Metadata>(`catalog/${name}/metadata`, 'content');
  const nameOf = (id: number) => metadata.schemas[0].fields.find((field) => field.id === id)?.name;
  const written = (fields: readonly SourceField[]) =>
    fields.map(({ transform, 'source-id': id }) => `${transform}(${nameOf(id)})`);
  expect(written(metadata['partition-specs'][0].fields)).toEqual(partitions);
  expect(written(metadata['sort-orders'][0].fields)).toEqual(order);
});

test('the metadata is that of schema/iceberg.ts', () => {
  expect(at('catalog/failed_events/metadata').content).toBe(
    initialMetadata('failed_events', `s3://${BUCKET}/results/failed_events`, tables.failed_events),
  );
});

describe.each([
  ['catalog/live', liveView(DATABASE, BUCKET), ['raw-events', 'countries', 'clickstream_table/table']],
  ['catalog/data-span', dataSpanView(DATABASE), ['clickstream_table/table']],
])('the view at %s', (path, view, read) => {
  const { name, view_original_text: text = '' } = at<Table>(path);
  const local = /^\/\* Presto View: \$\{base64encode\(local\.([\w-]+)\)\} \*\/$/.exec(text)?.[1] ?? '';
  const definition = JSON.parse(stack.locals[local]!);

  test('is in the form in which Athena keeps views', () => {
    expect(name).toBe(view.name);
    expect(at(path)).toMatchObject({
      table_type: 'VIRTUAL_VIEW',
      parameters: { presto_view: 'true', comment: 'Presto View' },
      view_expanded_text: '/* Presto View */',
    });
    expect(definition).toMatchObject({ catalog: 'awsdatacatalog', schema: DATABASE });
  });

  test('has its columns in types of Trino within and of Hive without', () => {
    const trino = { string: 'varchar', timestamp: view.timestamps };
    const columns: readonly Column[] = definition.columns;
    expect(columns.map(({ name, type }) => `${name} ${type}`)).toEqual(described(view.columns, trino));
    expect(columnsAt(path)).toEqual(described(view.columns));
  });

  test('is its SQL, on this database and bucket', () => expect(definition.originalSql).toBe(view.sql));

  test('is registered after the tables that it reads', () => {
    expect(at(path).depends_on).toEqual(expect.arrayContaining(read.map((each) => addressOf(`catalog/${each}`))));
  });
});
