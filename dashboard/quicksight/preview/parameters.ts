import type { ParameterDeclaration } from '@aws-sdk/client-quicksight';
import { sqlNumber, sqlString } from '../../../core/sql';
import { timeOfFile } from '../definition-check';
import { printable } from '../printable';
import { type Names, sqlExpression, timestampSql } from '../sql-expression';

/** Of a file, or as texts of the command line. */
export type ParameterValues = readonly (string | number)[];

/** A parameter of a definition. */
interface Declared {
  readonly name: string;
  /** As AWS calls it, such as `StringParameterDeclaration`. */
  readonly type: string;
  readonly values: ParameterValues;
  /** The expression of a date that moves with the time. */
  readonly rolling: string | undefined;
}

/** What a declaration of a parameter says, whatever its type. */
export function declarationOf(declaration: ParameterDeclaration): Declared {
  const [type, body] = Object.entries(declaration)[0] as [
    string,
    {
      readonly Name: string;
      readonly DefaultValues?: {
        readonly StaticValues?: readonly unknown[];
        readonly RollingDate?: { readonly Expression?: string };
      };
    },
  ];
  const { StaticValues = [], RollingDate } = body.DefaultValues ?? {};
  return { name: body.Name, type, values: StaticValues as ParameterValues, rolling: RollingDate?.Expression };
}

/** Values in force: those given, else what the definition says. Throws an Error for one of an unknown parameter. */
export function valuesOf(
  declared: readonly Declared[],
  given: Readonly<Record<string, readonly string[]>>,
): ReadonlyMap<string, ParameterValues> {
  const unknown = Object.keys(given).find((each) => !declared.some(({ name }) => name === each));
  if (unknown !== undefined)
    throw new Error(
      `there is no parameter ${unknown}: there are ${declared.map(({ name }) => name).join(', ') || 'none'}`,
    );
  return new Map(declared.map(({ name, values }) => [name, Object.hasOwn(given, name) ? given[name]! : values]));
}

/** Parameters in SQL; none of one that is not set. */
export function parameterSqlOf(
  declared: readonly Declared[],
  values: ReadonlyMap<string, ParameterValues>,
  now: string,
): Map<string, string> {
  const bare: Names = {
    columns: new Map(),
    calculated: new Map(),
    expanded: new Map(),
    parameters: new Map(),
    now,
  };
  return new Map(
    declared.flatMap(({ name, type, rolling }): [string, string][] => {
      const [value] = values.get(name)!;
      if (value !== undefined) return [[name, literalOf(value, type, name)]];
      return rolling === undefined ? [] : [[name, inParameter(name, () => sqlExpression(rolling, bare).sql)]];
    }),
  );
}

function literalOf(value: string | number, type: string, parameter: string): string {
  return inParameter(parameter, () => {
    if (type.startsWith('String')) return sqlString(String(value));
    if (type.startsWith('DateTime')) {
      const time = timeOfFile(value);
      if (!time) throw new Error(`${printable(String(value))} is no time`);
      return timestampSql(time.toISOString().slice(0, 19));
    }
    if (value === '' || !Number.isFinite(Number(value)))
      throw new Error(`${printable(String(value))} is no number, as its parameter is`);
    return sqlNumber(Number(value));
  });
}

function inParameter<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Error(`the parameter ${printable(name)}: ${(error as Error).message}`);
  }
}
