import type { CalculatedField } from '@aws-sdk/client-quicksight';
import { namesIn } from '../sql-expression';
import { oneOf, type Problems, type Rule, twice } from './rule';
import type { Scope } from './scope';
import { literal } from './tokens';

/** Rules of data sets, parameters and calculated fields. */
export const DECLARATION_RULES: readonly Rule[] = [
  {
    id: 'unique-declarations',
    description: 'Data sets, parameters and calculated fields have names of their own.',
    check: repeatedDeclarations,
  },
  {
    id: 'spelled-out-arn',
    description: 'ARNs of data sets are known before anything is deployed.',
    *check({ definition: { DataSetIdentifierDeclarations = [] } }) {
      for (const { Identifier, DataSetArn = '' } of DataSetIdentifierDeclarations)
        if (!/^arn:aws[\w-]*:quicksight:[\w-]+:\w+:dataset\/[\w-]+$/.test(literal(DataSetArn)))
          yield `data set ${Identifier}: its ARN "${DataSetArn}" must be spelled out (arn:aws:quicksight:REGION:ACCOUNT:dataset/ID), with dependsOn beside it: Terraform checks nothing in a definition that holds what is not known yet`;
    },
  },
  {
    id: 'calculated-field-names',
    description: 'Calculated fields name data sets, parameters and columns that exist.',
    *check(scope) {
      for (const field of scope.definition.CalculatedFields ?? []) yield* unknownNames(field, scope);
    },
  },
  {
    id: 'calculated-field-parentheses',
    description: 'Parentheses of calculated fields are closed.',
    *check({ definition: { CalculatedFields = [] } }) {
      for (const field of CalculatedFields) {
        const bare = (field.Expression ?? '').replace(/'[^']*(?:''[^']*)*'/g, "''");
        if (bare.replace(/[^()]/g, '').length % 2 === 1) yield `${at(field)}: its parentheses are not closed`;
      }
    },
  },
];

function at({ DataSetIdentifier = '', Name }: CalculatedField): string {
  return `calculated field ${DataSetIdentifier}.${Name}`;
}

function* repeatedDeclarations({ definition }: Scope): Problems {
  const { DataSetIdentifierDeclarations = [], CalculatedFields = [], ParameterDeclarations = [] } = definition;
  yield* twice(
    'data set',
    DataSetIdentifierDeclarations.map(({ Identifier }) => Identifier),
  );
  yield* twice(
    'parameter',
    ParameterDeclarations.flatMap((each) => Object.values(each).map(({ Name }) => Name)),
  );
  yield* twice(
    'calculated field',
    CalculatedFields.map(({ DataSetIdentifier, Name }) => `${DataSetIdentifier}.${Name}`),
  );
}

function* unknownNames(field: CalculatedField, { columns, parameters }: Scope): Problems {
  const { DataSetIdentifier = '', Expression = '' } = field;
  const known = columns.get(DataSetIdentifier);
  if (!columns.has(DataSetIdentifier))
    yield `${at(field)}: there is no data set ${DataSetIdentifier}${oneOf(columns.keys())}`;
  const named = namesIn(Expression);
  for (const parameter of named.parameters)
    if (!parameters.has(parameter)) yield `${at(field)}: there is no parameter ${parameter}${oneOf(parameters)}`;
  for (const column of named.columns)
    if (known && !known.has(column)) yield `${at(field)}: ${DataSetIdentifier} has no column ${column}${oneOf(known)}`;
}
