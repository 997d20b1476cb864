import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../core/project';
import { markdownOf, printRows, tableOf, terminalWidth, write } from '../core/terminal/output';
import { parseStack, type SynthesizedStack } from '../core/terraform/synthesized-stack';
import { priceOf } from '../pricing/price';
import { reportOf } from '../pricing/report';
import { sectionsOf } from '../pricing/sections';
import { usageOf } from '../pricing/usage';
import type { CostFlags } from './cost-flags';
import { loadWithAllPackages } from './full-installation';

/** The stack as it was when the package was packed. A checkout synthesizes it. */
const PACKED_STACK = existsSync(join(PROJECT, 'stacks')) ? undefined : join(PROJECT, 'dist/cdk.tf.json');

/** Prints what a stack costs: the one that is given, or the one that is here. */
export async function cost(flags: CostFlags): Promise<void> {
  const stack = flags.stack ?? PACKED_STACK;
  await print(stack === undefined ? await synthesize() : readStack(stack), flags);
}

async function synthesize(): Promise<SynthesizedStack> {
  const { synthesizeStack } = await loadWithAllPackages(() => import('../stacks/synthesize.js'));
  return synthesizeStack();
}

async function print(stack: SynthesizedStack, flags: CostFlags): Promise<void> {
  const { region, replicaRegion, etlSchedule, var: others, allowance, stack: _, format, excel: __, ...given } = flags;
  const usage = usageOf(given);
  const hasPeople = usage.quicksightAuthors + usage.quicksightReaders > 0;
  const variables = {
    ...(region !== undefined && { aws_region: region }),
    ...(replicaRegion !== undefined && { replica_region: replicaRegion }),
    ...(etlSchedule !== undefined && { etl_schedule: etlSchedule }),
    ...(hasPeople && { quicksight_user: 'somebody' }),
    ...others,
  };
  const lines = priceOf(stack, variables, usage, allowance);
  if (format === 'tsv' || format === 'csv' || format === 'excel' || format === 'expanded') {
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

function readStack(file: string): SynthesizedStack {
  return parseStack(readFileSync(file, 'utf8'), file);
}
