import { DashboardVersionDefinition$ } from '@aws-sdk/client-quicksight';
import { NormalizedSchema } from '@smithy/core/schema';
import modelJson from './definition-model.json';
import { printable, shown } from './printable';

/** What the SDK's schema leaves out of AWS's service model. Made by scripts/make-definition-model.ts. */
interface Model {
  readonly enums: ReadonlyMap<string, readonly string[]>;
  /** Kind, least and most. */
  readonly numbers: ReadonlyMap<string, Bounds>;
  /** Shape of items and longest length. */
  readonly lists: ReadonlyMap<string, readonly [item: string, most: number | null]>;
  /** Names of shapes by member, by structure. */
  readonly members: ReadonlyMap<string, Readonly<Record<string, string>>>;
  readonly required: ReadonlyMap<string, readonly string[]>;
}

type Bounds = readonly [kind: string, least: number | null, most: number | null];

const MODEL: Model = {
  enums: new Map(Object.entries(modelJson.enums)),
  numbers: new Map(Object.entries(modelJson.numbers as Record<string, unknown>)) as Model['numbers'],
  lists: new Map(Object.entries(modelJson.lists as Record<string, unknown>)) as Model['lists'],
  members: new Map(Object.entries(modelJson.members)) as Model['members'],
  required: new Map(Object.entries(modelJson.required)),
};

/** Structures that stand for a choice: exactly one of their members is there. */
const CHOICES = new Set([
  'DimensionField',
  'FieldSortOptions',
  'Filter',
  'MeasureField',
  'ParameterDeclaration',
  'FilterScopeConfiguration',
]);

/** How many values of an enum stand in a message. */
const MOST_VALUES = 20;

/** What a whole number can be that the service model has no bounds for. */
const WHOLE: Readonly<Record<string, number>> = { integer: 2 ** 31 - 1, long: Number.MAX_SAFE_INTEGER };

/** Yields what of a definition is not as AWS's model has it, each with its path. */
export function misfitsOf(definition: unknown): Iterable<string> {
  if (definition === null) return ['Definition must be an object, and is null'];
  return misfits(definition, NormalizedSchema.of(DashboardVersionDefinition$), 'Definition', undefined);
}

/** `shape` is the service model's name of the value, where there is more to check than its type. */
function* misfits(value: unknown, schema: NormalizedSchema, path: string, shape: string | undefined): Iterable<string> {
  if (schema.isListSchema()) yield* listMisfits(value, schema, path, shape);
  else if (schema.isStructSchema()) yield* structureMisfits(value, schema, path);
  else if (schema.isStringSchema()) yield* textMisfits(value, path, shape);
  else if (schema.isNumericSchema()) yield* numberMisfits(value, path, shape);
  else if (schema.isTimestampSchema()) {
    if (!isTime(value)) yield `${path} must be a time, in seconds or as ISO 8601, and is ${shown(value)}`;
  } else if (schema.isBooleanSchema() && typeof value !== 'boolean')
    yield `${path} must be true or false, and is ${shown(value)}`;
}

function* listMisfits(
  value: unknown,
  schema: NormalizedSchema,
  path: string,
  shape: string | undefined,
): Iterable<string> {
  if (!Array.isArray(value)) return void (yield `${path} must be a list, and is ${shown(value)}`);
  const [item, most = null] = MODEL.lists.get(shape ?? '') ?? [];
  if (most !== null && value.length > most) yield `${path} has ${value.length} items, and may have ${most}`;
  const items = schema.getValueSchema();
  for (const [n, each] of value.entries()) yield* misfits(each, items, `${path}[${n}]`, item);
}

function* structureMisfits(value: unknown, schema: NormalizedSchema, path: string): Iterable<string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return void (yield `${path} must be an object, and is ${shown(value)}`);
  const name = schema.getName()!.replace(/^.*#/, '');
  const members = membersOf(schema);
  const shapes = MODEL.members.get(name) ?? {};
  // AWS reads null as a member that is not there.
  const present = Object.entries(value).filter(([, each]) => each !== null && each !== undefined);
  for (const [own, each] of present) {
    const member = members.get(own);
    if (member) yield* misfits(each, member, `${path}.${own}`, shapes[own]);
    else yield `${path}.${printable(own)} is not known: there are ${[...members.keys()].join(', ')}`;
  }
  const names = new Set(present.map(([own]) => own));
  for (const each of MODEL.required.get(name) ?? []) if (!names.has(each)) yield `${path}.${each} is missing`;
  if (CHOICES.has(name) && names.size !== 1)
    yield `${path} must hold one of ${[...members.keys()].join(', ')}, and holds ${names.size === 0 ? 'none' : [...names].map((each) => printable(each)).join(' and ')}`;
}

function* textMisfits(value: unknown, path: string, shape: string | undefined): Iterable<string> {
  if (typeof value !== 'string') return void (yield `${path} must be a text, and is ${shown(value)}`);
  const values = MODEL.enums.get(shape ?? '');
  if (!values || values.includes(value)) return;
  const list = `${values.slice(0, MOST_VALUES).join(', ')}${values.length > MOST_VALUES ? ' …' : ''}`;
  yield `${path} must be one of ${list} and is ${shown(value)}`;
}

function* numberMisfits(value: unknown, path: string, shape: string | undefined): Iterable<string> {
  if (typeof value !== 'number') return void (yield `${path} must be a number, and is ${shown(value)}`);
  if (!Number.isFinite(value)) return void (yield `${path} must be a finite number, and is ${value}`);
  const [kind = 'double', least, most] = MODEL.numbers.get(shape ?? '') ?? [];
  const largest = WHOLE[kind];
  if (largest !== undefined && !Number.isInteger(value)) yield `${path} must be a whole number, and is ${value}`;
  const from = least ?? (largest === undefined ? -Infinity : -largest);
  const to = most ?? largest ?? Infinity;
  if (value < from || value > to) yield `${path} must be ${boundsText(from, to)}, and is ${value}`;
}

function boundsText(from: number, to: number): string {
  if (to === Infinity) return `${from} or more`;
  return from === -Infinity ? `${to} or less` : `from ${from} to ${to}`;
}

/** As the AWS CLI writes times, and as it takes them. */
function isTime(value: unknown): boolean {
  return (typeof value === 'number' || typeof value === 'string') && timeOfFile(value) !== undefined;
}

const ISO_8601 = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:?\d{2})?)?$/;

/** Reads a time of a definition: seconds since 1970, or ISO 8601, in UTC if it has no zone. Returns undefined for anything else. */
export function timeOfFile(value: string | number | Date): Date | undefined {
  const [, day, clock = '00:00', zone = 'Z'] = ISO_8601.exec(String(value)) ?? [];
  if (typeof value === 'string' && day === undefined) return undefined;
  const time = new Date(
    typeof value === 'number' ? value * 1000 : typeof value === 'string' ? `${day}T${clock}${zone}` : value,
  );
  const year = time.getUTCFullYear();
  return year >= 1 && year <= 9999 ? time : undefined;
}

/** Members by structure: a schema makes them anew each time. */
const membersBySchema = new Map<string, ReadonlyMap<string, NormalizedSchema>>();

function membersOf(schema: NormalizedSchema): ReadonlyMap<string, NormalizedSchema> {
  const name = schema.getName()!;
  const known = membersBySchema.get(name) ?? new Map(schema.structIterator());
  membersBySchema.set(name, known);
  return known;
}
