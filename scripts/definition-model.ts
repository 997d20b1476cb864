import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { PROJECT } from '../core/project';

/** Path of the file that `scripts/make-definition-model.ts` writes. */
export const DEFINITION_MODEL = join(PROJECT, 'dashboard/quicksight/definition-model.json');

const LIBRARIES = join(PROJECT, '.venv/ministack/lib');
const SERVICE = 'botocore/data/quicksight/2018-04-01/service-2.json.gz';
const ROOT = 'DashboardVersionDefinition';

interface Shape {
  readonly type: string;
  readonly enum?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly members?: Readonly<Record<string, { readonly shape: string }>>;
  readonly member?: { readonly shape: string };
  readonly required?: readonly string[];
}

/**
 * Makes the text of definition-model.json from the installed botocore, which holds AWS's service model: values of enums, bounds of
 * numbers, lengths of lists and required members of all parts of a dashboard definition.
 */
export function makeDefinitionModel(): string {
  const [python] = readdirSync(LIBRARIES);
  const packed = readFileSync(join(LIBRARIES, python!, 'site-packages', SERVICE));
  const { shapes } = JSON.parse(gunzipSync(packed).toString('utf8')) as { shapes: Record<string, Shape> };
  const reached = reachable(shapes);
  const of = (test: (shape: Shape) => boolean) => reached.filter((name) => test(shapes[name]!));
  const lines = (names: readonly string[], value: (shape: Shape) => unknown): string =>
    names.map((name) => `${JSON.stringify(name)}:${JSON.stringify(value(shapes[name]!))}`).join(',\n');
  const isChecked = (name: string): boolean => {
    const shape = shapes[name]!;
    return shape.enum !== undefined || isNumeric(shape) || (shape.type === 'list' && isListed(shape, shapes));
  };
  const structures = of(({ type }) => type === 'structure');
  const checkedMembers = ({ members = {} }: Shape) =>
    Object.fromEntries(
      Object.entries(members).flatMap(([name, { shape }]) => (isChecked(shape) ? [[name, shape]] : [])),
    );
  const sections = [
    `"enums":{\n${lines(
      of((shape) => shape.enum !== undefined),
      (shape) => shape.enum,
    )}}`,
    `"numbers":{\n${lines(of(isNumeric), ({ type, min, max }) => [type, min ?? null, max ?? null])}}`,
    `"lists":{\n${lines(
      of((shape) => shape.type === 'list' && isListed(shape, shapes)),
      ({ member, max }) => [member!.shape, max ?? null],
    )}}`,
    `"members":{\n${lines(
      structures.filter((name) => Object.keys(checkedMembers(shapes[name]!)).length > 0),
      checkedMembers,
    )}}`,
    `"required":{\n${lines(
      structures.filter((name) => (shapes[name]!.required ?? []).length > 0),
      ({ required }) => required,
    )}}`,
  ];
  return `{${sections.join(',\n')}}\n`;
}

function isNumeric({ type }: Shape): boolean {
  return ['integer', 'long', 'double', 'float'].includes(type);
}

/** Whether a list has a longest length, or items that are checked themselves. */
function isListed({ member, max }: Shape, shapes: Readonly<Record<string, Shape>>): boolean {
  const item = shapes[member!.shape]!;
  return max !== undefined || item.enum !== undefined || isNumeric(item);
}

function reachable(shapes: Readonly<Record<string, Shape>>): string[] {
  const found = new Set<string>();
  const visit = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    const { members = {}, member } = shapes[name]!;
    for (const each of [...Object.values(members), ...(member ? [member] : [])]) visit(each.shape);
  };
  visit(ROOT);
  return [...found].sort();
}
