import { isObject, type Json, type JsonObject } from '../../core/json';
import { attributesAt, type SynthesizedStack } from '../../core/terraform/synthesized-stack';
import { configurationOf, type ResourceChange, type TerraformPlan } from '../../core/terraform/terraform-plan';
import { type Statement, statementsIn, statementsOfDocument, wildcardsOf } from './iam-statements';

/** `unknown`: the policy refers to `references`, whose values the apply will tell. */
export type StatementChange = { readonly address: string } & (
  | { readonly verdict: 'added' | 'removed'; readonly statement: Statement; readonly wildcards: readonly string[] }
  | { readonly verdict: 'unknown'; readonly references: readonly string[] }
);

/** The policies of a resource now and then; `unresolved` are the references of those that can't be told. */
export interface Policies {
  readonly before: readonly Statement[];
  readonly after: readonly Statement[];
  readonly unresolved: readonly (readonly string[])[];
}

/** The policies of a resource; those that only the apply will tell as the synthesized stack has them, if it is given. */
export function policiesOf(
  plan: TerraformPlan,
  { address, change }: ResourceChange,
  stack?: SynthesizedStack,
): Policies {
  const unknown = unknownPolicies(plan, address, change.after_unknown).map(({ name, references }) => ({
    references,
    statements: stack ? synthesizedStatements(stack, address, name) : [],
  }));
  return {
    before: statementsIn(configuredPart(plan, address, change.before)),
    after: [
      ...statementsIn(configuredPart(plan, address, change.after)),
      ...unknown.flatMap(({ statements }) => statements),
    ],
    unresolved: unknown.filter(({ statements }) => statements.length === 0).map(({ references }) => references),
  };
}

/** The statements that come and go with the policies of the resource at `address`. */
export function statementChanges(address: string, { before, after, unresolved }: Policies): StatementChange[] {
  const judged = (verdict: 'added' | 'removed') => (statement: Statement) =>
    ({ address, verdict, statement, wildcards: wildcardsOf(statement) }) as const;
  return [
    // What an unknown policy will hold can't be called removed.
    ...(unresolved.length > 0 ? [] : without(before, after).map(judged('removed'))),
    ...without(after, before).map(judged('added')),
    ...unresolved.map((references) => ({ address, verdict: 'unknown' as const, references })),
  ];
}

/** Without what the provider computes, such as a role's own view of its policies, which are resources of their own. */
function configuredPart(plan: TerraformPlan, address: string, values: JsonObject | null): JsonObject {
  const configured = configurationOf(plan, address);
  return Object.fromEntries(Object.entries(values ?? {}).filter(([name]) => !configured || name in configured));
}

function without(some: readonly Statement[], others: readonly Statement[]): Statement[] {
  const known = new Set(others.map((statement) => JSON.stringify(statement)));
  return some.filter((statement) => !known.has(JSON.stringify(statement)));
}

/** Policies that the plan doesn't know yet, with what they refer to. */
function unknownPolicies(plan: TerraformPlan, address: string, isUnknown: Json | undefined) {
  return Object.entries(isObject(isUnknown) ? isUnknown : {})
    .filter(([name, value]) => value === true && /policy(_document)?$/.test(name))
    .map(([name]) => ({ name, references: referencesOf(plan, address, name) }))
    .filter(({ references }) => references.length > 0); // else it is computed, and not this resource's own
}

/** Terraform lists `a.b.arn` and then `a.b`: the first says it all. */
function referencesOf(plan: TerraformPlan, address: string, name: string): string[] {
  const expression = configurationOf(plan, address)?.[name];
  const references =
    isObject(expression) && Array.isArray(expression.references) ? expression.references.map(String) : [];
  return references.filter((reference) => !references.some((other) => other.startsWith(`${reference}.`)));
}

/** The statements of a policy before anything in it is known: references stand as `${…}`. */
function synthesizedStatements(stack: SynthesizedStack, address: string, name: string): Statement[] {
  const policy = attributesAt(stack, address)?.[name];
  const document = /^\$\{(data\.aws_iam_policy_document\.[\w-]+)/.exec(String(policy))?.[1];
  return document ? statementsOfDocument(attributesAt(stack, document) ?? {}) : statementsIn(policy);
}
