import { isObject, type Json, type JsonObject } from '../../core/json';
import { parseDocument } from '../../core/terraform/terraform-plan';

/** One statement of a policy, in a form that can be compared and read. */
export interface Statement {
  /** Allow or Deny; Attach for a managed policy, whose ARN is then the resource. */
  readonly effect: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Empty in the policy of an identity. */
  readonly principals: readonly string[];
  /** Such as `StringEquals aws:SourceAccount=123456789012`. */
  readonly conditions: readonly string[];
}

/** The statements in a resource's attributes: those of every JSON policy, wherever it is, and managed policies attached. */
export function statementsIn(values: Json | undefined): Statement[] {
  if (typeof values === 'string') return statementsOfPolicy(values);
  if (Array.isArray(values)) return values.flatMap(statementsIn);
  if (!isObject(values)) return [];
  const attached =
    values.role !== undefined && typeof values.policy_arn === 'string' ? [attach(values.policy_arn)] : [];
  return [...attached, ...Object.values(values).flatMap(statementsIn)];
}

/** The statements of an `aws_iam_policy_document`; what the apply will tell stands as `(known after apply)`. */
export function statementsOfDocument(document: JsonObject): Statement[] {
  return list(document.statement)
    .filter(isObject)
    .map((statement) => ({
      effect: String(statement.effect ?? 'Allow'),
      actions: [...texts(statement.actions), ...allBut('action', statement.not_actions)].sort(),
      resources: [...texts(statement.resources ?? UNKNOWN), ...allBut('resource', statement.not_resources)].sort(),
      principals: list(statement.principals)
        .filter(isObject)
        .flatMap(({ identifiers }) => texts(identifiers))
        .sort(),
      conditions: list(statement.condition)
        .filter(isObject)
        .map(({ test, variable, values }) => `${test} ${variable}=${texts(values ?? UNKNOWN).join(' or ')}`)
        .sort(),
    }));
}

/** What a statement allows by wildcard: actions of one service or all, resources without a scope, principals without a name. */
export function wildcardsOf({ effect, actions, resources, principals }: Statement): string[] {
  if (effect !== 'Allow') return [];
  return [
    ...actions.filter((action) => action.includes('*') || action.startsWith(ALL_BUT)).map((text) => `action ${text}`),
    ...resources
      .filter((text) => /^(\*|arn:[^:]*:[^:]*:[^:]*:[^:]*:\*)$/.test(text) || text.startsWith(ALL_BUT))
      .map((text) => `resource ${text}`),
    ...principals.filter((text) => text === '*' || text.startsWith(ALL_BUT)).map((text) => `principal ${text}`),
  ];
}

const UNKNOWN = '(known after apply)';
const ALL_BUT = 'every';

function statementsOfPolicy(text: string): Statement[] {
  const document = parseDocument(text);
  if (!isObject(document) || document.Statement === undefined) return [];
  return list(document.Statement)
    .filter(isObject)
    .map((statement) => ({
      effect: String(statement.Effect),
      actions: [...texts(statement.Action), ...allBut('action', statement.NotAction)].sort(),
      resources: [...texts(statement.Resource), ...allBut('resource', statement.NotResource)].sort(),
      principals: [...principalsOf(statement.Principal), ...allBut('principal', statement.NotPrincipal)].sort(),
      conditions: conditionsOf(statement.Condition),
    }));
}

function attach(policyArn: string): Statement {
  return { effect: 'Attach', actions: [], resources: [policyArn], principals: [], conditions: [] };
}

function principalsOf(principal: Json | undefined): string[] {
  return isObject(principal) ? Object.values(principal).flatMap(texts) : texts(principal);
}

function conditionsOf(condition: Json | undefined): string[] {
  if (!isObject(condition)) return [];
  return Object.entries(condition)
    .flatMap(([test, variables]) =>
      isObject(variables)
        ? Object.entries(variables).map(([variable, values]) => `${test} ${variable}=${texts(values).join(' or ')}`)
        : [],
    )
    .sort();
}

function allBut(kind: string, excepted: Json | undefined): string[] {
  const names = isObject(excepted) ? principalsOf(excepted) : texts(excepted);
  return names.length === 0 ? [] : [`${ALL_BUT} ${kind} but ${names.join(', ')}`];
}

function texts(value: Json | undefined): string[] {
  return list(value).map((item) => (item === null ? UNKNOWN : String(item)));
}

/** IAM lets a single element stand for a list of one. */
function list(value: Json | undefined): readonly Json[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value as Json];
}
