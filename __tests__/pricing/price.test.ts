import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BUDGET_USD, CEILING_USD } from '../../core/limits';
import { PROJECT } from '../../core/project';
import { attributesAt } from '../../core/terraform/synthesized-stack';
import { ALLOWANCES, type Allowance } from '../../pricing/allowances';
import { budgetOf, ceilingPrice } from '../../pricing/ceiling';
import { comparisonsOf } from '../../pricing/comparisons';
import { curveOf, VOLUMES } from '../../pricing/curve';
import { type PriceLine, priceOf, totalOf } from '../../pricing/price';
import { type RateName, REGIONS, rateOf } from '../../pricing/rates';
import { reportOf } from '../../pricing/report';
import type { Variables } from '../../pricing/resources';
import { type UsageInput, usageOf } from '../../pricing/usage';
import { stack } from '../stacks/synthesized';
import { deployment, GENERATOR, JOB, NOTHING } from './deployments';

const price = (variables: Variables = {}, usage: UsageInput = {}, allowance: Allowance = 'always-free'): number =>
  totalOf(priceOf(stack, variables, usageOf(usage), allowance));

describe('the default stack', () => {
  test(`costs ${CEILING_USD} USD a month at most`, () => {
    expect(totalOf(ceilingPrice(stack))).toBeLessThanOrEqual(CEILING_USD);
  });

  test('has a budget of twice that, in whole dollars (BUDGET_USD in core/limits.ts)', () => {
    expect(BUDGET_USD).toBe(budgetOf(stack));
    expect(stack.variable.monthly_budget_usd!.default).toBe(BUDGET_USD);
  });

  test('costs more than the ceiling for each thing that was left out to stay below', () => {
    const more: readonly Variables[] = [
      { etl_schedule: 'cron(15 * * * ? *)' },
      { lambda_schedule: 'rate(1 minute)' },
      { quicksight_user: 'manager' },
    ];
    for (const variables of more) expect(price(variables, { quicksightReaders: 1 })).toBeGreaterThan(CEILING_USD);
    const alarms = Object.values(stack.resource.aws_cloudwatch_metric_alarm!);
    const tooMany = { ...stack.resource.aws_cloudwatch_metric_alarm };
    for (let n = 0; n < 11 - alarms.length + 1; n++) tooMany[`more_${n}`] = alarms[0]!;
    const watched = { ...stack, resource: { ...stack.resource, aws_cloudwatch_metric_alarm: tooMany } };
    expect(totalOf(ceilingPrice(watched)) - totalOf(ceilingPrice(stack))).toBeCloseTo(0.2);
  });

  test('is priced in every region that there are rates for, and with all that can be turned on', () => {
    const everything = {
      replica_region: 'eu-west-1',
      kms_key_arn: 'arn:aws:kms:us-east-1:111122223333:key/mrk-1',
      quicksight_user: 'manager',
      quicksight_role: 'author',
      quicksight_refresh: 'hourly',
      alarm_email: 'data-team@example.com',
    };
    for (const aws_region of REGIONS) expect(price({ aws_region })).toBeGreaterThan(0.5);
    const lines = priceOf(stack, everything, usageOf({ quicksightAuthors: 1 }), 'none');
    const rates = new Set(lines.filter(({ usd }) => usd > 0).map(({ rate }) => rate));
    expect([...rates]).toEqual(
      expect.arrayContaining(['kms-request', 'data-between-regions', 'sns-email', 'quicksight-author']),
    );
    const there = lines.filter(({ region }) => region === 'eu-west-1').map(({ rate }) => rate);
    expect(there).toEqual(expect.arrayContaining(['s3-standard', 's3-put']));
  });

  test('costs what stands idle, and nothing else, when nobody does anything', () => {
    const idle: readonly RateName[] = [
      'cloudwatch-alarm',
      'cloudwatch-dashboard',
      'cloudwatch-metric',
      'glue-catalog-object',
      'glue-catalog-request',
      'glue-flex', // a minute a day, if only to find nothing
      'lambda-arm64',
      'lambda-request',
      'logs-in',
      'logs-stored',
      's3-get',
      's3-put',
      's3-standard', // programs, metadata, and what a run writes to its tables
    ];
    const lines = priceOf(stack, {}, usageOf({ ...NOTHING, eventsPerDay: 0 }), 'none').filter(({ usd }) => usd > 0);
    expect([...new Set(lines.map(({ rate }) => rate))].sort()).toEqual(idle);
    const asleep = priceOf(stack, { etl_schedule: '' }, usageOf({ ...NOTHING, eventsPerDay: 0 }), 'always-free');
    expect(totalOf(asleep)).toBeLessThan(0.01);
  });
});

describe('allowances', () => {
  test('that are always free are taken off once, whoever uses of them', () => {
    const alarm = { namespace: 'AWS/Lambda', metric_name: 'Errors', period: 300 };
    const alarms = (count: number): PriceLine[] => {
      const resources = Array.from(
        { length: count },
        (_, n) => [`aws_cloudwatch_metric_alarm a/b${n}`, alarm] as const,
      );
      const lines = priceOf(deployment(Object.fromEntries(resources)), {}, usageOf(NOTHING));
      return lines.filter(({ rate }) => rate === 'cloudwatch-alarm');
    };
    expect(totalOf(alarms(10))).toBe(0);
    expect(totalOf(alarms(12))).toBeCloseTo(0.2, 9);
    expect(new Set(alarms(12).map(({ usd }) => usd.toFixed(9))).size).toBe(1);
  });

  test('of a new account are a credit, until it is used up or six months have passed', () => {
    const at = (month: number, usage: UsageInput = {}): number => price({}, { month, ...usage }, 'new-account');
    expect([at(1), at(6)]).toEqual([0, 0]);
    expect(at(7)).toBe(price({}, { month: 7 }));
    const busy = { eventsPerDay: 2e6 };
    const [first, second] = [price({}, { month: 1, ...busy }), price({}, { month: 2, ...busy })];
    expect(at(1, busy)).toBe(0);
    const months = [1, 2, 3, 4, 5, 6].map((month) => [price({}, { month, ...busy }), at(month, busy)] as const);
    const paidByCredit = months.reduce((sum, [full, paid]) => sum + full - paid, 0);
    expect(paidByCredit).toBeCloseTo(
      Math.min(
        100,
        months.reduce((sum, [full]) => sum + full, 0),
      ),
      6,
    );
    expect(second).toBeGreaterThan(first);
  });
});

describe('properties', () => {
  const usages = fc.record({
    eventsPerDay: fc.double({ min: 0, max: 1e9, noNaN: true }),
    queriesPerDay: fc.double({ min: 0, max: 1e4, noNaN: true }),
    queryDays: fc.integer({ min: 0, max: 400 }),
    apiRequestsPerDay: fc.double({ min: 0, max: 1e5, noNaN: true }),
    quicksightReaders: fc.integer({ min: 0, max: 100 }),
    month: fc.integer({ min: 1, max: 36 }),
  });
  const settings = fc.record({
    etl_schedule: fc.constantFrom('', 'cron(15 0 * * ? *)', 'cron(15 * * * ? *)'),
    lambda_schedule: fc.constantFrom('rate(5 minutes)', 'rate(1 hour)'),
    replica_region: fc.constantFrom('', 'us-west-2'),
    history_days: fc.constantFrom(0, 60, 400),
  });

  test('no line is below zero, and no allowance makes anything dearer', () => {
    fc.assert(
      fc.property(usages, settings, (usage, variables) => {
        const [none, free, fresh] = ALLOWANCES.map((allowance) => priceOf(stack, variables, usageOf(usage), allowance));
        for (const [n, { usd, quantity }] of none!.entries()) {
          expect(quantity).toBeGreaterThanOrEqual(0);
          expect(usd).toBeGreaterThanOrEqual(free![n]!.usd);
          expect(free![n]!.usd).toBeGreaterThanOrEqual(fresh![n]!.usd);
          expect(fresh![n]!.usd).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('more events, queries or months never cost less', () => {
    const more = fc.constantFrom('eventsPerDay', 'queriesPerDay', 'apiRequestsPerDay', 'quicksightReaders');
    fc.assert(
      fc.property(
        usages,
        settings,
        more,
        fc.double({ min: 1, max: 10, noNaN: true }),
        (usage, variables, what, factor) => {
          const least = price(variables, usage, 'none');
          expect(price(variables, { ...usage, [what]: usage[what] * factor }, 'none')).toBeGreaterThanOrEqual(
            least * (1 - 1e-9),
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  test('without allowances the parts of a stack cost what the whole does', () => {
    const parts = [
      GENERATOR,
      JOB,
      { 'aws_s3_object a/b': { content: 'x' } },
      { 'aws_ssm_parameter a/c': { tier: 'Advanced' } },
    ];
    fc.assert(
      fc.property(fc.subarray(parts), fc.nat(1000), (chosen, events) => {
        const usage = usageOf({ ...NOTHING, eventsPerDay: 0, apiRequestsPerDay: events });
        const cost = (resources: object): number => totalOf(priceOf(deployment({ ...resources }), {}, usage, 'none'));
        const whole = cost(Object.assign({}, ...chosen));
        expect(whole).toBeCloseTo(
          chosen.reduce((sum, part) => sum + cost(part), 0),
          9,
        );
      }),
    );
  });
});

describe('the report', () => {
  const report = reportOf(stack, {}, usageOf());

  test('adds up: lines, stages, total', () => {
    expect(report.stages.reduce((sum, { usd }) => sum + usd, 0)).toBeCloseTo(report.usd, 9);
    expect(totalOf(report.lines)).toBeCloseTo(report.usd, 9);
    expect(report.totals.find(({ month, allowance }) => month === 12 && allowance === 'always-free')!.usd).toBe(
      report.usd,
    );
    expect(report.dominant!.usd).toBe(Math.max(...report.lines.map(({ usd }) => usd)));
  });

  test('offers the next cheaper and the next faster setting, by their price', () => {
    for (const { setting, value, usd, difference, direction } of report.alternatives) {
      expect(usd).toBeCloseTo(price({ [setting]: value }, { eventsPerDay: 5760 }), 9);
      expect(difference).toBeCloseTo(usd - report.usd, 9);
      if (direction === 'cheaper') expect(difference).toBeLessThan(0);
    }
    expect(report.alternatives.map(({ setting, direction }) => `${direction} ${setting}`)).toContain(
      'faster etl_schedule',
    );
  });

  test('has a curve from a thousand events a day to a billion, whose runs end in time', () => {
    const curve = curveOf(stack, {}, usageOf());
    expect(curve.map(({ eventsPerDay }) => eventsPerDay)).toEqual(VOLUMES);
    for (const [n, { usd, runSeconds, usdPerMillionEvents }] of curve.entries()) {
      expect(runSeconds).toBeLessThanOrEqual(300);
      if (n > 0) expect(usd).toBeGreaterThan(curve[n - 1]!.usd);
      if (n > 0) expect(usdPerMillionEvents).toBeLessThan(curve[n - 1]!.usdPerMillionEvents);
    }
  });

  test('stands beside others: a server by hand, a job every five minutes, and what AWS publishes', () => {
    const comparisons = comparisonsOf(stack, {}, usageOf());
    const [small, medium, original, frequent, solution] = comparisons;
    const hours = 365.25 * 2;
    expect(small!.usd).toBeCloseTo(hours * (0.0208 + 0.005) + 30 * 0.08);
    expect(medium!.usd).toBeCloseTo(hours * (0.0416 + 0.005) + 30 * 0.08);
    expect(original!.usd).toBeGreaterThan(hours * 2 * (1 / 60) * 0.44);
    expect(frequent!.usd).toBeCloseTo(price({ etl_schedule: 'cron(0/5 * * * ? *)' }));
    expect(solution).toMatchObject({ eventsPerDay: 8_640_000, usd: expect.closeTo(161.56) });
    for (const { usd, oursUsd } of comparisons) expect(usd).toBeGreaterThan(oursUsd);
  });

  test('names the rates in use that are not confirmed for a region', () => {
    const share = totalOf(report.lines.filter(({ rate }) => report.unconfirmed.includes(rate))) / report.usd;
    expect(share).toBeLessThan(0.01);
    const { unconfirmed } = reportOf(stack, { aws_region: 'eu-central-1' }, usageOf());
    expect(unconfirmed).toContain('glue-flex');
    expect(unconfirmed).not.toContain('s3-standard');
    expect(rateOf('s3-standard').seen).toContain('eu-central-1');
  });
});

describe('what makes no sense is an error that says what does', () => {
  test.each<readonly [UsageInput, string | RegExp]>([
    [{ eventsPerDay: -1 }, /no such usage can be priced:[\s\S]*eventsPerDay/],
    [{ eventsPerDay: 1e15 }, 'eventsPerDay'],
    [{ queriesPerDay: Number.NaN }, 'queriesPerDay'],
    [{ month: 0 }, 'month'],
    [{ month: 1.5 }, 'month'],
  ])('%j', (usage, message) => {
    expect(() => usageOf(usage)).toThrow(message);
  });

  test('a region without rates, and a variable that the stack has not', () => {
    expect(() => price({ aws_region: 'sa-east-1' })).toThrow(
      /there are no rates for sa-east-1: there are for us-east-1/,
    );
    expect(() => price({ replica_region: 'sa-east-1' })).toThrow('there are no rates for sa-east-1');
    expect(() => price({ lambda_scedule: 'x' })).toThrow(
      /the stack has no variable "lambda_scedule": it has .*lambda_schedule/,
    );
    expect(() => price({ lambda_schedule: 'often' })).toThrow('"often" is no schedule');
  });
});

test('every metric that the function publishes is priced', () => {
  const source = readFileSync(join(PROJECT, 'functions/generator/handler.ts'), 'utf8');
  const published = new Set([...source.matchAll(/addMetric\('(\w+)'/g)].map(([, name]) => name));
  const lines = priceOf(stack, {}, usageOf()).filter(({ rate }) => rate === 'cloudwatch-metric');
  expect(lines.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(published.size);
});

test('addresses of lines are those of the stack', () => {
  for (const { address } of priceOf(stack, {}, usageOf())) expect(attributesAt(stack, address)).toBeDefined();
});
