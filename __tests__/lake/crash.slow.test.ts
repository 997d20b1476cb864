import { cpSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { ReplayStep } from '../../lake/duckdb/replay';
import type { TransformStep } from '../../lake/duckdb/transform';
import { generate } from '../../sources/ground-truth/generate';
import { fraction, hashIndex } from '../../sources/simulator/random';
import { clickstream, killed, startClickstream } from '../../support/processes';
import { type Row, type TemporaryLake, temporaryLake } from '../../support/temporary-lake';
import { REPLACEMENT, SIMULATION } from './crash-simulation';

const STEPS: readonly TransformStep[] = ['listed', 'staged', 'checked', 'written', 'committed', 'archived'];
const BAD_LINES = '{}\nwords\n{}\n\x01\nwords\n';

/** Landed and not transformed; and what it is when nothing went wrong. */
let landed: TemporaryLake;
let expected: readonly Row[][];
let lake: TemporaryLake;

beforeAll(async () => {
  landed = temporaryLake();
  await generate(landed.root, SIMULATION);
  const [first] = landed.files('raw').values();
  landed.land('copy-of-the-first.ndjson.gz', first!);
  lake = copyOf(landed);
  expect(await clickstream('transform', '--lake', lake.root)).toMatchObject({ code: 0 });
  await expectVerified(lake);
  expected = await contentOf(lake);
  lake.remove();
});
afterAll(() => landed.remove());

beforeEach(() => {
  lake = copyOf(landed);
});
afterEach(() => lake.remove());

describe('a transform that is killed', () => {
  const moments = STEPS.flatMap((step) => (step === 'listed' ? [1] : [1, 3]).map((time) => [step, time] as const));

  test.each(moments)('when a batch is %s, time %d, loses nothing and repeats nothing', async (step, time) => {
    expect(await killed('transform', lake.root, step, String(time)).ended).toMatchObject({ signal: 'SIGKILL' });
    expect(await clickstream('transform', '--lake', lake.root)).toMatchObject({ code: 0 });
    await expectWhole(lake);
  });

  test.each(STEPS)('when a batch is %s keeps each failed event once', async (step) => {
    lake.land('0-bad.ndjson', BAD_LINES);
    await killed('transform', lake.root, step, '1').ended;
    expect(await clickstream('transform', '--lake', lake.root)).toMatchObject({ code: 0 });
    const failed = await lake.rows('SELECT source_line, raw FROM clickstream_db.failed_events ORDER BY 1');
    expect(failed.map(({ source_line, raw }) => [source_line, raw])).toEqual([
      [1, '{}'],
      [2, 'words'],
      [3, '{}'],
      [4, '\x01'],
      [5, 'words'],
    ]);
    expect((await contentOf(lake)).slice(0, 2)).toEqual(expected.slice(0, 2));
    expect([...lake.files('results').keys()]).toEqual(['clickstream.duckdb']);
  });

  test.each(STEPS)('when its only batch is %s leaves nothing behind', async (step) => {
    const other = temporaryLake();
    other.land('bad.ndjson', BAD_LINES);
    await killed('transform', other.root, step, '1').ended;
    expect(await clickstream('transform', '--lake', other.root)).toMatchObject({
      code: ['committed', 'archived'].includes(step) ? 0 : 1, // no line of the batch is valid
    });
    expect(await other.rows('SELECT COUNT(*) AS n FROM clickstream_db.failed_events')).toEqual([{ n: 5 }]);
    expect([...other.files('results').keys()]).toEqual(['clickstream.duckdb']);
    expect([...other.files('processed').keys()]).toEqual(['bad.ndjson']);
    other.remove();
  });

  test('can be queried at once, and shows what was committed', async () => {
    await killed('transform', lake.root, 'committed', '2').ended;
    const { code, stdout } = await clickstream(
      'query',
      '--lake',
      lake.root,
      '--format',
      'json',
      'SELECT COUNT(*) AS n FROM clickstream_db.clickstream_table',
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)[0].n).toBeGreaterThan(0);
  });

  test('at twenty random moments of the whole run leaves the rows that an undisturbed run makes', async () => {
    const counting = copyOf(landed);
    const { code, stderr } = await killed('transform-at', counting.root, '0', '0').ended;
    counting.remove();
    const statements = Number(/(\d+) statements/.exec(stderr)?.[1]);
    expect({ code, isWholeRun: statements > 50 }).toEqual({ code: 0, isWholeRun: true });
    const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
    const moments = Array.from({ length: 20 }, (_, n) => [
      // One in each twentieth of the run, within or behind a statement.
      1 + Math.floor(((n + fraction(hashIndex(seed, n))) / 20) * statements),
      Math.floor(fraction(hashIndex(seed, 100 + n)) * 20),
    ]);
    const outcomes: unknown[] = [];
    for (const [statement, delayMs] of moments) {
      const copy = copyOf(landed);
      const { signal } = await killed('transform-at', copy.root, String(statement), String(delayMs)).ended;
      expect(await clickstream('transform', '--lake', copy.root)).toMatchObject({ code: 0 });
      const isSame = JSON.stringify(await contentOf(copy)) === JSON.stringify(expected);
      outcomes.push({
        seed,
        statement,
        delayMs,
        isSame,
        waiting: copy.files('raw').size,
        wasKilled: signal === 'SIGKILL',
      });
      copy.remove();
    }
    expect(outcomes).toEqual(
      moments.map(([statement, delayMs]) => ({
        seed,
        statement,
        delayMs,
        isSame: true,
        waiting: 0,
        wasKilled: expect.any(Boolean),
      })),
    );
    expect(outcomes.filter((outcome) => (outcome as { wasKilled: boolean }).wasKilled).length).toBeGreaterThanOrEqual(
      15,
    );
  });
});

describe('a replay that is killed', () => {
  const REPLAY_STEPS: readonly ReplayStep[] = ['judged', 'landed', 'forgotten'];
  const LIVE = 'SELECT COUNT(*) AS n FROM clickstream_db.clickstream_live';

  test.each(REPLAY_STEPS.flatMap((step) => [true, false].map((isRunBetween) => [step, isRunBetween] as const)))(
    'when it has %s loses nothing and repeats nothing (with a transform in between: %s)',
    async (step, isRunBetween) => {
      const failed = temporaryLake();
      failed.land('a.ndjson', failing.map((line) => `${line}\n`).join(''));
      await failed.transform();
      expect(await killed('replay', failed.root, step).ended).toMatchObject({ signal: 'SIGKILL' });
      // At no moment is a line in neither place.
      const lost = `FROM clickstream_db.failed_events WHERE raw LIKE '%"UK"%'`;
      const left = Number((await failed.rows(`SELECT COUNT(*) AS n ${lost}`))[0]!.n);
      const shown = Number((await failed.rows(LIVE))[0]!.n);
      expect([left, shown]).toEqual({ judged: [2, 0], landed: [2, 2], forgotten: [0, 2] }[step]);
      if (isRunBetween) await clickstream('transform', '--lake', failed.root);
      expect(await clickstream('replay', '--lake', failed.root, '--replace', REPLACEMENT)).toMatchObject({ code: 0 });
      expect(
        await failed.rows('SELECT event_id, country_code FROM clickstream_db.clickstream_table ORDER BY 1'),
      ).toEqual([
        { event_id: 'a', country_code: 'GB' },
        { event_id: 'b', country_code: 'GB' },
      ]);
      expect(await failed.rows('SELECT reasons FROM clickstream_db.failed_events')).toEqual([
        { reasons: 'unknown_country' },
      ]);
      expect(failed.files('raw').size).toBe(0);
      expect([...failed.files('results').keys()]).toEqual(['clickstream.duckdb']);
      failed.remove();
    },
  );

  const failing = [
    ['a', 'UK', 0],
    ['b', 'UK', 86_400],
    ['c', 'XX', 0],
  ].map(([event_id, location, later]) =>
    JSON.stringify({
      event_id,
      location,
      event_type: 'click',
      user_id: 'u',
      user_action: 'home_page',
      timestamp: 1_768_046_400 + Number(later),
    }),
  );
});

describe('a reprocess that is killed', () => {
  const moments = (['staged', 'checked', 'written', 'committed'] as const).flatMap((step) =>
    [1, 2].map((day) => [step, day] as const),
  );

  test.each(moments)(
    'when a day is %s, day %d, leaves days that are whole, and is made good by the same again',
    async (step, day) => {
      expect(await clickstream('transform', '--lake', lake.root)).toMatchObject({ code: 0 });
      const before = await contentOf(lake);
      expect(await killed('reprocess', lake.root, step, String(day)).ended).toMatchObject({ signal: 'SIGKILL' });
      expect(await contentOf(lake)).toEqual(before);
      const days = ['--from', '2026-01-10', '--to', '2026-01-12'];
      expect(await clickstream('reprocess', '--lake', lake.root, ...days)).toMatchObject({ code: 0 });
      await expectWhole(lake);
      expect([...lake.files('results').keys()]).toEqual(['clickstream.duckdb']);
    },
  );
});

describe('landing that is killed', () => {
  test.each([1, 5, 11])('after %d windows lands the same when it is run again', async (windows) => {
    const other = temporaryLake();
    expect(await killed('generate', other.root, String(windows)).ended).toMatchObject({ signal: 'SIGKILL' });
    expect(other.files('raw').size).toBe(windows);
    expect(await clickstream('transform', '--lake', other.root)).toMatchObject({ code: 0 });
    await generate(other.root, SIMULATION);
    expect(await clickstream('transform', '--lake', other.root)).toMatchObject({ code: 0 });
    await expectWhole(other, 12);
    other.remove();
  });

  test('in the middle of a put leaves nothing that a transform would read', async () => {
    const key = 'raw/date=2026-01-10/hour=00/large.ndjson.gz';
    expect(await killed('put', lake.root, key).ended).toMatchObject({ signal: 'SIGKILL' });
    expect(existsSync(join(lake.root, key))).toBe(false);
    expect([...lake.files('raw').keys()].filter((name) => name.endsWith('.partial'))).toHaveLength(1);
    expect(await clickstream('transform', '--lake', lake.root)).toMatchObject({ code: 0 });
    await expectVerified(lake);
  });
});

describe('two transforms at once', () => {
  test('both end well, and the second says what it waits for', async () => {
    const first = killed('hold', lake.root);
    await first.said(/holding/);
    const second = startClickstream('transform', '--lake', lake.root);
    await second.said(new RegExp(`waiting for process ${first.child.pid}, which has the lake open`));
    writeFileSync(join(lake.root, 'go'), '');
    expect((await first.ended).code).toBe(0);
    expect((await second.ended).code).toBe(0);
    await expectWhole(lake);
  });

  test('and a query wait for each other', async () => {
    const first = killed('hold', lake.root);
    await first.said(/holding/);
    const second = startClickstream(
      'query',
      '--lake',
      lake.root,
      'SELECT COUNT(*) FROM clickstream_db.clickstream_table',
    );
    await second.said(/waiting for process/);
    writeFileSync(join(lake.root, 'go'), '');
    expect(await second.ended).toMatchObject({ code: 0 });
    expect((await first.ended).code).toBe(0);
  });

  test('while files are landing give what one gives afterwards', async () => {
    const other = temporaryLake();
    const landing = startClickstream('generate', '--lake', other.root, ...MANY);
    const codes: (number | null)[] = [];
    let isLanding = true;
    void landing.ended.then(() => {
      isLanding = false;
    });
    while (isLanding && !existsSync(join(other.root, 'raw'))) await setTimeout(20); // without it, there is no lake to transform
    while (isLanding) {
      const both = await Promise.all([
        clickstream('transform', '--lake', other.root),
        clickstream('transform', '--lake', other.root),
      ]);
      codes.push(...both.map(({ code }) => code));
    }
    expect(codes).toEqual(codes.map(() => 0));
    expect(await clickstream('transform', '--lake', other.root)).toMatchObject({ code: 0 });
    await expectVerified(other);
    const [, count] = /in (\d+) objects/.exec((await landing.ended).stderr)!;
    expect(other.files('processed').size).toBe(Number(count));
    other.remove();
  });
});

const MANY = ['--days', '2', '--events-per-day', '3000', '--until', '2026-01-12', '--window', '5m'];

function copyOf(original: TemporaryLake): TemporaryLake {
  const copy = temporaryLake();
  cpSync(original.root, copy.root, { recursive: true });
  return copy;
}

/** The lake is what it is when nothing went wrong: tables, answer key, and where the files are. */
async function expectWhole(whole: TemporaryLake, fileCount = 13): Promise<void> {
  expect(await contentOf(whole)).toEqual(expected);
  await expectVerified(whole);
  expect([...whole.files('raw').keys()]).toEqual([]);
  expect(whole.files('processed').size).toBe(fileCount);
}

async function expectVerified({ root }: TemporaryLake): Promise<void> {
  const { code, stdout, stderr } = await clickstream('verify', '--lake', root);
  expect(code === 0 ? '' : stdout + stderr).toBe('');
}

/** Events and sessions, and how many failed events; a repeated event may come from either of its files. */
async function contentOf(whole: TemporaryLake): Promise<Row[][]> {
  return [
    await whole.rows('SELECT * EXCLUDE (source_file) FROM clickstream_db.clickstream_table ORDER BY event_id'),
    await whole.rows('SELECT * FROM clickstream_db.sessions ORDER BY session_id'),
    await whole.rows('SELECT * FROM clickstream_db.failed_events ORDER BY ALL'),
  ];
}
