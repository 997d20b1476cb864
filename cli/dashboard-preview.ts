import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { UserError } from '../core/errors';
import { DATABASE } from '../core/names';
import { progress } from '../core/terminal/progress';
import type { PageContext, VisualData } from '../dashboard/protocol';
import { dataSetColumns, dataSetSql } from '../dashboard/quicksight/data-sets';
import {
  MAX_DEFINITION_BYTES,
  type NamedDefinition,
  parseDefinition,
  sizeProblem,
} from '../dashboard/quicksight/definition-file';
import { diffDefinitions } from '../dashboard/quicksight/diff';
import type { LocalDataSet } from '../dashboard/quicksight/preview/local-data-sets';
import { preview } from '../dashboard/quicksight/preview/preview';
import type { PreviewOptions } from '../dashboard/quicksight/preview/scope';
import type { PreviewedVisual } from '../dashboard/quicksight/preview/sheets';
import type { Lake } from '../lake/duckdb/lake';
import { withFreshRawFiles } from '../lake/duckdb/live-view';
import { openLake } from '../lake/duckdb/open-lake';
import { DEFAULT_TIME_LIMIT_S, queryAll, withinLimits } from '../lake/duckdb/query';
import type { DataSet } from '../metrics/data-set';
import { dataSets } from '../metrics/data-sets';
import { tables } from '../schema/tables';

/** A definition drawn on a lake: what the page needs, and what of it can't be drawn. */
export interface PreviewedDashboard {
  readonly context: PageContext;
  readonly visuals: readonly (PreviewedVisual & { readonly rows?: number })[];
}

/** Reads a definition from a file. Throws a UserError that names the file and what is wrong in it. */
export function readDefinition(file: string): NamedDefinition {
  try {
    const { size } = statSync(file);
    if (size > MAX_DEFINITION_BYTES) throw new Error(sizeProblem(size));
    return parseDefinition(readFileSync(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== undefined) throw error;
    throw new UserError(`${file}: ${(error as Error).message}`);
  }
}

/** Draws a definition on the data of a lake. Throws a UserError if there is no lake, or no such parameter or data set. */
export async function previewDefinition(
  named: NamedDefinition,
  folder: string,
  options: Omit<PreviewOptions, 'dataSets'>,
): Promise<PreviewedDashboard> {
  const { dashboard, visuals } = previewOf(named, { ...options, dataSets: localDataSets() });
  const lake = await openLake(resolve(folder));
  const bar = progress('asking');
  // Without a prototype: an id may be `__proto__`.
  const drawn: Record<string, VisualData> = Object.create(null);
  const found: (PreviewedVisual & { readonly rows?: number })[] = [];
  try {
    await withFreshRawFiles(lake, async () => {
      found.length = 0; // of an attempt before
      const kept = await keep(lake, visuals);
      for (const [n, visual] of visuals.entries()) {
        const data = await dataOf(visual, lake, kept);
        if (data) drawn[visual.id] = data;
        found.push({ ...visual, ...(data ? { rows: data.main.rows.length } : {}) });
        bar.update(n + 1, visuals.length);
      }
    });
  } finally {
    bar.stop();
    lake.close();
  }
  const undrawn = found.flatMap(({ title, type, reason }) =>
    reason === undefined ? [] : [`${title} (${type}) ${reason}`],
  );
  const set = Object.entries(options.parameters ?? {}).map(([name, values]) => `${name}: ${values.join(', ')}`);
  const exported = { query: '', visuals: drawn, words: set, undrawn };
  return { context: { dashboard, exported }, visuals: found };
}

/** What changed between the definitions of two files, a line each. */
export function diffFiles(before: string, after: string): string[] {
  return diffDefinitions(readDefinition(before).definition, readDefinition(after).definition);
}

/** Puts the rows of data sets that take long, and that visuals ask for, into temporary tables; by their relation, what to read instead. */
async function keep(lake: Lake, visuals: readonly PreviewedVisual[]): Promise<ReadonlyMap<string, string>> {
  const kept = new Map<string, string>();
  for (const { name, relation } of dataSets.filter(({ isMaterialized }) => isMaterialized).map(localDataSet)) {
    if (!visuals.some(({ drawn }) => drawn?.sql.includes(relation))) continue;
    await withinLimits(lake.connection, { timeLimitS: DEFAULT_TIME_LIMIT_S })(() =>
      lake.connection.run(`CREATE OR REPLACE TEMP TABLE kept_${name} AS FROM ${relation}`),
    );
    kept.set(relation, `temp.kept_${name} AS ${name}`);
  }
  return kept;
}

async function dataOf(
  { drawn }: PreviewedVisual,
  lake: Lake,
  kept: ReadonlyMap<string, string>,
): Promise<VisualData | undefined> {
  if (!drawn) return undefined;
  const { columns, sql } = drawn;
  const asked = [...kept].reduce((text, [relation, table]) => text.replaceAll(relation, () => table), sql);
  const { rows } = await queryAll(lake, asked, [], { timeLimitS: DEFAULT_TIME_LIMIT_S });
  return { main: { columns, rows: rows.map((row) => row.slice(0, columns.length)), sql }, unfilteredBy: [] };
}

function previewOf(named: NamedDefinition, options: PreviewOptions) {
  try {
    return preview(named, options);
  } catch (error) {
    throw new UserError((error as Error).message);
  }
}

/** What dashboards of ours ask, as QuickSight has it, and the tables themselves. */
export function localDataSets(): LocalDataSet[] {
  return [
    ...dataSets.map(localDataSet),
    ...Object.entries(tables).map(([name, columns]) => ({
      name: `${DATABASE}.${name}`,
      relation: `${DATABASE}.${name}`,
      columns: columns.map((column) => column.name),
    })),
  ];
}

function localDataSet(dataSet: DataSet): LocalDataSet {
  return {
    name: dataSet.name,
    relation: `(\n${dataSetSql(dataSet, { database: DATABASE })}\n) AS ${dataSet.name}`,
    columns: dataSetColumns(dataSet),
  };
}
