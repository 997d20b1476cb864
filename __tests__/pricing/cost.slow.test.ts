import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { PROJECT } from '../../core/project';
import type { Report } from '../../pricing/report';
import { clickstream, TS_NODE } from '../../support/processes';

const folder = mkdtempSync(join(tmpdir(), 'clickstream-cost-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('clickstream cost', () => {
  test('prints for people: by stage, with ages, other settings, volumes, and others', async () => {
    const { code, stdout, stderr } = await clickstream('cost', '--format', 'table');
    expect([code, stderr]).toEqual([0, '']);
    for (const title of [
      'USD a month in us-east-1, month 12: 5,760 events and 100 queries a day',
      'Allowances and age',
      'The next cheaper and the next faster setting',
      'By volume, with the schedule and the workers that each needs',
      'Compared with alternatives',
    ])
      expect(stdout).toContain(`${title}\n`);
    expect(stdout).toMatch(/total +│ 0\.\d{3} │/);
  });

  test('prints Markdown', async () => {
    const { stdout } = await clickstream('cost', '--format', 'markdown');
    expect(stdout).toMatch(/^\*\*USD a month in us-east-1[^\n]*\*\*\n\n\| stage \| USD \|/);
  });

  test('prints a line by resource on a pipe, which adds up', async () => {
    const { stdout } = await clickstream('cost');
    const [header, ...rows] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t'));
    expect(header).toEqual(['stage', 'resource', 'what', 'region', 'quantity', 'unit', 'usd', 'address']);
    const { usd } = await report();
    expect(rows.reduce((sum, cells) => sum + Number(cells[6]), 0)).toBeCloseTo(usd, 9);
  });

  test('takes volume, schedule, region, people, replica and any variable', async () => {
    const usual = await report();
    const other = await report(
      ...['--events-per-day', '1000000', '--queries-per-day', '10', '--month', '2'],
      ...['--etl-schedule', 'cron(15 * * * ? *)', '--region', 'eu-central-1', '--replica-region', 'us-west-2'],
      ...[
        '--quicksight-authors',
        '1',
        '--quicksight-readers',
        '2',
        '--var',
        'history_days=0',
        '--var',
        'log_retention_days=7',
      ],
    );
    expect(other).toMatchObject({
      region: 'eu-central-1',
      events: 1_000_000,
      usage: { month: 2, quicksightAuthors: 1, quicksightReaders: 2 },
      settings: {
        history_days: 0,
        log_retention_days: 7,
        replica_region: 'us-west-2',
        etl_schedule: 'cron(15 * * * ? *)',
      },
    });
    const people = other.lines.filter(({ rate }) => rate.startsWith('quicksight')).map(({ usd }) => usd);
    expect(people.slice(0, 2)).toEqual([24, 6]);
    expect(other.usd).toBeGreaterThan(usual.usd + 30);
    expect(other.unconfirmed.length).toBeGreaterThan(0);
  });

  test('leaves out the job for an empty schedule, and allowances if asked to', async () => {
    const asleep = await report('--etl-schedule', '');
    expect(asleep.lines.some(({ rate, usd }) => rate === 'glue-flex' && usd > 0)).toBe(false);
    const listed = await report('--allowance', 'none');
    expect(listed.lines.find(({ rate }) => rate === 'cloudwatch-dashboard')!.usd).toBe(3);
  });

  test.each<readonly [readonly string[], number, string]>([
    [['--events-per-day', 'many'], 2, 'It must be a number'],
    [['--events-per-day', '-5'], 1, 'no such usage can be priced'],
    [['--month', '0'], 1, 'no such usage can be priced'],
    [['--region', 'mars'], 2, 'It must be'],
    [['--region', 'sa-east-1'], 1, 'there are no rates for sa-east-1: there are for us-east-1'],
    [['--etl-schedule', 'daily'], 1, '"daily" is no schedule: it must be like'],
    [['--var', 'history_days'], 2, 'It must be like history_days=30'],
    [['--var', 'histroy_days=30'], 1, 'the stack has no variable "histroy_days": it has'],
    [['--format', 'xml'], 2, 'Allowed choices are table, markdown, json, tsv, csv'],
    [['--stack', '/nowhere/cdk.tf.json'], 1, 'there is no such file'],
  ])('%j is refused: it exits with %i and says what to do', async (args, code, message) => {
    const refused = await clickstream('cost', ...args);
    expect(refused.code).toBe(code);
    expect(refused.stderr).toContain(message);
    expect(refused.stdout).toBe('');
  });

  test('prices a stack that was synthesized elsewhere, and refuses one with a resource that has no price', async () => {
    const file = join(folder, 'cdk.tf.json');
    const bucket = { '//': { metadata: { path: 'clickstream/lake/bucket' } } };
    const write = (resource: object): void => writeFileSync(file, JSON.stringify({ resource, ...REST }));
    write({ aws_s3_bucket: { lake: bucket } });
    expect((await report('--stack', file)).lines.map(({ address }) => address)).toEqual(['aws_s3_bucket.lake']);
    write({ aws_s3_bucket: { lake: bucket }, aws_kinesis_stream: { collect: bucket } });
    const { code, stderr } = await clickstream('cost', '--stack', file);
    expect(code).toBe(1);
    expect(stderr).toContain(
      'aws_kinesis_stream.collect has no price: add aws_kinesis_stream to pricing/resource-types.ts',
    );
    writeFileSync(file, '{}');
    expect((await clickstream('cost', '--stack', file)).stderr).toContain('is not a synthesized stack');
  });

  async function report(...args: readonly string[]): Promise<Report> {
    const { code, stdout, stderr } = await clickstream('cost', '--format', 'json', ...args);
    expect([code, stderr]).toEqual([0, '']);
    return JSON.parse(stdout);
  }
});

describe('what a change costs', () => {
  const clone = join(folder, 'clone');
  const inClone = (command: string, ...args: string[]) => spawnSync(command, args, { cwd: clone, encoding: 'utf8' });
  const checkCost = (...revision: string[]) =>
    inClone(process.execPath, ...TS_NODE, 'scripts/check-cost.ts', ...revision);
  const edit = (file: string, from: string, to: string): void => {
    const path = join(clone, file);
    expect(readFileSync(path, 'utf8')).toContain(from);
    writeFileSync(path, readFileSync(path, 'utf8').replace(from, to));
  };

  test('is told by resource against the last commit, and above the ceiling it fails', () => {
    cpSync(PROJECT, clone, { recursive: true, filter: (path) => !LEFT_OUT.test(path.slice(PROJECT.length)) });
    symlinkSync(join(PROJECT, 'node_modules'), join(clone, 'node_modules'));
    inClone('git', 'init', '--quiet');
    writeFileSync(join(clone, '.git/info/exclude'), 'node_modules\n'); // a link here, which .gitignore does not mean
    expect(checkCost()).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('no price of HEAD to compare with'),
    });
    inClone('git', 'add', '--all');
    inClone('git', '-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '--quiet', '--message', 'before');
    edit('stacks/etl-job.ts', 'numberOfWorkers: 2', 'numberOfWorkers: 3');
    const dearer = checkCost();
    expect(dearer.stdout).toMatch(/│ etl\/gluejob +│ +0\.\d{3} │ +0\.\d{3} │ +\+0\.\d{3} │/);
    expect(dearer.stdout).toContain('of 1.000 that it may: save elsewhere');
    expect(dearer.status).toBe(1);
    edit('stacks/etl-job.ts', 'numberOfWorkers: 3', 'numberOfWorkers: 2');
    expect(checkCost('HEAD')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('nothing costs other than at HEAD'),
    });
  });
});

/** What a clone of the repository would not have. */
const LEFT_OUT = /^\/(node_modules|\.git|\.venv|\.build|\.lake[^/]*|cdktf\.out[^/]*)(\/|$)/;

/** What a stack must have to be priced at all. */
const REST = {
  variable: {
    aws_region: { default: 'us-east-1' },
    etl_schedule: { default: '' },
    lambda_schedule: { default: 'rate(5 minutes)' },
  },
  provider: { aws: [{ region: 'us-east-1' }] },
};
