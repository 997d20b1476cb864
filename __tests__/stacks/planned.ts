import { readFileSync } from 'node:fs';
import type { Json, JsonObject } from '../../core/json';
import { attributesAt } from '../../core/terraform/synthesized-stack';
import { managedResources, parsePlan, type TerraformPlan } from '../../core/terraform/terraform-plan';
import { pathOf, stack } from './synthesized';

/** Resources whose name need only differ within what holds them. */
const WITHIN_OTHERS = new Set([
  'aws_apigatewayv2_stage',
  'aws_athena_named_query',
  'aws_glue_catalog_table',
  'aws_iam_role_policy',
  'aws_s3_object',
]);

/** What a plan will leave. */
export interface Plan {
  readonly text: string;
  /** Paths of the constructs whose resources it makes. */
  readonly paths: readonly string[];
  /** Names that must be the only ones in their account, each with its type. */
  readonly names: readonly string[];
  /** Attributes of the resource at a path, so far as they are known. */
  at(path: string): JsonObject;
  output(name: string): Json | undefined;
}

type PlanWithOutputs = TerraformPlan & { readonly output_changes: Readonly<Record<string, { readonly after?: Json }>> };

/** Reads a plan in JSON. */
export function planFrom(file: string): Plan {
  const text = readFileSync(file, 'utf8');
  const plan = parsePlan(text, file) as PlanWithOutputs;
  const resources = managedResources(plan).map(({ address, type, change }) => ({
    type,
    path: pathOf(attributesAt(stack, address)!),
    values: change.after ?? {},
  }));
  return {
    text: JSON.stringify(resources),
    paths: resources.map(({ path }) => path).sort(),
    names: resources
      .filter(({ type }) => !WITHIN_OTHERS.has(type))
      .map(({ type, values }) => [type, nameOf(values)])
      .filter(([, name]) => name !== undefined)
      .map((pair) => pair.join(' ')),
    at(path) {
      const found = resources.find((resource) => resource.path === path);
      if (!found) throw new Error(`the plan has nothing at ${path}`);
      return found.values;
    },
    output: (name) => plan.output_changes[name]?.after,
  };
}

function nameOf({ name, bucket, function_name, alarm_name, dashboard_name }: JsonObject): Json | undefined {
  return name ?? bucket ?? function_name ?? alarm_name ?? dashboard_name;
}
