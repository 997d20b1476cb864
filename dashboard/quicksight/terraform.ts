import { isObject } from '../../core/json';
/** A request of QuickSight's API in the words of Terraform's AWS provider 5.100: names with underscores, each block a list. */
export type Blocks = Readonly<Record<string, unknown>>;

/** What the provider calls other than its rule has it, in some blocks only where they are named. */
const RENAMED: Readonly<Record<string, string>> = {
  DataSetIdentifierDeclarations: 'data_set_identifiers_declarations',
  ValueWhenUnset: 'values_when_unset',
  Computations: 'computation',
  'FormatConfiguration.FormatConfiguration': 'numeric_format_configuration',
};

/** What the provider does not have: a definition's time zone, which is UTC if unset. */
const UNKNOWN = ['Options'];

/** Maps, whose keys the provider has in an attribute of each block. */
const KEYED: Readonly<Record<string, string>> = {
  PhysicalTableMap: 'physical_table_map_id',
  LogicalTableMap: 'logical_table_map_id',
  FieldFolders: 'field_folders_id',
};

/** Numbers that the provider takes as text. */
const TEXTS = ['ColumnIndex', 'RowIndex'];

/** Without what is empty, as the provider gives it back. */
export function blocksOf(request: object, parent = ''): Blocks {
  return Object.fromEntries(
    Object.entries(request).flatMap(([name, value]: [string, unknown]): [string, unknown][] => {
      if (value === undefined || UNKNOWN.includes(name) || (Array.isArray(value) && value.length === 0)) return [];
      return [[RENAMED[`${parent}.${name}`] ?? RENAMED[name] ?? underscored(name), blockOf(name, value)]];
    }),
  );
}

function blockOf(name: string, value: unknown): unknown {
  const key = KEYED[name];
  if (key !== undefined)
    return Object.entries(value as object).map(([id, each]) => ({ [key]: id, ...blocksOf(each as object, name) }));
  if (Array.isArray(value)) return value.map((each) => (isObject(each) ? blocksOf(each, name) : each));
  if (isObject(value)) return [blocksOf(value, name)];
  if (typeof value === 'string') return escaped(value);
  return TEXTS.includes(name) ? String(value) : value;
}

/** QuickSight's parameters are written as Terraform's references are; tokens that Terraform is to resolve have brackets. */
function escaped(text: string): string {
  return text.replace(/\$\{(\w+)\}/g, '$$$${$1}');
}

/** KPIVisual: kpi_visual; UIColorPalette: ui_color_palette. */
function underscored(name: string): string {
  return name
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase();
}
