import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { HOUR_MS } from '../../core/time';
import { clickstreamDashboard as dashboard } from '../../dashboard/clickstream-dashboard';
import { comparedMeasures, timeOf, visualOf } from '../../dashboard/spec';
import { initialState } from '../../dashboard/state';
import { type LakeReader, lakeReader } from '../../lake/duckdb/lake-reader';
import { beforeOf } from '../../metrics/names';
import { visualData } from '../../server/dashboard-server';
import { type TemporaryLake, temporaryLake } from '../../support/temporary-lake';

const FIRST_DAY = Date.parse('2026-01-26T00:00Z');
/** Clocks change in Berlin on March 29. */
const ENDS = ['2026-04-05T10:00Z', '2026-04-05T17:00Z', '2026-04-06T00:00Z'].map((text) => Date.parse(text));
const ZONES = ['UTC', 'Europe/Berlin', 'Pacific/Kiritimati'];
const RANGES = [
  { last: 1 },
  { last: 7 },
  { last: 30 },
  { from: '2026-03-20', to: '2026-03-31' },
  { from: '2026-04-01', to: '2026-04-30' },
] as const;

const compared = dashboard.sheets
  .flatMap(({ visuals }) => visuals)
  .filter((visual) => timeOf(visual) && comparedMeasures(visual).length > 0);

describe.each(ENDS)('of traffic that is the same each day, until %d', (end) => {
  let lake: TemporaryLake;
  let reader: LakeReader;

  beforeAll(async () => {
    lake = temporaryLake();
    const lines: string[] = [];
    for (let time = FIRST_DAY; time < end; time += HOUR_MS) lines.push(...eventsAt(time));
    lake.land('events-0000', lines.join('\n'));
    await lake.transform();
    reader = lakeReader(lake.root);
  });
  afterAll(async () => {
    await reader.close();
    lake.remove();
  });

  test.each(RANGES)('nothing has changed in any zone: %j', async (dates) => {
    let count = 0;
    for (const timeZone of ZONES)
      for (const { id } of compared) {
        const visual = visualOf(dashboard, id)!;
        const state = { ...initialState(dashboard), dates, timeZone };
        const { main } = await visualData({ dashboard, reader }, visual, state, new Date());
        for (const measure of comparedMeasures(visual)) {
          const [now, before] = [measure.id, beforeOf(measure.id)].map((name) => main.columns.indexOf(name));
          const shown = (column: number) => main.rows.map((row) => ({ id, timeZone, value: row[column] }));
          expect(shown(now!)).toEqual(shown(before!));
          count += main.rows.length;
        }
      }
    expect(count).toBeGreaterThan(ZONES.length * compared.length);
  });
});

/** Of users who come once an hour, of three countries. */
function eventsAt(time: number): string[] {
  const hour = (time / HOUR_MS) % 24;
  return ['DE', 'IN', 'US'].map((location, n) =>
    JSON.stringify({
      event_id: `${time}-${n}`,
      event_type: (hour + n) % 3 === 0 ? 'purchase' : 'click',
      user_id: `user-${hour}-${n}`,
      user_action: (hour + n) % 2 === 0 ? 'product_page' : 'cart_page',
      product_category: 'books',
      location,
      timestamp: time / 1000 + 60 * n,
    }),
  );
}
