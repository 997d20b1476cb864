import { UserError } from '../errors';
import type { Json, JsonObject } from '../json';

/** What a plan does with a resource. */
export const ACTIONS = ['create', 'change', 'replace', 'destroy', 'no-op'] as const;
export type Action = (typeof ACTIONS)[number];

/** A resource in a plan: its attributes now and then, and the same shapes with `true` where a value is unknown or sensitive. */
export interface ResourceChange {
  readonly address: string;
  readonly mode: 'managed' | 'data';
  readonly type: string;
  readonly change: {
    readonly actions: readonly string[];
    readonly before: JsonObject | null;
    readonly after: JsonObject | null;
    readonly after_unknown?: Json;
    readonly before_sensitive?: Json;
    readonly after_sensitive?: Json;
    readonly replace_paths?: readonly (readonly (string | number)[])[];
  };
}

/** The parts of `terraform show -json plan` that a review needs. */
export interface TerraformPlan {
  readonly format_version: string;
  readonly resource_changes?: readonly ResourceChange[];
  readonly prior_state?: {
    readonly values?: { readonly root_module?: { readonly resources?: readonly StateResource[] } };
  };
  readonly configuration?: { readonly root_module?: { readonly resources?: readonly ConfiguredResource[] } };
}

interface StateResource {
  readonly address: string;
  readonly type: string;
  readonly values: JsonObject;
}

interface ConfiguredResource {
  readonly address: string;
  readonly expressions?: JsonObject;
}

/** Reads a plan as `terraform show -json` prints it;  a UserError that names the remedy for anything else. */
export function parsePlan(text: string, source: string): TerraformPlan {
  const remedy = 'give it what "terraform show -json PLAN" prints';
  let plan: Partial<TerraformPlan & { errored: boolean; values: unknown }> | null;
  try {
    plan = JSON.parse(text);
  } catch (error) {
    throw new UserError(`${source} is not JSON: ${remedy}`, { cause: error });
  }
  const version = plan?.format_version;
  if (typeof version !== 'string' || plan?.values !== undefined || plan?.configuration === undefined)
    throw new UserError(
      `${source} is not a Terraform plan: ${remedy}, where PLAN comes from "terraform plan -out PLAN"`,
    );
  if (!version.startsWith('1.')) throw new UserError(`${source} has format ${version}, and only 1.x is known here`);
  if (plan.errored) throw new UserError(`${source} is of a plan that failed: mend it, then plan again`);
  return plan as TerraformPlan;
}

/** What the plan does with a managed resource. */
export function actionOf({ change }: ResourceChange): Action {
  const actions = change.actions.join();
  switch (actions) {
    case 'create':
      return 'create';
    case 'update':
      return 'change';
    case 'delete,create':
    case 'create,delete':
      return 'replace';
    case 'delete':
    case 'forget':
      return 'destroy';
    case 'no-op':
      return 'no-op';
    default:
      throw new Error(`unknown action ${actions}`);
  }
}

/** The managed resources of a plan, by address. */
export function managedResources(plan: TerraformPlan): ResourceChange[] {
  return (plan.resource_changes ?? [])
    .filter(({ mode }) => mode === 'managed')
    .sort((a, b) => (a.address < b.address ? -1 : 1));
}

/** The configuration of a resource, by attribute; undefined for one that isn't configured (any more). */
export function configurationOf(plan: TerraformPlan, address: string): JsonObject | undefined {
  const resources = plan.configuration?.root_module?.resources ?? [];
  return resources.find((resource) => resource.address === address.replace(/\[.*\]$/, ''))?.expressions;
}

/** The object or list that a string holds as JSON, such as a policy; undefined if it holds none. */
export function parseDocument(value: Json | undefined): JsonObject | readonly Json[] | undefined {
  if (typeof value !== 'string' || !/^\s*[{[]/.test(value)) return undefined;
  try {
    return JSON.parse(value);
  } catch {
    return undefined; // text that only begins like JSON
  }
}
