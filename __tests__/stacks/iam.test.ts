import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../core/json';
import type { SynthesizedStack } from '../../core/terraform/synthesized-stack';
import { parseDocument } from '../../core/terraform/terraform-plan';
import { expression } from '../../stacks/expressions';
import { iamFaults } from './iam-faults';
import { at, pathOf, pathsOf, ref, stack } from './synthesized';

type PolicyStatement = Readonly<Record<string, unknown>>;
type Edit = (statement: PolicyStatement) => PolicyStatement;

const LAKE = ref('lake/bucket/bucket', 'arn');
const REPLICA = `arn:aws:s3:::${at('lake/replica/bucket').bucket}`;

/** What is open on purpose, and why it must be. */
const EXCUSED: Readonly<Record<string, string>> = {
  [`etl/role-policy: scope ${LAKE}/raw/date=*/replay-* (s3:AbortMultipartUpload, s3:PutObject)`]:
    'failed events land again, in the folder of their day, and nothing else of the job does',
  [`lake/replication-role-policy: scope ${LAKE}/* (s3:GetObjectVersionAcl, s3:GetObjectVersionForReplication, s3:GetObjectVersionTagging)`]:
    'the replica is one of every object',
  [`lake/replication-role-policy: scope ${REPLICA}/* (s3:ReplicateDelete, s3:ReplicateObject, s3:ReplicateTags)`]:
    'the replica is one of every object',
};

const faults = iamFaults(stack);

describe('no policy of the stack', () => {
  test('allows by wildcard, without a scope or to anyone, nor trusts a service for others, but for what is excused', () => {
    expect(faults.filter((fault) => !(fault in EXCUSED))).toEqual([]);
  });

  test('has an excuse that it does not need any more', () => {
    expect(Object.keys(EXCUSED).filter((fault) => !faults.includes(fault))).toEqual([]);
  });
});

/** Every statement of the stack, with where it is. */
const statements = Object.entries(stack.resource).flatMap(([type, resources]) =>
  Object.entries(resources).flatMap(([name, attributes]) =>
    Object.entries(attributes).flatMap(([attribute, value]) =>
      policyStatements(value).map((statement, n) => ({
        type,
        name,
        attribute,
        n,
        statement,
        path: pathOf(attributes),
      })),
    ),
  ),
);
type Place = (typeof statements)[number];

const isTrust = ({ statement }: Place) => statement.Action === 'sts:AssumeRole';
const isOfService = ({ statement }: Place) => /amazonaws\.com/.test(JSON.stringify(statement.Principal ?? ''));
const isOnObjects = ({ statement }: Place) => /s3:\w*Object/.test(String(statement.Action));
const isScoped = (place: Place) => !isTrust(place) && String(place.statement.Resource) !== '*';
const isDeny = ({ statement }: Place) => statement.Effect === 'Deny';

/** What must be found wherever it is done: a name, where it can be done, and how. */
const INJECTED: readonly (readonly [name: string, where: (place: Place) => boolean, edit: Edit])[] = [
  ['every action', () => true, allow({ Action: '*' })],
  ['every action of a service', () => true, allow({ Action: ['sqs:*'] })],
  ['actions that begin alike', () => true, allow({ Action: ['s3:Get*'] })],
  ['every action but one', () => true, allow({ Action: undefined, NotAction: 's3:DeleteBucket' })],
  ['every resource', isScoped, allow({ Resource: '*' })],
  ['every resource of an account', isScoped, allow({ Resource: ['arn:aws:sqs:eu-west-1:1:*'] })],
  ['every resource of a kind', isScoped, allow({ Resource: [`arn:aws:glue:${reference()}:1:table/*`] })],
  ['resources of every account', isScoped, allow({ Resource: 'arn:aws:logs:*:*:log-group:/x' })],
  ['every resource but one', isScoped, allow({ Resource: undefined, NotResource: LAKE })],
  ['a whole bucket', isOnObjects, allow({ Resource: [`${REPLICA}-2/*`] })],
  ['prefixes that begin alike', isOnObjects, allow({ Resource: `${LAKE}/r*w/*` })],
  ['anyone', () => true, allow({ Principal: '*' })],
  ['anyone who signs', () => true, allow({ Principal: { AWS: '*' } })],
  ['anyone but one', () => true, allow({ Principal: undefined, NotPrincipal: { AWS: '111122223333' } })],
  ['a service for others', isOfService, allow({ Condition: undefined })],
  ['a service for any account', isOfService, allow({ Condition: { StringLike: { 'aws:SourceAccount': '*' } } })],
  ['a service for all but one', isOfService, allow({ Condition: { StringNotEquals: { 'aws:SourceAccount': '1' } } })],
];

describe('the check', () => {
  test('looks into every kind of policy', () => {
    expect(new Set(statements.map(({ type, attribute }) => `${type}.${attribute}`))).toEqual(
      new Set([
        'aws_iam_role.assume_role_policy',
        'aws_iam_role_policy.policy',
        'aws_s3_bucket_policy.policy',
        'aws_sns_topic_policy.policy',
        'aws_sqs_queue_policy.policy',
      ]),
    );
  });

  test.each(INJECTED)('finds %s wherever it is let in', (_, where, edit) => {
    const places = statements.filter(where);
    expect(places.length).toBeGreaterThan(2);
    const missed = places.filter((place) => newFaults(withStatement(place, edit(place.statement))).length === 0);
    expect(missed.map(({ path, n }) => `${path} ${n}`)).toEqual([]);
  });

  test('takes an excuse for what was excused alone', () => {
    const [write] = statements.filter(({ path, statement }) => path === 'etl/role-policy' && statement.Sid === 'Write');
    const Resource = [write!.statement.Resource].flat().map((arn) => String(arn).replace('replay-*', '*'));
    const found = iamFaults(withStatement(write!, { ...write!.statement, Resource }));
    expect(found.filter((fault) => !(fault in EXCUSED))).toEqual([
      `etl/role-policy: scope ${LAKE}/raw/date=*/* (s3:AbortMultipartUpload, s3:PutObject)`,
    ]);
  });

  test('lets a policy deny whatever it wants', () => {
    const [place] = statements.filter(isDeny);
    expect(newFaults(withStatement(place!, { ...place!.statement, NotAction: 's3:*', Resource: '*' }))).toEqual([]);
  });

  test.each([
    ['a permission without a source', 'aws_lambda_permission', { source_arn: undefined }, 'confused deputy'],
    ['a permission for anyone', 'aws_lambda_permission', { principal: '*' }, 'principal *'],
    [
      'a managed policy',
      'aws_iam_role_policy_attachment',
      { role: 'x', policy_arn: 'arn:aws:iam::aws:policy/AdministratorAccess' },
      'managed policy arn:aws:iam::aws:policy/AdministratorAccess',
    ],
    [
      'a policy that a function makes',
      'aws_iam_role_policy',
      { policy: expression('jsonencode({ Statement = [] })') },
      'policy can not be read',
    ],
    [
      'a broken policy',
      'aws_sqs_queue',
      { policy: `{"Statement":[{"Resource":"${expression('x ? "a" : "b"')}"}]}` },
      'policy can not be read',
    ],
  ])('finds %s', (_, type, changed: Readonly<Record<string, string | undefined>>, fault) => {
    const [path] = pathsOf(type);
    const attributes = path ? at(path) : { '//': { metadata: { path: 'clickstream/new' } } };
    expect(iamFaults({ resource: { [type]: { new: { ...attributes, ...changed } } } })).toContainEqual(
      expect.stringContaining(fault),
    );
  });

  test('reads policy documents', () => {
    const document = {
      '//': { metadata: { path: 'clickstream/new' } },
      statement: [{ actions: ['s3:*'], resources: [LAKE] }],
    };
    const found = iamFaults({ resource: {}, data: { aws_iam_policy_document: { document } } });
    expect(found).toEqual(['new: action s3:* (s3:*)']);
  });
});

function policyStatements(value: unknown): PolicyStatement[] {
  const document = typeof value === 'string' ? parseDocument(value) : undefined;
  const found = (document as JsonObject | undefined)?.Statement;
  return Array.isArray(found) ? (found as PolicyStatement[]) : [];
}

/** An edit that makes a statement allow, with other elements. */
function allow(elements: PolicyStatement): Edit {
  return (statement) => ({ ...statement, Effect: 'Allow', ...elements });
}

/** The stack with one statement replaced. */
function withStatement({ type, name, attribute, n }: Place, replacement: PolicyStatement): SynthesizedStack {
  const attributes = stack.resource[type]![name]!;
  const policy = JSON.parse(String(attributes[attribute]));
  policy.Statement[n] = replacement;
  return { resource: { [type]: { [name]: { ...attributes, [attribute]: JSON.stringify(policy) } } } };
}

function newFaults(changed: SynthesizedStack): string[] {
  return iamFaults(changed).filter((fault) => !faults.includes(fault));
}

function reference(): string {
  return expression('var.replica_region != "" ? var.replica_region : "*"');
}
