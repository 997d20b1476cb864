import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DATABASE } from '../../core/names';
import { DAY_S, HOUR_S } from '../../core/time';
import type { EventField } from '../../schema/event';
import { tables } from '../../schema/tables';
import { windowsOf } from '../../sources/landing/landing';
import { landWindow } from '../../sources/simulator/landings';
import { simulation } from '../../sources/simulator/simulation';
import { type Emulator, hasEmulator, startEmulator } from '../../support/aws-emulator';
import { type SparkLake, sparkLake } from '../../support/emulated-lake';
import type { Row } from '../../support/iceberg-table';
import { hasSpark, type Run } from '../../support/spark';
import { type TemporaryLake, temporaryLake } from '../../support/temporary-lake';
import { withFields } from '../schema/with-fields';
import { countries, journeys, START } from '../sources/simulations';
import { documentCases } from './document-cases';
import { edgeCases, notJson } from './edge-cases';

const NAMES = Object.keys(tables) as (keyof typeof tables)[];
type Files = Readonly<Record<string, string | Buffer>>;

const LINES = [...edgeCases, ...notJson].map(({ line }) => line);
const EVENT = (id: string): string =>
  `{"event_id":"${id}","event_type":"click","user_id":"odd","user_action":"home_page","timestamp":1772000000}`;

/** What lands in the first batch: every kind of line and of file. */
const ODD_FILES: Files = {
  'edge-cases-0000.ndjson': `${LINES.join('\n')}\n`,
  'crlf-0000.ndjson': `\uFEFF${EVENT('crlf-1')}\r\n\r\n  \t\n${EVENT('crlf-2')}`,
  'empty-0000.ndjson': '',
  'not-text-0000.ndjson': Buffer.concat([
    Buffer.from(`${EVENT('before')}\n`),
    Buffer.from([0xff, 0xfe, 0x0a]),
    Buffer.from(`${EVENT('a\u0001b')}\n${EVENT('after')}\n`),
  ]),
  'two-members-0000.ndjson.gz': Buffer.concat([gzipSync(`${EVENT('m-1')}\n`), gzipSync(`${EVENT('m-2')}\n`)]),
  'no-gzip-0000.ndjson.gz': `${EVENT('plain')}\n`,
  'cut-off-0000.ndjson.gz': gzipSync(`${EVENT('whole')}\n${'x'.repeat(50)}${EVENT('cut')}\n`).subarray(0, -12),
  'same-line-twice-0000.ndjson': 'nonsense\nnonsense\n',
  'array-0000.json': `[${Array.from({ length: 20_000 }, (_, n) => EVENT(`element-${n}`)).join(',')},{},${EVENT('last')}]`,
  'long-line-0000.ndjson': `${EVENT('before-long')}\n{"padding":"${'x'.repeat(33e6)}"}`,
  'long-line-0000.ndjson.gz': gzipSync(`{"padding":"${'ü'.repeat(50e6)}"}\n${EVENT('behind-long')}`),
  ...Object.fromEntries(
    documentCases.flatMap(({ text }, n): [string, string | Buffer][] => [
      [`document-${n}-0000.json`, text],
      [`document-${n}-0000.json.gz`, gzipSync(text)],
    ]),
  ),
};

([hasEmulator(), hasSpark()].every(Boolean) ? describe : describe.skip)('the Glue job', () => {
  let emulator: Emulator;
  let lake: SparkLake;
  let embedded: TemporaryLake;

  beforeAll(async () => {
    emulator = await startEmulator();
    lake = await sparkLake(emulator.endpoint);
    embedded = temporaryLake();
  });
  afterAll(async () => {
    embedded?.remove();
    await lake?.stop();
    await emulator?.stop();
  });

  test('gives the rows that the embedded lake gives, of every kind of line and file', async () => {
    await land(ODD_FILES);
    const { summary } = await run();
    expect(summary).toMatchObject({ message: 'transformed', files: Object.keys(ODD_FILES).length });
    await embedded.transform();
    await expectSameRows();
  });

  test('archives what it took', async () => {
    expect(await lake.keys('raw/')).toEqual([]);
    expect(await lake.keys('processed/')).toEqual(
      Object.keys(ODD_FILES)
        .map((name) => `processed/${name}`)
        .sort(),
    );
  });

  test('counts events once that come again, and continues sessions that go on', async () => {
    const morning = await simulated(START, START + 10 * HOUR_S + 600);
    await land(morning);
    await run();
    await embedded.transform();
    const later = await simulated(START + 10 * HOUR_S + 600, START + DAY_S);
    const [again] = Object.values(morning);
    await land({ ...later, 'again-0000.ndjson.gz': again! });
    const { summary } = await run();
    expect(summary?.duplicates).toBeGreaterThan(0);
    await embedded.transform();
    await expectSameRows();
  });

  test('takes files of three versions of the schema in one batch, and then a field that it did not know', async () => {
    const field = (name: string): EventField => ({ name, type: 'string', required: false, description: name });
    const [referrer, coupon] = [field('referrer'), field('coupon')];
    const event = (id: string, fields: object): string =>
      EVENT(id).replace(/}$/, `,${JSON.stringify(fields).slice(1)}\n`);
    await upload([referrer]);
    await lake.land('first-0000.ndjson', event('first', { user_age: 1 }));
    await lake.land('second-0000.ndjson', event('second', { referrer: 'a' }));
    await lake.land('third-0000.ndjson', event('third', { referrer: 'b', coupon: 'c' }));
    await run();
    await upload([referrer, coupon]);
    await lake.land('fourth-0000.ndjson', event('fourth', { coupon: 'd' }));
    await run();
    const rows = new Map((await lake.rows('clickstream_table')).map((row) => [row.event_id, row]));
    expect(rows.get('first')).toMatchObject({ referrer: null, coupon: null, extra: null });
    expect(rows.get('second')).toMatchObject({ referrer: 'a', coupon: null, extra: null });
    expect(rows.get('third')).toMatchObject({ referrer: 'b', coupon: null, extra: '{"coupon":"c"}' });
    expect(rows.get('fourth')).toMatchObject({ referrer: null, coupon: 'd', extra: null });
  });

  test('widens an int, and stops before it writes at a column that the schema narrows or has lost', async () => {
    const schema = JSON.parse((await lake.object('glue-script/schema.json')).toString());
    const columns = schema.tables.failed_events as { name: string; type: string }[];
    const runWith = async (...added: typeof columns): Promise<Run> => {
      schema.tables.failed_events = [...columns, ...added];
      await lake.put('glue-script/schema.json', JSON.stringify(schema));
      return lake.runInServer();
    };
    const attempts = { name: 'attempts', type: 'int' };
    expect(await runWith(attempts)).toMatchObject({ code: 0, summary: { files: 0, accepted: 0 } });
    expect((await runWith({ ...attempts, type: 'bigint' })).code).toBe(0);
    expect((await lake.rows('failed_events'))[0]).toHaveProperty('attempts', null);
    await lake.land('waiting-0000.ndjson', `${EVENT('waiting')}\n`);
    expect((await runWith(attempts)).output).toContain('failed_events.attempts is bigint, and the schema wants int');
    expect((await runWith()).output).toContain('failed_events has attempts, which the schema has not');
    expect(await lake.keys('raw/')).toEqual(['raw/waiting-0000.ndjson']);
  });

  /** Uploads the job with more fields in its schema, as a deploy would. */
  async function upload(more: readonly EventField[]): Promise<void> {
    const files = withFields(more, () =>
      (require('../../etl/job-files') as typeof import('../../etl/job-files')).jobFiles(),
    );
    for (const [path, content] of Object.entries(files)) await lake.put(`glue-script/${path}`, content);
  }

  async function land(files: Files): Promise<void> {
    for (const [name, content] of Object.entries(files)) {
      await lake.land(name, Buffer.from(content));
      embedded.land(name, content);
    }
  }

  async function run(): Promise<Run> {
    const ended = await lake.runInServer();
    if (ended.code !== 0) throw new Error(ended.output.slice(-8000));
    return ended;
  }

  async function expectSameRows(): Promise<void> {
    for (const table of NAMES)
      expect(sorted(await lake.rows(table))).toEqual(sorted(await embedded.rows(`SELECT * FROM ${DATABASE}.${table}`)));
  }
});

async function simulated(from: number, to: number): Promise<Files> {
  const simulate = simulation({ ...journeys, eventsPerDay: 5760 }, countries);
  const files: Record<string, Buffer> = {};
  const put = async (key: string, body: Buffer): Promise<void> => {
    files[key.replace('raw/', '')] = body;
  };
  for (const window of windowsOf({ from, to }, 6 * HOUR_S)) await landWindow(simulate, window, { put });
  return files;
}

/** Rows in order, without when a line landed, which differs between two lakes. */
function sorted(rows: readonly Row[]): Row[] {
  return rows
    .map(({ landed_at: _, ...row }) => (typeof row.extra === 'string' ? { ...row, extra: JSON.parse(row.extra) } : row))
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}
