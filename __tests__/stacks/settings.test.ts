import { describe, expect, test } from '@jest/globals';
import { stack } from './synthesized';

interface Variable {
  readonly type: string;
  readonly default: unknown;
  readonly description?: string;
  readonly nullable?: boolean;
  readonly validation?: readonly { readonly condition: string; readonly error_message: string }[];
}

const variables = stack.variable as unknown as Readonly<Record<string, Variable>>;

test.each([
  ['aws_region', 'string', 'us-east-1'],
  ['environment', 'string', 'dev'],
  ['lambda_schedule', 'string', 'rate(5 minutes)'],
  ['events_per_execution', 'number', 20],
  ['quicksight_user', 'string', ''],
])("the original's variable %s is a %s, by default %j", (name, type, initial) => {
  expect(variables[name]).toMatchObject({ type, default: initial });
});

describe.each(Object.entries(variables))('the variable %s', (name, { default: initial, type, ...variable }) => {
  test('has a default of its type, so that nothing has to be given, and takes no null', () => {
    expect(typeof initial).toBe(type === 'bool' ? 'boolean' : type);
    expect(variable.nullable).toBe(false);
  });

  test('is described in a line', () => {
    expect(variable.description).toMatch(/^[A-Z].{10,150}[^.]$/);
  });

  test('refuses what can not work, beginning with its name, unless it is a truth value', () => {
    if (type === 'bool') expect(variable.validation).toBeUndefined();
    else expect(variable.validation?.length).toBeGreaterThan(0);
    for (const { condition, error_message: remedy } of variable.validation ?? []) {
      expect(condition).toContain(`var.${name}`);
      expect(remedy).toMatch(new RegExp(`^${name} .*\\.$`));
    }
  });
});

test('what is optional is off by default', () => {
  const optional = ['quicksight_user', 'alarm_email', 'replica_region', 'kms_key_arn'];
  expect(optional.map((name) => variables[name]?.default)).toEqual(optional.map(() => ''));
  expect(variables.force_destroy?.default).toBe(false);
});
