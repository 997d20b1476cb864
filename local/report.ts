import { inspect } from 'node:util';
import { explain, Failure } from './failure';
import { say } from './progress';

/** The end of a program that failed, with exit code 1: what a user can mend in a line, anything else with its stack. */
export function report(error: unknown): void {
  process.exitCode = 1;
  const explained = explain(error);
  if (explained instanceof Failure || explained instanceof RangeError) say(`error: ${explained.message}`);
  else say(inspect(explained)); // not by console.error, which writes control characters of a message as they are
}
