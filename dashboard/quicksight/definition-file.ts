import type { DashboardVersionDefinition } from '@aws-sdk/client-quicksight';
import { misfitsOf } from './definition-check';
import { brokenParts } from './lint/lint';
import { printable, shown } from './printable';

/** A definition with the name of its dashboard or analysis. */
export interface NamedDefinition {
  readonly name: string;
  readonly definition: DashboardVersionDefinition;
}

/** The largest file that is read: AWS's own limits leave a definition far below it. */
export const MAX_DEFINITION_BYTES = 20_000_000;

/** How deep objects and lists may lie in each other: AWS's deepest part is at about 25. */
const MOST_NESTING = 100;

/** How many of a file's problems are told, and how many characters of each. */
const MOST_PROBLEMS = 20;
const MOST_CHARACTERS = 1_000;

/**
 * Reads what `aws quicksight describe-dashboard-definition` or `describe-analysis-definition` prints, or what `create-dashboard
 * --cli-input-json` takes. What it returns is as AWS's service model has it: each enum holds one of its values, each number is finite
 * and in its bounds, required members are there, and nothing is null.
 *
 * @throws an Error with the path of each part that AWS's model does not know or that refers to nothing, or with the limit that the
 * file exceeds.
 */
export function parseDefinition(text: string): NamedDefinition {
  const file = parseJson(text);
  if (typeof file !== 'object' || file === null || !Object.hasOwn(file, 'Definition'))
    throw new Error(
      'it has no Definition: take it with "aws quicksight describe-dashboard-definition --aws-account-id ACCOUNT --dashboard-id ID"',
    );
  const { Definition, Name } = file as { Definition: unknown; Name?: unknown };
  if (Name !== undefined && Name !== null && typeof Name !== 'string')
    throw new Error(`Name must be a text, and is ${shown(Name)}`);
  refuse(misfitsOf(Definition));
  const definition = withoutNulls(Definition) as DashboardVersionDefinition;
  refuse(brokenParts(definition));
  return { name: Name ?? 'Dashboard', definition };
}

/** @throws an Error with the first problems, if there are any. */
function refuse(problems: Iterable<string>): void {
  const told: string[] = [];
  let count = 0;
  for (const problem of problems) if (++count <= MOST_PROBLEMS) told.push(printable(problem, MOST_CHARACTERS));
  if (count > MOST_PROBLEMS) told.push(`and ${count - MOST_PROBLEMS} more`);
  if (count > 0) throw new Error(told.join('\n'));
}

function parseJson(text: string): unknown {
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_DEFINITION_BYTES) throw new Error(sizeProblem(bytes));
  demandShallow(text);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`it is no JSON: ${printable((error as Error).message, 200)}`);
  }
}

/** Says that a file is too large. */
export function sizeProblem(bytes: number): string {
  const megabytes = (count: number): string => (count / 1e6).toLocaleString('en', { maximumFractionDigits: 1 });
  return `it has ${megabytes(bytes)} MB, and a definition may have ${megabytes(MAX_DEFINITION_BYTES)} MB`;
}

/** What visits a definition calls itself for each level, so the depth is looked at before anything else. */
function demandShallow(text: string): void {
  let depth = 0;
  let isText = false;
  for (let n = 0; n < text.length; n++) {
    const character = text[n];
    if (isText) {
      if (character === '\\') n++;
      else if (character === '"') isText = false;
    } else if (character === '"') isText = true;
    else if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') depth--;
    if (depth > MOST_NESTING)
      throw new Error(`at character ${n}, objects and lists lie more than ${MOST_NESTING} deep in each other`);
  }
}

/** A copy without members that are null, which AWS reads as not there. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, each]) => (each === null ? [] : [[name, withoutNulls(each)]])),
  );
}
