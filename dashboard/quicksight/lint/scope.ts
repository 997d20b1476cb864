import type { CreateDataSetCommandInput, DashboardVersionDefinition } from '@aws-sdk/client-quicksight';

/** Any object of a definition, with where it is and what holds it. */
export interface Node {
  /** Such as `Sheets[0].Visuals[2].KPIVisual.Title`. */
  readonly path: string;
  readonly name: string;
  readonly value: Fields;
  /** From the definition down to what holds it. */
  readonly within: readonly Node[];
}

export type Fields = Readonly<Record<string, unknown>>;

export interface Scope {
  readonly definition: DashboardVersionDefinition;
  readonly nodes: readonly Node[];
  /** Columns and calculated fields by the identifier of their data set; undefined: not known. */
  readonly columns: ReadonlyMap<string, ReadonlySet<string> | undefined>;
  /** Names of parameters. */
  readonly parameters: ReadonlySet<string>;
}

/** What the linter looks at. */
export function scopeOf(definition: DashboardVersionDefinition, dataSets: readonly CreateDataSetCommandInput[]): Scope {
  return {
    definition,
    nodes: [...nodesOf(definition, '', [])],
    columns: columnsByIdentifier(definition, dataSets),
    parameters: parameterNames(definition),
  };
}

function* nodesOf(value: unknown, path: string, within: readonly Node[], name = ''): Iterable<Node> {
  if (Array.isArray(value)) {
    for (const [n, each] of value.entries()) yield* nodesOf(each, `${path}[${n}]`, within, name);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const node: Node = { path, name, value: value as Fields, within };
  if (path !== '') yield node;
  const inside = path === '' ? within : [...within, node];
  for (const [key, each] of Object.entries(value))
    yield* nodesOf(each, path === '' ? key : `${path}.${key}`, inside, key);
}

/** A visual by its id, for what is in one; else the path. */
export function where(node: Node): string {
  const visual = [...node.within, node].find(({ value }) => typeof value.VisualId === 'string');
  return visual ? `visual ${visual.value.VisualId}` : node.path;
}

function parameterNames({ ParameterDeclarations = [] }: DashboardVersionDefinition): Set<string> {
  return new Set(ParameterDeclarations.flatMap((each) => Object.values(each).map(({ Name }) => Name as string)));
}

function columnsByIdentifier(
  { DataSetIdentifierDeclarations = [], CalculatedFields = [] }: DashboardVersionDefinition,
  dataSets: readonly CreateDataSetCommandInput[],
): Map<string, Set<string> | undefined> {
  return new Map(
    DataSetIdentifierDeclarations.map(({ Identifier = '', DataSetArn = '' }) => {
      const dataSet = dataSets.find(({ DataSetId }) => DataSetArn.endsWith(`/${DataSetId}`));
      const tables = Object.values(dataSet?.PhysicalTableMap ?? {});
      const columns = tables.flatMap(
        ({ CustomSql, RelationalTable }) => CustomSql?.Columns ?? RelationalTable?.InputColumns ?? [],
      );
      const own = CalculatedFields.filter(({ DataSetIdentifier }) => DataSetIdentifier === Identifier);
      const names = [...columns, ...own].map(({ Name }) => Name as string);
      return [Identifier, dataSet && new Set(names)];
    }),
  );
}

/** Items by a key, in the order of their first. */
export function groupBy<K, T>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
