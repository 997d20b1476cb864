import { oneOf, type Problems, type Rule } from './rule';
import { groupBy, type Node, type Scope, where } from './scope';

/** Rules of what names something elsewhere. */
export const REFERENCE_RULES: readonly Rule[] = [
  {
    id: 'known-columns',
    description: 'Columns are of data sets that exist, and exist in them.',
    *check({ nodes, columns }) {
      for (const node of nodes) {
        const { ColumnName, DataSetIdentifier } = node.value as Record<string, string>;
        if (ColumnName === undefined || DataSetIdentifier === undefined) continue;
        const known = columns.get(DataSetIdentifier);
        if (!columns.has(DataSetIdentifier))
          yield `${where(node)}: there is no data set ${DataSetIdentifier}${oneOf(columns.keys())}`;
        else if (known && !known.has(ColumnName))
          yield `${where(node)}: ${DataSetIdentifier} has no column ${ColumnName}${oneOf(known)}`;
      }
    },
  },
  {
    id: 'known-parameters',
    description: 'Controls and filters name parameters that exist.',
    *check({ nodes, parameters }) {
      for (const node of nodes) {
        const { SourceParameterName, ParameterName } = node.value as Record<string, string>;
        for (const parameter of [SourceParameterName, ParameterName])
          if (parameter !== undefined && !parameters.has(parameter))
            yield `${where(node)}: there is no parameter ${parameter}${oneOf(parameters)}`;
      }
    },
  },
  {
    id: 'known-filters',
    description: 'Controls name filters that exist.',
    *check({ nodes }) {
      const filters = idsOf('FilterId', nodes);
      for (const node of nodes) {
        const { SourceFilterId } = node.value;
        if (SourceFilterId !== undefined && !filters.has(SourceFilterId))
          yield `${where(node)}: there is no filter ${SourceFilterId}${oneOf(filters)}`;
      }
    },
  },
  { id: 'known-scopes', description: 'Filters are of sheets and visuals that exist.', check: unknownScopes },
];

function* unknownScopes({ definition, nodes }: Scope): Problems {
  const sheets = idsOf('SheetId', nodes);
  const inSheets = groupBy(
    nodes.filter(({ path }) => path.startsWith('Sheets[')),
    ({ path }) => path.slice(0, path.indexOf(']') + 1),
  );
  const visualsIn = new Map([...inSheets].map(([sheet, own]) => [sheet, idsOf('VisualId', own)]));
  for (const { path, value } of nodes.filter(({ name }) => name === 'SheetVisualScopingConfigurations')) {
    const n = (definition.Sheets ?? []).findIndex(({ SheetId }) => SheetId === value.SheetId);
    const visuals = visualsIn.get(`Sheets[${n}]`) ?? new Set();
    if (n < 0) yield `${path}: there is no sheet ${value.SheetId}${oneOf(sheets)}`;
    else
      for (const id of (value.VisualIds as string[] | undefined) ?? [])
        if (!visuals.has(id)) yield `${path}: the sheet ${value.SheetId} has no visual ${id}${oneOf(visuals)}`;
  }
}

/** Ids that are declared, and not only named by a scope. */
function idsOf(name: string, among: readonly Node[]): Set<unknown> {
  return new Set(
    among.filter((node) => node.name !== 'SheetVisualScopingConfigurations').map(({ value }) => value[name]),
  );
}
