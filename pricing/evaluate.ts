import jsep from 'jsep';
import type { Json } from '../core/json';

/** What only a deploy tells, such as an ARN. */
export const UNKNOWN = Symbol('known after the deploy');
export type Value = Json | typeof UNKNOWN;

type Scope = Readonly<Record<string, Value>>;

/** A string of Terraform's: its one expression's value, or its text with the values put in; unknown where a part of it is. */
export function evaluate(text: string, variables: Scope): Value {
  const parts = text.split(/(?<!\$)\$\{((?:[^{}]|\{[^{}]*\})*)\}/); // texts and, between them, expressions
  if (parts.length === 3 && parts[0] === '' && parts[2] === '') return valueIn(parts[1]!, variables);
  const values = parts.map((part, n) => (n % 2 === 0 ? part.replaceAll('$${', '${') : valueIn(part, variables)));
  return values.includes(UNKNOWN) ? UNKNOWN : values.join('');
}

/**
 * The value of an expression. What stacks here decide by (variables, comparisons, conditionals, a few functions) is written as
 * JavaScript would have it; all else of Terraform's language is unknown.
 */
function valueIn(hcl: string, variables: Scope): Value {
  try {
    return visit(jsep(hcl), variables);
  } catch {
    return UNKNOWN;
  }
}

const OPERATORS: Readonly<Record<string, (left: never, right: never) => Value>> = {
  '==': (left: Value, right: Value) => left === right,
  '!=': (left: Value, right: Value) => left !== right,
  '<': (left: number, right: number) => left < right,
  '<=': (left: number, right: number) => left <= right,
  '>': (left: number, right: number) => left > right,
  '>=': (left: number, right: number) => left >= right,
  '+': (left: number, right: number) => left + right,
  '-': (left: number, right: number) => left - right,
  '*': (left: number, right: number) => left * right,
  '/': (left: number, right: number) => left / right,
};

const FUNCTIONS: Readonly<Record<string, (...args: never[]) => Value>> = {
  startswith: (text: string, prefix: string) => text.startsWith(prefix),
  upper: (text: string) => text.toUpperCase(),
  replace: (text: string, wanted: string, other: string) =>
    text.replaceAll(/^\/.*\/$/.test(wanted) ? new RegExp(wanted.slice(1, -1), 'g') : wanted, other),
  format: (text: string, ...values: string[]) => values.reduce((done, value) => done.replace('%s', value), text),
};

function visit(node: jsep.Expression, variables: Scope): Value {
  const at = (child: unknown): Value => visit(child as jsep.Expression, variables);
  switch (node.type) {
    case 'Literal':
      return node.value as Json;
    case 'MemberExpression': {
      const { object, property } = node as jsep.MemberExpression;
      return object.name === 'var' ? (variables[String(property.name)] ?? UNKNOWN) : UNKNOWN;
    }
    case 'UnaryExpression': {
      const value = at(node.argument);
      if (value === UNKNOWN) return UNKNOWN;
      return node.operator === '!' ? !value : -Number(value);
    }
    case 'ConditionalExpression': {
      const test = at(node.test);
      return test === UNKNOWN ? UNKNOWN : at(test ? node.consequent : node.alternate);
    }
    case 'CallExpression': {
      const { callee, arguments: args } = node as jsep.CallExpression;
      const values = args.map(at);
      const called = FUNCTIONS[String(callee.name)];
      return !called || values.includes(UNKNOWN) ? UNKNOWN : called(...(values as never[]));
    }
    case 'BinaryExpression':
    case 'LogicalExpression':
      return binary(node as jsep.BinaryExpression, variables);
    default:
      return UNKNOWN;
  }
}

/** `&&` and `||` are decided by one side, where it does. */
function binary({ operator, left, right }: jsep.BinaryExpression, variables: Scope): Value {
  const values = [visit(left, variables), visit(right, variables)] as const;
  if (operator === '&&' || operator === '||') {
    const deciding = operator === '||';
    if (values.includes(deciding)) return deciding;
    return values.includes(UNKNOWN) ? UNKNOWN : !deciding;
  }
  const apply = OPERATORS[operator];
  return !apply || values.includes(UNKNOWN) ? UNKNOWN : apply(values[0] as never, values[1] as never);
}
