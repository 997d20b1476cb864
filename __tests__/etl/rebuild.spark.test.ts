import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DAY_S, HOUR_S } from '../../core/time';
import { COUNTRIES_CSV } from '../../schema/countries';
import type { tables } from '../../schema/tables';
import { windowsOf } from '../../sources/landing/landing';
import { landWindow } from '../../sources/simulator/landings';
import { simulation } from '../../sources/simulator/simulation';
import { type Emulator, hasEmulator, startEmulator } from '../../support/aws-emulator';
import { type SparkLake, sparkLake } from '../../support/emulated-lake';
import type { Row } from '../../support/iceberg-table';
import { hasSpark, type Run } from '../../support/spark';
import { countries, journeys, START } from '../sources/simulations';

const DAYS = ['2026-03-02', '2026-03-03'] as const;
const [FIRST, LAST] = DAYS;
const RENAMED = readFileSync(COUNTRIES_CSV, 'utf8').replaceAll(',Europe', ',Old World');

/**
 * Hours after START at which an event happened in a country that there is not. The last but one is a file's that landed a day
 * late, the last is in other content that came under the name of the first ones' file.
 */
const FAILING = [1, 2, 25, 4, 3] as const;

type Table = keyof typeof tables;
type State = Readonly<Record<Table, readonly string[]>>;

([hasEmulator(), hasSpark()].every(Boolean) ? describe : describe.skip)('the Glue job, on demand', () => {
  let emulator: Emulator;
  let lake: SparkLake;
  let untouched: State;

  beforeAll(async () => {
    emulator = await startEmulator();
    lake = await sparkLake(emulator.endpoint);
    const simulate = simulation({ ...journeys, eventsPerDay: 300 }, countries);
    const put = (key: string, body: Buffer): Promise<unknown> => lake.put(key, body);
    for (const window of windowsOf({ from: START, to: START + DAYS.length * DAY_S }, DAY_S))
      await landWindow(simulate, window, { put: async (key, body) => void (await put(key, body)) });
    const [again, late, ...inTime] = FAILING.map((hour, n) => failing(n, hour)).reverse();
    await put(`raw/date=${FIRST}/failing-0000.ndjson`, Buffer.from(inTime.join('')));
    await put(`raw/date=${LAST}/late-0000.ndjson`, Buffer.from(`${late}${event('late', 4, 'NO')}`));
    await run();
    await put(`raw/date=${FIRST}/failing-0000.ndjson`, Buffer.from(again!));
  });
  afterAll(async () => {
    await lake?.stop();
    await emulator?.stop();
  });

  test('only counts what a replay would do, if asked to, and leaves alone what still fails', async () => {
    const { clickstream_table, sessions } = await state();
    const { summary } = await run(
      '--replay',
      'unknown_country',
      '--replace',
      '["location:XX=SE"]',
      '--dry_run',
      'true',
    );
    expect(summary).toMatchObject({ message: 'replayed', chosen: 4, valid: 4, failed: {}, is_dry: true });
    const { output } = await run('--replay', 'all', '--replace', '["location:XY=SE"]');
    expect(output).toContain('"chosen": 4, "valid": 0, "failed": {"unknown_country": 4}');
    const after = await state();
    expect({ ...after, failed_events: after.failed_events.length }).toEqual({
      clickstream_table,
      sessions,
      failed_events: FAILING.length,
    });
    expect(await lake.keys('raw/')).toEqual([]);
  });

  test('puts corrected failed events through, each once, whenever it is killed', async () => {
    const replay = ['--replay', 'unknown_country', '--replace', '["location:XX=SE"]'];
    expect((await lake.run({ said: '"replayed"' }, ...replay)).code).toBeNull();
    await run(...replay);
    expect(await lake.rows('failed_events')).toEqual([]);
    const corrected = (await lake.rows('clickstream_table')).filter(({ user_id }) => user_id === 'failing');
    expect(corrected.map(({ event_id, country_name }) => [event_id, country_name]).sort()).toEqual(
      FAILING.map((_, n) => [`failing-${n}`, 'Sweden']),
    );
    expect((await lake.keys('processed/')).filter((key) => key.includes('replay')).map(folderOf)).toEqual(
      DAYS.map((day) => `processed/date=${day}`),
    );
    untouched = await state();
  });

  test('rebuilds a day from the archive, wherever its events landed, and leaves the others alone', async () => {
    await lake.put('reference/countries.csv', RENAMED);
    const { summary } = await run('--from', FIRST, '--to', FIRST);
    expect(summary).toMatchObject({ message: 'transformed', days: 1 });
    const [before, after] = [untouched.clickstream_table, (await state()).clickstream_table];
    const isOfDay = (row: string): boolean => row.includes(`"click_date":"${FIRST}`);
    expect(after.filter((row) => !isOfDay(row))).toEqual(before.filter((row) => !isOfDay(row)));
    expect(after.filter(isOfDay)).toEqual(before.filter(isOfDay).map(renamed).sort());
    expect(after.filter(isOfDay).join()).toContain('"event_id":"late"');
    expect(after).not.toEqual(before);
  });

  test('ends at the same rows, killed after any of its commits or not, and comes back to the first ones', async () => {
    await lake.put('reference/countries.csv', RENAMED);
    const all = ['--from', FIRST, '--to', LAST];
    for (const said of ['"sessions"', '"clickstream_table"'])
      expect((await lake.run({ said }, ...all)).code).toBeNull();
    await run(...all);
    const { sessions, ...others } = await state();
    expect(others.clickstream_table).toEqual(untouched.clickstream_table.map(renamed).sort());
    expect(sessions).toEqual(untouched.sessions.map(renamed).sort());
    // What a replay has corrected fails again where it stands, and counts where it was corrected.
    expect(others.failed_events).toHaveLength(FAILING.length);
    await lake.put('reference/countries.csv', readFileSync(COUNTRIES_CSV));
    await run(...all);
    const last = await state();
    expect(last).toEqual({ ...untouched, failed_events: others.failed_events });
  });

  test('stops before any change when a file that rows came from is gone', async () => {
    const before = await state();
    await lake.remove(`processed/date=${LAST}/late-0000.ndjson`);
    const { code, output } = await lake.runInServer('--from', FIRST, '--to', FIRST);
    expect(code).toBe(1);
    expect(output).toContain(`${FIRST} can't be rebuilt`);
    expect(output).toContain(`raw/date=${LAST}/late-0000.ndjson`);
    expect(await state()).toEqual(before);
  });

  async function run(...args: readonly string[]): Promise<Run> {
    const ended = await lake.runInServer(...args);
    if (ended.code !== 0) throw new Error(ended.output.slice(-8000));
    return ended;
  }

  async function state(): Promise<State> {
    const sorted = (rows: readonly Row[]): string[] => rows.map((row) => JSON.stringify(row)).sort();
    const [clickstream_table, sessions, failed_events] = await Promise.all([
      lake.rows('clickstream_table').then(sorted),
      lake.rows('sessions').then(sorted),
      lake.rows('failed_events').then(sorted),
    ]);
    return { clickstream_table, sessions, failed_events };
  }
});

function event(id: string, hour: number, location: string): string {
  const timestamp = START + hour * HOUR_S;
  const fields = { event_id: id, event_type: 'click', user_id: id.split('-')[0], user_action: 'home_page' };
  return `${JSON.stringify({ ...fields, location, timestamp })}\n`;
}

function failing(n: number, hour: number): string {
  return event(`failing-${n}`, hour, 'XX');
}

function folderOf(key: string): string {
  return key.slice(0, key.lastIndexOf('/'));
}

function renamed(row: string): string {
  return row.replaceAll('"Europe"', '"Old World"');
}
