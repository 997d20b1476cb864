import { type Command, Option } from 'commander';
import { defaultFormat, FORMATS } from './output';

/**
 * Adds `--format` and `--excel` to a command. With `--excel` the command gets `excel` as its format.
 * @param choices formats that the command prints, csv among them
 */
export function addFormatOptions(
  command: Command,
  {
    choices = FORMATS,
    description = 'how rows are printed',
  }: { choices?: readonly string[]; description?: string } = {},
): Command {
  return command
    .addOption(
      new Option('--format <format>', `${description}; the default is tsv on a pipe`)
        .choices(choices)
        .default(defaultFormat()),
    )
    .option('--excel', 'print csv for spreadsheets: text that looks like a formula is prefixed with an apostrophe')
    .hook('preAction', () => {
      if (!command.opts<{ excel?: true }>().excel) return;
      if (command.getOptionValueSource('format') === 'cli' && command.opts<{ format: string }>().format !== 'csv')
        command.error("error: option '--excel' prints csv: leave out '--format', or use '--format csv'");
      command.setOptionValue('format', 'excel');
    });
}
