import { relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { DATABASE } from '../core/names';
import { count, tableOf, write, writeHeading } from '../core/terminal/output';
import { progress } from '../core/terminal/progress';
import { DAY_S, HOUR_S, type TimeRange } from '../core/time';
import type { Result } from '../lake/duckdb/query';
import type { TransformResult } from '../lake/duckdb/transform';
import { allRows, type EngineName, engine, type OpenTables, withTables } from '../lake/engine';
import { explainMismatch, type Finding, verify } from '../lake/verify';
import { analysis } from '../metrics/analyses';
import { INCIDENTS_SQL } from '../metrics/data-sets';
import { type Generated, generate } from '../sources/ground-truth/generate';
import type { Incident, IncidentKind } from '../sources/simulator/incidents';
import type { SimulationOptions } from '../sources/simulator/simulation';
import { addSimulationOptions, type EngineFlags, engineOption, lakeOption, type SimulationFlags } from './options';
import { addServeOptions, type ServeFlags, serveUntilStopped } from './serve';

/** Adds `clickstream demo`. */
export function addDemo(program: Command): void {
  const command = program
    .command('demo')
    .description(
      'sixty days of clickstream, from the simulator to a report checked against the truth, and the dashboard',
    )
    .addOption(lakeOption())
    .addOption(engineOption());
  addSimulationOptions(command).option(
    '--no-serve',
    'exit after the report (always so if CI is set, and with --engine spark)',
  );
  addServeOptions(command).action(
    async (flags: SimulationFlags & EngineFlags & ServeFlags & { readonly serve: boolean }) => {
      const { lake, engine, days, eventsPerDay, until, seed, serve } = flags;
      const incidents = demoIncidents(until, days);
      process.exitCode = await demo(
        engine,
        lake,
        { seed, model: 'journeys', eventsPerDay, incidents },
        { from: until - days * DAY_S, to: until },
      );
      if (serve && engine === 'duckdb' && !process.env.CI) await serveUntilStopped(flags);
    },
  );
}

/** One incident of each kind, for the analyses to find. */
export function demoIncidents(until: number, days: number): Incident[] {
  const plans: [IncidentKind, string, number, number][] = [
    ['checkout-outage', 'IN', 0.35, 24],
    ['bot-flood', 'US', 0.6, 3],
    ['campaign-spike', 'BR', 0.8, 12],
  ];
  return plans.map(([kind, country, share, hours]) => {
    const from = until - days * DAY_S + Math.floor(share * days) * DAY_S + (24 - hours) * 1800;
    return { kind, country, from, to: from + hours * HOUR_S };
  });
}

/** Generates, transforms, verifies and reports to a person. Returns the exit code: 1 if a number isn't as planted. */
export async function demo(
  engineName: EngineName,
  folder: string,
  simulation: SimulationOptions,
  range: TimeRange,
): Promise<number> {
  const lake: DemoLake = { root: resolve(folder), engineName };
  await engine(engineName).require(lake.root);
  const generated = await timed('generating', (onProgress) => generate(lake.root, { simulation, range, onProgress }));
  const transformed = await timed('transforming', (onProgress) => engine(engineName).transform(lake.root, onProgress));
  return withTables(engineName, lake.root, async (tables) => {
    const verified = await timed('verifying', () => verifyAll(lake.root, tables));
    await report({ ...lake, tables }, generated, transformed, verified);
    return verified.result.findings.some(({ verdict }) => verdict === 'DIFFERS') ? 1 : 0;
  });
}

interface DemoLake {
  readonly root: string;
  readonly engineName: EngineName;
}

interface Timed<T> {
  readonly result: T;
  readonly seconds: number;
}

async function report(
  lake: DemoLake & { readonly tables: OpenTables },
  generated: Timed<Generated>,
  transformed: Timed<TransformResult>,
  verified: Timed<Verified>,
): Promise<void> {
  const { events, objects, bytes } = generated.result;
  const { new_events, duplicates, failed_events } = transformed.result;
  await writeHeading('From clickstream to insight');
  await write(
    [
      `landed       ${count(events)} events in ${objects} objects, ${count(Math.round(bytes / 1e6))} MB gzipped (${seconds(generated)})`,
      `transformed  ${count(new_events)} new events, ${count(duplicates)} duplicates, ${count(failed_events)} failed (${seconds(transformed)})`,
      '',
    ].join('\n'),
  );
  const { findings, results } = verified.result;
  await section("Customer behaviour, last 7 days (the article's query)", results.get('customer_behavior')!, 8);
  await section('Funnel: users in order', results.get('funnel')!);
  await section(
    'Retention by weekly cohort: share of users back in week 1 to 4',
    await allRows(lake.tables, RETENTION),
  );
  await section('Incidents: actual and expected events', await allRows(lake.tables, INCIDENTS_REPORT), 8);
  for (const { metric, got } of findings.filter((finding) => finding.metric.startsWith('anomalies: ')))
    await write(`${metric.slice(11)}: ${typeof got === 'number' ? got.toFixed(2) : got}\n`);
  await verdict(lake.root, verified);
  await writeHeading('Next');
  await write(nextSteps(lake));
}

const RETENTION = `
  SELECT cohort_week, MAX(cohort_users) AS users, ${[1, 2, 3, 4].map((n) => `MAX(CASE WHEN week_n = ${n} THEN retention_rate END) AS week_${n}`).join(', ')}
  FROM (${analysis('cohort_retention')}) GROUP BY cohort_week ORDER BY cohort_week`;

/** By weight, with names from the table: Spark on one machine has no relation `countries`. */
const INCIDENTS_REPORT = `
  SELECT country_name AS country, event_type, started_at AS from_utc, ended_at AS to_utc, event_count AS events, ROUND(expected) AS expected
  FROM (${INCIDENTS_SQL}) AS incidents
  JOIN (SELECT DISTINCT country_code, country_name FROM ${DATABASE}.clickstream_table) AS places USING (country_code)
  ORDER BY weight DESC`;

async function section(title: string, { columns, rows }: Result, most = 12): Promise<void> {
  const more = rows.length > most ? `… and ${rows.length - most} more rows\n` : '';
  await writeHeading(title);
  await write(`${tableOf(columns, rows.slice(0, most))}\n${more}`);
}

async function verdict(root: string, { result: { findings }, seconds: took }: Timed<Verified>): Promise<void> {
  const compared = findings.filter(({ verdict }) => verdict !== 'info');
  const differing = compared.filter(({ verdict }) => verdict === 'DIFFERS');
  await writeHeading('Verified against the answer key');
  if (differing.length === 0)
    return write(`✓ all ${compared.length} numbers are as the simulator planted them (${took.toFixed(1)} s)\n`);
  const rows = differing.slice(0, 20).map(({ metric, expected, got }) => [metric, expected, got]);
  await write(
    `${tableOf(['metric', 'expected', 'got'], rows)}\n✗ ${differing.length} of ${compared.length} numbers differ\n`,
  );
  const reason = await explainMismatch(root);
  if (reason) await write(`${reason}\n`);
}

function nextSteps({ root, engineName }: DemoLake): string {
  const place = root === resolve('.lake') ? '' : ` --lake ${relative('', root)}`;
  const flag = engineName === 'duckdb' ? place : `${place} --engine ${engineName}`;
  return `The lake is ${root}. Try:
  npx clickstream query${flag} --name conversion_by_country
  npx clickstream query${flag} "SELECT country_name, COUNT(*) AS events FROM clickstream_db.clickstream_table GROUP BY 1 ORDER BY 2 DESC LIMIT 5"
  npx clickstream generate${place} --live --events-per-day 200000     (and beside it: npx clickstream transform${flag})
  npx clickstream serve${place}
  npx clickstream --help
`;
}

interface Verified {
  readonly findings: Finding[];
  readonly results: ReadonlyMap<string, Result>;
}

async function verifyAll(root: string, tables: OpenTables): Promise<Verified> {
  const findings: Finding[] = [];
  const results = new Map<string, Result>();
  for await (const finding of verify(
    root,
    (sql) => allRows(tables, sql),
    (name, result) => results.set(name, result),
  ))
    findings.push(finding);
  return { findings, results };
}

async function timed<T>(
  task: string,
  action: (onProgress: (done: number, total: number) => void) => Promise<T>,
): Promise<Timed<T>> {
  const start = performance.now();
  const bar = progress(task);
  const result = await action(bar.update).finally(bar.stop);
  return { result, seconds: (performance.now() - start) / 1000 };
}

function seconds(timed: Timed<unknown>): string {
  return `${timed.seconds.toFixed(1)} s`;
}
