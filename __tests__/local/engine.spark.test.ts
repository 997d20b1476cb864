import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { hasSpark } from '../etl/spark';
import { clickstream, PROJECT, start } from './processes';
import { type TemporaryLake, temporaryLake } from './temporary-lake';

jest.setTimeout(240_000);

const SMALL = ['--days', '3', '--events-per-day', '500'];
const ON_SPARK = ['--engine', 'spark'];

(hasSpark() ? describe : describe.skip)('a lake in a folder, by Spark', () => {
  let lake: TemporaryLake;
  let embedded: TemporaryLake;
  let tableFolder: string;
  const flags = (): string[] => ['--lake', lake.root, ...ON_SPARK];

  beforeAll(() => {
    lake = temporaryLake();
    embedded = temporaryLake();
    tableFolder = join(lake.root, 'results/clickstream_db/clickstream_table');
  });
  afterAll(() => {
    lake?.remove();
    embedded?.remove();
  });

  test('has in the demo every number that was planted', async () => {
    const { code, stdout } = await clickstream('demo', ...flags(), ...SMALL);
    expect(stdout).toMatch(/✓ all \d+ numbers are as the simulator planted them/);
    expect(code).toBe(0);
    expect(lake.files('raw').size).toBe(0);
    expect(lake.files('processed').size).toBe(3);
  });

  test('has the rows that DuckDB makes of the same files', async () => {
    await clickstream('demo', '--no-serve', '--lake', embedded.root, ...SMALL);
    const sql = 'SELECT * FROM clickstream_db.sessions ORDER BY session_id';
    const [bySpark, byDuckDb] = await Promise.all([
      clickstream('query', ...flags(), sql),
      clickstream('query', '--lake', embedded.root, sql),
    ]);
    expect(bySpark.stdout.split('\n').length).toBeGreaterThan(300);
    expect(bySpark.stdout).toBe(byDuckDb.stdout);
  });

  test('removes what no snapshot knows, once it is a week old, and nothing else', async () => {
    const [old, young] = ['old', 'young'].map((name) => join(tableFolder, 'data', `${name}.parquet`));
    for (const path of [old!, young!]) writeFileSync(path, 'orphan');
    const aMonthAgo = Date.now() / 1000 - 30 * 86_400;
    for (const path of everythingBelow(tableFolder).filter((name) => name !== young))
      utimesSync(path, aMonthAgo, aMonthAgo);
    forgetUpkeep(tableFolder);
    await clickstream('transform', ...flags());
    expect([existsSync(old!), existsSync(young!)]).toEqual([false, true]);
    expect((await clickstream('verify', ...flags())).code).toBe(0);
  });

  test('says whose it is to another engine', async () => {
    const { code, stderr } = await clickstream('transform', '--lake', lake.root);
    expect([code, stderr]).toEqual([
      1,
      `error: the lake at ${lake.root} was transformed by spark: add --engine spark, or name another lake with --lake\n`,
    ]);
  });

  test('says what Spark needs where there is no Java 17', async () => {
    const folder = join(lake.root, 'no-java');
    mkdirSync(folder);
    const env = [`JAVA_HOME=${folder}`, process.execPath, join(PROJECT, 'local/clickstream.js')];
    const { code, stderr } = await start('/usr/bin/env', ...env, 'transform', ...flags()).ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: Spark needs Java 17, and there is none in JAVA_HOME/);
  });
});

function everythingBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Lets the table think that its orphans were last removed long ago. */
function forgetUpkeep(folder: string): void {
  const version = readFileSync(join(folder, 'metadata/version-hint.text'), 'utf8').trim();
  const path = join(folder, `metadata/v${version}.metadata.json`);
  const metadata = JSON.parse(readFileSync(path, 'utf8'));
  metadata.properties['clickstream.orphans-removed-on'] = '2020-01-01';
  writeFileSync(path, JSON.stringify(metadata));
  rmSync(join(folder, `metadata/.v${version}.metadata.json.crc`), { force: true });
}
