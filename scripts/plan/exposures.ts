import type { Json, JsonObject } from '../../core/json';
import type { Statement } from './iam-statements';

/** Resources whose absence leaves something open, by type. */
export const GUARDS: Readonly<Record<string, string>> = {
  aws_s3_bucket_public_access_block: 'no block of public access',
  aws_s3_bucket_server_side_encryption_configuration: 'no encryption settings of its own',
  aws_s3_bucket_policy: 'no bucket policy (such as TLS only)',
  aws_s3_bucket_ownership_controls: 'objects belong to their writers',
  aws_s3_bucket_versioning: 'no old versions to return to',
};

/** Settings that leave something open, by type; `when` sees the attributes, in which a missing block counts as empty. */
const OPEN_SETTINGS: Readonly<Record<string, readonly { says: string; when(values: JsonObject): boolean }[]>> = {
  aws_s3_bucket_public_access_block: [
    'block_public_acls',
    'block_public_policy',
    'ignore_public_acls',
    'restrict_public_buckets',
  ].map((name) => ({ says: `${name} is off`, when: (values) => values[name] !== true })),
  aws_s3_bucket_acl: [{ says: 'the ACL is public', when: ({ acl }) => /^(public|authenticated)-/.test(String(acl)) }],
  aws_s3_bucket_ownership_controls: [
    { says: 'ACLs are in force', when: (values) => at(values, 'rule', 'object_ownership') !== 'BucketOwnerEnforced' },
  ],
  aws_s3_bucket_versioning: [
    {
      says: 'versioning is off',
      when: (values) => at(values, 'versioning_configuration', 'status') !== 'Enabled',
    },
  ],
  aws_s3_bucket: [
    { says: 'destroying it deletes its objects (force_destroy)', when: (values) => values.force_destroy === true },
  ],
  aws_apigatewayv2_route: [
    { says: 'callers need no authorization', when: (values) => isNone(values.authorization_type) },
  ],
  aws_api_gateway_method: [{ says: 'callers need no authorization', when: (values) => isNone(values.authorization) }],
  aws_lambda_function_url: [
    { says: 'callers need no authorization', when: (values) => isNone(values.authorization_type) },
  ],
  aws_lambda_permission: [
    { says: 'anyone may invoke it', when: ({ principal }) => principal === '*' },
    {
      says: 'a service may invoke it for any account (no source_arn or source_account)',
      when: ({ principal, ...values }) =>
        String(principal).endsWith('.amazonaws.com') && values.source_arn === null && values.source_account === null,
    },
  ],
  aws_sqs_queue: [
    { says: 'not encrypted', when: (values) => values.sqs_managed_sse_enabled === false && !values.kms_master_key_id },
  ],
  aws_kms_key: [{ says: 'the key is not rotated', when: (values) => values.enable_key_rotation !== true }],
  aws_athena_workgroup: [
    {
      says: 'clients may override its settings',
      when: (values) => at(values, 'configuration', 'enforce_workgroup_configuration') === false,
    },
  ],
  aws_cloudwatch_metric_alarm: [{ says: 'the alarm tells nobody', when: (values) => values.actions_enabled === false }],
};

/**
 * How far a resource with these attributes and policy statements is open: to the public, to other accounts than `ownAccounts`,
 * or by settings.
 */
export function exposures(
  type: string,
  values: JsonObject,
  statements: readonly Statement[],
  ownAccounts: ReadonlySet<string>,
): string[] {
  const settings = (OPEN_SETTINGS[type] ?? []).filter(({ when }) => when(values)).map(({ says }) => says);
  const invokers = type === 'aws_lambda_permission' ? foreignAccounts([String(values.principal)], ownAccounts) : [];
  return [
    ...settings,
    ...invokers.map((account) => `account ${account} may invoke it`),
    ...statements.flatMap((statement) => openings(statement, ownAccounts)),
  ];
}

function openings(statement: Statement, ownAccounts: ReadonlySet<string>): string[] {
  if (statement.effect !== 'Allow') return [];
  const what = `${statement.actions.join(', ')}${statement.conditions.length > 0 ? ` if ${statement.conditions.join(' and ')}` : ''}`;
  const isPublic = statement.principals.some((principal) => principal === '*' || principal.startsWith('every '));
  return [
    ...(isPublic ? [`anyone may ${what}`] : []),
    ...foreignAccounts(statement.principals, ownAccounts).map((account) => `account ${account} may ${what}`),
  ];
}

function foreignAccounts(principals: readonly string[], ownAccounts: ReadonlySet<string>): string[] {
  const accounts = principals.map((principal) => /^(?:arn:[^:]*:[^:]*:[^:]*:)?(\d{12})\b/.exec(principal)?.[1]);
  return [...new Set(accounts)]
    .filter((account) => account !== undefined)
    .filter((account) => !ownAccounts.has(account));
}

/** API Gateway and Lambda take a missing authorization for none; undefined is one that the apply will tell. */
function isNone(authorization: Json | undefined): boolean {
  return authorization === null || authorization === 'NONE';
}

/** An attribute of a single nested block, which Terraform holds as a list of one. */
function at(values: JsonObject, block: string, name: string): Json | undefined {
  const blocks = values[block];
  const first = Array.isArray(blocks) ? (blocks[0] as JsonObject | undefined) : undefined;
  return first?.[name];
}
