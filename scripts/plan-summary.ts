import { readFileSync } from 'node:fs';
import { text as readAll } from 'node:stream/consumers';
import { Command, CommanderError, Option } from 'commander';
import { UserError } from '../core/errors';
import { write } from '../core/terminal/output';
import { report } from '../core/terminal/report';
import { parseStack } from '../core/terraform/synthesized-stack';
import { parsePlan } from '../core/terraform/terraform-plan';
import { PLAN_FORMATS, type PlanFormat, renderSummary } from './plan/render-summary';
import { summarizePlan } from './plan/summarize-plan';

const program = new Command('plan-summary')
  .description('Shows a Terraform plan for review: counts, changed attributes, IAM statements, exposure')
  .argument('[file]', 'what "terraform show -json PLAN" prints; standard input if not given')
  .option('--stack <file>', 'the synthesized stack (cdk.tf.json): tells policies that the plan does not know yet')
  .addOption(
    new Option('--format <format>', 'how it is printed; the default is markdown on a pipe')
      .choices(PLAN_FORMATS)
      .default(process.stdout.isTTY ? 'table' : 'markdown'),
  )
  .showHelpAfterError('(run with --help to list commands and options)')
  .exitOverride()
  .action(async (file: string | undefined, { format, stack }: { format: PlanFormat; stack?: string }) => {
    if (file === undefined && process.stdin.isTTY)
      throw new UserError('give a file, or pipe "terraform show -json PLAN" into this');
    const text = file === undefined ? await readAll(process.stdin) : readFileSync(file, 'utf8');
    const plan = parsePlan(text, file ?? 'standard input');
    const synthesized = stack === undefined ? undefined : parseStack(readFileSync(stack, 'utf8'), stack);
    await write(renderSummary(summarizePlan(plan, synthesized), format));
  });

main();

async function main(): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1)); // as with | head
  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
    else report(error);
  }
}
