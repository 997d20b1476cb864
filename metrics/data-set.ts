import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../core/project';
import { dataSpanColumns, tables } from '../schema/tables';

/** `timestamp` is UTC without a zone. */
export type FieldType = 'string' | 'integer' | 'decimal' | 'boolean' | 'timestamp' | 'date';

/** A column of a data set. Fields, and what is made of them, know their data set by its name, so that two can't be mixed. */
export interface Field<D extends string = string> {
  readonly dataSet: D;
  readonly name: string;
  readonly type: FieldType;
  readonly label: string;
  readonly description: string;
  /** Whether it may be null. @default false */
  readonly isOptional?: boolean;
}

/** A relation that dashboards ask: a table, a view, or a query of `metrics/data-sets/`. */
export interface DataSet<D extends string = string, N extends string = string> {
  readonly name: D;
  readonly label: string;
  readonly description: string;
  /** What stands behind FROM, in SQL that Athena and DuckDB both take. */
  readonly relation: string;
  /** The timestamp that the dashboard's range of dates limits; without one, it limits nothing of this data set. */
  readonly time?: Field<D>;
  /**
   * Whether it has rows from after the last event, such as lines that failed since: a range of dates up to where data ends has them
   * too, and there is no time before to compare it with. @default false
   */
  readonly goesPastData?: boolean;
  /** Whether its rows take long and are few, so that they are worth keeping between questions. @default false */
  readonly isMaterialized?: boolean;
  /** The first one is never null. */
  readonly fields: Readonly<Record<N, Field<D>>>;
}

interface FieldDefinition {
  readonly type: FieldType;
  readonly label: string;
  readonly description?: string;
  readonly isOptional?: boolean;
}

interface DataSetDefinition<N extends string> {
  readonly label: string;
  readonly description: string;
  readonly relation: string;
  readonly time?: NoInfer<N>;
  readonly goesPastData?: boolean;
  readonly isMaterialized?: boolean;
  readonly fields: Readonly<Record<N, FieldDefinition>>;
}

/** Defines a data set. A field without a description has that of the result tables' column of its name. */
export function dataSet<const D extends string, const N extends string>(
  name: D,
  { time, fields: definitions, ...rest }: DataSetDefinition<N>,
): DataSet<D, N> {
  const fields = Object.fromEntries(
    Object.entries<FieldDefinition>(definitions).map(([field, { description, ...definition }]) => [
      field,
      { dataSet: name, name: field, ...definition, description: description ?? columnDescription(field) },
    ]),
  ) as Record<N, Field<D>>;
  return { name, ...rest, ...(time === undefined ? {} : { time: fields[time] }), fields };
}

/** The query of a file in `metrics/data-sets/`. */
export function dataSetSql(file: string): string {
  return readFileSync(join(PROJECT, 'metrics/data-sets', `${file}.sql`), 'utf8').trim();
}

/** The same as a relation. */
export function queryRelation(file: string): string {
  return `(\n${dataSetSql(file)}\n) AS ${file}`;
}

function columnDescription(name: string): string {
  const column = [...Object.values(tables), dataSpanColumns].flat().find((column) => column.name === name);
  if (column === undefined) throw new Error(`the field ${name} needs a description: no result table has such a column`);
  return column.description;
}
