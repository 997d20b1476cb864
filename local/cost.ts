import { readFileSync } from 'node:fs';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { ALLOWANCES, type Allowance, priceOf } from '../pricing/price';
import { reportOf } from '../pricing/report';
import type { Variables } from '../pricing/resources';
import { sectionsOf } from '../pricing/sections';
import { type UsageInput, usageOf } from '../pricing/usage';
import { parseStack, type SynthesizedStack } from '../scripts/synthesized-stack';
import { region } from './doctor/command';
import { defaultFormat, markdownOf, printRows, tableOf, terminalWidth, write } from './output';

const COST_FORMATS = ['table', 'markdown', 'json', 'tsv', 'csv'] as const;

interface CostFlags {
  readonly eventsPerDay?: number;
  readonly queriesPerDay?: number;
  readonly dashboardViewsPerDay?: number;
  readonly apiRequestsPerDay?: number;
  readonly quicksightAuthors?: number;
  readonly quicksightReaders?: number;
  readonly retentionMonths?: number;
  readonly month?: number;
  readonly region?: string;
  readonly replicaRegion?: string;
  readonly etlSchedule?: string;
  readonly var: Variables;
  readonly allowance: Allowance;
  readonly stack?: string;
  readonly format: (typeof COST_FORMATS)[number];
}

/** Adds `clickstream cost`. */
export function addCost(program: Command): void {
  const amount = (flag: string, what: string): Option => new Option(`${flag} <number>`, what).argParser(number);
  program
    .command('cost')
    .description('what the stack costs a month, computed from what is synthesized, and what other settings would cost')
    .addOption(amount('--events-per-day', 'events a day (default: what lambda_schedule and events_per_execution land)'))
    .addOption(amount('--queries-per-day', "people's queries in Athena a day (default: 100)"))
    .option('--etl-schedule <schedule>', 'when the Glue job runs, such as "cron(15 * * * ? *)"; "" for never')
    .addOption(new Option('--region <region>', 'region of the stack (default: us-east-1)').argParser(region))
    .addOption(new Option('--replica-region <region>', 'region that the lake is replicated to').argParser(region))
    .addOption(amount('--quicksight-authors', 'people who make dashboards in QuickSight (default: 0)'))
    .addOption(amount('--quicksight-readers', 'people who look at them (default: 0)'))
    .addOption(amount('--dashboard-views-per-day', 'sheets opened in QuickSight a day (default: 20)'))
    .addOption(amount('--api-requests-per-day', 'calls of POST /generate a day (default: 0)'))
    .addOption(amount('--month', 'month after the deploy, from 1 (default: 12)'))
    .addOption(amount('--retention-months', 'months that data is kept (default: for ever)'))
    .addOption(
      new Option('--var <name=value>', "any other of the stack's variables, as for a deploy; repeatable")
        .argParser(variable)
        .default({}, 'as the stack has them'),
    )
    .addOption(
      new Option('--allowance <which>', 'what is taken off the list price in the lines of json, tsv and csv')
        .choices(ALLOWANCES)
        .default('always-free'),
    )
    .option('--stack <file>', 'a cdk.tf.json that was synthesized before (default: the stack as it is here)')
    .addOption(
      new Option(
        '--format <format>',
        'how it is printed: tsv and csv have a line by resource; the default is tsv on a pipe',
      )
        .choices(COST_FORMATS)
        .default(defaultFormat()),
    )
    .action(async (flags: CostFlags) => {
      const stack = flags.stack === undefined ? await synthesized() : readStack(flags.stack);
      await print(stack, flags);
    });
}

async function print(stack: SynthesizedStack, flags: CostFlags): Promise<void> {
  const variables = variablesIn(flags);
  const usage = usageOf(usageIn(flags));
  const lines = priceOf(stack, variables, usage, flags.allowance);
  const { format } = flags;
  if (format === 'tsv' || format === 'csv') {
    const columns = ['stage', 'resource', 'what', 'region', 'quantity', 'unit', 'usd', 'address'] as const;
    return printRows({ columns, chunks: [lines.map((line) => columns.map((name) => line[name]))] }, format);
  }
  const report = { ...reportOf(stack, variables, usage), lines };
  if (format === 'json') return write(`${JSON.stringify(report, null, 2)}\n`);
  for (const { title, columns, rows, notes = [] } of sectionsOf(report)) {
    const table =
      format === 'markdown'
        ? markdownOf(columns, rows)
        : tableOf(columns, rows, { isWrapped: true, width: terminalWidth() });
    await write(`${[format === 'markdown' ? `**${title}**\n` : title, table, ...notes].join('\n')}\n\n`);
  }
}

async function synthesized(): Promise<SynthesizedStack> {
  const { synthesizeStack } = await import('../stacks/synthesize.js'); // takes a second to load
  return synthesizeStack();
}

function readStack(file: string): SynthesizedStack {
  return parseStack(readFileSync(file, 'utf8'), file);
}

/** The variables that flags stand for. */
function variablesIn(flags: CostFlags): Variables {
  const { region: aws_region, replicaRegion: replica_region, etlSchedule: etl_schedule } = flags;
  const hasPeople = (flags.quicksightAuthors ?? 0) + (flags.quicksightReaders ?? 0) > 0;
  const quicksight_user = hasPeople ? 'somebody' : undefined;
  const given = Object.entries({ aws_region, replica_region, etl_schedule, quicksight_user });
  return {
    ...Object.fromEntries(given.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))),
    ...flags.var,
  };
}

function usageIn(flags: CostFlags): UsageInput {
  const { eventsPerDay, queriesPerDay, dashboardViewsPerDay, apiRequestsPerDay } = flags;
  const { quicksightAuthors, quicksightReaders, retentionMonths, month } = flags;
  return {
    eventsPerDay,
    queriesPerDay,
    dashboardViewsPerDay,
    apiRequestsPerDay,
    quicksightAuthors,
    quicksightReaders,
    retentionMonths,
    month,
  };
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number.');
  return value;
}

/** A value as Terraform would take it: a number or a truth value where it looks like one. */
function variable(text: string, before: Variables): Variables {
  const [, name, value] = /^(\w+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError('It must be like history_days=30.');
  const isTyped = value === 'true' || value === 'false' || /^-?\d+(\.\d+)?$/.test(value!);
  return { ...before, [name]: isTyped ? JSON.parse(value!) : value! };
}
