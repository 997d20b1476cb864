import { Failure } from '../local/failure';
import type { JsonObject } from './plan/terraform-plan';

/** The parts of a synthesized stack (`cdk.tf.json`) that are read here: attributes by type and name. */
export interface SynthesizedStack {
  readonly resource: ResourcesByType;
  readonly data?: ResourcesByType;
  readonly variable?: Readonly<Record<string, JsonObject>>;
  readonly output?: Readonly<Record<string, JsonObject>>;
}

export type ResourcesByType = Readonly<Record<string, Readonly<Record<string, JsonObject>>>>;

/** Reads a synthesized stack; throws a failure that names the remedy for anything else. */
export function parseStack(text: string, source: string): SynthesizedStack {
  const stack = parsed(text);
  if (typeof stack?.resource !== 'object')
    throw new Failure(`${source} is not a synthesized stack: give it a cdk.tf.json, as "cdktf synth" writes them`);
  return stack as SynthesizedStack;
}

/** The attributes at an address such as `aws_sqs_queue.letters`, `aws_sqs_queue.letters[0]` or `data.aws_region.here`. */
export function attributesAt({ resource, data }: SynthesizedStack, address: string): JsonObject | undefined {
  const [, isData, type, name] = /^(data\.)?(\w+)\.([\w-]+)/.exec(address) ?? [];
  return (isData ? data : resource)?.[type!]?.[name!];
}

function parsed(text: string): Partial<SynthesizedStack> | null {
  try {
    return JSON.parse(text);
  } catch {
    return null; // refused by the caller, as any other JSON is
  }
}
