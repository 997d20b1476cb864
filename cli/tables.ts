import type { Command } from 'commander';
import { UsageError } from '../core/errors';
import { DATABASE } from '../core/names';
import { suggestion } from '../core/nearest';
import { type Cell, type Format, printRows } from '../core/terminal/output';
import type { EngineName } from '../lake/engine';
import { type Relation, relations } from '../schema/relations';
import { tables } from '../schema/tables';
import { addFormatOptions } from './format-option';
import { engineOption } from './options';

interface TablesFlags {
  readonly engine: EngineName;
  readonly format: Format;
}

/** Adds `clickstream tables`. */
export function addTables(program: Command): void {
  addFormatOptions(program.command('tables'))
    .description('List the tables and views that a query can read, or the columns of one')
    .argument('[name]', 'table or view whose columns are listed')
    .addOption(engineOption())
    .action(async (name: string | undefined, { engine, format }: TablesFlags) => {
      const listed = name === undefined ? relationRows(engine) : columnRows(engine, name);
      await printRows({ columns: listed.columns, chunks: [listed.rows], isWrapped: true }, format);
    });
}

interface Listed {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

function relationRows(engine: EngineName): Listed {
  return {
    columns: ['name', 'kind', 'description'],
    rows: Object.entries(relationsOf(engine)).map(([name, { kind, description }]) => [name, kind, description]),
  };
}

/** Throws a UsageError that names the nearest relation if there is none of this name. */
function columnRows(engine: EngineName, name: string): Listed {
  const known = relationsOf(engine);
  const bare = name.toLowerCase().replace(new RegExp(`^${DATABASE}\\.`), '');
  const relation = Object.hasOwn(known, bare) ? known[bare] : undefined;
  if (relation === undefined)
    throw new UsageError(`there is no table "${name}": ${suggestion(bare, Object.keys(known))}`);
  return {
    columns: ['name', 'type', 'description'],
    rows: relation.columns.map((column) => [column.name, column.type, column.description]),
  };
}

/** By Spark on one machine there are the result tables alone. */
function relationsOf(engine: EngineName): Readonly<Record<string, Relation>> {
  if (engine === 'duckdb') return relations;
  return Object.fromEntries(Object.entries(relations).filter(([name]) => Object.hasOwn(tables, name)));
}
