import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Json, JsonObject } from '../../core/json';
import { LIVE_VIEW_LOOKBACK_DAYS } from '../../core/limits';
import { parseDocument } from '../../core/terraform/terraform-plan';
import { liveViewSql } from '../../etl/live-view';
import { expression } from '../../stacks/expressions';
import { bundleFunction } from '../../stacks/function-bundle';
import { type Emulator, hasEmulator, startEmulator } from '../../support/aws-emulator';
import { type Plan, planFrom } from './planned';
import { pathOf, pathsOf, stack } from './synthesized';
import { hasTerraform, initialize, planJson, synthesize, terraform } from './terraform';

const ready = [hasTerraform(), hasEmulator()].every(Boolean);

const KEY = 'arn:aws:kms:us-east-1:000000000000:key/mrk-1234abcd12ab34cd56ef1234567890ab';
const BUCKET = 'clickstream-bi-dev-000000000000-us-east-1';

/** Variables of each plan. */
const VARIANTS = {
  usual: {},
  full: {
    environment: 'prod',
    replica_region: 'eu-west-1',
    kms_key_arn: KEY,
    alarm_email: 'alarms@example.com',
    quicksight_user: 'arn:aws:quicksight:us-east-1:000000000000:user/default/ann',
    quicksight_role: 'author',
  },
  byHand: {
    environment: 'test-eu',
    etl_schedule: '',
    history_days: '0',
    lambda_schedule: 'rate(1 hour)',
    population: '1000',
    monthly_budget_usd: '7.5',
  },
  replicated: { replica_region: 'eu-west-1' },
} as const;
type Variant = keyof typeof VARIANTS;

const REPLICA = [
  'lake/replica/bucket',
  'lake/replica/encryption',
  'lake/replica/lifecycle',
  'lake/replica/ownership',
  'lake/replica/policy',
  'lake/replica/public-access',
  'lake/replica/versioning',
  'lake/replication-role',
  'lake/replication-role-policy',
];

/** What an author gets. */
const QUICKSIGHT = Object.keys(stack.resource)
  .filter((type) => type.startsWith('aws_quicksight_') && type !== 'aws_quicksight_refresh_schedule')
  .flatMap(pathsOf);

(ready ? describe : describe.skip)('a plan', () => {
  let emulator: Emulator;
  let folder: string;
  const plans = {} as Record<Variant, Plan>;

  beforeAll(async () => {
    emulator = await startEmulator();
    folder = await synthesize();
    for (const [variant, variables] of Object.entries(VARIANTS))
      plans[variant as Variant] = planFrom(await planJson(folder, variables, emulator.endpoint));
  });
  afterAll(() => emulator?.stop());

  test('is of a configuration that Terraform finds valid', async () => {
    await initialize(folder);
    await expect(terraform(folder, ['validate', '-no-color'])).resolves.toContain('Success');
  });

  test('has all resources but the optional ones by default', () => {
    const optional = Object.keys(stack.resource)
      .flatMap((type) => Object.values(stack.resource[type]!).map(pathOf))
      .filter((path) => !plans.usual.paths.includes(path));
    expect(optional.sort()).toEqual(
      [
        ...REPLICA,
        'etl/role-key-policy',
        'generator/role-key-policy',
        'lake/replication',
        'lake/replication-role-key-policy',
        'lake/replication-with-key',
        'observability/email',
        ...pathsOf('aws_quicksight_refresh_schedule'),
        ...QUICKSIGHT,
      ].sort(),
    );
  });

  test.each([
    ['full', [...REPLICA, ...keyPolicies(), 'lake/replication-with-key', 'observability/email', ...QUICKSIGHT], []],
    ['replicated', [...REPLICA, 'lake/replication'], []],
    ['byHand', [], ['etl/schedule', 'generator/history']],
  ] as const)('of the variant %s has these more and these fewer', (variant, more, fewer) => {
    expect(without(plans[variant].paths, plans.usual.paths)).toEqual([...more].sort());
    expect(without(plans.usual.paths, plans[variant].paths)).toEqual([...fewer].sort());
  });

  test.each(['full', 'byHand'] as const)('of the variant %s shares no name with the one of dev', (variant) => {
    const names = new Set(plans.usual.names);
    expect(names.size).toBeGreaterThan(20);
    expect(plans[variant].names.filter((name) => names.has(name))).toEqual([]);
    const environment = new RegExp(VARIANTS[variant].environment.replace('-', '[-_]'));
    expect(plans[variant].names.filter((name) => !environment.test(name))).toEqual([]);
  });

  test("has the article's names in dev, and the environment's in them elsewhere", () => {
    const named = (variant: Variant) =>
      ['catalog/database', 'etl/gluejob', 'lake/parameter'].map((path) => plans[variant].at(path).name);
    expect(named('usual')).toEqual(['clickstream_db', 'clickstream-gluejob', 'clickstream_bucket']);
    expect(named('full')).toEqual(['clickstream_db_prod', 'clickstream-gluejob-prod', 'clickstream_bucket_prod']);
    expect(named('byHand')).toEqual([
      'clickstream_db_test_eu',
      'clickstream-gluejob-test-eu',
      'clickstream_bucket_test_eu',
    ]);
  });

  test('encrypts with the key, in the replica with the one of its region, and may use both', () => {
    const replicaKey = KEY.replace('us-east-1', 'eu-west-1');
    expect(encryptionOf(plans.full, 'lake/bucket')).toEqual({ sse_algorithm: 'aws:kms', kms_master_key_id: KEY });
    expect(encryptionOf(plans.full, 'lake/replica')).toMatchObject({ kms_master_key_id: replicaKey });
    expect(queryResultsOf(plans.full)).toEqual([{ encryption_option: 'SSE_KMS', kms_key_arn: KEY }]);
    expect(plans.full.at('lake/replication-with-key')).toMatchObject({
      rule: [{ destination: [{ encryption_configuration: [{ replica_kms_key_id: replicaKey }] }] }],
    });
    const resources = keyPolicies().map((path) => [...new Set(resourcesOf(plans.full.at(path).policy))]);
    expect(resources).toEqual([[KEY], [KEY], [KEY, replicaKey]]);
  });

  test.each(['usual', 'replicated', 'byHand'] as const)(
    'of the variant %s encrypts with SSE-S3, and names no key',
    (variant) => {
      const plan = plans[variant];
      const buckets = plan.paths
        .filter((path) => path.endsWith('/bucket'))
        .map((path) => path.replace(/\/bucket$/, ''));
      expect(buckets).toContain('lake/bucket');
      for (const bucket of buckets) expect(encryptionOf(plan, bucket)).toMatchObject({ sse_algorithm: 'AES256' });
      expect(queryResultsOf(plan)).toMatchObject([{ encryption_option: 'SSE_S3', kms_key_arn: null }]);
      expect(plan.text).not.toContain(':kms:');
    },
  );

  test('knows the view, whose SQL asks the database and the bucket of its environment', () => {
    expect(viewSqlOf(plans.usual)).toBe(liveViewSql('clickstream_db', `s3://${BUCKET}/`, LIVE_VIEW_LOOKBACK_DAYS));
    expect(viewSqlOf(plans.full)).toBe(
      liveViewSql('clickstream_db_prod', `s3://${BUCKET.replace('dev', 'prod')}/`, LIVE_VIEW_LOOKBACK_DAYS),
    );
  });

  test('leaves the date of an archived file to Athena', () => {
    expect(plans.usual.at('catalog/processed-events').parameters).toMatchObject({
      'storage.location.template': `s3://${BUCKET}/processed/date=${expression('date')}/`,
    });
  });

  test('makes a window as long as the rate, for the function and for the alarm', () => {
    expect(settingsOfFunction(plans.usual)).toMatchObject({
      WINDOW_S: '300',
      EVENTS_PER_EXECUTION: '20',
      POPULATION: '',
    });
    expect(settingsOfFunction(plans.byHand)).toMatchObject({ WINDOW_S: '3600', POPULATION: '1000' });
    expect(plans.usual.at('observability/no-data').period).toBe(300);
    expect(plans.byHand.at('observability/no-data').period).toBe(3600);
  });

  test('deploys the bundled function, and again only when it has changed', () => {
    expect(plans.usual.at('generator/function')).toMatchObject({
      filename: expect.stringMatching(/\.zip$/),
      source_code_hash: bundleFunction().sha256,
    });
  });

  test('passes on what it was given: address, budget, days of history', () => {
    expect(plans.full.at('observability/email').endpoint).toBe('alarms@example.com');
    expect(plans.usual.at('observability/budget').limit_amount).toBe('2');
    expect(plans.byHand.at('observability/budget').limit_amount).toBe('7.5');
    expect(plans.usual.at('generator/history').input).toBe('{"history_days":60}');
  });

  test('tags with the environment what it makes', () => {
    const tags = plans.full.at('lake/bucket/bucket').tags_all;
    expect(tags).toMatchObject({ Environment: 'prod', Deployment: 'clickstream-bi-prod', Project: 'clickstream-bi' });
  });

  test('gives instructions for QuickSight to whoever uses it, with the names to choose', () => {
    const [instructions, none] = [plans.full, plans.usual].map((plan) => plan.output('quicksight_setup_instructions'));
    expect(none).toMatch(/quicksight_user/);
    for (const named of ['clickstream-bi-prod-', '--environment prod', 'clickstream-dashboard-prod'])
      expect(instructions).toContain(named);
    expect(none).not.toContain('clickstream-dashboard');
  });
});

function keyPolicies(): string[] {
  return ['etl/role-key-policy', 'generator/role-key-policy', 'lake/replication-role-key-policy'];
}

function without(some: readonly string[], others: readonly string[]): string[] {
  return some.filter((path) => !others.includes(path));
}

function encryptionOf(plan: Plan, bucket: string): Json | undefined {
  const { rule } = plan.at(`${bucket}/encryption`) as unknown as EncryptionRules;
  return rule[0].apply_server_side_encryption_by_default[0];
}

interface EncryptionRules {
  readonly rule: readonly [{ readonly apply_server_side_encryption_by_default: readonly [JsonObject] }];
}

function queryResultsOf(plan: Plan): Json | undefined {
  const { configuration } = plan.at('analytics/workgroup') as unknown as Workgroup;
  return configuration[0].result_configuration[0].encryption_configuration;
}

interface Workgroup {
  readonly configuration: readonly [{ readonly result_configuration: readonly [JsonObject] }];
}

function resourcesOf(policy: Json | undefined): string[] {
  const { Statement } = parseDocument(policy) as unknown as { Statement: readonly { Resource: readonly string[] }[] };
  return Statement.flatMap(({ Resource }) => Resource);
}

function viewSqlOf(plan: Plan): string {
  const encoded = /^\/\* Presto View: (\S+) \*\/$/.exec(String(plan.at('catalog/live').view_original_text))?.[1] ?? '';
  return JSON.parse(Buffer.from(encoded, 'base64').toString()).originalSql;
}

function settingsOfFunction(plan: Plan): Json | undefined {
  const { environment } = plan.at('generator/function') as { environment: readonly [JsonObject] };
  return environment[0].variables;
}
