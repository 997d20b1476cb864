import type { DashboardVersionDefinition } from '@aws-sdk/client-quicksight';
import { isObject } from '../../core/json';
import { IDS } from './lint/ids';

/** What names a part among others like it; of two definitions, parts of one name are the same one. */
const KEYS = [...IDS, 'ElementId', 'FieldId', 'HierarchyId', 'Identifier', 'Name'];

/** Parts that are called by what they are and their name, instead of by their place. */
const CALLED: ReadonlyMap<string, string> = new Map(
  Object.entries({
    Sheets: 'sheet',
    Visuals: 'visual',
    CalculatedFields: 'calculated field',
    ParameterDeclarations: 'parameter',
    ParameterControls: 'control',
    FilterControls: 'control',
    FilterGroups: 'filter group',
    Filters: 'filter',
    DataSetIdentifierDeclarations: 'data set',
    Elements: 'place of',
    TextBoxes: 'text box',
  }),
);

type Fields = Readonly<Record<string, unknown>>;

/** What changed from one definition to another, a line each, whatever the order of their parts; none if they are the same. */
export function diffDefinitions(before: DashboardVersionDefinition, after: DashboardVersionDefinition): string[] {
  return [...differences(before, after, [], '')];
}

/** `where` is what is called by name, from the outside in; `path` leads on from there. */
function* differences(before: unknown, after: unknown, where: readonly string[], path: string): Iterable<string> {
  const [from, to] = [normal(before), normal(after)];
  if (JSON.stringify(from) === JSON.stringify(to)) return;
  if (Array.isArray(from ?? to) && Array.isArray(to ?? from)) {
    yield* listDifferences((from ?? []) as unknown[], (to ?? []) as unknown[], where, path);
    return;
  }
  if (isObject(from) && isObject(to)) {
    for (const name of [...new Set([...Object.keys(from), ...Object.keys(to)])].sort())
      yield* differences(from[name], to[name], where, path === '' ? name : `${path}.${name}`);
    return;
  }
  yield `${said(where, path)}: ${from === undefined ? `added ${text(to)}` : to === undefined ? `removed ${text(from)}` : `${text(from)} → ${text(to)}`}`;
}

function* listDifferences(
  from: readonly unknown[],
  to: readonly unknown[],
  where: readonly string[],
  path: string,
): Iterable<string> {
  const [before, after] = [byKey(from, to), byKey(to, from)];
  const list = path.split('.').at(-1)!;
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [one, other] = [before.get(key), after.get(key)];
    const called = CALLED.get(list);
    if (called === undefined || !isObject(one ?? other)) {
      if (one === undefined || other === undefined)
        yield `${said(where, path)}: ${one === undefined ? 'added' : 'removed'} ${text(one ?? other)}`;
      else yield* differences(one, other, where, key === 'the one' ? path : `${path} ${key}`);
      continue;
    }
    const name = `${called} ${titleOf((other ?? one) as Fields) ?? key}`;
    if (one === undefined || other === undefined)
      yield `${said([...where, name], '')}: ${one === undefined ? 'added' : 'removed'}`;
    else yield* differences(one, other, [...where, name], '');
  }
}

/** Items by what names them; those that nothing names by themselves, or, where the other list has them not, by their turn. */
function byKey(items: readonly unknown[], others: readonly unknown[]): Map<string, unknown> {
  const theirs = new Set(others.map((item) => JSON.stringify(item)));
  const found = new Map<string, unknown>();
  const turns = new Map<string, number>();
  for (const item of items) {
    const own = JSON.stringify(item);
    const key = keyOf(item) ?? (!isObject(item) || theirs.has(own) ? own : 'the one');
    let turn = turns.get(key) ?? 1;
    let unique = turn === 1 ? key : `${key} (${turn})`;
    while (found.has(unique)) unique = `${key} (${++turn})`;
    turns.set(key, turn + 1);
    found.set(unique, item);
  }
  return found;
}

/** Of an item, or of the one thing in it. */
function keyOf(item: unknown): string | undefined {
  if (!isObject(item)) return undefined;
  const name = KEYS.find((key) => Object.hasOwn(item, key) && typeof item[key] === 'string');
  if (name !== undefined)
    return `${item.DataSetIdentifier === undefined ? '' : `${item.DataSetIdentifier}.`}${item[name]}`;
  const [only, ...others] = Object.values(item);
  return others.length === 0 ? keyOf(only) : undefined;
}

/** A title that people know it by. */
function titleOf(item: Fields): string | undefined {
  const [only] = Object.values(item) as [Fields];
  const title = (only?.Title as { FormatText?: { PlainText?: string } } | undefined)?.FormatText?.PlainText;
  return title === undefined ? undefined : `"${title}" (${keyOf(item)})`;
}

/** Without what is empty, in one order of names; lists of texts in one order too. */
function normal(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(normal);
    const isPlain = items.every((item) => typeof item !== 'object');
    return items.length === 0
      ? undefined
      : isPlain
        ? items.sort()
        : items.sort((a, b) => compare(keyOf(a) ?? JSON.stringify(a), keyOf(b) ?? JSON.stringify(b)));
  }
  if (!isObject(value)) return value ?? undefined;
  const known = Object.entries(value)
    .map(([name, each]): [string, unknown] => [name, normal(each)])
    .filter(([, each]) => each !== undefined)
    .sort(([a], [b]) => compare(a, b));
  return Object.fromEntries(known);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function said(where: readonly string[], path: string): string {
  return [...where, ...(path === '' ? [] : [path])].join(', ') || 'the definition';
}

function text(value: unknown): string {
  return JSON.stringify(value);
}
