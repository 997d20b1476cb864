import type { Rule } from './rule';

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

export const SIZE_RULES: readonly Rule[] = [
  {
    id: 'list-sizes',
    description: 'Lists are no longer than AWS takes.',
    *check({ definition, nodes }) {
      for (const { path, value } of [{ path: '', value: definition as object }, ...nodes])
        for (const [name, members] of Object.entries(value)) {
          const most = MOST.get(name);
          if (most !== undefined && Array.isArray(members) && members.length > most)
            yield `${path ? `${path}.` : ''}${name}: has ${members.length}, and may have ${most}`;
        }
    },
  },
];
