import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../core/json';
import { parsePlan, type ResourceChange } from '../../core/terraform/terraform-plan';
import { renderSummary } from '../../scripts/plan/render-summary';
import { type PlanSummary, summarizePlan } from '../../scripts/plan/summarize-plan';

interface Change {
  readonly type: string;
  readonly name?: string;
  readonly before?: JsonObject;
  readonly after?: JsonObject;
  readonly unknown?: JsonObject;
  readonly sensitive?: JsonObject;
  readonly actions?: readonly string[];
  readonly replacedFor?: string;
  /** What the configuration refers to, by attribute; known attributes are configured anyway. */
  readonly references?: Readonly<Record<string, readonly string[]>>;
}

function planOf(...changes: readonly Change[]) {
  return parsePlan(
    JSON.stringify({
      format_version: '1.2',
      resource_changes: changes.map(resourceChange),
      prior_state: {
        values: {
          root_module: {
            resources: [
              {
                address: 'data.x',
                type: 'aws_caller_identity',
                values: { account_id: '111111111111' },
              },
            ],
          },
        },
      },
      configuration: {
        root_module: {
          resources: changes.map((change) => ({
            address: addressOf(change),
            expressions: {
              ...change.before,
              ...change.after,
              ...Object.fromEntries(
                Object.entries(change.references ?? {}).map(([name, references]) => [name, { references }]),
              ),
            },
          })),
        },
      },
    }),
    'a plan',
  );
}

function resourceChange(change: Change): ResourceChange {
  const { type, before = null, after = null, unknown, sensitive, replacedFor } = change;
  const implied = before && after ? ['update'] : before ? ['delete'] : ['create'];
  return {
    address: addressOf(change),
    mode: type === 'aws_iam_policy_document' ? 'data' : 'managed',
    type,
    change: {
      actions: change.actions ?? implied,
      before,
      after,
      after_unknown: unknown,
      before_sensitive: sensitive,
      after_sensitive: sensitive,
      replace_paths: replacedFor ? [[replacedFor]] : undefined,
    },
  };
}

function addressOf({ type, name = 'it' }: Change): string {
  return `${type === 'aws_iam_policy_document' ? 'data.' : ''}${type}.${name}`;
}

/** An attribute of another resource, as Terraform writes it. */
const ref = (attribute: string): string => `\${${attribute}}`;

const summarize = (...changes: readonly Change[]): PlanSummary => summarizePlan(planOf(...changes));
const policy = (...statements: readonly JsonObject[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });
const PUT = {
  Effect: 'Allow',
  Action: 's3:PutObject',
  Resource: 'arn:aws:s3:::lake/raw/*',
};

describe('counts', () => {
  test('are by type and in total, with replacements in either order', () => {
    const { counts, totals } = summarize(
      { type: 'aws_sqs_queue', name: 'a', after: {} },
      {
        type: 'aws_sqs_queue',
        name: 'b',
        before: {},
        after: {},
        actions: ['delete', 'create'],
      },
      {
        type: 'aws_s3_bucket',
        name: 'a',
        before: {},
        after: {},
        actions: ['create', 'delete'],
      },
      { type: 'aws_s3_bucket', name: 'b', before: {} },
      {
        type: 'aws_s3_bucket',
        name: 'c',
        before: {},
        after: {},
        actions: ['no-op'],
      },
    );
    expect(totals).toEqual({
      create: 1,
      change: 0,
      replace: 2,
      destroy: 1,
      'no-op': 1,
    });
    expect(counts.map(({ type }) => type)).toEqual(['aws_s3_bucket', 'aws_sqs_queue']);
    expect(counts[1]!.counts).toEqual({
      create: 1,
      change: 0,
      replace: 1,
      destroy: 0,
      'no-op': 0,
    });
  });

  test('leave out data sources', () => {
    const document = {
      type: 'aws_iam_policy_document',
      after: { statement: [] },
      actions: ['read'],
    };
    expect(summarize(document).counts).toEqual([]);
  });

  test('an action that is not known is an error, not an omission', () => {
    expect(() => summarize({ type: 'aws_sqs_queue', actions: ['open'] })).toThrow('unknown action open');
  });
});

describe('changed attributes', () => {
  const attributes = (change: Omit<Change, 'type'>) =>
    summarize({ type: 'aws_lambda_function', ...change }).changes.flatMap((changed) =>
      changed.attributes.map(({ path, before, after }) => `${path}: ${before} → ${after}`),
    );

  test('are told value by value, into blocks and JSON documents', () => {
    expect(
      attributes({
        before: {
          memory_size: 512,
          tags: { a: '1', b: '2' },
          policy: policy(PUT),
        },
        after: {
          memory_size: 1024,
          tags: { a: '1', b: '3' },
          policy: policy({ ...PUT, Action: 's3:GetObject' }),
        },
      }),
    ).toEqual([
      'memory_size: 512 → 1024',
      'policy.Statement[0].Action: "s3:PutObject" → "s3:GetObject"',
      'tags.b: "2" → "3"',
    ]);
  });

  test('sensitive values are masked, also inside a block that comes whole', () => {
    const said = attributes({
      before: { password: 'old-secret', block: null },
      after: {
        password: 'new-secret',
        block: [{ token: 'new-secret', name: 'n' }],
      },
      sensitive: { password: true, block: [{ token: true }] },
    });
    expect(said).toEqual([
      'block: null → [{"token":"(sensitive)","name":"n"}]',
      'password: "(sensitive)" → "(sensitive)"',
    ]);
  });

  test('unknown values are named as such where they are configured, and left out where AWS computes them', () => {
    expect(
      attributes({
        before: { role: 'arn:old' },
        after: {},
        unknown: { role: true, version: true },
        references: { role: ['aws_iam_role.it.arn'] },
      }),
    ).toEqual(['role: "arn:old" → (known after apply)']);
  });

  test('an empty value equals a missing one', () => {
    expect(
      attributes({
        before: { description: '', layers: [], tags: {} },
        after: { layers: null },
      }),
    ).toEqual([]);
  });

  test('a replacement names the attribute that asks for it', () => {
    const [change] = summarize({
      type: 'aws_sqs_queue',
      before: { name: 'a' },
      after: { name: 'b' },
      actions: ['delete', 'create'],
      replacedFor: 'name',
    }).changes;
    expect(change).toMatchObject({ action: 'replace', replacedFor: ['name'] });
  });
});

describe('IAM statements', () => {
  test('are compared one by one, whatever the order of actions and resources', () => {
    const { statements } = summarize({
      type: 'aws_iam_role_policy',
      before: {
        policy: policy({ ...PUT, Action: ['s3:PutObject', 's3:GetObject'] }, { ...PUT, Resource: 'arn:gone' }),
      },
      after: {
        policy: policy({ ...PUT, Action: ['s3:GetObject', 's3:PutObject'] }, { ...PUT, Resource: 'arn:new' }),
      },
    });
    expect(statements).toMatchObject([
      { verdict: 'removed', statement: { resources: ['arn:gone'] } },
      { verdict: 'added', statement: { resources: ['arn:new'] } },
    ]);
  });

  test.each([
    [{ Effect: 'Allow', Action: 's3:*', Resource: 'arn:aws:s3:::lake' }, ['action s3:*']],
    [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }, ['resource *']],
    [{ Effect: 'Allow', NotAction: 'iam:*', Resource: 'arn:x' }, ['action every action but iam:*']],
    [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: '*' } }, ['principal *']],
    [{ Effect: 'Deny', Action: 's3:*', Resource: '*', Principal: '*' }, []],
    [PUT, []],
  ])('%j is flagged for %j', (statement, wildcards) => {
    const { statements } = summarize({
      type: 'aws_iam_role_policy',
      after: { policy: policy(statement) },
    });
    expect(statements).toMatchObject([{ verdict: 'added', wildcards }]);
  });

  test('a managed policy that is attached counts', () => {
    const after = {
      role: 'r',
      policy_arn: 'arn:aws:iam::aws:policy/AdministratorAccess',
    };
    const { statements } = summarize({
      type: 'aws_iam_role_policy_attachment',
      after,
    });
    expect(statements).toMatchObject([{ statement: { effect: 'Attach', resources: [after.policy_arn] } }]);
  });

  test.each([
    ['a document', ref('data.aws_iam_policy_document.it.json')],
    [
      'JSON',
      `{"Statement":[{"Effect":"Allow","Action":"s3:PutObject","Resource":"${ref('aws_s3_bucket.it.arn')}/raw/*"}]}`,
    ],
  ])('those that wait for the apply are told from the synthesized stack, where they are %s', (_, source) => {
    const plan = planOf({
      type: 'aws_iam_role_policy',
      after: {},
      unknown: { policy: true },
      references: { policy: ['aws_s3_bucket.it.arn', 'aws_s3_bucket.it'] },
    });
    const statement = [{ actions: ['s3:PutObject'], resources: [`${ref('aws_s3_bucket.it.arn')}/raw/*`] }];
    const stack = {
      resource: { aws_iam_role_policy: { it: { policy: source } } },
      data: { aws_iam_policy_document: { it: { statement } } },
    };
    expect(summarizePlan(plan, stack).statements).toMatchObject([
      {
        verdict: 'added',
        statement: { effect: 'Allow', actions: ['s3:PutObject'], resources: [`${ref('aws_s3_bucket.it.arn')}/raw/*`] },
      },
    ]);
  });

  test('a policy that only the apply tells is said to be unknown, and nothing of it to be removed', () => {
    const { statements } = summarize({
      type: 'aws_iam_role_policy',
      before: { policy: policy(PUT) },
      after: {},
      unknown: { policy: true },
      references: { policy: ['aws_s3_bucket.lake.arn', 'aws_s3_bucket.lake'] },
    });
    expect(statements).toEqual([
      {
        address: 'aws_iam_role_policy.it',
        verdict: 'unknown',
        references: ['aws_s3_bucket.lake.arn'],
      },
    ]);
  });
});

describe('exposure', () => {
  const exposure = (...changes: readonly Change[]) =>
    summarize(...changes).exposure.map(({ verdict, what }) => `${verdict}: ${what}`);
  const blocked = {
    bucket: 'lake',
    block_public_acls: true,
    block_public_policy: true,
  };
  const allBlocked = {
    ...blocked,
    ignore_public_acls: true,
    restrict_public_buckets: true,
  };

  test('a route that loses its authorization is opened, one that gains it is closed', () => {
    const route = (before: string, after: string): Change => ({
      type: 'aws_apigatewayv2_route',
      before: { authorization_type: before },
      after: { authorization_type: after },
    });
    expect(exposure(route('AWS_IAM', 'NONE'))).toEqual(['opened: callers need no authorization']);
    expect(exposure(route('NONE', 'AWS_IAM'))).toEqual(['closed: callers need no authorization']);
  });

  test('a new route without authorization is opened', () => {
    const after = { authorization_type: null };
    expect(exposure({ type: 'aws_apigatewayv2_route', after })).toEqual(['opened: callers need no authorization']);
  });

  test('a public access block that is weakened or removed opens the bucket', () => {
    const type = 'aws_s3_bucket_public_access_block';
    const weakened = { ...allBlocked, restrict_public_buckets: false };
    expect(exposure({ type, before: allBlocked, after: weakened })).toEqual(['opened: restrict_public_buckets is off']);
    expect(exposure({ type, before: allBlocked })).toEqual(['opened: no block of public access']);
  });

  test('a public access block that goes with its bucket opens nothing', () => {
    const type = 'aws_s3_bucket_public_access_block';
    const bucket = {
      type: 'aws_s3_bucket',
      before: { bucket: 'lake', force_destroy: false },
    };
    expect(exposure({ type, before: allBlocked }, bucket)).toEqual([]);
  });

  test.each(['aws_s3_bucket_policy', 'aws_sqs_queue_policy', 'aws_sns_topic_policy'])(
    'a statement of %s for everyone or for another account opens it; for this account or a service it does not',
    (type) => {
      const opened = (Principal: JsonObject | string) =>
        exposure({ type, after: { policy: policy({ ...PUT, Principal }) } });
      expect(opened('*')).toEqual(['opened: anyone may s3:PutObject']);
      expect(opened({ AWS: 'arn:aws:iam::222222222222:root' })).toEqual([
        'opened: account 222222222222 may s3:PutObject',
      ]);
      expect(opened({ AWS: 'arn:aws:iam::111111111111:role/x' })).toEqual([]);
      expect(opened({ Service: 'sns.amazonaws.com' })).toEqual([]);
    },
  );

  test('the principal of a Lambda permission is judged', () => {
    const opened = (principal: string, source_arn: string | null) =>
      exposure({
        type: 'aws_lambda_permission',
        after: { principal, source_arn, source_account: null },
      });
    expect(opened('*', null)).toEqual(['opened: anyone may invoke it']);
    expect(opened('222222222222', null)).toEqual(['opened: account 222222222222 may invoke it']);
    expect(opened('events.amazonaws.com', null)).toEqual([expect.stringContaining('for any account')]);
    expect(opened('events.amazonaws.com', 'arn:rule')).toEqual([]);
  });

  test('a setting that protects and is turned off is told', () => {
    const versioning = (status: string) => ({
      versioning_configuration: [{ status }],
    });
    expect(
      exposure({
        type: 'aws_s3_bucket_versioning',
        before: versioning('Enabled'),
        after: versioning('Suspended'),
      }),
    ).toEqual(['opened: versioning is off']);
  });
});

describe('what is printed', () => {
  const summary = summarize(
    {
      type: 'aws_lambda_function',
      before: { memory_size: 512 },
      after: { memory_size: 1024 },
    },
    {
      type: 'aws_iam_role_policy',
      after: { policy: policy({ ...PUT, Action: 's3:*' }) },
    },
    { type: 'aws_apigatewayv2_route', after: { authorization_type: 'NONE' } },
  );

  test('markdown has a table and diffs', () => {
    expect(renderSummary(summary, 'markdown')).toMatchInlineSnapshot(`
      "### Plan: 2 to create, 1 to change

      | resource type | create | change | replace | destroy | no-op |
      | --- | ---: | ---: | ---: | ---: | ---: |
      | aws_apigatewayv2_route | 1 |  |  |  |  |
      | aws_iam_role_policy | 1 |  |  |  |  |
      | aws_lambda_function |  | 1 |  |  |  |
      | total | 2 | 1 |  |  |  |

      ### Changes

      \`\`\`diff
      ! change aws_lambda_function.it
          memory_size: 512 → 1024
      \`\`\`

      ### IAM statements

      \`\`\`diff
      + aws_iam_role_policy.it: Allow s3:* on arn:aws:s3:::lake/raw/*  ⚠ action s3:*
      \`\`\`

      ### Exposure

      \`\`\`diff
      + opened aws_apigatewayv2_route.it: callers need no authorization
      \`\`\`
      "
    `);
  });

  test('a terminal gets the same lines, without marks of markdown', () => {
    const text = renderSummary(summary, 'table');
    expect(text).not.toMatch(/```|###/);
    expect(text).toContain('│ aws_lambda_function');
    expect(text).toContain('memory_size: 512 → 1024');
  });

  test('JSON is the summary', () => {
    expect(JSON.parse(renderSummary(summary, 'json'))).toEqual(JSON.parse(JSON.stringify(summary)));
  });

  test('a plan that changes nothing says so', () => {
    expect(renderSummary(summarize(), 'markdown')).toContain('Plan: no resources');
  });
});

describe('what is not a plan', () => {
  test.each([
    ['no JSON', 'Error: no plan', 'is not JSON: give it what "terraform show -json PLAN" prints'],
    ['null', 'null', 'is not a Terraform plan'],
    ['a list', '[]', 'is not a Terraform plan'],
    ['a state', '{"format_version":"1.0","values":{}}', 'is not a Terraform plan'],
    ['another format', '{"format_version":"2.0","configuration":{}}', 'has format 2.0'],
    ['a plan that failed', '{"format_version":"1.2","configuration":{},"errored":true}', 'is of a plan that failed'],
  ])('%s is refused', (_, text, message) => {
    expect(() => parsePlan(text, 'plan.json')).toThrow(`plan.json ${message}`);
  });
});
