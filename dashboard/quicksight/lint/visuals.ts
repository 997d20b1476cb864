import { quickSightKinds } from '../kinds';
import { oneOf, type Rule, twice } from './rule';
import { groupBy, type Node, type Scope, where } from './scope';

/** Sizes of wells, by kind; and those of types that no kind emits or reads. */
const WELL_SIZES: ReadonlyMap<string, number> = new Map(
  Object.entries({
    ...Object.assign({}, ...quickSightKinds.map(({ wellSizes }) => wellSizes)),
    'HistogramAggregatedFieldWells.Values': 1,
  } as Record<string, number>),
);

/** Types in which nothing can be drilled through, by kind; and those that no kind emits or reads. */
const FLAT: readonly string[] = [
  ...quickSightKinds.flatMap(({ flatTypes = [] }) => flatTypes),
  'GaugeChartVisual',
  'SankeyDiagramVisual',
  'HistogramVisual',
];

const AGGREGATES =
  /\b(count|distinct_count|sum|avg|min|max|median|stdev|stdevp|var|varp|percentile\w*)(If|Over)?\s*\(/i;

/** Rules of each visual by itself. */
export const VISUAL_RULES: readonly Rule[] = [
  {
    id: 'one-visual-an-item',
    description: 'An item of a sheet is one visual.',
    *check({ nodes }) {
      for (const { path, value } of itemsOf(nodes)) {
        const types = Object.keys(value);
        if (types.length !== 1)
          yield `${path}: must be one visual, and is ${types.join(' and ') || 'none'}: make an item of each`;
      }
    },
  },
  {
    id: 'unique-fields',
    description: 'Fields of a visual have ids of their own.',
    *check(scope) {
      for (const { at, fields } of visualsOf(scope))
        yield* twice(
          `${at}: field`,
          fields.map(({ value }) => String(value.FieldId)),
        );
    },
  },
  {
    id: 'known-fields',
    description: 'A visual is sorted and labelled by fields that it shows.',
    *check(scope) {
      for (const { own, fields } of visualsOf(scope)) {
        const isField = new Set(fields);
        const ids = new Set(fields.map(({ value }) => value.FieldId));
        for (const node of own)
          if ('FieldId' in node.value && !isField.has(node) && !ids.has(node.value.FieldId))
            yield `${where(node)} at ${node.path}: there is no field ${node.value.FieldId}${oneOf(ids)}`;
      }
    },
  },
  {
    id: 'no-hierarchy-in-flat-types',
    description: 'Only types that can be drilled through have hierarchies.',
    *check(scope) {
      for (const { at, type, hierarchies } of visualsOf(scope))
        if (hierarchies.size > 0 && FLAT.includes(type))
          yield `${at}: a ${type} has no ways down: leave ColumnHierarchies out`;
    },
  },
  {
    id: 'known-hierarchies',
    description: 'Fields name hierarchies of their visual.',
    *check(scope) {
      for (const { at, fields, hierarchies } of visualsOf(scope))
        for (const { value } of fields)
          if (value.HierarchyId !== undefined && !hierarchies.has(value.HierarchyId))
            yield `${at}: there is no hierarchy ${value.HierarchyId}${oneOf(hierarchies)}`;
    },
  },
  {
    id: 'aggregates-are-values',
    description: 'Calculated fields that aggregate are values, and are not aggregated again.',
    *check(scope) {
      const aggregating = aggregatingFields(scope);
      for (const { at, fields } of visualsOf(scope))
        for (const { name, value, within } of fields) {
          const { DataSetIdentifier, ColumnName } = (value.Column ?? {}) as Record<string, string>;
          if (!aggregating.has(`${DataSetIdentifier}.${ColumnName}`)) continue;
          if (name.endsWith('DimensionField'))
            yield `${at}: ${ColumnName} aggregates, and can only be a value, not in ${within.at(-1)?.name}`;
          if (value.AggregationFunction !== undefined)
            yield `${at}: ${ColumnName} aggregates by itself: leave AggregationFunction out`;
        }
    },
  },
  {
    id: 'well-sizes',
    description: 'Wells hold no more fields than they take.',
    *check(scope) {
      for (const { at, type, own } of visualsOf(scope))
        for (const { name, value } of own)
          for (const [well, members] of Object.entries(value)) {
            const most = WELL_SIZES.get(`${name}.${well}`);
            if (most !== undefined && Array.isArray(members) && members.length > most)
              yield `${at}: ${well} of a ${type} takes ${most}, and has ${members.length} fields`;
          }
    },
  },
];

function itemsOf(nodes: readonly Node[]): readonly Node[] {
  return nodes.filter(({ name, within }) => name === 'Visuals' && within.at(-1)?.name === 'Sheets');
}

interface LintedVisual {
  readonly at: string;
  /** As AWS calls it, such as `KPIVisual`. */
  readonly type: string;
  /** All that is in it. */
  readonly own: readonly Node[];
  /** What of it is a field in a well. */
  readonly fields: readonly Node[];
  readonly hierarchies: ReadonlySet<unknown>;
}

const visualsByScope = new WeakMap<Scope, readonly LintedVisual[]>();

/** Visuals of a definition, found once for all rules. */
function visualsOf(scope: Scope): readonly LintedVisual[] {
  const known = visualsByScope.get(scope) ?? findVisuals(scope);
  visualsByScope.set(scope, known);
  return known;
}

function findVisuals({ nodes }: Scope): LintedVisual[] {
  const byVisual = groupBy(
    nodes.filter(({ within }) => within.length > 1),
    ({ within }) => within[1]!,
  );
  const isIn = (name: string) => (node: Node) => node.within.some((each) => each.name === name);
  return itemsOf(nodes).flatMap((item) => {
    const types = Object.keys(item.value);
    if (types.length !== 1) return [];
    const own = byVisual.get(item) ?? [];
    const wells = own.filter((node) => isIn('FieldWells')(node) || isIn('Computations')(node));
    return {
      at: where(own[0] ?? item),
      type: types[0]!,
      own,
      fields: wells.filter(({ value }) => 'FieldId' in value),
      hierarchies: new Set(own.filter(isIn('ColumnHierarchies')).map(({ value }) => value.HierarchyId)),
    };
  });
}

/** Names of calculated fields that aggregate, behind their data set's. */
function aggregatingFields({ definition: { CalculatedFields = [] } }: Scope): ReadonlySet<string> {
  return new Set(
    CalculatedFields.filter(({ Expression = '' }) => AGGREGATES.test(Expression)).map(
      ({ DataSetIdentifier, Name }) => `${DataSetIdentifier}.${Name}`,
    ),
  );
}
