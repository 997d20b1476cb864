import { UserError } from '../core/errors';
import { isObject, type Json } from '../core/json';
import {
  type Declared,
  declaredResources,
  referencesIn,
  type SynthesizedStack,
} from '../core/terraform/synthesized-stack';
import { evaluate, UNKNOWN, type Value } from './evaluate';

/** Values of the stack's variables, by name. */
export type Variables = Readonly<Record<string, Json>>;

/** A resource that a deploy with certain variables makes. */
export interface Resource {
  /** As plans have it, without the index, such as `aws_s3_bucket.lake_bucket_1A2B3C4D`. */
  readonly address: string;
  readonly type: string;
  /** The stage that it belongs to: the construct right below the stack. */
  readonly stage: string;
  /** Its construct within the stage, such as `replica/bucket`. */
  readonly name: string;
  /** Addresses that an attribute refers to. */
  references(attribute: string): ReadonlySet<string>;
  /** The value at a path such as `configuration.0.limit`; `undefined` if there is none, `UNKNOWN` if only a deploy tells. */
  value(path: string): Value | undefined;
  /** A text as the stack has it, with its expressions. Throws a failure where there is none. */
  source(path: string): string;
  /** A number that the price depends on. Throws a failure where there is none. */
  number(path: string): number;
  /** A text that the price depends on. Throws a failure where there is none. */
  text(path: string): string;
}

/** The variables of a stack: its defaults, and others where they are given. Throws a failure at one that it has not. */
export function variablesOf({ variable = {} }: SynthesizedStack, given: Variables = {}): Variables {
  for (const name of Object.keys(given))
    if (!variable[name])
      throw new UserError(`the stack has no variable "${name}": it has ${Object.keys(variable).join(', ')}`);
  const defaults = Object.entries(variable).map(([name, { default: initial }]) => [name, initial ?? null]);
  return { ...Object.fromEntries(defaults), ...given };
}

/** What a deploy with these variables makes; `count` decides. */
export function resourcesOf(stack: SynthesizedStack, variables: Variables): readonly Resource[] {
  return declaredResources(stack)
    .filter(({ address }) => !address.startsWith('data.'))
    .map((declared) => resource(declared, variables))
    .filter((found) => found.value('count') === undefined || found.number('count') > 0);
}

function resource({ address, type, path, body }: Declared, variables: Variables): Resource {
  const raw = (at: string): Json | undefined => at.split('.').reduce<Json | undefined>(step, body);
  const value = (at: string): Value | undefined => {
    const found = raw(at);
    return typeof found === 'string' ? evaluate(found, variables) : found;
  };
  const needed = <T extends Json>(at: string, kind: string, found = value(at)): T => {
    if (typeof found === kind) return found as T;
    const is =
      found === undefined ? 'is not there' : found === UNKNOWN ? 'is known after the deploy only' : `is ${found}`;
    throw new UserError(`${address} can't be priced: ${at} ${is}, where a ${kind} is needed`);
  };
  return {
    address,
    type,
    stage: path[0]!,
    name: path.slice(1).join('/'),
    references: (attribute) => referencesIn(body[attribute]),
    value,
    source: (at) => needed(at, 'string', raw(at)),
    number: (at) => needed(at, 'number'),
    text: (at) => needed(at, 'string'),
  };
}

/** A block may be an object, or an array of them, of which `0` is the first. */
function step(value: Json | undefined, key: string): Json | undefined {
  if (Array.isArray(value)) return (value as readonly Json[])[Number(key)];
  if (isObject(value)) return key === '0' ? (value as Readonly<Record<string, Json>>) : value[key];
  return undefined;
}
