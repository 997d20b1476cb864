import type { Problems, Rule } from './rule';
import { type Node, type Scope, where } from './scope';
import { literal } from './tokens';

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

export const ID_RULES: readonly Rule[] = [
  {
    id: 'id-characters',
    description: 'Ids are of letters, digits, hyphens and underscores.',
    *check({ nodes }) {
      for (const { node, name, id } of declaredIds(nodes))
        if (!ID.test(literal(id)))
          yield `${where(node)}: ${name} "${id}" must be of letters, digits, hyphens and underscores`;
    },
  },
  {
    id: 'unique-ids',
    description: 'No two parts of a kind have the same id.',
    check: repeatedIds,
  },
];

function* repeatedIds({ nodes }: Scope): Problems {
  const seen = new Map<string, string>();
  for (const { node, name, id } of declaredIds(nodes)) {
    const first = seen.get(`${name} ${id}`);
    if (first) yield `${where(node)}: ${name} "${id}" is that of ${first} too: give it another`;
    seen.set(`${name} ${id}`, where(node));
  }
}

function declaredIds(nodes: readonly Node[]) {
  return nodes
    .filter(({ name }) => name !== 'SheetVisualScopingConfigurations') // what a scope names is declared elsewhere
    .flatMap((node) =>
      IDS.flatMap((name) => {
        const id = node.value[name];
        return typeof id === 'string' ? [{ node, name, id }] : [];
      }),
    );
}
