import { DAY_S, HOUR_S } from '../../core/time';
import { clickstreamDashboard } from '../../dashboard/clickstream-dashboard';
import { type LakeReader, lakeReader } from '../../lake/duckdb/lake-reader';
import { openLake } from '../../lake/duckdb/open-lake';
import { dashboardApp } from '../../server/dashboard-server';
import { type Served, serveApp } from '../../server/http-server';
import { pageAssets } from '../../server/page-assets';
import type { Planted } from '../../sources/ground-truth/answer-key';
import { generate } from '../../sources/ground-truth/generate';
import { landWindow } from '../../sources/simulator/landings';
import { type SimulationOptions, simulation } from '../../sources/simulator/simulation';
import { type TemporaryLake, temporaryLake } from '../../support/temporary-lake';
import { countries } from '../sources/simulations';

/** A Monday. */
export const FIRST_DAY = Date.parse('2026-01-05T00:00Z') / 1000;
/** What the dashboard takes for now: the last day of 42 is not over. */
export const NOW = new Date('2026-02-15T18:40Z');
const LAST_DAY = FIRST_DAY + 41 * DAY_S;

const SIMULATION: SimulationOptions = {
  seed: 3,
  model: 'journeys',
  eventsPerDay: 600,
  incidents: [{ kind: 'bot-flood', country: 'US', from: LAST_DAY - 5 * DAY_S, to: LAST_DAY - 5 * DAY_S + 3 * HOUR_S }],
};

const LANDED_TO = LAST_DAY + 18.5 * HOUR_S;

/** All that has landed. */
export const PLANTED: Planted = { options: SIMULATION, ranges: [{ from: FIRST_DAY, to: LANDED_TO }] };

/** When a line failed that lies in no folder of a day: after the last event. */
const LANDED_LATE = '2026-02-15 18:35:00';

/** The second after the last event, in UTC. */
export const DATA_TO = textOf(lastEvent(LAST_DAY + 12 * HOUR_S, LANDED_TO) + 1);

export interface DashboardLake {
  readonly lake: TemporaryLake;
  readonly reader: LakeReader;
  readonly served: Served;
  close(): Promise<void>;
}

/**
 * Serves the dashboard of a lake with six weeks of events, of which the last day is not transformed yet and comes in part a second
 * time, and with lines that failed.
 */
export async function serveDashboardLake(): Promise<DashboardLake> {
  const lake = temporaryLake();
  lake.land('date=2026-02-10/bad-0000.ndjson', 'no event\n{"event_id":"x"}\n{"event_id":"y","location":"XX"}\n');
  lake.land('odd-0000.ndjson', 'no event\n');
  await generate(lake.root, { simulation: SIMULATION, range: { from: FIRST_DAY, to: LAST_DAY } });
  await lake.transform();
  await update(
    lake,
    `UPDATE clickstream_db.failed_events SET landed_at = '${LANDED_LATE}' WHERE source_file = 'raw/odd-0000.ndjson'`,
  );
  const noon = LAST_DAY + 12 * HOUR_S;
  for (const [n, range] of [
    { from: LAST_DAY, to: noon },
    { from: noon, to: LANDED_TO },
  ].entries()) {
    const put = async (key: string, body: Buffer): Promise<void> => {
      lake.land(key.replace('raw/', ''), body);
      if (n === 0) lake.land(key.replace('raw/', '').replace('-0000.', '-again-0000.'), body);
    };
    await landWindow(simulation(SIMULATION, countries), range, { put });
  }
  const reader = lakeReader(lake.root);
  const app = dashboardApp({
    dashboard: clickstreamDashboard,

    reader,
    assets: pageAssets(),
    now: () => NOW,
  });
  const served = await serveApp(app, 0);
  return {
    lake,
    reader,
    served,
    async close() {
      await served.close();
      await reader.close();
      lake.remove();
    },
  };
}

function lastEvent(from: number, to: number): number {
  return Math.max(...[...simulation(SIMULATION, countries)({ from, to })].flat().map(({ timestamp }) => timestamp));
}

function textOf(time: number): string {
  return new Date(time * 1000).toISOString().slice(0, 19).replace('T', ' ');
}

async function update(lake: TemporaryLake, sql: string): Promise<void> {
  const opened = await openLake(lake.root, { mode: 'write' });
  await opened.connection.run(sql);
  opened.close();
}
