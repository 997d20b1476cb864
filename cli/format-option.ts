import { type Command, Option } from 'commander';
import { defaultFormat, FORMATS } from '../core/terminal/output';

/**
 * Adds `--format`, `--excel` and `--expanded` to a command. With `--excel` the command gets `excel` as its format, with
 * `--expanded` it gets `expanded`.
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
    .option('--expanded', 'print one column per line, as is done with tables that are too wide for the terminal')
    .hook('preAction', () => {
      const { excel, expanded, format } = command.opts<{ excel?: true; expanded?: true; format: string }>();
      const chosen = command.getOptionValueSource('format') === 'cli' ? format : undefined;
      if (excel && expanded) command.error("error: options '--excel' and '--expanded' exclude each other");
      if (excel && (chosen ?? 'csv') !== 'csv')
        command.error("error: option '--excel' prints csv: leave out '--format', or use '--format csv'");
      if (expanded && (chosen ?? 'table') !== 'table')
        command.error("error: option '--expanded' prints for people: leave out '--format', or use '--format table'");
      if (excel) command.setOptionValue('format', 'excel');
      if (expanded) command.setOptionValue('format', 'expanded');
    });
}
