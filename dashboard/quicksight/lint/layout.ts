import { oneOf, type Problems, type Rule, twice } from './rule';
import type { Fields, Node, Scope } from './scope';

const GRID = { columns: 36, rows: 21 };

/** Rules of where things lie on a sheet. */
export const LAYOUT_RULES: readonly Rule[] = [
  {
    id: 'one-layout',
    description: 'A sheet has one layout.',
    *check({ definition: { Sheets = [] } }) {
      for (const { SheetId, Layouts = [] } of Sheets)
        if (Layouts.length > 1) yield `sheet ${SheetId}: has ${Layouts.length} layouts: leave one`;
    },
  },
  {
    id: 'within-grid',
    description: 'What has a place is an element of the sheet, and lies within the grid.',
    *check(scope) {
      for (const { id, grids, owned } of sheetsOf(scope)) for (const grid of grids) yield* misplaced(grid, id, owned);
    },
  },
  {
    id: 'one-place',
    description: 'Every visual has one place in the layout.',
    *check(scope) {
      for (const sheet of sheetsOf(scope)) yield* placesOf(sheet);
    },
  },
  {
    id: 'no-overlap',
    description: 'No visual lies on another.',
    *check(scope) {
      for (const { grids } of sheetsOf(scope))
        yield* overlaps(grids.filter(({ path }) => path.includes('].Layouts[')).map(({ value }) => value));
    },
  },
];

interface LintedSheet {
  readonly id: string | undefined;
  readonly hasLayout: boolean;
  readonly within: readonly Node[];
  /** What has a place on the grid. */
  readonly grids: readonly Node[];
  /** Kinds of ids by the id of each element. */
  readonly owned: ReadonlyMap<string, string>;
}

function sheetsOf({ definition, nodes }: Scope): LintedSheet[] {
  return (definition.Sheets ?? []).map(({ SheetId: id, Layouts = [] }, n) => {
    const within = nodes.filter(({ path }) => path.startsWith(`Sheets[${n}].`));
    const grids = within.filter(({ value }) => 'ElementId' in value && 'ColumnSpan' in value);
    return { id, hasLayout: Layouts.length > 0, within, grids, owned: elementsOf(within) };
  });
}

function elementsOf(within: readonly Node[]): Map<string, string> {
  const names = ['VisualId', 'ParameterControlId', 'FilterControlId', 'SheetTextBoxId'];
  return new Map(
    within.flatMap(({ value }) =>
      names.flatMap((name): [string, string][] => (typeof value[name] === 'string' ? [[value[name], name]] : [])),
    ),
  );
}

function* misplaced({ value, path }: Node, sheet: string | undefined, owned: LintedSheet['owned']): Problems {
  const [id, column, span, rows] = [
    value.ElementId as string,
    Number(value.ColumnIndex ?? 0),
    Number(value.ColumnSpan),
    Number(value.RowSpan),
  ];
  if (!owned.has(id)) yield `${path}: sheet ${sheet} has no element ${id}${oneOf(owned.keys())}`;
  if (span < 1 || column + span > GRID.columns)
    yield `${value.ElementType === 'VISUAL' ? 'visual' : 'control'} ${id}: from column ${column}, ${span} wide, is beyond the ${GRID.columns} columns of the grid`;
  if (rows < 1 || rows > GRID.rows) yield `visual ${id}: is ${rows} rows high: 1 to ${GRID.rows} can be`;
}

function* placesOf({ id: sheet, hasLayout, within, grids, owned }: LintedSheet): Problems {
  yield* twice(
    `sheet ${sheet}: place of`,
    grids.map(({ value }) => String(value.ElementId)),
  );
  if (!hasLayout) return;
  const placed = new Set(within.map(({ value }) => value.ElementId));
  for (const [id, name] of owned)
    if (name === 'VisualId' && !placed.has(id)) yield `visual ${id}: has no place in the layout of sheet ${sheet}`;
}

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
