import type { ColumnIdentifier, DashboardVersionDefinition } from '@aws-sdk/client-quicksight';
import { namesIn } from '../sql-expression';

/** Rows that a definition can be shown with: a relation and its columns. */
export interface LocalDataSet {
  readonly name: string;
  readonly relation: string;
  readonly columns: readonly string[];
}

/** The local data set that is chosen, or named as the definition's, or has the columns that it uses. */
export function localDataSet(
  used: readonly string[],
  id: string,
  arn: string,
  candidates: readonly LocalDataSet[],
  chosen: string | undefined,
): LocalDataSet | undefined {
  if (chosen !== undefined) {
    const found = candidates.find(({ name }) => name === chosen);
    if (!found)
      throw new Error(
        `there is no local data set ${chosen}: there are ${candidates.map(({ name }) => name).join(', ')}`,
      );
    return found;
  }
  const fitting = candidates.filter(({ columns }) => used.every((column) => columns.includes(column)));
  const isNamed = ({ name }: LocalDataSet): boolean =>
    [
      id,
      arn
        .split('/')
        .at(-1)!
        .replace(/^clickstream-/, ''),
    ].some((text) => text.replaceAll('-', '_').toLowerCase() === name);
  return fitting.find(isNamed) ?? fitting[0];
}

/** Columns of a data set that a definition uses, without calculated fields. */
export function usedColumns(definition: DashboardVersionDefinition, id: string): string[] {
  const calculated = calculatedOf(definition, id);
  const used = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const { DataSetIdentifier, ColumnName } = value as ColumnIdentifier;
    if (DataSetIdentifier === id && ColumnName !== undefined) used.add(ColumnName);
    for (const each of Object.values(value)) visit(each);
  };
  visit([definition.Sheets, definition.FilterGroups]);
  for (const expression of calculated.values()) for (const column of namesIn(expression).columns) used.add(column);
  return [...used].filter((column) => !calculated.has(column));
}

/** Expressions of a data set by the names of their calculated fields. */
export function calculatedOf(
  { CalculatedFields = [] }: DashboardVersionDefinition,
  dataSet: string,
): Map<string, string> {
  const own = CalculatedFields.filter(({ DataSetIdentifier }) => DataSetIdentifier === dataSet);
  return new Map(own.map(({ Name, Expression }) => [Name!, Expression!]));
}
