import type { Json } from '../../core/json';
import type { SynthesizedStack } from '../../core/terraform/synthesized-stack';
import {
  ACTIONS,
  type Action,
  actionOf,
  configurationOf,
  managedResources,
  type ResourceChange,
  type TerraformPlan,
} from '../../core/terraform/terraform-plan';
import { type AttributeChange, attributeChanges } from './attribute-changes';
import { exposures, GUARDS } from './exposures';
import { type Policies, policiesOf, type StatementChange, statementChanges } from './policies';

/** What a reviewer of a plan wants to know. */
export interface PlanSummary {
  readonly counts: readonly TypeCount[];
  readonly totals: Readonly<Record<Action, number>>;
  /** Resources changed, replaced and destroyed. */
  readonly changes: readonly ChangedResource[];
  readonly statements: readonly StatementChange[];
  /** Openings to the public, to other accounts, or by a setting, that come or go. */
  readonly exposure: readonly ExposureChange[];
}

export interface TypeCount {
  readonly type: string;
  readonly counts: Readonly<Record<Action, number>>;
}

export interface ChangedResource {
  readonly address: string;
  readonly action: Action;
  /** Attributes that can't change in place. */
  readonly replacedFor: readonly string[];
  readonly attributes: readonly AttributeChange[];
}

export interface ExposureChange {
  readonly address: string;
  readonly verdict: 'opened' | 'closed';
  readonly what: string;
}

/** Summarizes a plan; policies that only the apply will tell are told as the synthesized stack has them, if it is given. */
export function summarizePlan(plan: TerraformPlan, stack?: SynthesizedStack): PlanSummary {
  const resources = managedResources(plan);
  const surroundings = surroundingsOf(plan);
  const withPolicies = resources.map((resource) => ({ resource, policies: policiesOf(plan, resource, stack) }));
  return {
    counts: countByType(resources),
    totals: countActions(resources),
    changes: resources
      .filter((resource) => CHANGES.has(actionOf(resource)))
      .map((resource) => changedResource(plan, resource)),
    statements: withPolicies.flatMap(({ resource, policies }) => statementChanges(resource.address, policies)),
    exposure: withPolicies.flatMap(({ resource, policies }) => exposureChanges(resource, policies, surroundings)),
  };
}

const CHANGES: ReadonlySet<Action> = new Set<Action>(['change', 'replace', 'destroy']);

function countByType(resources: readonly ResourceChange[]): TypeCount[] {
  const types = [...new Set(resources.map(({ type }) => type))].sort();
  return types.map((type) => ({ type, counts: countActions(resources.filter((resource) => resource.type === type)) }));
}

function countActions(resources: readonly ResourceChange[]): Record<Action, number> {
  const counts = Object.fromEntries(ACTIONS.map((action) => [action, 0])) as Record<Action, number>;
  for (const resource of resources) counts[actionOf(resource)]++;
  return counts;
}

function changedResource(plan: TerraformPlan, resource: ResourceChange): ChangedResource {
  const action = actionOf(resource);
  const configured = new Set(Object.keys(configurationOf(plan, resource.address) ?? {}));
  return {
    address: resource.address,
    action,
    replacedFor: (resource.change.replace_paths ?? []).map((path) => path.join('.')),
    attributes: action === 'destroy' ? [] : attributeChanges(resource, configured),
  };
}

function exposureChanges(
  { address, type, change }: ResourceChange,
  policies: Policies,
  { ownAccounts, leavingBuckets }: Surroundings,
): ExposureChange[] {
  // What an unknown policy will hold can't be called closed.
  const later = policies.unresolved.length > 0 ? [...policies.before, ...policies.after] : policies.after;
  const before = change.before ? exposures(type, change.before, policies.before, ownAccounts) : [];
  const after = change.after ? exposures(type, change.after, later, ownAccounts) : [];
  const guard = change.after || leavingBuckets.has(change.before?.bucket) ? undefined : GUARDS[type];
  return [
    ...[...(guard ? [guard] : []), ...after.filter((what) => !before.includes(what))].map(
      (what) => ({ address, verdict: 'opened', what }) as const,
    ),
    ...before.filter((what) => !after.includes(what)).map((what) => ({ address, verdict: 'closed', what }) as const),
  ];
}

interface Surroundings {
  readonly ownAccounts: ReadonlySet<string>;
  /** Names of the buckets that the plan destroys. */
  readonly leavingBuckets: ReadonlySet<Json | undefined>;
}

function surroundingsOf(plan: TerraformPlan): Surroundings {
  const leaving = managedResources(plan).filter(
    (resource) => resource.type === 'aws_s3_bucket' && actionOf(resource) === 'destroy',
  );
  return {
    ownAccounts: ownAccounts(plan),
    leavingBuckets: new Set(leaving.map(({ change }) => change.before?.bucket)),
  };
}

/** The account that is deployed to, where the stack asks for it; every other one is foreign. */
function ownAccounts(plan: TerraformPlan): ReadonlySet<string> {
  const read = plan.prior_state?.values?.root_module?.resources ?? [];
  return new Set(
    read.filter(({ type }) => type === 'aws_caller_identity').map(({ values }) => String(values.account_id)),
  );
}
