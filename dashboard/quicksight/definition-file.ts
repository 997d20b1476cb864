import { type DashboardVersionDefinition, DashboardVersionDefinition$ } from '@aws-sdk/client-quicksight';
import { NormalizedSchema } from '@smithy/core/schema';
import { brokenParts } from './lint';

/** A definition with the name of its dashboard or analysis. */
export interface NamedDefinition {
  readonly name: string;
  readonly definition: DashboardVersionDefinition;
}

/** How many of a file's problems are told. */
const MOST_PROBLEMS = 20;

/**
 * Reads what `aws quicksight describe-dashboard-definition` or `describe-analysis-definition` prints, or what `create-dashboard
 * --cli-input-json` takes. Throws an Error with the path of each part that AWS's model does not know or that refers to nothing.
 */
export function parseDefinition(text: string): NamedDefinition {
  const file = parseJson(text);
  if (typeof file !== 'object' || file === null || !('Definition' in file))
    throw new Error(
      'it has no Definition: take it with "aws quicksight describe-dashboard-definition --aws-account-id ACCOUNT --dashboard-id ID"',
    );
  const { Definition, Name = 'Dashboard' } = file as { Definition: unknown; Name?: unknown };
  const problems = [...misfits(Definition, NormalizedSchema.of(DashboardVersionDefinition$), 'Definition')];
  const definition = Definition as DashboardVersionDefinition;
  if (problems.length === 0) problems.push(...brokenParts(definition));
  if (problems.length > 0) {
    const more = problems.length > MOST_PROBLEMS ? [`and ${problems.length - MOST_PROBLEMS} more`] : [];
    throw new Error([...problems.slice(0, MOST_PROBLEMS), ...more].join('\n'));
  }
  return { name: String(Name), definition };
}

/** What of a value is not as the SDK's schema has it. */
function* misfits(value: unknown, schema: NormalizedSchema, path: string): Iterable<string> {
  if (value === null || value === undefined) return;
  if (schema.isListSchema()) {
    if (!Array.isArray(value)) yield `${path} must be a list, and is ${kindOf(value)}`;
    else for (const [n, each] of value.entries()) yield* misfits(each, schema.getValueSchema(), `${path}[${n}]`);
  } else if (schema.isStructSchema()) {
    if (kindOf(value) !== 'an object') return void (yield `${path} must be an object, and is ${kindOf(value)}`);
    const members = new Map(schema.structIterator());
    for (const [name, each] of Object.entries(value)) {
      const member = members.get(name);
      if (member) yield* misfits(each, member, `${path}.${name}`);
      else yield `${path}.${name} is not known: there are ${[...members.keys()].join(', ')}`;
    }
  } else if (schema.isStringSchema() && typeof value !== 'string')
    yield `${path} must be a text, and is ${kindOf(value)}`;
  else if (schema.isNumericSchema() && typeof value !== 'number')
    yield `${path} must be a number, and is ${kindOf(value)}`;
  else if (schema.isBooleanSchema() && typeof value !== 'boolean')
    yield `${path} must be true or false, and is ${kindOf(value)}`;
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : JSON.stringify(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`it is no JSON: ${(error as Error).message}`);
  }
}
