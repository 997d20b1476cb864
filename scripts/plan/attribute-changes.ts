import { isObject, type Json } from '../../core/json';
import { parseDocument, type ResourceChange } from '../../core/terraform/terraform-plan';

/** An attribute that a plan changes, with values as text for people. */
export interface AttributeChange {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

const LONGEST_VALUE = 120;
const UNKNOWN = '(known after apply)';

/**
 * What differs between a resource now and then, down to single values: sensitive ones are masked, unknown ones named as such if
 * the attribute is one of those `configured`, and an empty value equals a missing one.
 */
export function attributeChanges({ change }: ResourceChange, configured: ReadonlySet<string>): AttributeChange[] {
  const sides: Sides = {
    before: change.before,
    after: change.after,
    isUnknown: change.after_unknown,
    wasSensitive: change.before_sensitive,
    isSensitive: change.after_sensitive,
  };
  return differences('', sides).filter(
    ({ path, after }) => after !== UNKNOWN || configured.has(path.split(/[.[]/)[0]!),
  );
}

interface Sides {
  readonly before: Json | undefined;
  readonly after: Json | undefined;
  readonly isUnknown: Json | undefined;
  readonly wasSensitive: Json | undefined;
  readonly isSensitive: Json | undefined;
}

function differences(path: string, sides: Sides): AttributeChange[] {
  const { before, after, isUnknown, wasSensitive, isSensitive } = sides;
  if (isUnknown !== true && isEqual(before, after) && !hasTrue(isUnknown)) return [];
  const isLeaf = isUnknown === true || wasSensitive === true || isSensitive === true;
  const keys = isLeaf ? undefined : keysOf(before, after);
  if (keys) return keys.flatMap((key) => differences(pathOf(path, key), sidesAt(sides, key)));
  return [
    {
      path,
      before: show(before, wasSensitive),
      after: isUnknown === true ? UNKNOWN : show(after, isSensitive),
    },
  ];
}

/** Keys of two objects, two lists or two JSON documents; undefined if the two can only be compared whole. */
function keysOf(before: Json | undefined, after: Json | undefined): (string | number)[] | undefined {
  const [a, b] = [opened(before), opened(after)];
  if (Array.isArray(a) && Array.isArray(b)) return Array.from({ length: Math.max(a.length, b.length) }, (_, n) => n);
  if (isObject(a) && isObject(b)) return [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
  return undefined;
}

function sidesAt(sides: Sides, key: string | number): Sides {
  return {
    before: valueAt(sides.before, key),
    after: valueAt(sides.after, key),
    isUnknown: valueAt(sides.isUnknown, key),
    wasSensitive: valueAt(sides.wasSensitive, key),
    isSensitive: valueAt(sides.isSensitive, key),
  };
}

function valueAt(value: Json | undefined, key: string | number): Json | undefined {
  const container = opened(value);
  if (Array.isArray(container)) return container[key as number];
  return isObject(container) ? container[key] : undefined;
}

function opened(value: Json | undefined): Json | undefined {
  return parseDocument(value) ?? value;
}

function pathOf(path: string, key: string | number): string {
  if (typeof key === 'number') return `${path}[${key}]`;
  return path === '' ? key : `${path}.${key}`;
}

function hasTrue(shape: Json | undefined): boolean {
  return shape === true || (typeof shape === 'object' && shape !== null && Object.values(shape).some(hasTrue));
}

function isEqual(a: Json | undefined, b: Json | undefined): boolean {
  return JSON.stringify(content(a)) === JSON.stringify(content(b));
}

function content(value: Json | undefined): Json {
  const isEmpty = value === '' || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
  return isEmpty ? null : (opened(value) ?? null);
}

function show(value: Json | undefined, sensitive: Json | undefined): string {
  const text = JSON.stringify(masked(value ?? null, sensitive));
  return text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE)}… (${text.length} characters)`;
}

function masked(value: Json, sensitive: Json | undefined): Json {
  if (sensitive === true) return '(sensitive)';
  if (Array.isArray(value)) return value.map((item, n) => masked(item, valueAt(sensitive, n)));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, masked(item ?? null, valueAt(sensitive, key))]),
  );
}
