import { type Command, Option } from 'commander';
import { DEFAULT_ENVIRONMENT } from '../../core/names';
import { addFormatOptions } from '../format-option';
import { loadWithAllPackages } from '../full-installation';
import { environment, region } from '../parsers';
import type { DoctorOptions } from './doctor';

/** Adds `doctor` to a command line, without loading the AWS SDK before it is run. */
export function addDoctor(program: Command): void {
  addFormatOptions(program.command('doctor'))
    .description(
      'check, before a deploy to AWS, that it can succeed, and after it QuickSight; exit code 1 if something is in its way',
    )
    .addOption(
      new Option('--environment <name>', 'environment to deploy').argParser(environment).default(DEFAULT_ENVIRONMENT),
    )
    .addOption(
      new Option(
        '--region <region>',
        "region to deploy to (default: AWS_REGION, AWS_DEFAULT_REGION, the profile's, else us-east-1)",
      ).argParser(region),
    )
    .addOption(new Option('--replica-region <region>', 'region that the lake is replicated to').argParser(region))
    .option(
      '--quicksight-user <name>',
      'QuickSight user who gets the dashboard, by name or ARN (default: QuickSight is left out)',
    )
    .option('--offline', 'only the checks that need no network')
    .action(async (flags: DoctorOptions) => {
      const { doctor } = await loadWithAllPackages(() => import('./doctor.js'));
      process.exitCode = await doctor(flags);
      // A request or a credential process that never ends would keep this one alive.
      process.stdout.write('', () => process.exit());
    });
}
