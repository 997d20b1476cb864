import type { CreateDataSetCommandInput, DashboardVersionDefinition } from '@aws-sdk/client-quicksight';
import { namesIn } from './sql-expression';

/**
 * What neither types nor Terraform check in a definition: ids, references, limits of AWS's documentation, and settings that Terraform's
 * AWS provider 5.100 loses or breaks on. Of data sets that are not given, columns are not looked at.
 *
 * Returns what is wrong, each with its visual or path and a remedy.
 */
export function lint(
  definition: DashboardVersionDefinition,
  dataSets: readonly CreateDataSetCommandInput[] = [],
): string[] {
  return problemsOf(definition, dataSets, [...REFERENCES, layoutProblems, sizeProblems, defects]);
}

/** What of a definition refers to nothing, or is there twice, so that nobody could show it. */
export function brokenParts(definition: DashboardVersionDefinition): string[] {
  return problemsOf(definition, [], REFERENCES);
}

type Rule = (scope: Scope) => Problems;

const REFERENCES: readonly Rule[] = [idProblems, declarationProblems, referenceProblems, visualProblems];

function problemsOf(
  definition: DashboardVersionDefinition,
  dataSets: readonly CreateDataSetCommandInput[],
  rules: readonly Rule[],
): string[] {
  const nodes = [...nodesOf(definition, '', [])];
  const scope: Scope = { definition, nodes, columns: columnsByIdentifier(definition, dataSets) };
  return rules.flatMap((rule) => [...rule(scope)]);
}

/** Any object of a definition, with where it is and what holds it. */
interface Node {
  /** Such as `Sheets[0].Visuals[2].KPIVisual.Title`. */
  readonly path: string;
  readonly name: string;
  readonly value: Fields;
  /** From the definition down to what holds it. */
  readonly within: readonly Node[];
}

type Fields = Readonly<Record<string, unknown>>;

interface Scope {
  readonly definition: DashboardVersionDefinition;
  readonly nodes: readonly Node[];
  /** Columns and calculated fields by the identifier of their data set; undefined: not known. */
  readonly columns: ReadonlyMap<string, ReadonlySet<string> | undefined>;
}

type Problems = Iterable<string>;

/** Names of ids that are to be one of the definition. */
export const IDS = [
  'SheetId',
  'VisualId',
  'FilterGroupId',
  'FilterId',
  'ParameterControlId',
  'FilterControlId',
  'SheetTextBoxId',
];

const ID = /^[\w-]{1,512}$/;

/** What stands for a value that is known at plan: of a variable or of a data source. */
const TOKEN = /\$\{[^}]*\}/g;

/** Wells by visual and how many fields they take (AWS, "Adding visuals"). */
const WELLS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    'FunnelChartAggregatedFieldWells.Category': 1,
    'FunnelChartAggregatedFieldWells.Values': 1,
    'HeatMapAggregatedFieldWells.Rows': 1,
    'HeatMapAggregatedFieldWells.Columns': 1,
    'HeatMapAggregatedFieldWells.Values': 1,
    'FilledMapAggregatedFieldWells.Geospatial': 1,
    'FilledMapAggregatedFieldWells.Values': 1,
    'BarChartAggregatedFieldWells.SmallMultiples': 1,
    'LineChartAggregatedFieldWells.SmallMultiples': 1,
    'PieChartAggregatedFieldWells.SmallMultiples': 1,
    'HistogramAggregatedFieldWells.Values': 1,
    'PivotTableAggregatedFieldWells.Rows': 40,
    'PivotTableAggregatedFieldWells.Columns': 40,
    'PivotTableAggregatedFieldWells.Values': 40,
  }),
);

/** Visuals in which nothing can be drilled through. */
const FLAT = [
  'PivotTableVisual',
  'TableVisual',
  'InsightVisual',
  'GaugeChartVisual',
  'SankeyDiagramVisual',
  'HistogramVisual',
];

/** The most there may be of something. */
const MOST: ReadonlyMap<string, number> = new Map(
  Object.entries({
    DataSetIdentifierDeclarations: 50,
    CalculatedFields: 500,
    ParameterDeclarations: 200,
    FilterGroups: 2000,
    Sheets: 20,
    Visuals: 50,
    ParameterControls: 200,
    FilterControls: 200,
    TextBoxes: 100,
    ColumnHierarchies: 2,
  }),
);

const GRID = { columns: 36, rows: 21 };

const AGGREGATES =
  /\b(count|distinct_count|sum|avg|min|max|median|stdev|stdevp|var|varp|percentile\w*)(If|Over)?\s*\(/i;

function* idProblems({ nodes }: Scope): Problems {
  const seen = new Map<string, string>();
  for (const node of nodes)
    for (const name of IDS) {
      const id = node.value[name];
      // What a scope names is declared elsewhere.
      if (typeof id !== 'string' || node.name === 'SheetVisualScopingConfigurations') continue;
      if (!ID.test(literal(id)))
        yield `${where(node)}: ${name} "${id}" must be of letters, digits, hyphens and underscores`;
      const first = seen.get(`${name} ${id}`);
      if (first) yield `${where(node)}: ${name} "${id}" is that of ${first} too: give it another`;
      seen.set(`${name} ${id}`, where(node));
    }
}

function* declarationProblems({ definition, columns }: Scope): Problems {
  const { DataSetIdentifierDeclarations = [], CalculatedFields = [], ParameterDeclarations = [] } = definition;
  yield* twice(
    'data set',
    DataSetIdentifierDeclarations.map(({ Identifier }) => Identifier),
  );
  yield* twice(
    'parameter',
    ParameterDeclarations.flatMap((each) => Object.values(each).map(({ Name }) => Name)),
  );
  yield* twice(
    'calculated field',
    CalculatedFields.map(({ DataSetIdentifier, Name }) => `${DataSetIdentifier}.${Name}`),
  );
  for (const { Identifier, DataSetArn = '' } of DataSetIdentifierDeclarations)
    if (!/^arn:aws[\w-]*:quicksight:[\w-]+:\w+:dataset\/[\w-]+$/.test(literal(DataSetArn)))
      yield `data set ${Identifier}: its ARN "${DataSetArn}" must be spelled out (arn:aws:quicksight:REGION:ACCOUNT:dataset/ID), with dependsOn beside it: Terraform checks nothing in a definition that holds what is not known yet`;
  const parameters = parameterNames(definition);
  for (const { DataSetIdentifier = '', Name, Expression = '' } of CalculatedFields) {
    const at = `calculated field ${DataSetIdentifier}.${Name}`;
    const known = columns.get(DataSetIdentifier);
    if (!columns.has(DataSetIdentifier))
      yield `${at}: there is no data set ${DataSetIdentifier}${oneOf(columns.keys())}`;
    const named = namesIn(Expression);
    for (const parameter of named.parameters)
      if (!parameters.has(parameter)) yield `${at}: there is no parameter ${parameter}${oneOf(parameters)}`;
    for (const column of named.columns)
      if (known && !known.has(column)) yield `${at}: ${DataSetIdentifier} has no column ${column}${oneOf(known)}`;
    const bare = Expression.replace(/'[^']*(?:''[^']*)*'/g, "''");
    if (bare.replace(/[^()]/g, '').length % 2 === 1) yield `${at}: its parentheses are not closed`;
  }
}

function* referenceProblems({ definition, nodes, columns }: Scope): Problems {
  const parameters = parameterNames(definition);
  const ids = (name: string, among = nodes): Set<unknown> =>
    new Set(among.filter((node) => node.name !== 'SheetVisualScopingConfigurations').map(({ value }) => value[name]));
  const filters = ids('FilterId');
  const sheets = ids('SheetId');
  const inSheets = groupBy(
    nodes.filter(({ path }) => path.startsWith('Sheets[')),
    ({ path }) => path.slice(0, path.indexOf(']') + 1),
  );
  const visualsIn = new Map([...inSheets].map(([sheet, own]) => [sheet, ids('VisualId', own)]));
  for (const node of nodes) {
    const { ColumnName, DataSetIdentifier, SourceParameterName, ParameterName, SourceFilterId } = node.value as Record<
      string,
      string
    >;
    if (ColumnName !== undefined && DataSetIdentifier !== undefined) {
      const known = columns.get(DataSetIdentifier);
      if (!columns.has(DataSetIdentifier))
        yield `${where(node)}: there is no data set ${DataSetIdentifier}${oneOf(columns.keys())}`;
      else if (known && !known.has(ColumnName))
        yield `${where(node)}: ${DataSetIdentifier} has no column ${ColumnName}${oneOf(known)}`;
    }
    for (const parameter of [SourceParameterName, ParameterName])
      if (parameter !== undefined && !parameters.has(parameter))
        yield `${where(node)}: there is no parameter ${parameter}${oneOf(parameters)}`;
    if (SourceFilterId !== undefined && !filters.has(SourceFilterId))
      yield `${where(node)}: there is no filter ${SourceFilterId}${oneOf(filters)}`;
  }
  for (const { path, value } of nodes.filter(({ name }) => name === 'SheetVisualScopingConfigurations')) {
    const n = (definition.Sheets ?? []).findIndex(({ SheetId }) => SheetId === value.SheetId);
    const visuals = visualsIn.get(`Sheets[${n}]`) ?? new Set();
    if (n < 0) yield `${path}: there is no sheet ${value.SheetId}${oneOf(sheets)}`;
    else
      for (const id of (value.VisualIds as string[] | undefined) ?? [])
        if (!visuals.has(id)) yield `${path}: the sheet ${value.SheetId} has no visual ${id}${oneOf(visuals)}`;
  }
}

function* visualProblems({ definition, nodes }: Scope): Problems {
  const aggregating = new Set(
    (definition.CalculatedFields ?? [])
      .filter(({ Expression = '' }) => AGGREGATES.test(Expression))
      .map(({ DataSetIdentifier, Name }) => `${DataSetIdentifier}.${Name}`),
  );
  const byVisual = groupBy(
    nodes.filter(({ within }) => within.length > 1),
    ({ within }) => within[1]!,
  );
  for (const item of nodes.filter(({ name, within }) => name === 'Visuals' && within.at(-1)?.name === 'Sheets')) {
    const kinds = Object.keys(item.value);
    if (kinds.length !== 1) {
      yield `${item.path}: must be one visual, and is ${kinds.join(' and ') || 'none'}: make an item of each`;
      continue;
    }
    const own = byVisual.get(item) ?? [];
    const wells = own.filter(({ within }) =>
      within.some(({ name }) => name === 'FieldWells' || name === 'Computations'),
    );
    const fields = wells.filter(({ value }) => 'FieldId' in value);
    const isField = new Set(fields);
    const fieldIds = new Set(fields.map(({ value }) => value.FieldId));
    const at = where(own[0] ?? item);
    yield* twice(
      `${at}: field`,
      fields.map(({ value }) => String(value.FieldId)),
    );
    for (const node of own.filter((each) => 'FieldId' in each.value && !isField.has(each)))
      if (!fieldIds.has(node.value.FieldId))
        yield `${where(node)} at ${node.path}: there is no field ${node.value.FieldId}${oneOf(fieldIds)}`;
    const hierarchies = new Set(
      own
        .filter(({ within }) => within.some(({ name }) => name === 'ColumnHierarchies'))
        .map(({ value }) => value.HierarchyId),
    );
    if (hierarchies.size > 0 && FLAT.includes(kinds[0]!))
      yield `${at}: a ${kinds[0]} has no ways down: leave ColumnHierarchies out`;
    for (const { value } of fields)
      if (value.HierarchyId !== undefined && !hierarchies.has(value.HierarchyId))
        yield `${at}: there is no hierarchy ${value.HierarchyId}${oneOf(hierarchies)}`;
    for (const { name, value, within } of fields) {
      const { DataSetIdentifier, ColumnName } = (value.Column ?? {}) as Record<string, string>;
      const aggregates = aggregating.has(`${DataSetIdentifier}.${ColumnName}`);
      if (aggregates && name.endsWith('DimensionField'))
        yield `${at}: ${ColumnName} aggregates, and can only be a value, not in ${within.at(-1)?.name}`;
      if (aggregates && value.AggregationFunction !== undefined)
        yield `${at}: ${ColumnName} aggregates by itself: leave AggregationFunction out`;
    }
    for (const { name, value } of own)
      for (const [well, members] of Object.entries(value)) {
        const most = WELLS.get(`${name}.${well}`);
        if (most !== undefined && Array.isArray(members) && members.length > most)
          yield `${at}: ${well} of a ${kinds[0]} takes ${most}, and has ${members.length} fields`;
      }
  }
}

function* layoutProblems({ definition, nodes }: Scope): Problems {
  for (const [n, { SheetId, Layouts = [] }] of (definition.Sheets ?? []).entries()) {
    const within = nodes.filter(({ path }) => path.startsWith(`Sheets[${n}].`));
    const owned = new Map(
      within.flatMap(({ value }) =>
        ['VisualId', 'ParameterControlId', 'FilterControlId', 'SheetTextBoxId'].flatMap((name) =>
          typeof value[name] === 'string' ? [[value[name] as string, name]] : [],
        ),
      ) as [string, string][],
    );
    if (Layouts.length > 1) yield `sheet ${SheetId}: has ${Layouts.length} layouts: leave one`;
    const grids = within.filter(({ value }) => 'ElementId' in value && 'ColumnSpan' in value);
    for (const { value, path } of grids) {
      const [id, column, span, rows] = [
        value.ElementId as string,
        Number(value.ColumnIndex ?? 0),
        Number(value.ColumnSpan),
        Number(value.RowSpan),
      ];
      if (!owned.has(id)) yield `${path}: sheet ${SheetId} has no element ${id}${oneOf(owned.keys())}`;
      if (span < 1 || column + span > GRID.columns)
        yield `${value.ElementType === 'VISUAL' ? 'visual' : 'control'} ${id}: from column ${column}, ${span} wide, is beyond the ${GRID.columns} columns of the grid`;
      if (rows < 1 || rows > GRID.rows) yield `visual ${id}: is ${rows} rows high: 1 to ${GRID.rows} can be`;
    }
    yield* twice(
      `sheet ${SheetId}: place of`,
      grids.map(({ value }) => String(value.ElementId)),
    );
    const placed = new Set(within.filter(({ value }) => 'ElementId' in value).map(({ value }) => value.ElementId));
    if (Layouts.length > 0)
      for (const [id, kind] of owned)
        if (kind === 'VisualId' && !placed.has(id))
          yield `visual ${id}: has no place in the layout of sheet ${SheetId}`;
    yield* overlaps(grids.filter(({ path }) => path.includes('].Layouts[')).map(({ value }) => value));
  }
}

function* sizeProblems({ definition, nodes }: Scope): Problems {
  for (const { path, value } of [{ path: '', value: definition as object }, ...nodes])
    for (const [name, members] of Object.entries(value)) {
      const most = MOST.get(name);
      if (most !== undefined && Array.isArray(members) && members.length > most)
        yield `${path ? `${path}.` : ''}${name}: has ${members.length}, and may have ${most}`;
    }
}

/** What the provider sends otherwise than it is told, or can't read back. */
function* defects({ nodes }: Scope): Problems {
  for (const node of nodes) {
    const { name, value, within } = node;
    const at = `${where(node)} at ${node.path}`;
    const kind = within.find((each) => each.name.endsWith('Visual'))?.name ?? '';
    if ('MissingDataConfigurations' in value || 'MissingDataConfiguration' in value)
      yield `${at}: missing data can't be read back, and every later plan fails: leave it out`;
    if ('ContributionAnalysisDefaults' in value)
      yield `${at}: ContributionAnalysisDefaults can't be read back, and every later plan fails: leave it out`;
    if ('SelectedPointStyle' in value)
      yield `${at}: SelectedPointStyle is lost, and every plan would set it anew: leave it out`;
    if (kind === 'GeospatialMapVisual' && 'VisualPalette' in value)
      yield `${at}: the palette of a map is lost, and every plan would set it anew: leave it out`;
    if ('PercentileValue' in value)
      yield `${at}: the percentile is lost: write percentile(column, n) as a calculated field instead`;
    if (name === 'Range' && 'DataDriven' in value)
      yield `${at}: DataDriven is lost, and is what an axis does anyway: leave Range out`;
    if (value.DateGranularity === 'WEEK')
      yield `${at}: weeks would begin on Sunday, as the provider has no Options.WeekStart: show a column of Mondays instead`;
    if (name === 'ForecastProperties')
      for (const setting of FORECAST)
        if (value[setting] === undefined) yield `${at}: ${setting} would be sent as 0: say what it is to be`;
    if (name === 'Colors' && kind === 'HeatMapVisual' && value.DataValue === undefined)
      yield `${at}: DataValue would be sent as 0: say what it is to be`;
    if (kind === 'PivotTableVisual' && 'BackgroundColor' in value && !('TextColor' in value))
      yield `${at}: BackgroundColor needs TextColor beside it`;
    for (const field of ['SelectedFieldsConfiguration', 'TargetVisualsConfiguration'])
      if (field in value)
        yield `${at}: the provider sends ${field} with empty lists, which AWS refuses (terraform-provider-aws #39715): leave the action out`;
  }
}

const FORECAST = [
  'PeriodsForward',
  'PeriodsBackward',
  'UpperBoundary',
  'LowerBoundary',
  'PredictionInterval',
  'Seasonality',
];

function* overlaps(elements: readonly Fields[]): Problems {
  const boxes = elements.map((value) => {
    const [left, top] = [Number(value.ColumnIndex ?? 0), Number(value.RowIndex ?? 0)];
    return {
      id: value.ElementId,
      left,
      top,
      right: left + Number(value.ColumnSpan),
      bottom: top + Number(value.RowSpan),
    };
  });
  for (const [n, a] of boxes.entries())
    for (const b of boxes.slice(n + 1))
      if (a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
        yield `visual ${b.id}: lies on ${a.id}: move one of them`;
}

function* twice(what: string, names: readonly (string | undefined)[]): Problems {
  const seen = new Set<string | undefined>();
  const repeated = new Set<string | undefined>();
  for (const name of names) (seen.has(name) ? repeated : seen).add(name);
  for (const name of repeated) yield `${what} ${name}: is there twice: give one another name`;
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
function where(node: Node): string {
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

/** With what is known at plan as a word. */
function literal(text: string): string {
  // Up to the last brace, so that each opening one is closed: looking for the end is not repeated.
  const end = text.lastIndexOf('}') + 1;
  return text.slice(0, end).replace(TOKEN, 'x') + text.slice(end);
}

function groupBy<K, T>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

function oneOf(names: Iterable<unknown>): string {
  const list: unknown[] = [];
  for (const name of names) {
    if (list.length > 20) break;
    if (name !== undefined) list.push(name);
  }
  return list.length === 0 ? '' : `: there are ${list.slice(0, 20).join(', ')}${list.length > 20 ? ' …' : ''}`;
}
