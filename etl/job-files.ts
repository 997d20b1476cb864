import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../core/project';
import { eventFields, HEAD_BYTES, MAX_DOCUMENT_ATTEMPTS, MAX_DOCUMENT_DEPTH, MAX_EVENT_BYTES } from '../schema/event';
import { tables } from '../schema/tables';
import { checks, type Query, transformation, warnings } from './transformation';

const ETL = join(PROJECT, 'etl');
const JOB = 'job.py';

/** What the Glue job consists of, by its path in the folder of the job: programs, SQL in the order in which it runs, the schema. */
export function jobFiles(): Record<string, string> {
  return {
    ...Object.fromEntries([JOB, ...jobModules()].map((file) => [file, readFileSync(join(ETL, file), 'utf8')])),
    'schema.json': `${JSON.stringify(schema(), undefined, 1)}\n`,
    ...numbered('sql', transformation()),
    ...numbered('checks', checks()),
    ...numbered('warnings', warnings()),
  };
}

/** Files of the modules that `job.py` imports, for `--extra-py-files`. */
export function jobModules(): string[] {
  return readdirSync(ETL)
    .filter((file) => file.endsWith('.py') && file !== JOB)
    .sort();
}

function schema() {
  return {
    fields: eventFields.map(({ name }) => name),
    limits: {
      max_event_bytes: MAX_EVENT_BYTES,
      head_bytes: HEAD_BYTES,
      max_document_depth: MAX_DOCUMENT_DEPTH,
      max_document_attempts: MAX_DOCUMENT_ATTEMPTS,
    },
    tables: Object.fromEntries(
      Object.entries(tables).map(([table, columns]) => [
        table,
        columns.map(({ name, type, backfill }) => ({ name, type, backfill })),
      ]),
    ),
  };
}

function numbered(folder: string, queries: readonly Query[]): Record<string, string> {
  return Object.fromEntries(queries.map(({ name, sql }, n) => [`${folder}/${n + 1}_${name}.sql`, `${sql}\n`]));
}
