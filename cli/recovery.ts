import { type Command, Option } from 'commander';
import { UsageError } from '../core/errors';
import { DEFAULT_ENVIRONMENT } from '../core/names';
import { info, progress } from '../core/terminal/progress';
import { parseReplacement, type Replacement, type ReplayResult } from '../lake/duckdb/replay';
import { engine } from '../lake/engine';
import { replayArguments } from '../lake/spark/spark-lake';
import { loadWithAllPackages } from './full-installation';
import { type EngineFlags, engineOption, lakeOption } from './options';
import { appended, date, environment, minutes, region } from './parsers';
import { sayTransformed } from './transform';

interface Flags extends EngineFlags {
  readonly aws?: string | true;
  readonly region?: string;
}

interface ReplayFlags extends Flags {
  readonly reason: string[];
  readonly replace: Replacement[];
  readonly dryRun?: true;
}

interface ReprocessFlags extends Flags {
  readonly from: string;
  readonly to: string;
  readonly timeout?: number;
}

/** Adds what mends a lake to a command line: `replay` and `reprocess`, on this machine or by the deployed Glue job. */
export function addRecovery(program: Command): void {
  withPlace(program.command('replay'))
    .description('land again failed events that are valid now, or become so by a correction, and transform them')
    .addOption(
      new Option('--reason <reason...>', 'only those that fail for one of these, such as unknown_country').default(
        [],
        'all',
      ),
    )
    .addOption(
      new Option(
        '--replace <rule...>',
        'FIELD:TEXT=OTHER, such as location:UK=GB: where a field has this text, it gets the other; an empty text is none',
      )
        .argParser(appended(parseReplacement))
        .default([], 'none'),
    )
    .option('--dry-run', 'only say how many are valid now')
    .action(async ({ lake, reason, replace, dryRun, ...flags }: ReplayFlags) => {
      const isDryRun = dryRun === true;
      if (flags.aws !== undefined) return onAws(flags, replayArguments(reason, replace, isDryRun));
      const result = await engine(flags.engine).replay(
        lake,
        { reasons: reason, replacements: replace, isDryRun },
        (replayed) => info(describe(replayed, isDryRun)),
      );
      if (result) sayTransformed(result);
    });
  withPlace(program.command('reprocess'))
    .description('make days anew from processed/, each at once, after a change of the SQL, the schema or the reference')
    .addOption(new Option('--from <date>', 'first day (UTC), such as 2026-03-01').argParser(date).makeOptionMandatory())
    .addOption(new Option('--to <date>', 'last day (UTC)').argParser(date).makeOptionMandatory())
    .addOption(
      new Option('--timeout <minutes>', 'with --aws: when Glue stops it (default: as the job says)').argParser(minutes),
    )
    .action(async ({ lake, from, to, timeout, ...flags }: ReprocessFlags) => {
      if (from > to) throw new UsageError(`--from ${from} is after --to ${to}`);
      if (flags.aws !== undefined) return onAws(flags, { '--from': from, '--to': to }, timeout);
      const bar = progress('rebuilding');
      sayTransformed(await engine(flags.engine).reprocess(lake, { from, to }, bar.update).finally(bar.stop));
    });
}

function withPlace(command: Command): Command {
  return command
    .addOption(lakeOption())
    .addOption(engineOption())
    .addOption(
      new Option('--aws [environment]', `by the deployed Glue job, of ${DEFAULT_ENVIRONMENT} if not said`).argParser(
        environment,
      ),
    )
    .addOption(
      new Option('--region <region>', "with --aws (default: AWS_REGION, the profile's, else us-east-1)").argParser(
        region,
      ),
    );
}

async function onAws(
  { aws, region }: Pick<Flags, 'aws' | 'region'>,
  args: Readonly<Record<string, string>>,
  timeoutMin?: number,
) {
  const { runGlueJob } = await loadWithAllPackages(() => import('./glue-job.js')); // the AWS SDK takes a while to load
  await runGlueJob({ environment: aws === true ? DEFAULT_ENVIRONMENT : aws!, region, args, timeoutMin });
}

function describe({ chosen, valid, failed }: ReplayResult, isDryRun: boolean): string {
  const failing = Object.entries(failed).map(([reasons, count]) => `${reasons} (${count})`);
  const landed = `${chosen} failed events: ${valid} are valid now and ${isDryRun ? 'would land' : 'have landed'} again`;
  return failing.length > 0 ? `${landed}; others fail still: ${failing.join(', ')}` : landed;
}
