import { styleText } from 'node:util';
import { type Incident, type IncidentKind } from '../functions/generator/incidents';
import type { SimulationOptions, TimeRange } from '../functions/generator/simulation';
import { type Generated, DAY_S, generate, readAnswerKey } from './generate';
import { type Lake, openLake } from './lake';
import { tableOf, write } from './output';
import { progress, say } from './progress';
import { analysis, queryAll } from './query';
import { type TransformResult, transform } from './transform';
import { anomalyScore, describeIncident, excuse, type Finding, verify } from './verify';

/** One incident of each kind, for the analyses to find. */
export function demoIncidents(until: number, days: number): Incident[] {
  const plans: [IncidentKind, string, number, number][] = [
    ['checkout-outage', 'IN', 0.35, 24],
    ['bot-flood', 'US', 0.6, 3],
    ['campaign-spike', 'BR', 0.8, 12],
  ];
  return plans.map(([kind, country, share, hours]) => {
    const from = until - days * DAY_S + Math.floor(share * days) * DAY_S + (24 - hours) * 1800;
    return { kind, country, from, to: from + hours * 3600 };
  });
}

/** Generates, transforms, verifies and reports to a person. Returns the exit code: 1 if a number isn't as planted. */
export async function demo(root: string, simulation: SimulationOptions, range: TimeRange): Promise<number> {
  const generated = await timed('generating', (onProgress) => generate(root, { simulation, range, onProgress }));
  const lake = await openLake(root, { mode: 'write', onWait: (holder) => say(`waiting for ${holder}, which has the lake open`) });
  try {
    const transformed = await timed('transforming', (onProgress) => transform(lake, { onProgress }));
    const verified = await timed('verifying', () => verifyAll(lake));
    await report(lake, generated, transformed, verified);
    return verified.result.some(({ verdict }) => verdict === 'DIFFERS') ? 1 : 0;
  } finally {
    lake.close();
  }
}

interface Timed<T> {
  readonly result: T;
  readonly seconds: number;
}

async function report(lake: Lake, generated: Timed<Generated>, transformed: Timed<TransformResult>, verified: Timed<Finding[]>): Promise<void> {
  const { events, objects, bytes } = generated.result;
  const { new_events, duplicates, failed_events } = transformed.result;
  await write(
    [
      heading('From clickstream to insight'),
      `landed       ${count(events)} events in ${objects} objects, ${count(Math.round(bytes / 1e6))} MB gzipped (${seconds(generated)})`,
      `transformed  ${count(new_events)} new events, ${count(duplicates)} duplicates, ${count(failed_events)} failed (${seconds(transformed)})`,
      '',
    ].join('\n'),
  );
  await section(lake, "Customer behaviour, last 7 days (the article's query)", analysis('customer_behavior'), 8);
  await section(lake, 'Funnel: users in order', analysis('funnel'));
  await section(
    lake,
    'Retention by weekly cohort: share of users back in week 1 to 4',
    `SELECT cohort_week, MAX(cohort_users) AS users, ${[1, 2, 3, 4].map((n) => `MAX(CASE WHEN week_n = ${n} THEN retention_rate END) AS week_${n}`).join(', ')}
     FROM (${analysis('cohort_retention')}) GROUP BY cohort_week ORDER BY cohort_week`,
  );
  await anomalies(lake);
  await verdict(lake, verified);
  await write(nextSteps(lake.root));
}

async function section(lake: Lake, title: string, sql: string, most = 12): Promise<void> {
  const { columns, rows } = await queryAll(lake, sql);
  const more = rows.length > most ? `… and ${rows.length - most} more rows\n` : '';
  await write(`${heading(title)}${tableOf(columns, rows.slice(0, most))}\n${more}`);
}

async function anomalies(lake: Lake): Promise<void> {
  const key = await readAnswerKey(lake.root);
  const { columns, rows } = await queryAll(lake, analysis('anomalies'));
  const flagged = rows.map((row) => Object.fromEntries(columns.map((name, n) => [name, row[n]!])));
  const { precision, found } = anomalyScore(key?.incidents ?? [], flagged);
  const strongest = flagged.toSorted((a, b) => Math.abs(Number(b.z_score)) - Math.abs(Number(a.z_score))).slice(0, 8);
  const shown = ['period', 'period_start', 'country_code', 'event_type', 'event_count', 'expected', 'direction'];
  const lines = (key?.incidents ?? []).map((incident) => `${found.includes(incident) ? '✓ found ' : '✗ missed'} ${describeIncident(incident)}`);
  await write(
    `${heading(`Anomalies: ${rows.length} found, the strongest first`)}${tableOf(
      shown,
      strongest.map((row) => shown.map((name) => row[name]!)),
    )}\nplanted:\n${lines.join('\n')}\nprecision ${precision === null ? '-' : precision.toFixed(2)}\n`,
  );
}

async function verdict(lake: Lake, { result: findings, seconds: took }: Timed<Finding[]>): Promise<void> {
  const differing = findings.filter(({ verdict }) => verdict === 'DIFFERS');
  await write(heading('Verified against the answer key'));
  if (differing.length === 0) return write(`✓ all ${findings.length} numbers are as the simulator planted them (${took.toFixed(1)} s)\n`);
  const columns = ['metric', 'expected', 'got'];
  await write(`${tableOf(columns, differing.slice(0, 20).map(({ metric, expected, got }) => [metric, expected, got]))}\n✗ ${differing.length} of ${findings.length} numbers differ\n`);
  const reason = await excuse(lake);
  if (reason) await write(`${reason}\n`);
}

function nextSteps(root: string): string {
  return `${heading('Next')}The lake is ${root}. Try:
  npx clickstream query --name conversion_by_country
  npx clickstream query "SELECT country_name, COUNT(*) AS events FROM clickstream_db.clickstream_table GROUP BY 1 ORDER BY 2 DESC LIMIT 5"
  npx clickstream generate --live --events-per-day 200000     (then: npx clickstream transform)
  npx clickstream --help
`;
}

async function verifyAll(lake: Lake): Promise<Finding[]> {
  const findings: Finding[] = [];
  for await (const finding of verify(lake)) findings.push(finding);
  return findings;
}

async function timed<T>(task: string, action: (onProgress: (done: number, total: number) => void) => Promise<T>): Promise<Timed<T>> {
  const start = performance.now();
  const bar = progress(task);
  const result = await action(bar.update).finally(bar.stop);
  return { result, seconds: (performance.now() - start) / 1000 };
}

function heading(text: string): string {
  return `\n${styleText('bold', text)}\n`;
}

function seconds(timed: Timed<unknown>): string {
  return `${timed.seconds.toFixed(1)} s`;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
