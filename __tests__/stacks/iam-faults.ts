import { isObject, type Json, type JsonObject } from '../../core/json';
import type { SynthesizedStack } from '../../core/terraform/synthesized-stack';
import { type Statement, statementsIn, statementsOfDocument, wildcardsOf } from '../../scripts/plan/iam-statements';
import { pathOf } from './synthesized';

/** Actions on objects in S3, not on their bucket. */
const OBJECT_ACTION = /^s3:(?!\w*Bucket)\w*(Object|Multipart|Replicate)/;

/** What keeps a service from acting for somebody else's resources. */
const DEPUTY_CONDITION = /^(String|Arn)(Equals|Like) aws:Source(Account|Arn)=[^*]/i;

/** The same in a role's trust, where not every service says for whom it acts, but roles are passed within their account alone. */
const TRUST_CONDITION = /^StringEquals(IfExists)? aws:SourceAccount=[^*]/i;

/** What is too open in any policy of a stack, as `path: fault`. */
export function iamFaults({ resource, data }: SynthesizedStack): string[] {
  return [...Object.entries(resource), ...Object.entries(data ?? {})].flatMap(([type, resources]) =>
    Object.values(resources).flatMap((attributes) => {
      const { '//': _, ...values } = attributes;
      const faults = [...statementsOf(type, values).flatMap(faultsOf), ...unreadable(values)];
      return faults.map((fault) => `${pathOf(attributes)}: ${fault}`);
    }),
  );
}

function statementsOf(type: string, values: JsonObject): Statement[] {
  if (type === 'aws_iam_policy_document') return statementsOfDocument(values);
  return [...statementsIn(values), ...(type === 'aws_lambda_permission' ? [permission(values)] : [])];
}

/** A permission is a statement of the function's own policy. */
function permission({ action, function_name, principal, source_account, source_arn }: JsonObject): Statement {
  return {
    effect: 'Allow',
    actions: [String(action)],
    resources: [String(function_name)],
    principals: [String(principal)],
    conditions: [
      ...(source_account ? [`StringEquals aws:SourceAccount=${source_account}`] : []),
      ...(source_arn ? [`ArnLike aws:SourceArn=${source_arn}`] : []),
    ],
  };
}

function faultsOf(statement: Statement): string[] {
  const { effect, actions, resources, principals, conditions } = statement;
  if (effect === 'Deny') return [];
  const what = [actions.join(', '), ...conditions].join(' if ');
  const services = principals.filter((principal) => principal.endsWith('.amazonaws.com'));
  const guard = actions.join() === 'sts:AssumeRole' ? TRUST_CONDITION : DEPUTY_CONDITION;
  const isGuarded = conditions.some((condition) => guard.test(condition));
  const isBroad = actions.some((action) => OBJECT_ACTION.test(action)) ? lacksPrefix : isUnscoped;
  return [
    ...wildcardsOf(statement).map((wildcard) => `${wildcard} (${what})`),
    ...(effect === 'Attach' ? [`managed policy ${resources.join(', ')}`] : []),
    ...resources.filter((arn) => arn !== '*' && isBroad(withoutReferences(arn))).map((arn) => `scope ${arn} (${what})`),
    ...(isGuarded ? [] : services.map((service) => `no guard against ${service} as a confused deputy (${what})`)),
  ];
}

/** A wildcard may only stand at the end, after the name of something: not of a kind of things, as in `table/*`. */
function isUnscoped(arn: string): boolean {
  const named = arn.replace(/[/:]\*$/, '');
  return /[*?]/.test(named) || (named !== arn && /^arn:aws:[\w-]+:[^:]*:[^:]*:[\w-]+$/.test(named));
}

/** Objects are those below a prefix, or one alone. */
function lacksPrefix(arn: string): boolean {
  return !/^[^/*?]+\/[^/*?]+(\/([^*?]*\*?)?)?$/.test(arn);
}

/** `${…}` may hold any character, and stands for a name. */
function withoutReferences(text: string): string {
  return text.replaceAll(/\$\{[^}]*\}/g, 'x');
}

/** Policies in which nothing can be read here, such as what Terraform functions would make. */
function unreadable(values: JsonObject): string[] {
  return texts(values)
    .filter(({ key, text }) => /policy(_document)?$/.test(key) || /"(Statement|Action)"/.test(text))
    .filter(({ text }) => statementsIn(text).length === 0)
    .filter(({ text }) => !/^\$\{data\.aws_iam_policy_document\.[\w-]+\.json\}$/.test(text))
    .map(({ key }) => `${key} can not be read`);
}

function texts(value: Json | undefined, key = ''): { key: string; text: string }[] {
  if (typeof value === 'string') return [{ key, text: value }];
  if (Array.isArray(value)) return value.flatMap((item) => texts(item, key));
  return isObject(value) ? Object.entries(value).flatMap(([name, item]) => texts(item, name)) : [];
}
