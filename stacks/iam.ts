import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import type { Construct } from 'constructs';
import type { Deployment } from './deployment';
import { attributeOf, conditions, countIf, expression } from './expressions';

/** A statement of a policy that allows; `Sid` says what for. */
export interface Statement {
  readonly Sid: string;
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface ServiceRole {
  readonly name: string;
  readonly description: string;
  /** Who takes on the role, such as `lambda.amazonaws.com`. */
  readonly service: string;
  readonly statements: readonly Statement[];
  /** What the role does with the lake's KMS key, where there is one. */
  readonly keyStatements?: readonly Statement[];
  /** Terraform condition for the role to be there. @default always */
  readonly when?: string;
}

/** A role, and the policies to wait for before anything acts in it. */
export interface Actor {
  readonly role: IamRole;
  readonly policies: readonly IamRolePolicy[];
}

/** A role for one actor, with all that it may do in inline policies. */
export function serviceRole(scope: Construct, id: string, { account }: Deployment, props: ServiceRole): Actor {
  const { name, description, service, statements, keyStatements, when } = props;
  const count = when === undefined ? undefined : countIf(when);
  const trust = {
    Effect: 'Allow',
    Principal: { Service: service },
    Action: 'sts:AssumeRole',
    // Not every service says for whom it acts: one that does must act for this account.
    Condition: { StringEqualsIfExists: { 'aws:SourceAccount': account } },
  };
  const role = new IamRole(scope, id, { name, description, count, assumeRolePolicy: policyText([trust]) });
  const common = { role: count ? attributeOf(role, 'name') : role.name };
  const policies = [
    new IamRolePolicy(scope, `${id}-policy`, { ...common, name: 'work', count, policy: allow(statements) }),
  ];
  if (keyStatements) {
    const keyPolicy = new IamRolePolicy(scope, `${id}-key-policy`, {
      ...common,
      name: 'key',
      count: when === undefined ? countIf(conditions.key) : countIf(conditions.key, when),
      policy: allow(keyStatements),
    });
    policies.push(keyPolicy);
  }
  return { role, policies };
}

/** What the lake's KMS key is used for, where there is one. */
export function useOfKey(...actions: readonly `kms:${string}`[]): Statement {
  return { Sid: 'Key', Action: actions, Resource: [KEY_ARN] };
}

const KEY_ARN = expression('var.kms_key_arn');

/** A policy document as compact JSON, as queues insist on. */
export function policyText(statements: readonly object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

function allow(statements: readonly Statement[]): string {
  return policyText(statements.map(({ Sid, ...rest }) => ({ Sid, Effect: 'Allow', ...rest })));
}
