import type { Scope } from './scope';

/** A rule of the linter. */
export interface Rule {
  /** Lower-case words with hyphens. */
  readonly id: string;
  /** What must hold, in a sentence. */
  readonly description: string;
  /** Finds what breaks it, each with its visual or path and a remedy. */
  check(scope: Scope): Iterable<string>;
}

export type Problems = Iterable<string>;

/** Says of each name that is there more than once that it is. */
export function* twice(what: string, names: readonly (string | undefined)[]): Problems {
  const seen = new Set<string | undefined>();
  const repeated = new Set<string | undefined>();
  for (const name of names) (seen.has(name) ? repeated : seen).add(name);
  for (const name of repeated) yield `${what} ${name}: is there twice: give one another name`;
}

/** Lists the existing names, to end a message with. */
export function oneOf(names: Iterable<unknown>): string {
  const list: unknown[] = [];
  for (const name of names) {
    if (list.length > 20) break;
    if (name !== undefined) list.push(name);
  }
  return list.length === 0 ? '' : `: there are ${list.slice(0, 20).join(', ')}${list.length > 20 ? ' …' : ''}`;
}
