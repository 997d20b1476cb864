import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../core/errors';
import { suggestion } from '../core/nearest';
import { PROJECT } from '../core/project';

const METRICS = join(PROJECT, 'metrics');

/** An analysis of `metrics/`: its file's name, its text, and its first line, which says what a row is. */
export interface Analysis {
  readonly name: string;
  readonly sql: string;
  readonly description: string;
}

/** All analyses, by name. */
export function analyses(): Analysis[] {
  return analysisNames().map((name) => {
    const sql = readAnalysis(name);
    return { name, sql, description: /^-- (.+)/.exec(sql)?.[1] ?? name };
  });
}

/** Names of the analyses in `metrics/`. */
export function analysisNames(): string[] {
  return readdirSync(METRICS)
    .filter((file) => file.endsWith('.sql'))
    .map((file) => file.slice(0, -4))
    .sort();
}

/** The SQL of an analysis. Throws a UsageError that lists the names if there is none of this name. */
export function analysis(name: string): string {
  if (!analysisNames().includes(name))
    throw new UsageError(`there is no analysis "${name}": ${suggestion(name, analysisNames())}`);
  return readAnalysis(name);
}

function readAnalysis(name: string): string {
  return readFileSync(join(METRICS, `${name}.sql`), 'utf8');
}
