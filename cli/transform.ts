import type { Command } from 'commander';
import { UserError } from '../core/errors';
import { count } from '../core/terminal/output';
import { info, progress } from '../core/terminal/progress';
import { nothingValid } from '../lake/duckdb/failures';
import { lakeReader } from '../lake/duckdb/lake-reader';
import type { TransformResult } from '../lake/duckdb/transform';
import { engine } from '../lake/engine';
import { sayWarnings } from '../server/health';
import { type EngineFlags, engineOption, lakeOption } from './options';

/** Adds `clickstream transform`. */
export function addTransform(program: Command): void {
  program
    .command('transform')
    .description(
      'Validate, deduplicate and enrich what is in raw/ into the tables, then archive it to processed/; exit code 1 if nothing was valid',
    )
    .addOption(lakeOption())
    .addOption(engineOption())
    .action(async (flags: EngineFlags) => {
      const bar = progress('transforming');
      const result = await engine(flags.engine).transform(flags.lake, bar.update).finally(bar.stop);
      sayTransformed(result);
      if (result.failures) throw nothingValid(result.failures);
      if (flags.engine === 'duckdb') await warnOf(flags.lake);
    });
}

/** Prints what a transformation made of the files. */
export function sayTransformed({ files, new_events, duplicates, failed_events }: TransformResult): void {
  info(
    `${count(files)} files: ${count(new_events)} new events, ${count(duplicates)} duplicates, ${count(failed_events)} failed events`,
  );
  if (failed_events > 0)
    info('see why: clickstream query "SELECT reasons, COUNT(*) FROM failed_events GROUP BY reasons"');
}

/** Prints what is wrong with the data of a lake; nothing where another process is writing, which will say it. */
async function warnOf(lake: string): Promise<void> {
  const reader = lakeReader(lake, { waitS: 0 });
  try {
    await sayWarnings(reader);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  } finally {
    await reader.close();
  }
}
