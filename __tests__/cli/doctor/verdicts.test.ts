import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { judgeIdentity } from '../../../cli/doctor/account';
import type { Status } from '../../../cli/doctor/check';
import { diagnose } from '../../../cli/doctor/diagnosis';
import { identityRegion, judgeSubscription, judgeUser } from '../../../cli/doctor/quicksight';
import { judgeAccess, judgeDashboard, judgeDataSets } from '../../../cli/doctor/quicksight-dashboard';
import { judgeBucket, judgeConcurrency, judgeDatabase } from '../../../cli/doctor/services';

const before = { ...process.env };

beforeEach(() => {
  for (const key of Object.keys(process.env)) if (/^AWS_|proxy$/i.test(key)) delete process.env[key];
});
afterEach(() => {
  process.env = { ...before };
});

describe('what AWS says', () => {
  test.each([
    [
      'CredentialsProviderError',
      'Could not load credentials from any providers',
      /aws configure sso.*AWS_SECRET_ACCESS_KEY/,
    ],
    [
      'CredentialsProviderError',
      "… run 'aws sso login' with the corresponding profile",
      /^sign in again: "aws sso login"/,
    ],
    ['ExpiredTokenException', 'The security token included in the request is expired', /have expired/],
    ['InvalidClientTokenId', 'The security token included in the request is invalid', /does not know these keys/],
    ['SignatureDoesNotMatch', '', /does not know these keys/],
    ['RequestTimeTooSkewed', '', /clock/],
    ['AccessDeniedException', 'not authorized', /^allow glue:GetDatabase /],
    ['ThrottlingException', 'Rate exceeded', /again in a minute/],
    ['ECONNREFUSED', 'connect', /\*\.amazonaws\.com by HTTPS/],
    ['TypeError', 'fetch failed', /\*\.amazonaws\.com by HTTPS/],
    ['TimeoutError', 'no answer within 10 s', /\*\.amazonaws\.com by HTTPS; .*credential_process/],
    ['Strange', '', /look the message up/],
  ])('%s: %s has a remedy', (name, message, remedy) => {
    expect(diagnose(named(name, message), 'glue:GetDatabase')[1]).toMatch(remedy);
  });

  test('names an endpoint, a proxy or a profile of the environment that may be to blame', () => {
    const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    process.env.HTTPS_PROXY = 'http://user:secret@proxy:3128';
    expect(diagnose(refused)[1]).toMatch(/^the proxy in HTTPS_PROXY is not used by this check/);
    expect(diagnose(refused)[1]).not.toContain('secret');
    process.env.AWS_ENDPOINT_URL = 'http://127.0.0.1:9';
    expect(diagnose(refused)[1]).toMatch(/AWS_ENDPOINT_URL=http:\/\/127\.0\.0\.1:9, or unset it/);
    process.env.AWS_PROFILE = 'nobody';
    expect(diagnose(named('CredentialsProviderError', ''))[1]).toMatch(/^AWS_PROFILE=nobody must be one of/);
  });

  test('is told in one line', () => {
    const unknown = named('UnknownError', 'UnknownError', { $metadata: { httpStatusCode: 400 } });
    expect(diagnose(unknown)[0]).toBe('HTTP 400, without a message');
    expect(diagnose(named('TypeError', 'fetch failed', { cause: new Error('self-signed') }))[0]).toBe(
      'TypeError: fetch failed; self-signed',
    );
    expect(diagnose(new Error('one\n  two'))[0]).toBe('one two');
    expect(diagnose('text')[0]).toBe('text');
  });

  test('of the caller: the root user is a warning', () => {
    expect(judgeIdentity({ account: '1', arn: 'arn:aws:iam::1:root' }).status).toBe('warning');
    expect(judgeIdentity({ account: '1', arn: 'arn:aws:sts::1:assumed-role/deployer/x' }).status).toBe('ok');
  });

  test.each([
    [404, 'ok', /is free/],
    [200, 'ok', /is there, as after a deploy/],
    [403, 'failed', /can't be seen \(HTTP 403\)/],
    [301, 'failed', /HTTP 301/],
  ])('of the bucket: HTTP %d is %s', (code, status, found) => {
    expect(judgeBucket('b', code)).toMatchObject({ status, found: expect.stringMatching(found) });
  });

  test.each<[boolean, number | undefined, Status]>([
    [false, undefined, 'ok'],
    [true, 200, 'ok'],
    [true, 404, 'warning'],
    [true, 403, 'warning'],
    [true, undefined, 'warning'],
  ])('of the database: there %s, bucket %s, is %s', (isThere, bucket, status) => {
    expect(judgeDatabase('clickstream_db', isThere, bucket).status).toBe(status);
  });

  test.each<[number | undefined, number | undefined, Status]>([
    [1000, 1000, 'ok'],
    [10, 10, 'ok'],
    [10, 5, 'warning'],
    [9, 9, 'failed'],
    [undefined, undefined, 'failed'],
  ])('of Lambda: %s concurrent, %s unreserved, is %s', (total, unreserved, status) => {
    expect(judgeConcurrency(total, unreserved).status).toBe(status);
  });

  test.each<[string | undefined, string | undefined, Status, RegExp]>([
    ['ENTERPRISE', 'ACCOUNT_CREATED', 'ok', /^$/],
    ['ENTERPRISE_AND_Q', undefined, 'ok', /^$/],
    ['STANDARD', 'ACCOUNT_CREATED', 'failed', /upgrade.*or deploy without quicksight_user/],
    ['ENTERPRISE', 'UNSUBSCRIBED', 'failed', /sign up/],
    [undefined, undefined, 'failed', /sign up/],
  ])('of QuickSight: edition %s, %s, is %s', (edition, subscription, status, remedy) => {
    expect(judgeSubscription(edition, subscription)).toMatchObject({ status, remedy: expect.stringMatching(remedy) });
  });

  test.each<[string | undefined, Status]>([
    ['ADMIN', 'ok'],
    ['AUTHOR_PRO', 'ok'],
    ['READER', 'ok'],
    ['RESTRICTED', 'warning'],
    [undefined, 'warning'],
  ])('of a QuickSight user: role %s is %s', (role, status) => expect(judgeUser('anna', role).status).toBe(status));

  test.each<[string, readonly string[] | undefined, string, Status, RegExp]>([
    [
      'all',
      ['AWSQuicksightAthenaAccess', 'AWSQuickSightS3Policy'],
      '{"Resource":["arn:aws:s3:::lake","arn:aws:s3:::lake/*"]}',
      'ok',
      /Athena and the bucket/,
    ],
    [
      'no bucket',
      ['AWSQuicksightAthenaAccess', 'AWSQuickSightS3Policy'],
      '{"Resource":"arn:aws:s3:::other"}',
      'warning',
      /without access to the bucket/,
    ],
    ['nothing', [], '', 'warning', /without access to Athena and the bucket/],
    ['no role', undefined, '', 'warning', /aws-quicksight-service-role-v0 is not there/],
  ])("of QuickSight's access: %s", (_, policies, document, status, found) => {
    expect(judgeAccess('lake', policies, document)).toMatchObject({ status, found: expect.stringMatching(found) });
  });

  test.each<[string | undefined, Status, RegExp]>([
    [undefined, 'ok', /not deployed yet/],
    ['CREATION_SUCCESSFUL', 'ok', /d, CREATION_SUCCESSFUL/],
    ['UPDATE_IN_PROGRESS', 'warning', /UPDATE_IN_PROGRESS/],
    ['CREATION_FAILED', 'failed', /CREATION_FAILED: the column x is gone/],
  ])('of a dashboard: status %s is %s', (dashboard, status, found) => {
    const finding = judgeDashboard('d', dashboard, ['the column x is gone']);
    expect(finding).toMatchObject({ status, found: expect.stringMatching(found) });
  });

  test.each<[string, Parameters<typeof judgeDataSets>[0], Status, RegExp]>([
    ['none', [{ name: 'a', mode: undefined }], 'ok', /not deployed yet/],
    [
      'one missing',
      [
        { name: 'a', mode: undefined },
        { name: 'b', mode: 'SPICE' },
      ],
      'failed',
      /without a/,
    ],
    ['direct', [{ name: 'a', mode: 'DIRECT_QUERY' }], 'ok', /1 data sets, asked directly/],
    ['taken in', [{ name: 'a', mode: 'SPICE', ingestion: 'COMPLETED' }], 'ok', /1 data sets in SPICE, all taken in/],
    ['under way', [{ name: 'a', mode: 'SPICE', ingestion: 'RUNNING' }], 'ok', /1 not taken in yet/],
    [
      'failed',
      [{ name: 'a', mode: 'SPICE', ingestion: 'FAILED', error: 'no access' }],
      'failed',
      /a FAILED \(no access\)/,
    ],
  ])('of data sets: %s', (_, states, status, found) => {
    expect(judgeDataSets(states)).toMatchObject({ status, found: expect.stringMatching(found) });
  });

  test('of where QuickSight has its users', () => {
    const elsewhere =
      'Operation is being called from endpoint us-east-1, but your identity region is eu-west-1. Please use the eu-west-1 endpoint.';
    expect(identityRegion(new Error(elsewhere))).toBe('eu-west-1');
    expect(identityRegion(new Error('not authorized'))).toBeUndefined();
  });
});

function named(name: string, message: string, more: object = {}): Error {
  return Object.assign(new Error(message), { name, ...more });
}
