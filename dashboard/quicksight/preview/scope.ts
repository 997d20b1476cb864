import type { DashboardVersionDefinition } from '@aws-sdk/client-quicksight';
import { sqlName } from '../../../core/sql';
import { printable } from '../printable';
import { type Names, timestampSql } from '../sql-expression';
import { calculatedOf, type LocalDataSet, localDataSet, usedColumns } from './local-data-sets';
import { declarationOf, parameterSqlOf, valuesOf } from './parameters';

export interface PreviewOptions {
  readonly dataSets: readonly LocalDataSet[];
  /** Names of local data sets by the definition's identifiers. @default by name, else the first with all columns that are used */
  readonly chosen?: Readonly<Record<string, string>>;
  /** Values of parameters by name. @default what the definition says */
  readonly parameters?: Readonly<Record<string, readonly string[]>>;
  readonly now: Date;
}

export interface PreviewScope {
  readonly definition: DashboardVersionDefinition;
  /** By identifier; undefined where no local data set has the columns. */
  readonly dataSets: ReadonlyMap<string, LocalDataSet | undefined>;
  /** Values in force, by parameter; none of one that is not set. */
  readonly parameters: ReadonlyMap<string, readonly string[]>;
  namesOf(dataSet: string): Names;
  /** Columns that a data set is used with, without calculated fields. */
  usedColumnsOf(dataSet: string): readonly string[];
}

/** What a definition is drawn with. Throws an Error that names a parameter or data set which is not there. */
export function scopeOf(
  definition: DashboardVersionDefinition,
  { dataSets, chosen = {}, parameters = {}, now }: PreviewOptions,
): PreviewScope {
  const present = timestampSql(now.toISOString().slice(0, 19));
  const declared = (definition.ParameterDeclarations ?? []).map(declarationOf);
  const values = valuesOf(declared, parameters);
  const parameterSql = parameterSqlOf(declared, values, present);
  const usedColumnsOf = once((id: string) => usedColumns(definition, id));
  const found = localDataSetsOf(definition, dataSets, chosen, usedColumnsOf);
  return {
    definition,
    dataSets: found,
    parameters: new Map([...values].map(([name, each]) => [name, each.map(String)])),
    usedColumnsOf,
    namesOf: once(
      (dataSet: string): Names => ({
        columns: new Map((found.get(dataSet)?.columns ?? []).map((name) => [name, sqlName(name)])),
        calculated: calculatedOf(definition, dataSet),
        expanded: new Map(),
        parameters: parameterSql,
        now: present,
      }),
    ),
  };
}

/** Local data sets by the definition's identifiers. */
function localDataSetsOf(
  { DataSetIdentifierDeclarations = [] }: DashboardVersionDefinition,
  candidates: readonly LocalDataSet[],
  chosen: Readonly<Record<string, string>>,
  usedColumnsOf: PreviewScope['usedColumnsOf'],
): Map<string, LocalDataSet | undefined> {
  const identifiers = DataSetIdentifierDeclarations.map(({ Identifier, DataSetArn }) => ({
    id: Identifier!,
    arn: DataSetArn ?? '',
  }));
  const strange = Object.keys(chosen).find((each) => !identifiers.some(({ id }) => id === each));
  if (strange !== undefined)
    throw new Error(
      `there is no data set ${strange} in the definition: there are ${identifiers.map(({ id }) => printable(id)).join(', ')}`,
    );
  return new Map(
    identifiers.map(({ id, arn }) => [
      id,
      localDataSet(usedColumnsOf(id), id, arn, candidates, Object.hasOwn(chosen, id) ? chosen[id] : undefined),
    ]),
  );
}

/** Remembers what was worked out for each text. */
function once<T>(work: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    if (!known.has(text)) known.set(text, work(text));
    return known.get(text)!;
  };
}
