import type { Call } from '../../support/aws-recorder';

/** A statement that allows, as a policy of this stack may have it. */
export interface AllowStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** The statements of a policy that allow a call (IAM, "Policy evaluation logic"; StringLike and StringEquals alone are known). */
export function allowing(statements: readonly AllowStatement[], call: Call): AllowStatement[] {
  return statements.filter(
    ({ Action, Resource, Condition = {} }) =>
      listOf(Action).includes(call.action) &&
      listOf(Resource).some((pattern) => isLike(call.resource, pattern)) &&
      Object.entries(Condition).every(([operator, keys]) => holds(operator, keys, call)),
  );
}

function holds(
  operator: string,
  keys: Readonly<Record<string, string | readonly string[]>>,
  { context }: Call,
): boolean {
  if (operator !== 'StringLike' && operator !== 'StringEquals') throw new Error(`what is ${operator}?`);
  return Object.entries(keys).every(([key, patterns]) =>
    listOf(patterns).some((pattern) =>
      operator === 'StringLike' ? isLike(context[key] ?? '', pattern) : context[key] === pattern,
    ),
  );
}

/** `*` stands for any text, `?` for any character. */
function isLike(text: string, pattern: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(text);
}

function listOf(value: string | readonly string[]): readonly string[] {
  return typeof value === 'string' ? [value] : value;
}
