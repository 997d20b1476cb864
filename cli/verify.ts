import type { Command } from 'commander';
import { type Cell, type Format, printRows } from '../core/terminal/output';
import { info } from '../core/terminal/progress';
import { allRows, withTables } from '../lake/engine';
import { explainMismatch, verify } from '../lake/verify';
import { addFormatOptions } from './format-option';
import { type EngineFlags, engineOption, lakeOption } from './options';

/** Adds `clickstream verify`. */
export function addVerify(program: Command): void {
  addFormatOptions(program.command('verify'))
    .description('compare every metric with the answer key; exit code 1 if one differs')
    .addOption(lakeOption())
    .addOption(engineOption())
    .action(async (flags: EngineFlags & { format: Format }) => {
      await withTables(flags.engine, flags.lake, async (tables) => {
        const rows: Cell[][] = [];
        const details: string[] = [];
        const findings = verify(flags.lake, (sql) => allRows(tables, sql));
        for await (const { metric, expected, got, verdict, detail } of findings) {
          rows.push([metric, expected, got, verdict]);
          if (verdict === 'DIFFERS') details.push(`${metric} differs${detail ? ` at ${detail}` : ''}`);
        }
        await printRows({ columns: ['metric', 'expected', 'got', 'verdict'], chunks: [rows] }, flags.format);
        const compared = rows.filter((row) => row.at(-1) !== 'info');
        if (details.length === 0) return info(`all ${compared.length} numbers are as planted`);
        process.exitCode = 1;
        for (const text of details) info(text);
        const reason = await explainMismatch(flags.lake);
        if (reason) info(reason);
      });
    });
}
