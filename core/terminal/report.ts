import { inspect } from 'node:util';
import { explain, UsageError, UserError } from '../errors';
import { info } from './progress';

/** The end of a program that failed, with exit code 1, or 2 if it was called in a wrong way: what a user can mend in a line, anything else with its stack. */
export function report(error: unknown): void {
  const explained = explain(error);
  process.exitCode = explained instanceof UsageError ? 2 : 1;
  if (explained instanceof UserError || explained instanceof RangeError) info(`error: ${explained.message}`);
  else info(inspect(explained)); // not by console.error, which writes control characters of a message as they are
}
