import { UserError } from '../../core/errors';
import { DATABASE } from '../../core/names';
import { count } from '../../core/terminal/output';
import type { Lake } from './lake';
import type { Failures } from './transform';

/** Most reasons that a message lists. */
const MOST_REASONS = 5;

/** Characters of a line that a message shows. */
const EXAMPLE_LENGTH = 200;

/** Why lines of the files committed from a time on failed, the most frequent reason first, with one of its lines. */
export async function failuresSince(lake: Lake, start: Date): Promise<Failures> {
  const { connection } = lake;
  const failed = `
    SELECT * FROM ${DATABASE}.failed_events
    WHERE source_file IN (SELECT source_file FROM lake.source_files WHERE committed_at >= '${start.toISOString()}'::TIMESTAMP)`;
  const reasons = await connection.runAndReadAll(`
    SELECT reason, COUNT(*) FROM (SELECT UNNEST(string_split(reasons, ',')) AS reason FROM (${failed}))
    GROUP BY reason ORDER BY 2 DESC, 1`);
  const counts = reasons.getRows().map(([reason, lines]) => [String(reason), Number(lines)] as const);
  const example = await connection.runAndReadAll(
    `SELECT source_file, source_line, raw FROM (${failed})
     ORDER BY NOT list_contains(string_split(reasons, ','), $1), source_file, source_line LIMIT 1`,
    [counts[0]?.[0] ?? ''],
  );
  const [line] = example.getRows().map(([source_file, source_line, raw]) => ({
    source_file: String(source_file),
    source_line: source_line === null ? null : Number(source_line),
    raw: String(raw),
  }));
  return { reasons: Object.fromEntries(counts), ...(line ? { example: line } : {}) };
}

/** What a run in which nothing was valid ends with. */
export function nothingValid({ reasons, example }: Failures): UserError {
  const most = Object.entries(reasons).sort(([, a], [, b]) => b - a);
  const lines = most.slice(0, MOST_REASONS).map(([reason, lines]) => `  ${reason}: ${count(lines)}`);
  if (most.length > MOST_REASONS) lines.push(`  and ${most.length - MOST_REASONS} more reasons`);
  if (example) {
    const at = example.source_line === null ? '' : `, line ${example.source_line}`;
    lines.push(`for example ${example.source_file}${at}: ${shortened(example.raw)}`);
  }
  return new UserError(
    `no line became an event; reasons, with the number of lines:\n${lines.join('\n')}\n` +
      'correct the files and put them into raw/ again, or correct the lines by "clickstream replay" (--help)',
  );
}

function shortened(text: string): string {
  return text.length > EXAMPLE_LENGTH ? `${text.slice(0, EXAMPLE_LENGTH)}…` : text;
}
