import type { TableInput } from '@aws-sdk/client-glue';
import { DATABASE } from '../core/names';
import { declaredAt, type SynthesizedStack } from '../core/terraform/synthesized-stack';
import { dataSpanView, liveView, viewText } from '../stacks/athena-view';

/** A table of the stack, as far as it matters to a catalog. */
interface CatalogTable {
  readonly name: string;
  readonly table_type: string;
  readonly parameters: Record<string, string>;
  readonly storage_descriptor: {
    readonly columns: readonly { readonly name: string; readonly type: string }[];
    readonly location?: string;
    readonly input_format?: string;
    readonly output_format?: string;
    readonly ser_de_info: { readonly serialization_library: string; readonly parameters?: Record<string, string> };
  };
}

/** Events of tests happened when they were written. */
const ALL_DAYS = 36_500;

/** What a synthesized stack registers beside the Iceberg tables, for a bucket: raw events, countries and the views, of which the live one may look back further. */
export function stackTables(bucket: string, stack: SynthesizedStack, lateDays = ALL_DAYS): TableInput[] {
  const at = (path: string) => declaredAt(stack, path)!.body as unknown as CatalogTable;
  return [
    tableInput(at('catalog/raw-events'), `s3://${bucket}/raw/`),
    tableInput(at('catalog/countries'), `s3://${bucket}/reference/`),
    viewInput(at('catalog/live'), viewText(DATABASE, liveView(DATABASE, bucket, lateDays))),
    viewInput(at('catalog/data-span'), viewText(DATABASE, dataSpanView(DATABASE))),
  ];
}

function viewInput(table: CatalogTable, text: string): TableInput {
  return {
    ...tableInput(table),
    ViewOriginalText: `/* Presto View: ${Buffer.from(text).toString('base64')} */`,
    ViewExpandedText: '/* Presto View */',
  };
}

function tableInput(
  { name, table_type, parameters, storage_descriptor: storage }: CatalogTable,
  location?: string,
): TableInput {
  const { serialization_library, parameters: serDeParameters } = storage.ser_de_info;
  return {
    Name: name,
    TableType: table_type,
    Parameters: parameters,
    StorageDescriptor: {
      Location: location,
      Columns: storage.columns.map(({ name: Name, type: Type }) => ({ Name, Type })),
      InputFormat: storage.input_format,
      OutputFormat: storage.output_format,
      SerdeInfo: { SerializationLibrary: serialization_library, Parameters: serDeParameters },
    },
  };
}
