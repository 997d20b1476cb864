import { jest } from '@jest/globals';
import type { JsonObject } from '../../core/json';
import { attributesAt, declaredAt, type SynthesizedStack } from '../../core/terraform/synthesized-stack';
import { expression } from '../../stacks/expressions';
import type { FunctionBundle } from '../../stacks/function-bundle';

/** The whole stack as Terraform reads it. */
export interface Synthesized extends SynthesizedStack {
  readonly variable: Readonly<Record<string, JsonObject>>;
  readonly output: Readonly<Record<string, JsonObject>>;
  readonly locals: Readonly<Record<string, string>>;
  readonly provider: { readonly aws: readonly JsonObject[] };
  readonly terraform: JsonObject;
}

/** A resource, found by the path of its construct. */
interface Found<T> {
  readonly attributes: T;
  /** Its address, such as `aws_sqs_queue.generator_dead-letters_36F0F826`. */
  readonly address: string;
}

/** The stack, synthesized in this process, once for each test file. */
export const stack: Synthesized = synthesizeHere();

/** Attributes of the resource whose construct is at a path such as `generator/function`; throws if there is none. */
export function at<T = JsonObject>(path: string): T {
  return find<T>(path).attributes;
}

/** Address of the resource at a path. */
export function addressOf(path: string): string {
  return find(path).address;
}

/** How another resource refers to an attribute of the one at a path, which may be there or not (`count`). */
export function ref(path: string, attribute: string): string {
  const { address, attributes } = find(path);
  return expression(`${address}${attributes.count === undefined ? '' : '[0]'}.${attribute}`);
}

/** Paths of all resources of a type. */
export function pathsOf(type: string): string[] {
  return Object.values(stack.resource[type] ?? {}).map(pathOf);
}

/** The JSON that an attribute of the resource at a path holds. */
export function documentAt<T>(path: string, attribute: string): T {
  return JSON.parse(String(at(path)[attribute]));
}

/** Path of a resource's construct within the stack. */
export function pathOf(attributes: JsonObject): string {
  const { metadata } = attributes['//'] as { metadata: { path: string } };
  return metadata.path.slice(metadata.path.indexOf('/') + 1);
}

function find<T = JsonObject>(path: string): Found<T> {
  const found = declaredAt(stack, path);
  if (found) return { attributes: attributesAt(stack, found.address) as T, address: found.address };
  throw new Error(
    `the stack has nothing at ${path}: it has ${Object.keys(stack.resource).flatMap(pathsOf).join(', ')}`,
  );
}

function synthesizeHere(): Synthesized {
  // Bundling the function takes longer than all the rest, and has tests of its own: a file stands in for the zip.
  const bundle: FunctionBundle = { zip: new Uint8Array(), path: __filename, sha256: 'of the zip' };
  jest.doMock('../../stacks/function-bundle', () => ({ bundleFunction: () => bundle }));
  const { synthesizeStack } = require('../../stacks/synthesize') as typeof import('../../stacks/synthesize');
  jest.dontMock('../../stacks/function-bundle');
  return synthesizeStack() as Synthesized;
}
