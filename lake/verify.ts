import { UserError } from '../core/errors';
import { DATABASE } from '../core/names';
import type { Cell } from '../core/terminal/output';
import { HOUR_MS } from '../core/time';
import { analysis, analysisNames } from '../metrics/analyses';
import { loadCountries } from '../schema/countries';
import { type AnswerKey, answerKeyOf, type PlantedIncident } from '../sources/ground-truth/answer-key';
import { readAnswerKey, today } from '../sources/ground-truth/generate';
import { MAX_SESSION_S } from '../sources/simulator/journey';
import type { Result } from './duckdb/query';
import { listFiles } from './duckdb/raw-files';

/** One number of the answer key, and what the lake says. */
export interface Finding {
  readonly metric: string;
  readonly expected: Cell;
  readonly got: Cell;
  readonly verdict: 'ok' | 'DIFFERS' | 'info';
  /** Where rows differ: the first of them. */
  readonly detail?: string;
}

type Row = Readonly<Record<string, Cell>>;

/** Numbers of the key that no analysis has. */
const TALLIES = {
  events_by_country: `SELECT country_code, COUNT(*) AS event_count FROM ${DATABASE}.clickstream_table GROUP BY 1 ORDER BY 1`,
  events_by_type: `SELECT event_type, COUNT(*) AS event_count FROM ${DATABASE}.clickstream_table GROUP BY 1 ORDER BY 1`,
  events_by_action: `SELECT user_action, COUNT(*) AS event_count FROM ${DATABASE}.clickstream_table GROUP BY 1 ORDER BY 1`,
  events_by_category: `SELECT product_category, COUNT(*) AS event_count FROM ${DATABASE}.clickstream_table WHERE product_category IS NOT NULL GROUP BY 1 ORDER BY 1`,
  events_by_day: `SELECT CAST(click_date AS DATE) AS event_date, COUNT(*) AS event_count FROM ${DATABASE}.clickstream_table GROUP BY 1 ORDER BY 1`,
  session_lengths: `SELECT event_count, COUNT(*) AS sessions FROM ${DATABASE}.sessions GROUP BY 1 ORDER BY 1`,
} as const;

const TOTALS = `
  SELECT (SELECT COUNT(*) FROM ${DATABASE}.clickstream_table) AS event_count,
    (SELECT COUNT(DISTINCT event_id) FROM ${DATABASE}.clickstream_table) AS distinct_event_count,
    (SELECT COUNT(DISTINCT user_id) FROM ${DATABASE}.clickstream_table) AS user_count,
    (SELECT COUNT(*) FROM ${DATABASE}.sessions) AS session_count,
    (SELECT COUNT(*) FROM ${DATABASE}.sessions WHERE is_engaged) AS engaged_session_count,
    (SELECT COUNT(*) FROM ${DATABASE}.failed_events) AS failed_event_count`;

/**
 * Runs every analysis by an engine, and compares every number with the answer key beside the lake. `onResult` sees the rows.
 * Throws a UserError if there is nothing to compare with.
 */
export async function* verify(
  root: string,
  queryAll: (sql: string) => Promise<Result>,
  onResult?: (name: string, result: Result) => void,
): AsyncGenerator<Finding> {
  const key = await currentKey(root);
  const { event_count, user_count, session_count, engaged_session_count } = key.totals;
  const totals = {
    event_count,
    distinct_event_count: event_count,
    user_count,
    session_count,
    engaged_session_count,
    failed_event_count: 0,
  };
  yield* compare('totals', [totals], await queryAll(TOTALS));
  for (const [name, sql] of Object.entries(TALLIES)) {
    yield* compare(name, key[name as keyof typeof TALLIES], await queryAll(sql));
  }
  for (const name of analysisNames()) {
    const result = await queryAll(analysis(name));
    onResult?.(name, result);
    const planted = key.analyses[name];
    if (name === 'anomalies') yield* judgeAnomalies(key.incidents, result);
    else if (planted) yield* compare(name, planted, result);
    else yield { metric: `${name}: rows`, expected: 'not in the answer key', got: result.rows.length, verdict: 'info' };
  }
}

/** Why a lake may differ from its key without being wrong, if it may. */
export async function explainMismatch(root: string): Promise<string | undefined> {
  const waiting = (await listFiles(root, 'raw')).length;
  if (waiting > 0) return `${waiting} files in raw/ are not transformed yet: run "clickstream transform" first`;
  return undefined;
}

function describeIncident({ kind, country, from, to }: PlantedIncident): string {
  const hours = (Date.parse(to) - Date.parse(from)) / HOUR_MS;
  return `${kind} in ${country}, ${from.slice(0, 16).replace('T', ' ')} UTC, ${hours} h`;
}

async function currentKey(root: string): Promise<AnswerKey> {
  const key = await readAnswerKey(root);
  if (!key)
    throw new UserError(
      `there is no answer key beside ${root}: verify compares with what "clickstream generate" planted`,
    );
  if (key.as_of === today()) return key;
  return answerKeyOf(key.planted, loadCountries(), today()); // analyses that look back from today have moved on
}

function* compare(name: string, expected: readonly Row[], { columns, rows }: Result): Generator<Finding> {
  yield finding(`${name}: rows`, expected.length, rows.length, expected.length === rows.length);
  const keys = Object.keys(expected[0] ?? {});
  if (expected.length > 0 && keys.join() !== columns.join())
    yield finding(`${name}: columns`, keys.join(), columns.join(), false);
  const wantedRows = inOrderOfTexts(expected.map((row) => columns.map((column) => row[column] ?? null)));
  const gotRows = inOrderOfTexts(rows);
  for (const [n, column] of columns.entries()) {
    const wanted = wantedRows.map((row) => row[n] ?? null);
    const got = gotRows.map((row) => row[n] ?? null);
    const line = wanted.findIndex((value, row) => !isSame(value, got[row] ?? null));
    const detail =
      line < 0
        ? undefined
        : `row ${line + 1}: expected ${JSON.stringify(wantedRows[line])}, got ${JSON.stringify(gotRows[line])}`;
    if (got.some((value) => typeof value === 'number')) {
      const metric = rows.length > 1 ? `${name}: ${column}, sum of all rows` : `${name}: ${column}`;
      yield finding(metric, sum(wanted), sum(got), line < 0, detail);
    } else if (line >= 0) yield finding(`${name}: ${column}`, wanted[line]!, got[line] ?? null, false, detail);
  }
}

/** An analysis may leave rows of the same rank in any order, as the article's does. */
function inOrderOfTexts(rows: readonly (readonly Cell[])[]): (readonly Cell[])[] {
  const texts = (row: readonly Cell[]): string => row.filter((cell) => typeof cell === 'string').join();
  return [...rows].sort((a, b) => (texts(a) < texts(b) ? -1 : Number(texts(a) > texts(b))));
}

function* judgeAnomalies(incidents: readonly PlantedIncident[], { columns, rows }: Result): Generator<Finding> {
  const flagged = rows.map((row): Row => Object.fromEntries(columns.map((name, n) => [name, row[n]!])));
  const isFound = (incident: PlantedIncident): boolean => flagged.some((row) => explains(incident, row));
  for (const incident of incidents) {
    const metric = `anomalies: ${describeIncident(incident)}`;
    const got = isFound(incident) ? 'found' : 'missed';
    if (incident.is_detectable || isFound(incident)) yield finding(metric, 'found', got, got === 'found');
    else yield { metric, expected: 'too small to see', got, verdict: 'info' };
  }
  const visible = incidents.filter(({ is_detectable }) => is_detectable);
  if (visible.length > 0) {
    const recall = visible.filter(isFound).length / visible.length;
    yield finding('anomalies: recall', 1, recall, recall === 1);
  }
  const explained = flagged.filter((row) => incidents.some((incident) => explains(incident, row)));
  const precision = flagged.length === 0 ? null : explained.length / flagged.length;
  yield { metric: 'anomalies: precision', expected: null, got: precision, verdict: 'info' };
}

/** Whether the incident, or sessions that it began, touch the row's country, event type and time. */
function explains(incident: PlantedIncident, row: Row): boolean {
  const start = Date.parse(`${String(row.period_start).replace(' ', 'T')}Z`);
  const end = start + (row.period === 'day' ? 24 : 1) * HOUR_MS;
  return (
    row.country_code === incident.country &&
    incident.event_types.includes(String(row.event_type)) &&
    start < Date.parse(incident.to) + MAX_SESSION_S * 1000 &&
    end > Date.parse(incident.from)
  );
}

function finding(metric: string, expected: Cell, got: Cell, isOk: boolean, detail?: string): Finding {
  return { metric, expected, got, verdict: isOk ? 'ok' : 'DIFFERS', ...(detail === undefined ? {} : { detail }) };
}

/** Equal, or equal but for the last digits of a fraction. */
function isSame(a: Cell, b: Cell): boolean {
  if (typeof a === 'number' && typeof b === 'number') return Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a));
  return a === b;
}

function sum(values: readonly Cell[]): number {
  const total = values.reduce<number>((soFar, value) => soFar + (typeof value === 'number' ? value : 0), 0);
  return Math.round(total * 1e6) / 1e6;
}
