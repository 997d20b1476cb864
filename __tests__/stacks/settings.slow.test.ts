import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { stack } from './synthesized';
import { hasTerraform, terraform } from './terraform';

type Values = Readonly<Record<string, string | number>>;

const KEY = 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const MULTI_REGION_KEY = 'arn:aws:kms:us-east-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab';

/** What is refused, by the variable that is to blame. */
const REFUSED: Readonly<Record<string, readonly Values[]>> = {
  aws_region: values('aws_region', 'us-est', '', 'US-EAST-1', 'us-east-1a', 'cn-north-1', 'us-gov-west-1'),
  environment: values('environment', 'Prod!', '', 'prod_eu', '1st', 'prod-', '-prod', 'a-name-of-13c'),
  lambda_schedule: values(
    'lambda_schedule',
    'cron(0 * * * ? *)',
    'rate(2 days)',
    'rate(25 hours)',
    'rate(1441 minutes)',
    'rate(0 minutes)',
    'rate(1 minutes)',
    'rate(5 minute)',
    'rate(05 minutes)',
    'rate(30 seconds)',
    '5 minutes',
    '',
  ),
  events_per_execution: values('events_per_execution', 1.5, 0, -1, 100_001),
  quicksight_user: values(
    'quicksight_user',
    'Ann Smith',
    'arn:aws:iam::111122223333:user/ann',
    'arn:aws:quicksight:us-east-1:1111:user/default/ann',
    'arn:aws:quicksight:us-east-1:111122223333:group/default/ann',
  ),
  quicksight_role: values('quicksight_role', 'owner', ''),
  quicksight_refresh: values('quicksight_refresh', 'weekly', 'DAILY'),
  etl_schedule: values('etl_schedule', 'rate(1 hour)', 'cron(15 0 * * *)', '15 0 * * ? *', 'cron(15 0 * * ? * *)'),
  alarm_email: values('alarm_email', 'x', 'x@y', '@example.com', 'a b@example.com', 'a@b@example.com'),
  monthly_budget_usd: values('monthly_budget_usd', 0, -2),
  replica_region: [
    { replica_region: 'us-east-1' },
    { replica_region: 'eu-west-1', aws_region: 'eu-west-1' },
    { replica_region: 'europe' },
  ],
  kms_key_arn: [
    ...values('kms_key_arn', 'abc', KEY.replace(':key/', ':alias/'), '1234abcd-12ab-34cd-56ef-1234567890ab'),
    { kms_key_arn: KEY, replica_region: 'eu-west-1' },
    { kms_key_arn: KEY, aws_region: 'eu-west-1' },
  ],
  log_retention_days: values('log_retention_days', 2, 0, -1, 3654),
  history_days: [
    ...values('history_days', 401, -1, 0.5),
    { history_days: 60, events_per_execution: 100_000 },
    { history_days: 174, lambda_schedule: 'rate(1 minute)' },
  ],
  on_demand_events_per_day: values('on_demand_events_per_day', -1, 0.5, 1_000_000_001),
  population: values('population', -1, 0.5, 1_000_000_001),
  athena_scan_limit_bytes: values('athena_scan_limit_bytes', 5, 9_999_999, 10_000_000.5),
};

/** What is as far as it goes. */
const ACCEPTED: readonly Values[] = [
  {},
  { aws_region: 'ap-southeast-2', environment: 'a', lambda_schedule: 'rate(1 day)', log_retention_days: 1 },
  { environment: 'prod-eu-1234', lambda_schedule: 'rate(24 hours)', log_retention_days: 3653 },
  { lambda_schedule: 'rate(1440 minutes)', events_per_execution: 100_000, history_days: 50 },
  { lambda_schedule: 'rate(1 minute)', events_per_execution: 1, history_days: 400 },
  { lambda_schedule: 'rate(1 hour)', events_per_execution: 100_000, history_days: 0, population: 1_000_000_000 },
  { on_demand_events_per_day: 0 },
  { on_demand_events_per_day: 1_000_000_000 },
  { lambda_schedule: 'rate(1 minute)', history_days: 173 },
  { etl_schedule: '', athena_scan_limit_bytes: 10_000_000, monthly_budget_usd: 0.5 },
  { etl_schedule: 'cron(0/30 6-20 ? * MON-FRI *)', alarm_email: 'data-team+alarms@mail.example.com' },
  { kms_key_arn: KEY, quicksight_user: 'arn-like/Ann@example.com', quicksight_role: 'author' },
  { quicksight_user: 'arn:aws:quicksight:eu-west-1:111122223333:user/default/role/ann', quicksight_refresh: 'hourly' },
  { kms_key_arn: MULTI_REGION_KEY, replica_region: 'eu-west-1' },
];

(hasTerraform() ? describe : describe.skip)('terraform plan', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clickstream-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  beforeAll(() => {
    // Variables alone, which need neither a provider nor a cloud: a plan takes a twentieth of a second.
    const { variable, terraform: settings } = stack;
    const configuration = { variable, terraform: { required_version: settings.required_version } };
    writeFileSync(join(folder, 'main.tf.json'), JSON.stringify(configuration, null, 2));
  });

  const plan = (given: Values) =>
    terraform(folder, [
      'plan',
      '-input=false',
      '-no-color',
      ...Object.entries(given).map(([name, value]) => `-var=${name}=${value}`),
    ]);

  const cases = Object.entries(REFUSED).flatMap(([name, list]) => list.map((given) => [name, given] as const));
  test.each(cases)('blames %s for %j, and says what to do', async (name, given) => {
    const said = await plan(given).then(
      () => 'nothing',
      (error: Error) => error.message.replaceAll(/\s+/g, ' '),
    );
    const remedies = remediesOf(name).filter((remedy) => said.includes(remedy));
    expect(remedies).toHaveLength(1);
    expect(said.match(/Error:/g)).toHaveLength(1);
  });

  test.each(ACCEPTED)('takes %j', async (given) => {
    await expect(plan(given)).resolves.toContain('No changes');
  });

  test('is tried here with something wrong for every variable that can be wrong', () => {
    const validated = Object.keys(stack.variable).filter((name) => remediesOf(name).length > 0);
    expect(Object.keys(REFUSED).sort()).toEqual(validated.sort());
  });

  test('tells of everything that is wrong at once', async () => {
    const given = { environment: 'Prod!', population: -1, alarm_email: 'x' };
    await expect(plan(given)).rejects.toThrow(/alarm_email must.*environment must.*population must/s);
  });
});

function values(name: string, ...list: readonly (string | number)[]): Values[] {
  return list.map((value) => ({ [name]: value }));
}

function remediesOf(name: string): string[] {
  const { validation = [] } = stack.variable[name] as { validation?: readonly { error_message: string }[] };
  return validation.map(({ error_message: remedy }) => remedy);
}
