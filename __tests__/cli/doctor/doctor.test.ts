import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { judgeRegion, judgeReplicaRegion } from '../../../cli/doctor/account';
import { type Check, failed, ok, type Row, runChecks, type Status, warning } from '../../../cli/doctor/check';
import { checksFor, type DoctorOptions, exitCode, remarks } from '../../../cli/doctor/doctor';
import { installedVersion, isAtLeast, judgeCdktf, judgeNode, judgeTerraform } from '../../../cli/doctor/machine';
import { environment, region } from '../../../cli/parsers';

const OPTIONS: DoctorOptions = { environment: 'dev', region: 'eu-central-1', format: 'json' };

const before = { ...process.env };
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'clickstream-doctor-'));
});
afterEach(() => {
  process.env = { ...before };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('versions', () => {
  test.each([
    ['1.9.0', '1.9', true],
    ['1.11.4', '1.9', true],
    ['2.0', '1.9.5', true],
    ['1.9.0-beta1', '1.9', true],
    ['1.8.99', '1.9', false],
    ['1', '1.9', false],
    ['0.21.0', '1.9', false],
    ['latest', '1.9', false],
  ])('%s is at least %s: %s', (have, need, expected) => expect(isAtLeast(have, need)).toBe(expected));

  test('that are too old name what is needed', () => {
    expect(judgeNode('20.19.0').status).toBe('ok');
    expect(judgeNode('20.18.3')).toMatchObject({ status: 'failed', found: '20.18.3, where >=20.19 is needed' });
    expect(judgeTerraform('{"terraform_version": "1.9.0"}')).toEqual(ok('1.9.0'));
    expect(judgeTerraform('{"terraform_version": "1.5.7"}').remedy).toMatch(/install 1\.9 or newer: https/);
    expect(judgeTerraform('Terraform v0.12.31\n')).toMatchObject({
      status: 'failed',
      found: expect.stringMatching(/v0\.12\.31/),
    });
    expect(judgeCdktf('0.20.0', '0.21.0')).toEqual(failed('0.20.0, where 0.21.0 is needed', 'npm ci'));
    expect(judgeCdktf(undefined)).toEqual(failed('not installed', 'npm ci'));
  });

  test('of installed packages are found, and missing packages are no error', () => {
    expect(judgeCdktf(installedVersion('cdktf-cli')).status).toBe('ok');
    expect(installedVersion('@clickstream/no-such-package')).toBeUndefined();
  });
});

describe('running checks', () => {
  const check = (name: string, run: Check['run'], after?: string[]): Check => ({ name, run, after });
  const never = (): Promise<never> => new Promise(() => {});

  test('one that fails, throws or never ends hides no other, and what builds on it is skipped', async () => {
    const done: number[] = [];
    const rows = await runChecks(
      [
        check('fails', () => failed('bad', 'mend it')),
        check('throws', () => Promise.reject(new Error('broken'))),
        check('hangs', never),
        check('warns', () => warning('hm', 'look')),
        check('after fails', () => ok('not reached'), ['warns', 'fails']),
        check('after that', () => ok('not reached'), ['after fails']),
        check('after warns', () => ok('fine'), ['warns']),
      ],
      { timeoutMs: 50, onDone: () => done.push(1) },
    );
    expect(rows.map(({ check: name, status, found }) => [name, status, found])).toEqual([
      ['fails', 'failed', 'bad'],
      ['throws', 'failed', 'broken'],
      ['hangs', 'failed', 'TimeoutError: no answer within 0.05 s'],
      ['warns', 'warning', 'hm'],
      ['after fails', 'skipped', 'needs "fails"'],
      ['after that', 'skipped', 'needs "after fails"'],
      ['after warns', 'ok', 'fine'],
    ]);
    expect(done).toHaveLength(7);
  });

  test('independent ones run at the same time', async () => {
    let met = (): void => {};
    const meeting = new Promise<void>((resolve) => {
      met = resolve;
    });
    const waits = check('waits', () => meeting.then(() => ok('')));
    const comes = check('comes', () => {
      met();
      return ok('');
    });
    expect((await runChecks([waits, comes])).map(({ status }) => status)).toEqual(['ok', 'ok']);
  });

  test.each<[Status[], number]>([
    [['ok', 'ok'], 0],
    [['ok', 'warning'], 0],
    [['warning', 'failed', 'skipped'], 1],
  ])('%j ends with exit code %d', (statuses, code) => {
    const rows = statuses.map((status, n): Row => ({ check: `c${n}`, status, found: '', remedy: '' }));
    expect(exitCode(rows)).toBe(code);
    expect(remarks(OPTIONS, rows).at(-1)).toBe(
      code === 0 ? 'nothing is in the way of a deploy' : 'in the way of a deploy: c1',
    );
  });

  test('says what was left out', () => {
    expect(remarks(OPTIONS, [])[0]).toMatch(/--quicksight-user/);
    expect(remarks({ ...OPTIONS, offline: true }, [])[0]).toMatch(/--offline/);
    expect(remarks({ ...OPTIONS, quicksightUser: 'anna' }, [])).toHaveLength(1);
  });
});

describe('the list of checks', () => {
  test('names every check once, and before those that build on it', async () => {
    const checks = await checksFor({ ...OPTIONS, replicaRegion: 'eu-west-1', quicksightUser: 'anna' });
    const names = checks.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const [n, { after = [] }] of checks.entries())
      for (const name of after) expect(names.slice(0, n)).toContain(name);
  });

  test('without network needs no account, and judges names', async () => {
    process.env.TF_CLI_CONFIG_FILE = join(folder, 'missing.tfrc');
    process.env.XDG_DATA_HOME = process.env.XDG_DATA_DIRS = process.env.HOME = join(folder, 'home');
    const rows = await runChecks(await checksFor({ ...OPTIONS, offline: true, replicaRegion: 'eu-central-1' }));
    expect(rows.map(({ check }) => check)).toEqual([
      'node',
      'terraform',
      'cdktf',
      'provider',
      'region',
      'replica region',
    ]);
    const [node, , cdktf, provider, region, replica] = rows;
    expect([node!.status, cdktf!.status, provider!.status, region!.status, replica!.status]).toEqual([
      'ok',
      'ok',
      'warning',
      'ok',
      'failed',
    ]);
    expect(provider).toMatchObject({
      found: expect.stringMatching(/was not asked; TF_CLI_CONFIG_FILE names .*missing\.tfrc, which does not exist/),
      remedy: expect.stringMatching(/without --offline/),
    });
    expect(replica!.found).toBe('eu-central-1 is the region of the lake itself');
  });

  test.each([
    ['that is missing', undefined, /there is no ".*terraform" on the PATH/],
    ['that is old', `echo '{"terraform_version": "1.8.5"}'`, /1\.8\.5, where 1\.9 is needed/],
    ['that breaks', 'echo broken >&2; exit 3', /broken/],
  ])('a Terraform %s is to be installed', async (name, script, found) => {
    const terraform = join(folder, name, 'terraform');
    mkdirSync(dirname(terraform), { recursive: true });
    if (script !== undefined) {
      writeFileSync(terraform, `#!/bin/sh\n${script}\n`);
      chmodSync(terraform, 0o755);
    }
    process.env.TERRAFORM_BINARY_NAME = terraform;
    const rows = await runChecks(await checksFor({ ...OPTIONS, offline: true }));
    expect(rows.find(({ check }) => check === 'terraform')).toMatchObject({
      status: 'failed',
      found: expect.stringMatching(found),
      remedy: expect.stringMatching(/^install 1\.9 or newer/),
    });
  });
});

describe('names', () => {
  test.each(['dev', 'a', 'prod-eu', 'a23456789012'])('%s is an environment', (text) =>
    expect(environment(text)).toBe(text),
  );
  test.each(['', 'Dev', '1a', '-a', 'a-', 'a_b', 'a234567890123', 'a b'])('"%s" is none', (text) =>
    expect(() => environment(text)).toThrow(/1 to 12 lower-case letters/),
  );
  test.each(['us-east-1', 'ap-southeast-7', 'mx-central-1'])('%s is a region', (text) =>
    expect(region(text)).toBe(text),
  );
  test.each(['', 'us-east', 'us-east-1a', 'US-EAST-1', 'us-gov-west-1', 'frankfurt'])('"%s" is none', (text) => {
    expect(() => region(text)).toThrow(/such as us-east-1/);
    expect(judgeRegion(text, 'AWS_REGION')).toMatchObject({ status: 'failed', found: `"${text}" (AWS_REGION)` });
  });

  test("a region that is not the stack's own is to be passed on", () => {
    expect(judgeRegion('us-east-1', 'the default')).toEqual(ok('us-east-1 (the default)'));
    expect(judgeRegion('eu-west-1', 'the profile').remedy).toMatch(/--var aws_region=eu-west-1/);
    expect(judgeReplicaRegion('eu-west-1', 'eu-west-2').status).toBe('ok');
  });
});
