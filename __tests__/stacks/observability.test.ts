import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { PROJECT } from '../../core/project';
import { expression } from '../../stacks/expressions';
import { addressOf, at, documentAt, pathsOf, ref, stack } from './synthesized';

interface Alarm {
  readonly alarm_name: string;
  readonly alarm_description: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

interface Widget {
  readonly type: string;
  readonly properties: { readonly alarms?: readonly string[]; readonly metrics?: readonly (readonly unknown[])[] };
}

interface PolicyStatement {
  readonly Principal: { readonly Service: string };
  readonly Action: string;
  readonly Resource: string;
  readonly Condition: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const TOPIC = ref('observability/topic', 'arn');
const ACCOUNT = expression('data.aws_caller_identity.caller.account_id');
const ADDRESSES = Object.keys(stack.resource).flatMap(pathsOf).map(addressOf);
const ALARMS = pathsOf('aws_cloudwatch_metric_alarm');

describe('the alarms', () => {
  test('are no more than the ten that are free', () => {
    expect(ALARMS.length).toBeGreaterThan(0);
    expect(ALARMS.length).toBeLessThanOrEqual(10);
  });

  test.each(ALARMS)('%s tells the topic, says what it means and then what to do', (path) => {
    expect(at(path)).toMatchObject({ alarm_actions: [TOPIC], ok_actions: [TOPIC] });
    const { alarm_description: description } = at<Alarm>(path);
    expect(description).toMatch(/^[A-Z][^.]+\. [A-Z].+\.$/);
    expect(description.length).toBeLessThanOrEqual(1024);
  });

  test.each(ALARMS)('%s watches something of this stack', (path) => {
    const { dimensions } = at<Alarm>(path);
    const watched = Object.values(dimensions).map((value) => /^\$\{([\w-]+\.[\w-]+)\.\w+\}$/.exec(value)?.[1]);
    const addresses = watched.filter((address) => address !== undefined);
    expect(addresses).not.toEqual([]);
    expect(ADDRESSES).toEqual(expect.arrayContaining(addresses));
  });

  test('tell when nothing has landed for three windows, be it that nothing is reported', () => {
    expect(at('observability/no-data')).toMatchObject({
      namespace: 'Clickstream',
      dimensions: { service: ref('generator/function', 'function_name') },
      period: expect.stringContaining('var.lambda_schedule'),
      evaluation_periods: 3,
      comparison_operator: 'LessThanThreshold',
      threshold: 1,
      treat_missing_data: 'breaching',
    });
  });

  test('take no data for no trouble otherwise', () => {
    const quiet = ALARMS.filter((path) => path !== 'observability/no-data').map((path) => at(path).treat_missing_data);
    expect(new Set(quiet)).toEqual(new Set(['notBreaching']));
  });

  test('tell of a run that came near the time limit of the function', () => {
    const { timeout } = at<{ timeout: number }>('generator/function');
    expect(at('observability/generator-duration')).toMatchObject({ threshold: 0.8 * timeout * 1000 });
  });
});

test('runs of the Glue job that fail, time out or are late reach the alarm and the topic', () => {
  const pattern = documentAt('observability/etl-failures', 'event_pattern');
  const jobName = [ref('etl/gluejob', 'name')];
  expect(pattern).toEqual({
    source: ['aws.glue'],
    $or: [
      {
        'detail-type': ['Glue Job State Change'],
        detail: { jobName, state: expect.arrayContaining(['FAILED', 'TIMEOUT']) },
      },
      { 'detail-type': ['Glue Job Run Status'], detail: { jobName } },
    ],
  });
  expect(at('observability/etl-failures-target').arn).toBe(TOPIC);
  expect(at<Alarm>('observability/etl-failed').dimensions).toEqual({
    RuleName: ref('observability/etl-failures', 'name'),
  });
});

test('alarms, the budget and failures of the job may publish, each from here alone', () => {
  const { Statement } = documentAt<{ Statement: readonly PolicyStatement[] }>('observability/topic-policy', 'policy');
  const may = Statement.map(({ Principal, Condition }) => [Principal.Service, Condition]);
  expect(Object.fromEntries(may)).toEqual({
    'cloudwatch.amazonaws.com': { StringEquals: { 'aws:SourceAccount': ACCOUNT } },
    'budgets.amazonaws.com': {
      StringEquals: { 'aws:SourceAccount': ACCOUNT },
      ArnEquals: { 'aws:SourceArn': `arn:aws:budgets::${ACCOUNT}:budget/${at('observability/budget').name}` },
    },
    'events.amazonaws.com': { ArnEquals: { 'aws:SourceArn': ref('observability/etl-failures', 'arn') } },
  });
  for (const { Action, Resource } of Statement) expect([Action, Resource]).toEqual(['sns:Publish', TOPIC]);
});

test('the topic tells alarm_email, if there is one', () => {
  expect(at('observability/email')).toMatchObject({
    topic_arn: TOPIC,
    protocol: 'email',
    endpoint: expression('var.alarm_email'),
    count: expression('var.alarm_email != "" ? 1 : 0'),
  });
});

describe('the budget', () => {
  test('is what monthly_budget_usd says, of what carries the tag of this deployment', () => {
    const [{ default_tags: defaultTags }] = stack.provider.aws as readonly [{ default_tags: [{ tags: Tags }] }];
    const values = [`user:Deployment$${defaultTags[0].tags.Deployment}`];
    expect(at('observability/budget')).toMatchObject({
      budget_type: 'COST',
      time_unit: 'MONTHLY',
      limit_amount: expression('var.monthly_budget_usd'),
      limit_unit: 'USD',
      cost_filter: [{ name: 'TagKeyValue', values }],
    });
  });

  test('tells the topic when it is passed, and when it will be', () => {
    const { notification } = at<{ notification: readonly object[] }>('observability/budget');
    expect(notification).toEqual(
      ['FORECASTED', 'ACTUAL'].map((type) =>
        expect.objectContaining({
          notification_type: type,
          threshold: 100,
          threshold_type: 'PERCENTAGE',
          subscriber_sns_topic_arns: [TOPIC],
        }),
      ),
    );
  });
});

describe('the dashboard', () => {
  const { widgets } = documentAt<{ widgets: readonly Widget[] }>('observability/dashboard', 'dashboard_body');
  const metrics = widgets.flatMap(({ properties }) => properties.metrics ?? []);

  test('shows every alarm of the stack', () => {
    const shown = widgets.flatMap(({ properties }) => properties.alarms ?? []);
    expect([...shown].sort()).toEqual(ALARMS.map((path) => ref(path, 'arn')).sort());
  });

  test('refers to nothing that the stack does not have', () => {
    const addresses = new Set(JSON.stringify(widgets).match(/(?<=\$\{)aws_\w+\.[\w-]+/g));
    expect(addresses.size).toBeGreaterThan(10);
    expect(ADDRESSES).toEqual(expect.arrayContaining([...addresses]));
  });

  test('and the alarms know the metrics of the function by the names under which it publishes them', () => {
    const graphed = metrics.filter(([namespace]) => namespace === 'Clickstream').map(([, name]) => name);
    const watched = ALARMS.map((path) => at(path))
      .filter(({ namespace }) => namespace === 'Clickstream')
      .map(({ metric_name: name }) => name);
    const handler = readFileSync(join(PROJECT, 'functions/generator/handler.ts'), 'utf8');
    const published = [...handler.matchAll(/addMetric\('(\w+)'/g)].map(([, name]) => name);
    expect(published).toEqual(expect.arrayContaining([...graphed, ...watched]));
    expect(handler).toContain("namespace: 'Clickstream'");
  });

  test('graphs the data from landing to queries', () => {
    const expected = ['Clickstream', 'AWS/Lambda', 'AWS/SQS', 'AWS/ApiGateway', 'AWS/Athena'];
    expect(metrics.map(([namespace]) => namespace)).toEqual(expect.arrayContaining(expected));
  });
});

type Tags = Readonly<Record<string, string>>;
