import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateDatabaseCommand, DeleteDatabaseCommand, GlueClient } from '@aws-sdk/client-glue';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import type { Row } from '../../../cli/doctor/check';
import { PROJECT } from '../../../core/project';
import { type Emulator, hasEmulator, startEmulator } from '../../../support/aws-emulator';
import { type Ended, start } from '../../../support/processes';
import { type Loopback, serve } from '../../server/loopback';
import { hasTerraform, terraformEnvironment } from '../../stacks/terraform';
import { type QuickSight, startQuickSight } from '../quicksight-stand-in';

type Variables = Readonly<Record<string, string>>;

const REGION = 'eu-central-1';
/** An endpoint of which nothing is asked, or which refuses. */
const NOBODY = 'http://127.0.0.1:9';

const BUCKET = `clickstream-bi-dev-000000000000-${REGION}`;

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'clickstream-doctor-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

(hasEmulator() && hasTerraform() ? describe : describe.skip)('clickstream doctor with an account', () => {
  let emulator: Emulator;
  let keys: Variables;

  beforeAll(async () => {
    emulator = await startEmulator();
    keys = await roleKeys();
  });
  afterAll(() => emulator?.stop());

  test('reports that a first deploy can succeed', async () => {
    const { code, stderr, rows } = await findings(['--region', REGION, '--replica-region', 'eu-west-1']);
    // The registry can be reached from some machines only.
    expect(['ok', 'warning']).toContain(rows.provider?.status);
    expect(Object.values(rows).map(({ check, status }) => [check, status])).toEqual([
      ['node', 'ok'],
      ['terraform', 'ok'],
      ['cdktf', 'ok'],
      ['provider', expect.anything()],
      ['credentials', 'ok'],
      ['region', 'ok'],
      ['replica region', 'ok'],
      ['bucket', 'ok'],
      ['glue', 'ok'],
      ['athena', 'ok'],
      ['lambda', 'ok'],
    ]);
    expect(rows.credentials?.found).toMatch(
      /^account 000000000000, arn:aws:sts::000000000000:assumed-role\/deployer\//,
    );
    expect(rows.region).toMatchObject({ found: `${REGION} (--region)`, remedy: expect.stringMatching(/aws_region=/) });
    expect(rows.bucket?.found).toBe(`${BUCKET} is free`);
    expect(rows.glue?.found).toBe('clickstream_db is free');
    expect(stderr).toMatch(/^QuickSight was not looked at: .*--quicksight-user/);
    expect(stderr).toMatch(/\nnothing is in the way of a deploy\n$/);
    expect(code).toBe(0);
  });

  test('warns of the root user, and of a database without its bucket, but not with it', async () => {
    const client = { endpoint: emulator.endpoint, region: REGION, credentials: root() };
    const glue = new GlueClient(client);
    const s3 = new S3Client({ ...client, forcePathStyle: true });
    await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'clickstream_db' } }));

    const leftOver = await findings(['--region', REGION], {
      AWS_ACCESS_KEY_ID: '000000000000',
      AWS_SESSION_TOKEN: '',
    });
    expect(leftOver.code).toBe(0);
    expect(leftOver.rows.credentials).toMatchObject({ status: 'warning', remedy: expect.stringMatching(/root user/) });
    expect(leftOver.rows.glue).toMatchObject({ status: 'warning', remedy: expect.stringMatching(/import it/) });
    expect(leftOver.stderr).toMatch(/with a warning: .*credentials, glue\n/);

    const LocationConstraint = REGION;
    await s3.send(new CreateBucketCommand({ Bucket: BUCKET, CreateBucketConfiguration: { LocationConstraint } }));
    const deployed = await findings(['--region', REGION]);
    expect(deployed.rows.bucket).toMatchObject({ status: 'ok', found: `${BUCKET} is there, as after a deploy` });
    expect(deployed.rows.glue).toMatchObject({ status: 'ok', found: 'clickstream_db is there, as after a deploy' });

    const other = await findings(['--region', REGION, '--environment', 'prod-eu']);
    expect(other.rows.bucket?.found).toBe(`clickstream-bi-prod-eu-000000000000-${REGION} is free`);
    expect(other.rows.glue?.found).toBe('clickstream_db_prod_eu is free');
    await glue.send(new DeleteDatabaseCommand({ Name: 'clickstream_db' }));
  });

  test.each<[string, Variables, string]>([
    ['AWS_REGION', { AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-2' }, 'eu-west-1 (AWS_REGION)'],
    ['AWS_DEFAULT_REGION', { AWS_REGION: '', AWS_DEFAULT_REGION: 'eu-west-2' }, 'eu-west-2 (AWS_DEFAULT_REGION)'],
    ['the profile', { AWS_REGION: '', AWS_PROFILE: 'team' }, 'eu-west-3 (the profile)'],
    ['nothing', { AWS_REGION: '' }, 'us-east-1 (the default)'],
  ])('takes the region of %s', async (_, variables, found) => {
    const config = join(folder, 'config');
    writeFileSync(config, '[profile team]\nregion = eu-west-3\n');
    expect((await findings([], { AWS_CONFIG_FILE: config, ...variables })).rows.region).toMatchObject({
      status: 'ok',
      found,
    });
  });

  test('does not ask services in a region that is none', async () => {
    const { code, rows } = await findings([], { AWS_REGION: 'moon-1' });
    expect(rows.region).toMatchObject({ status: 'failed', found: '"moon-1" (AWS_REGION)' });
    for (const name of ['bucket', 'glue', 'athena', 'lambda']) expect(rows[name]?.found).toBe('needs "region"');
    expect(code).toBe(1);
  });

  test.each<[string, QuickSight, [Row['status'], Row['status']], RegExp]>([
    ['ready', quickSight({}), ['ok', 'ok'], /^anna, AUTHOR$/],
    ['elsewhere', quickSight({ identityRegion: 'eu-west-1' }), ['ok', 'ok'], /^anna, AUTHOR$/],
    ['not signed up', quickSight({ edition: undefined }), ['failed', 'skipped'], /needs "quicksight"/],
    ['Standard', quickSight({ edition: 'STANDARD' }), ['failed', 'skipped'], /needs "quicksight"/],
    ['without the user', quickSight({ users: {} }), ['ok', 'failed'], /no user "anna" in us-east-1/],
    ['with a reader', quickSight({ users: { anna: 'READER' } }), ['ok', 'ok'], /READER/],
  ])('looks at a QuickSight that is %s', async (_, state, expected, found) => {
    const server = await startQuickSight(state);
    const variables = { AWS_ENDPOINT_URL_QUICKSIGHT: server.endpoint };
    const { code, stderr, rows } = await findings(['--quicksight-user', 'anna'], variables);
    await server.stop();
    expect([rows.quicksight?.status, rows['quicksight user']?.status]).toEqual(expected);
    expect(rows['quicksight user']?.found).toMatch(found);
    const others = ['quicksight access', 'quicksight dashboard', 'quicksight data'].map((name) => rows[name]?.status);
    expect(others).toEqual(expected[0] === 'ok' ? ['warning', 'ok', 'ok'] : ['skipped', 'skipped', 'skipped']);
    expect(code).toBe(expected.includes('failed') ? 1 : 0);
    expect(stderr).not.toMatch(/was not looked at/);
  });

  test.each([
    ['csv', ['--format', 'csv']],
    ['tsv', ['--format', 'tsv']],
    ['tsv on a pipe', []],
  ])('prints %s that reads back', async (format, flags) => {
    const { stdout } = await doctor(flags, { ...keys, AWS_ENDPOINT_URL: emulator.endpoint });
    const rows: Row[] = parse(stdout, { columns: true, delimiter: format === 'csv' ? ',' : '\t' });
    expect(rows.map(({ check }) => check)).toContain('athena');
  });

  function findings(flags: readonly string[], variables: Variables = {}): Promise<Found> {
    return found(flags, { AWS_ENDPOINT_URL: emulator.endpoint, ...keys, ...variables });
  }

  async function roleKeys(): Promise<Variables> {
    const client = new STSClient({ endpoint: emulator.endpoint, region: 'us-east-1', credentials: root() });
    const role = { RoleArn: 'arn:aws:iam::000000000000:role/deployer', RoleSessionName: 'test' };
    const { AccessKeyId, SecretAccessKey, SessionToken } = (await client.send(new AssumeRoleCommand(role)))
      .Credentials!;
    return {
      AWS_ACCESS_KEY_ID: AccessKeyId!,
      AWS_SECRET_ACCESS_KEY: SecretAccessKey!,
      AWS_SESSION_TOKEN: SessionToken!,
    };
  }
});

describe('clickstream doctor without an account', () => {
  test('names the endpoint that does not answer, soon', async () => {
    const endpoint = await refusedEndpoint();
    const { code, rows, seconds } = await found([], { AWS_ENDPOINT_URL: endpoint });
    expect(rows.credentials).toMatchObject({
      status: 'failed',
      found: expect.stringMatching(/ECONNREFUSED/),
      remedy: `start what should answer at AWS_ENDPOINT_URL=${endpoint}, or unset it to reach AWS`,
    });
    expect(rows.athena).toMatchObject({ status: 'skipped', found: 'needs "credentials"' });
    expect(rows.node?.status).toBe('ok');
    expect(code).toBe(1);
    expect(seconds).toBeLessThan(15);
  });

  test('says how to sign in', async () => {
    const none = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' };
    const { code, stderr, rows } = await found([], { AWS_ENDPOINT_URL: NOBODY, ...none });
    expect(rows.credentials).toMatchObject({ status: 'failed', remedy: expect.stringMatching(/aws configure sso/) });
    expect(stderr).toMatch(/\nin the way of a deploy: .*credentials\n$/);
    expect(code).toBe(1);
  });

  test('says so of keys that AWS refuses', async () => {
    const server = await refusing('InvalidClientTokenId', 'The security token included in the request is invalid.');
    const { code, rows } = await found([], { AWS_ENDPOINT_URL: server.endpoint });
    await server.stop();
    expect(rows.credentials).toMatchObject({
      status: 'failed',
      found: expect.stringMatching(/InvalidClientTokenId: The security token included in the request is invalid/),
      remedy: expect.stringMatching(/does not know these keys/),
    });
    expect(code).toBe(1);
  });

  test('waits neither for a server that is silent nor for a credential process that never ends', async () => {
    const config = join(folder, 'slow');
    writeFileSync(config, '[default]\ncredential_process = sleep 25\n');
    const server = await serve(() => {});
    const none = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' };
    const runs = [{}, { AWS_CONFIG_FILE: config, ...none }].map((variables) =>
      found([], { AWS_ENDPOINT_URL: server.endpoint, ...variables }),
    );
    for (const { code, rows, seconds } of await Promise.all(runs)) {
      expect(rows.credentials).toMatchObject({
        status: 'failed',
        found: expect.stringMatching(/no answer within 10 s/),
      });
      expect(code).toBe(1);
      expect(seconds).toBeLessThan(15);
    }
    await server.stop();
  });

  test('--offline asks nobody', async () => {
    const { stderr, rows } = await found(['--offline'], { AWS_ENDPOINT_URL: NOBODY });
    expect(Object.keys(rows)).toEqual(['node', 'terraform', 'cdktf', 'provider', 'region']);
    expect(stderr).toMatch(/^the account was not looked at \(--offline\)\n/);
  });

  test('prints a table in which no remedy is cut', async () => {
    const { stdout } = await doctor(['--format', 'table'], { AWS_ENDPOINT_URL: NOBODY });
    expect(stdout).toMatch(/│ credentials\s+│ failed\s+│/);
    expect(stdout).not.toContain('…');
  });

  test.each([
    [['--environment', 'Prod'], /'--environment <name>' argument 'Prod' is invalid.*such as dev or prod-eu/],
    [['--environment', 'prod-'], /'prod-' is invalid/],
    [['--region', 'frankfurt'], /'--region <region>' argument 'frankfurt' is invalid.*such as us-east-1/],
    [['--replica-region', 'eu'], /'--replica-region <region>' argument 'eu' is invalid/],
    [['--format', 'xml'], /table, csv, tsv, json/],
    [['--ofline'], /unknown option '--ofline'.*Did you mean --offline.*--help/s],
    [['extra'], /too many arguments/],
  ])('%j is refused with exit code 2', async (flags, message) => {
    const { code, stdout, stderr } = await doctor(flags, {});
    expect(stderr).toMatch(message);
    expect([code, stdout]).toEqual([2, '']);
  });

  test('--help lists its flags', async () => {
    const { code, stdout } = await doctor(['--help'], {});
    expect(code).toBe(0);
    for (const flag of ['--environment', '--region', '--replica-region', '--quicksight-user', '--offline', '--format'])
      expect(stdout).toContain(`  ${flag}`);
  });
});

interface Found extends Ended {
  readonly rows: Readonly<Record<string, Row>>;
  readonly seconds: number;
}

async function found(flags: readonly string[], variables: Variables): Promise<Found> {
  const from = Date.now();
  const ended = await doctor([...flags, '--format', 'json'], variables);
  const rows: Row[] = JSON.parse(ended.stdout);
  expect(ended.stderr).not.toMatch(/\n\s+at |node_modules|Warning/);
  return {
    ...ended,
    rows: Object.fromEntries(rows.map((row) => [row.check, row])),
    seconds: (Date.now() - from) / 1000,
  };
}

/** Runs the real command with none of the caller's variables for AWS. */
function doctor(flags: readonly string[], variables: Variables): Promise<Ended> {
  const assignments = Object.entries({ ...terraformEnvironment(), ...variables }).map(
    ([name, value]) => `${name}=${value}`,
  );
  return start('env', '-i', ...assignments, process.execPath, join(PROJECT, 'cli/clickstream.js'), 'doctor', ...flags)
    .ended;
}

function quickSight(state: Partial<QuickSight>): QuickSight {
  return { edition: 'ENTERPRISE', identityRegion: 'us-east-1', users: { anna: 'AUTHOR' }, ...state };
}

/** Answers everything as AWS does when it refuses. */
function refusing(code: string, message: string): Promise<Loopback> {
  const xml = `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;
  return serve((_, response) => response.writeHead(403, { 'content-type': 'text/xml' }).end(xml));
}

async function refusedEndpoint(): Promise<string> {
  const { endpoint, stop } = await serve(() => {});
  await stop();
  return endpoint;
}

function root(): { accessKeyId: string; secretAccessKey: string } {
  return { accessKeyId: '000000000000', secretAccessKey: 'test' };
}
