import { Command, CommanderError } from 'commander';
import { escapeControlsOfLines } from '../core/terminal/escape-controls';
import { report } from '../core/terminal/report';
import { version } from '../package.json';
import { addCost } from './cost';
import { addDashboard } from './dashboard';
import { addDemo } from './demo';
import { addDoctor } from './doctor/command';
import { addGenerate } from './generate';
import { addMetrics } from './metrics';
import { addQuery } from './query';
import { addRecovery } from './recovery';
import { addServe } from './serve';
import { addTables } from './tables';
import { addTransform } from './transform';
import { addVerify } from './verify';

const program = new Command('clickstream')
  .description('Clickstream business intelligence on one machine: generate, land, transform, query, verify')
  .version(version)
  .showHelpAfterError('(run with --help to list commands and options)')
  .configureHelp({ showGlobalOptions: true })
  // Messages repeat arguments.
  .configureOutput({
    writeOut: (text) => process.stdout.write(escapeControlsOfLines(text)),
    writeErr: (text) => process.stderr.write(escapeControlsOfLines(text)),
  });

addDemo(program);
addGenerate(program);
addTransform(program);
addQuery(program);
addTables(program);
addVerify(program);
addRecovery(program);
addServe(program);
addDashboard(program);
addMetrics(program);
addCost(program);
addDoctor(program);

main();

async function main(): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1)); // as with | head
  for (const command of [program, ...program.commands, ...program.commands.flatMap(({ commands }) => commands)])
    command.exitOverride();
  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError)
      process.exitCode = error.exitCode === 0 || error.code === 'commander.help' ? 0 : 2;
    else report(error);
  }
}
