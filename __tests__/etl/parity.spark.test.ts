import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { FRESH_HOURS } from '../../core/limits';
import { DATABASE } from '../../core/names';
import { DAY_S, HOUR_MS } from '../../core/time';
import { clickstreamDashboard } from '../../dashboard/clickstream-dashboard';
import { NULL, parseState } from '../../dashboard/state';
import { queriesOf } from '../../dashboard/visual-queries';
import { openLake } from '../../lake/duckdb/open-lake';
import { queryAll, type Result } from '../../lake/duckdb/query';
import { allRows } from '../../lake/engine';
import { verify } from '../../lake/verify';
import { analysisNames } from '../../metrics/analyses';
import { literalSql } from '../../metrics/query';
import { tables } from '../../schema/tables';
import { generate } from '../../sources/ground-truth/generate';
import { type Emulator, hasEmulator, startEmulator } from '../../support/aws-emulator';
import { BUCKET, type SparkLake, sparkLake } from '../../support/emulated-lake';
import { exportIcebergTable } from '../../support/iceberg-table';
import { FOR_MANY_ROWS, hasSpark, openSparkAt } from '../../support/spark';
import { stackTables } from '../../support/stack-tables';
import { filesBelow, type TemporaryLake, temporaryLake } from '../../support/temporary-lake';
import { hasTrino, startTrino, type Trino } from '../../support/trino';
import { comparable } from '../dashboard/comparable';
import { stack } from '../stacks/synthesized';
import { rawEventsInAthena, transformOnTrino } from './trino-transformation';

const DAYS = 60;
/** EVENTS_PER_DAY=17000 makes it a million events, and takes some minutes more. */
const EVENTS_PER_DAY = Number(process.env.EVENTS_PER_DAY ?? 3000);
const UNTIL = Math.floor(Date.now() / 1000 / DAY_S) * DAY_S;
const INCIDENTS = [
  { kind: 'checkout-outage', country: 'US', from: UNTIL - 20 * DAY_S, to: UNTIL - 19 * DAY_S },
] as const;

/** Tables, and the relations of the transformation that fill them. */
const RELATIONS: Readonly<Record<string, string>> = { clickstream_table: 'new_events', sessions: 'new_sessions' };

/** States of the dashboard. */
const STATES = [
  ['as it opens', ''],
  [
    'with all that can be chosen',
    `dates=20d&tz=America/New_York&continent=Asia&continent=Europe&event_type=click&event_type=search&product_category=${NULL}&product_category=books&select=hours-and-weekdays.weekday=2&drill.events-by-country=Asia&drill.purchases-over-time=${new Date((UNTIL - 3 * DAY_S) * 1000).toISOString().slice(0, 10)} 00:00:00`,
  ],
] as const;

const available = [hasEmulator(), hasSpark(), hasTrino()].every(Boolean);

(available ? describe : describe.skip)('simulated events', () => {
  let emulator: Emulator;
  let lake: SparkLake;
  let trino: Trino;
  let embedded: TemporaryLake;

  beforeAll(async () => {
    embedded = temporaryLake();
    emulator = await startEmulator();
    [lake, trino] = await Promise.all([
      sparkLake(emulator.endpoint, { others: stackTables(BUCKET, stack), more: FOR_MANY_ROWS }),
      startTrino(emulator.endpoint),
    ]);
    const range = { from: UNTIL - DAYS * DAY_S, to: UNTIL };
    const simulation = { seed: 5, model: 'journeys', eventsPerDay: EVENTS_PER_DAY, incidents: [...INCIDENTS] } as const;
    const { events } = await generate(embedded.root, { simulation, range });
    expect(events).toBeGreaterThan(DAYS * EVENTS_PER_DAY * 0.9);
    for (const [path, content] of filesBelow(join(embedded.root, 'raw'))) await lake.land(path, content);
  });
  afterAll(async () => {
    embedded?.remove();
    await trino?.stop();
    await emulator?.stop();
  });

  test('make the same rows in DuckDB, Spark and Trino', async () => {
    await transformOnTrino(trino, 'parity', `s3://${lake.bucket}/parity`, rawEventsInAthena(lake.bucket));
    const { code, output } = await lake.run();
    if (code !== 0) throw new Error(output.slice(-8000));
    await embedded.transform();
    for (const table of Object.keys(tables)) {
      await expectSameRows(table, `${DATABASE}.${table}`);
      if (table in RELATIONS) await expectSameRows(table, `parity.${RELATIONS[table]}`);
    }
  });

  const engines: Readonly<Record<string, () => Promise<Asked>>> = {
    DuckDB: async () => {
      const opened = await openLake(embedded.root);
      return { query: (sql) => queryAll(opened, sql), close: async () => opened.close() };
    },
    Spark: async () => {
      const session = openSparkAt(emulator.endpoint, lake.settings);
      return { query: (sql) => allRows(session, sql), close: () => session.close() };
    },
    Trino: async () => ({ query: (sql) => trino.query(sql), close: async () => {} }),
  };

  test.each(Object.keys(engines))('have in %s every number that was planted', async (name) => {
    const { query, close } = await engines[name]!();
    const analyses: string[] = [];
    const differing: unknown[] = [];
    for await (const finding of verify(embedded.root, query, (analysis) => analyses.push(analysis)))
      if (finding.verdict === 'DIFFERS') differing.push(finding);
    await close();
    expect(analyses).toEqual(analysisNames());
    expect(differing).toEqual([]);
  });

  test.each(STATES)('show on every visual in Trino what they show in DuckDB, %s', async (_, query) => {
    const { state, problems } = parseState(clickstreamDashboard, new URLSearchParams(query));
    expect(problems).toEqual([]);
    const opened = await openLake(embedded.root);
    const spanSql = `SELECT data_from, data_to FROM ${DATABASE}.data_span`;
    const [ofDuckDb, ofTrino] = [await queryAll(opened, spanSql), await trino.query(spanSql)];
    const spanOf = ({ rows }: Result): string[] => comparable(rows).flatMap((row) => JSON.parse(row) as string[]);
    const [from, to] = spanOf(ofDuckDb) as [string, string];
    const [fromThere, toThere] = spanOf(ofTrino);
    expect(fromThere).toBe(from);
    // In Athena fresh data is taken to go to now, since what waits in raw/ is not looked at.
    if (Date.now() - Date.parse(`${to}Z`) < FRESH_HOURS * HOUR_MS) expect(toThere! >= to).toBe(true);
    else expect(toThere).toBe(to);
    for (const visual of clickstreamDashboard.sheets.flatMap(({ visuals }) => visuals)) {
      const { main, trend } = queriesOf(clickstreamDashboard, visual, state, { from, to });
      for (const sql of [main, ...(trend ? [trend] : [])].map(literalSql)) {
        const [ours, theirs] = [await queryAll(opened, sql), await trino.query(sql)];
        const shown = ({ columns, rows }: Result) => ({ id: visual.id, columns, rows: comparable(rows) });
        expect(shown(theirs)).toEqual(shown(ours));
      }
    }
    opened.close();
  });

  /** Compares a table of the embedded lake with one in the emulated account, as sets of rows. */
  async function expectSameRows(table: string, other: string): Promise<void> {
    const path = join(embedded.root, `${other}.parquet`);
    await exportIcebergTable(other, emulator.endpoint, path);
    expect(readFileSync(path).length).toBeGreaterThan(0);
    const [ours, theirs] = [`FROM ${DATABASE}.${table}`, `SELECT ${columnsOf(table)} FROM '${path}'`];
    const [counts] = await embedded.rows(
      `
      SELECT (SELECT COUNT(*) FROM (${ours})) = (SELECT COUNT(*) FROM (${theirs})) AS is_same_count,
        (SELECT COUNT(*) FROM (${ours} EXCEPT ALL ${theirs})) AS missing,
        (SELECT COUNT(*) FROM (${theirs} EXCEPT ALL ${ours})) AS too_many`,
      'files',
    );
    expect({ table: other, ...counts }).toEqual({ table: other, is_same_count: true, missing: 0, too_many: 0 });
  }
});

interface Asked {
  query(sql: string): Promise<Result>;
  close(): Promise<void>;
}

function columnsOf(table: string): string {
  return tables[table as keyof typeof tables].map(({ name }) => name).join(', ');
}
