import { type Command, Option } from 'commander';
import { ALLOWANCES } from '../pricing/allowances';
import { COST_FORMATS, type CostFlags } from './cost-flags';
import { addFormatOptions } from './format-option';
import { number, region, variable } from './parsers';

/** Adds `clickstream cost`, without loading the model and the stack before it is run. */
export function addCost(program: Command): void {
  const amount = (flag: string, what: string): Option => new Option(`${flag} <number>`, what).argParser(number);
  addFormatOptions(program.command('cost'), {
    choices: COST_FORMATS,
    description: 'how it is printed: tsv and csv have a line by resource',
  })
    .description('what the stack costs a month, computed from what is synthesized, and what other settings would cost')
    .addOption(amount('--events-per-day', 'events a day (default: what lambda_schedule and events_per_execution land)'))
    .addOption(amount('--queries-per-day', "people's queries in Athena a day (default: 100)"))
    .addOption(amount('--query-days', 'days that a query looks back (default: 30, as the dashboard does)'))
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
    .action(async (flags: CostFlags) => {
      const { cost } = await import('./cost-report.js');
      await cost(flags);
    });
}
