import { UserError } from '../errors';
import type { Json, JsonObject } from '../json';

/** The parts of a synthesized stack (`cdk.tf.json`) that are read here: attributes by type and name. */
export interface SynthesizedStack {
  readonly resource: ResourcesByType;
  readonly data?: ResourcesByType;
  readonly variable?: Readonly<Record<string, JsonObject>>;
  readonly output?: Readonly<Record<string, JsonObject>>;
  readonly provider?: { readonly aws: readonly JsonObject[] };
}

export type ResourcesByType = Readonly<Record<string, Readonly<Record<string, JsonObject>>>>;

/** A resource or data source of a stack. */
export interface Declared {
  /** As references name it, such as `aws_s3_bucket.lake_bucket_1A2B3C4D`. */
  readonly address: string;
  readonly type: string;
  /** Ids of the constructs that hold it, without the stack's. */
  readonly path: readonly string[];
  readonly body: JsonObject;
}

/** Reads a synthesized stack;  a UserError that names the remedy for anything else. */
export function parseStack(text: string, source: string): SynthesizedStack {
  const stack = parsed(text);
  if (typeof stack?.resource !== 'object')
    throw new UserError(`${source} is not a synthesized stack: give it a cdk.tf.json, as "cdktf synth" writes them`);
  return stack as SynthesizedStack;
}

/** All that a stack declares. */
export function declaredResources({ resource, data = {} }: SynthesizedStack): readonly Declared[] {
  return [...flatten(resource, ''), ...flatten(data, 'data.')];
}

/** The resource whose construct is at a path such as `generator/function`. */
export function declaredAt(stack: SynthesizedStack, path: string): Declared | undefined {
  return flatten(stack.resource, '').find(({ path: ids }) => ids.join('/') === path);
}

/** Addresses of resources and data sources in a value. */
export function referencesIn(value: Json | undefined): Set<string> {
  return new Set(JSON.stringify(value ?? null).match(/\b(?:data\.)?aws_[a-z0-9_]+\.[A-Za-z][\w-]*/g) ?? []);
}

/** The attributes at an address such as `aws_sqs_queue.letters`, `aws_sqs_queue.letters[0]` or `data.aws_region.here`. */
export function attributesAt({ resource, data }: SynthesizedStack, address: string): JsonObject | undefined {
  const [, isData, type, name] = /^(data\.)?(\w+)\.([\w-]+)/.exec(address) ?? [];
  return (isData ? data : resource)?.[type!]?.[name!];
}

function flatten(byType: ResourcesByType, prefix: string): Declared[] {
  return Object.entries(byType).flatMap(([type, byName]) =>
    Object.entries(byName).map(([name, { '//': comment, ...body }]) => ({
      address: `${prefix}${type}.${name}`,
      type,
      path: (comment as unknown as { metadata: { path: string } }).metadata.path.split('/').slice(1),
      body,
    })),
  );
}

function parsed(text: string): Partial<SynthesizedStack> | null {
  try {
    return JSON.parse(text);
  } catch {
    return null; // refused by the caller, as any other JSON is
  }
}
