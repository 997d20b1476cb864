import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DATABASE } from '../../core/names';
import { tables } from '../../schema/tables';
import { landWindow } from '../../sources/simulator/landings';
import { draw } from '../../sources/simulator/random';
import { simulation } from '../../sources/simulator/simulation';
import { type Emulator, hasEmulator, startEmulator } from '../../support/aws-emulator';
import { BUCKET, type SparkLake, sparkLake } from '../../support/emulated-lake';
import type { Row } from '../../support/iceberg-table';
import { hasSpark, type Moment, type Run } from '../../support/spark';
import { stackTables } from '../../support/stack-tables';
import { type TemporaryLake, temporaryLake } from '../../support/temporary-lake';
import { hasTrino, startTrino, type Trino } from '../../support/trino';
import { countries, journeys, START } from '../sources/simulations';
import { stack } from '../stacks/synthesized';

const NAMES = Object.keys(tables) as (keyof typeof tables)[];

/**
 * Seconds that files stay in raw/ once they are in the table. The view is right for queries that take no longer; 10 are deployed, and
 * a busy machine may take some for a count.
 */
const GRACE_S = 15;

/** The steps of a run, by what it says when they begin, and about how long each takes: reading, each commit, upkeep and removal. */
const STEPS: readonly (readonly [said: string | undefined, ms: number])[] = [
  [undefined, 9000],
  ['"staged"', 1000],
  ['"failed_events"', 1500],
  ['"sessions"', 1000],
  ['"clickstream_table"', 300],
  ['"archived"', GRACE_S * 1000],
];

/** How many runs are killed, in each step one; KILLS=20 takes ten minutes more. */
const KILLS = Number(process.env.KILLS ?? STEPS.length);
/** After how many kills runs may go on to their end. */
const KILLS_IN_A_ROW = 6;

const WINDOW_S = 300;
const LANDING_EVERY_MS = 8000;
const SAMPLE_EVERY_MS = 10_000;

const available = [hasEmulator(), hasSpark(), hasTrino()].every(Boolean);

(available ? describe : describe.skip)('every event counts exactly once', () => {
  const simulate = simulation({ ...journeys, eventsPerDay: 60_000 }, countries);
  let emulator: Emulator;
  let lake: SparkLake;
  let trino: Trino;
  let embedded: TemporaryLake;
  let windows = 0;
  /** Events whose file is on its way, and those whose file is there. */
  const events = { begun: 0, landed: 0 };

  beforeAll(async () => {
    emulator = await startEmulator();
    [lake, trino] = await Promise.all([
      sparkLake(emulator.endpoint, { others: stackTables(BUCKET, stack) }),
      startTrino(emulator.endpoint),
    ]);
    embedded = temporaryLake();
  });
  afterAll(async () => {
    embedded?.remove();
    await trino?.stop();
    await emulator?.stop();
  });

  test('in the live view as soon as it has landed, but nothing does that is no event', async () => {
    expect(await counted()).toEqual([0, 0]);
    await land('plain-0000.ndjson', [line('a'), 'no event', line('b'), line('a')].join('\n'));
    await land('packed-0000.ndjson.gz', gzipSync(`${line('b')}\n${line('c')}\n`));
    events.begun = events.landed = 3;
    expect(await counted()).toEqual([3, 3]);
  });

  test(`at every moment of runs of which ${KILLS} are killed, and then of two at once, while files keep landing`, async () => {
    const runs: Run[] = [];
    const samples = await whileSampling(async () => {
      for (let seed = 1; seed <= KILLS; seed++) {
        runs.push(await whileLanding(() => run(momentOf(seed))));
        if (seed % KILLS_IN_A_ROW === 0) await whileLanding(runToItsEnd);
      }
      await whileLanding(() => Promise.all([runToItsEnd(), runToItsEnd()]));
      await runToItsEnd();
    });
    expect(runs.filter(({ code }) => code === null).length).toBeGreaterThan(KILLS / 2); // a run may be faster than its kill
    expect(runs.filter(({ code }) => code !== null && code > 0).map(({ output }) => output.slice(-2000))).toEqual([]);
    expect(samples.filter(({ isRight }) => !isRight)).toEqual([]);
    expect(samples.length).toBeGreaterThan(KILLS);
    expect(await lake.keys('raw/')).toEqual([]);
    await embedded.transform();
    for (const table of NAMES)
      expect(contentOf(await lake.rows(table))).toEqual(
        contentOf(await embedded.rows(`SELECT * FROM ${DATABASE}.${table}`)),
      );
  });

  function run(killAt?: Moment): Promise<Run> {
    return lake.run(killAt, '--grace_s', String(GRACE_S));
  }

  async function runToItsEnd(): Promise<void> {
    const { code, output } = await run();
    if (code !== 0) throw new Error(output.slice(-8000));
  }

  /** Does something while windows land one after the other, every third of them a second time under another name. */
  function whileLanding<T>(action: () => Promise<T>): Promise<T> {
    return meanwhile(action, async () => {
      await landNext();
      await sleep(LANDING_EVERY_MS);
    });
  }

  async function landNext(): Promise<void> {
    const from = START + windows * WINDOW_S;
    const files: [name: string, body: Buffer][] = [];
    const put = async (key: string, body: Buffer): Promise<void> => {
      const name = key.replace('raw/', '');
      files.push([name, body]);
      if (windows % 3 === 0) files.push([name.replace('-0000.', '-again-0000.'), body]);
    };
    const { eventCount } = await landWindow(simulate, { from, to: from + WINDOW_S }, { put });
    windows++;
    events.begun += eventCount;
    for (const [name, body] of files) await land(name, body);
    events.landed += eventCount;
  }

  async function land(name: string, content: string | Buffer): Promise<void> {
    embedded.land(name, content);
    await lake.land(name, content);
  }

  /** Does something while the live view is counted again and again. */
  async function whileSampling(action: () => Promise<void>) {
    const samples: { isRight: boolean; rows: unknown; least: number; most: number }[] = [];
    await meanwhile(action, async () => {
      const least = events.landed;
      const start = performance.now();
      // A query fails, and never counts wrong, if a file is removed between being listed and being read.
      const [rows, distinct] = await counted().catch((error: Error) => {
        if (!/Error opening Hive split/.test(error.message)) throw error;
        return [];
      });
      const most = events.begun;
      if (rows !== undefined && performance.now() - start < GRACE_S * 1000)
        samples.push({ isRight: rows === distinct && rows >= least && rows <= most, rows, least, most });
      await sleep(SAMPLE_EVERY_MS);
    });
    return samples;
  }

  async function counted(): Promise<readonly [rows: number, distinct: number]> {
    const { rows } = await trino.query(`SELECT COUNT(*), COUNT(DISTINCT event_id) FROM ${DATABASE}.clickstream_live`);
    return rows[0] as unknown as readonly [number, number];
  }
});

/** Does something, and another thing again and again until then. */
async function meanwhile<T>(action: () => Promise<T>, again: () => Promise<void>): Promise<T> {
  let isOver = false;
  const repeating = (async (): Promise<void> => {
    while (!isOver) await again();
  })();
  try {
    return await action();
  } finally {
    isOver = true;
    await repeating;
  }
}

function momentOf(seed: number): Moment {
  const [said, ms] = STEPS[seed % STEPS.length]!;
  return { ...(said === undefined ? {} : { said }), afterMs: ms * draw(seed, 0) };
}

/** Rows without the file that they came from, which of several copies may be any. */
function contentOf(rows: readonly Row[]): string[] {
  // When a line landed differs between two lakes.
  return rows.map(({ source_file: _, landed_at: __, ...row }) => JSON.stringify(row)).sort();
}

function line(id: string): string {
  return `{"event_id":"${id}","event_type":"click","user_id":"u","user_action":"home_page","timestamp":1772000000}`;
}
