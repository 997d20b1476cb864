import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { DAY_MS, HOUR_MS } from '../../core/time';
import { clickstreamDashboard as dashboard } from '../../dashboard/clickstream-dashboard';
import { visualOf } from '../../dashboard/spec';
import { initialState, type State } from '../../dashboard/state';
import { lakeReader } from '../../lake/duckdb/lake-reader';
import { openLake } from '../../lake/duckdb/open-lake';
import { reprocess } from '../../lake/duckdb/reprocess';
import { visualData } from '../../server/dashboard-server';
import { type TemporaryLake, temporaryLake } from '../../support/temporary-lake';

const TODAY = dayOf(Date.now());
const YESTERDAY = dayOf(Date.now() - DAY_MS);

let lake: TemporaryLake;
beforeEach(() => {
  lake = temporaryLake();
});
afterEach(() => lake.remove());

describe('a failed event landed', () => {
  test.each([
    ['mine.ndjson', TODAY],
    [`date=${YESTERDAY}/mine.ndjson`, YESTERDAY],
    [`date=${TODAY}/mine.ndjson`, TODAY],
    ['date=1999-01-01/mine.ndjson', TODAY],
    ['date=1970-01-01/mine.ndjson', TODAY],
    ['date=2099-01-01/mine.ndjson', TODAY],
    ['date=2026-13-45/mine.ndjson', TODAY],
    ['date=/mine.ndjson', TODAY],
    ['abcd/2025-01-02/mine.ndjson', TODAY],
    [`site=a/date=${YESTERDAY}/mine.ndjson`, TODAY],
    [`${YESTERDAY}.ndjson`, TODAY],
  ])('where its file lies, if that is a day that can be, and else today: %s', async (key, day) => {
    lake.land(key, 'not json\n\x01\n');
    await lake.transform();
    expect(await landings()).toEqual([day, day]);
  });

  test('when it first did, also if it fails again in a rebuild', async () => {
    lake.land(`date=${YESTERDAY}/mine.ndjson`, 'not json\nno event\n');
    await lake.transform();
    await write(`UPDATE clickstream_db.failed_events SET landed_at = '2026-01-02 03:04:05' WHERE source_line = 1`);
    const opened = await openLake(lake.root, { mode: 'write' });
    await reprocess(opened, { from: YESTERDAY, to: YESTERDAY }).finally(() => opened.close());
    expect(await landings()).toEqual(['2026-01-02', YESTERDAY]);
  });

  test('by the same rule if it is older than the column', async () => {
    lake.land('mine.ndjson', 'not json\n');
    lake.land(`date=${YESTERDAY}/mine.ndjson`, 'not json\n');
    await lake.transform();
    await write('ALTER TABLE clickstream_db.failed_events DROP COLUMN landed_at');
    const { close } = await openLake(lake.root); // to read, as "serve" does
    close();
    expect(await landings()).toEqual([YESTERDAY, TODAY]);
  });
});

test.each(['UTC', 'America/Los_Angeles', 'Asia/Tokyo', 'Asia/Kolkata'])(
  'what failed yesterday did so by clocks of %s',
  async (timeZone) => {
    lake.land(`date=${YESTERDAY}/mine.ndjson`, `${event(`${YESTERDAY}T12:00Z`)}\nnot json\n`);
    await lake.transform();
    const dates = { from: YESTERDAY, to: YESTERDAY };
    expect(await rowsOf('failed-events', { dates, timeZone })).toEqual([[1]]);
    expect(await rowsOf('failed-share', { dates, timeZone })).toEqual([[1 / 2]]);
    expect(await rowsOf('failed-over-time', { dates, timeZone })).toEqual([[`${YESTERDAY} 00:00:00`, 1]]);
  },
);

test('dates that are chosen end when they end, whatever failed since', async () => {
  lake.land('mine.ndjson', `${event('2026-11-01T12:00Z')}\nnot json\n`);
  await lake.transform();
  const dates = { from: '2026-11-01', to: '2026-11-03' };
  expect(await rowsOf('failed-events', { dates })).toEqual([[0]]);
  expect(await rowsOf('failed-events', { dates: { last: 3 } })).toEqual([[1]]);
});

describe('the dashboard', () => {
  test.each([1, 7, 30, 3660])('shows what failed since the last event in the last %d days', async (last) => {
    const recent = event(new Date(Date.now() - 20 * HOUR_MS).toISOString());
    lake.land('mine.ndjson', `${recent}\nnot json\n{"event_id":"z1","location":"UK"}\n`);
    await lake.transform();
    const dates = { last };
    expect(await rowsOf('failed-events', { dates })).toEqual([[2]]);
    expect(await rowsOf('failed-share', { dates })).toEqual([[2 / 3]]);
    expect(await rowsOf('failed-over-time', { dates })).toEqual([[`${TODAY} 00:00:00`, 2]]);
    expect(await rowsOf('failed-by-reason', { dates })).toEqual([
      [
        'missing_event_type,missing_user_id,missing_user_action,unknown_country,missing_timestamp',
        'raw/mine.ndjson, line 3: {"event_id":"z1","location":"UK"}',
        1,
      ],
      ['not_an_event', 'raw/mine.ndjson, line 2: not json', 1],
    ]);
  });
});

/** Days on which lines landed, in order. */
async function landings(): Promise<unknown[]> {
  const rows = await lake.rows(
    'SELECT CAST(CAST(landed_at AS DATE) AS VARCHAR) AS day FROM clickstream_db.failed_events ORDER BY landed_at',
  );
  return rows.map(({ day }) => day);
}

async function write(sql: string): Promise<void> {
  const opened = await openLake(lake.root, { mode: 'write' });
  await opened.connection.run(sql).finally(() => opened.close());
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

function event(time: string): string {
  const timestamp = Math.floor(Date.parse(time) / 1000);
  return JSON.stringify({ event_id: 'a', event_type: 'click', user_id: 'u', user_action: 'home_page', timestamp });
}

async function rowsOf(id: string, choice: Partial<State>) {
  const reader = lakeReader(lake.root);
  const state = { ...initialState(dashboard), ...choice };
  try {
    return (await visualData({ dashboard, reader }, visualOf(dashboard, id)!, state, new Date())).main.rows;
  } finally {
    await reader.close();
  }
}
