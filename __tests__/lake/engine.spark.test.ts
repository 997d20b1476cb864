import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PROJECT } from '../../core/project';
import { DAY_S } from '../../core/time';
import { allRows } from '../../lake/engine';
import { openIcebergTables } from '../../lake/spark/spark-lake';
import { clickstream, start } from '../../support/processes';
import { hasSpark } from '../../support/spark';
import { type TemporaryLake, temporaryLake } from '../../support/temporary-lake';
import { digestOf } from './digest';

const REFUSED = /^refused: only queries are run/;
const NO_FUNCTION = /^refused: \[UNRESOLVED_ROUTINE\]/;
const NO_TABLE = /^refused: \[TABLE_OR_VIEW_NOT_FOUND\]/;
const ENDLESS = 'SELECT MAX(a.id * b.id % 7) FROM range(100000000) AS a CROSS JOIN range(100000000) AS b';
/** Each part of a query that Spark's parser has a name for. */
const QUERY_OF_EVERYTHING = `
  WITH few AS (SELECT user_id, event_type, COUNT(*) AS n FROM clickstream_db.clickstream_table TABLESAMPLE (100 PERCENT)
    GROUP BY ROLLUP (user_id, event_type) HAVING COUNT(*) > 0)
  SELECT /*+ REPARTITION(2) */ n, RANK() OVER w AS place, part, (SELECT MAX(id) FROM range(3)) AS most
  FROM few JOIN LATERAL (SELECT few.n + 1 AS m) LATERAL VIEW EXPLODE(ARRAY(1, 2)) AS part
  WHERE user_id IN (SELECT user_id FROM clickstream_db.sessions) AND EXISTS (SELECT 1) WINDOW w AS (ORDER BY n)
  UNION ALL (SELECT DISTINCT 1, 2, 3, 4 EXCEPT SELECT 2, 2, 3, 4) INTERSECT SELECT 1, 2, 3, 4
  ORDER BY 1 LIMIT 5 OFFSET 0`;
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

  test('answers queries that read its tables, and no other SQL', async () => {
    const secret = join(lake.root, 'secret.csv');
    writeFileSync(secret, 'sentinel\n');
    const before = digestOf(lake.root);
    const tables = await openIcebergTables(lake.root);
    const asked = async (sql: string, of = tables): Promise<string> =>
      allRows(of, sql).then(
        ({ rows }) => JSON.stringify(rows),
        (error: Error) => `refused: ${error.message}`,
      );
    try {
      for (const [sql, answer] of [
        ['WITH x AS (SELECT 1 AS a) SELECT (SELECT a FROM x) AS b;', /^\[\[1\]\]$/],
        ['EXPLAIN SELECT 1', /Physical Plan/],
        ['DESCRIBE TABLE clickstream_db.sessions', /session_id/],
        ['SELECT COUNT(*) > 0 FROM sessions', /^\[\[true\]\]$/],
        ['SHOW TABLES', /"clickstream_db","sessions"/],
        [
          "SELECT * FROM VALUES (1, 'a'), (2, 'b') AS t(n, text) PIVOT (MAX(n) FOR text IN ('a', 'b'))",
          /^\[\[1,2\]\]$/,
        ],
        [QUERY_OF_EVERYTHING, /^\[\[/],
        ['SHOW TABLES IN clickstream_db', /clickstream_table/],
        [`SELECT * FROM csv.\`${secret}\``, NO_TABLE],
        [`SELECT * FROM text.\`file:${secret}\``, NO_TABLE],
        [`SELECT * FROM iceberg.\`${tableFolder}\``, NO_TABLE],
        ["SELECT reflect('java.lang.System', 'getProperty', 'user.home')", NO_FUNCTION],
        ["SELECT * FROM range(1) WHERE java_method('java.lang.System', 'getProperty', 'user.home') <> ''", NO_FUNCTION],
        ["SELECT `REFLECT`('java.lang.System', 'getProperty', 'user.home')", NO_FUNCTION],
        ["SELECT system.builtin.reflect('java.lang.System', 'getProperty', 'user.home')", NO_FUNCTION],
        ["SELECT builtin.reflect('java.lang.System', 'getProperty', 'user.home')", NO_FUNCTION],
        [`SELECT TRANSFORM(id) USING 'cat ${secret}' AS a FROM range(1)`, REFUSED],
        [`SELECT (SELECT MAX(a) FROM (SELECT TRANSFORM(id) USING 'cat ${secret}' AS a FROM range(1))) AS b`, REFUSED],
        [`WITH x AS (SELECT TRANSFORM(id) USING 'cat ${secret}' AS a FROM range(1)) SELECT * FROM x`, REFUSED],
        [`SELECT 1 WHERE EXISTS (FROM range(1) SELECT TRANSFORM(id) USING 'cat ${secret}' AS a)`, REFUSED],
        [`INSERT OVERWRITE DIRECTORY '${lake.root}/out' USING csv SELECT 1`, REFUSED],
        ['INSERT INTO clickstream_db.sessions SELECT * FROM clickstream_db.sessions', REFUSED],
        [
          'WITH x AS (SELECT * FROM clickstream_db.sessions) INSERT INTO clickstream_db.sessions SELECT * FROM x',
          REFUSED,
        ],
        [`CREATE TABLE x USING csv LOCATION '${lake.root}/out' AS SELECT 1`, REFUSED],
        [`CREATE TEMPORARY VIEW v USING csv OPTIONS (path '${secret}')`, REFUSED],
        ["CREATE TEMPORARY FUNCTION f AS 'x.Y' USING JAR '/tmp/x.jar'", REFUSED],
        ["ADD JAR '/tmp/x.jar'", REFUSED],
        ['SET spark.sql.runSQLOnFiles = true', REFUSED],
        ["CALL glue_catalog.system.remove_orphan_files('clickstream_db.sessions')", REFUSED],
        ['ALTER TABLE clickstream_db.sessions ADD PARTITION FIELD user_id', REFUSED],
        ['DROP TABLE clickstream_db.sessions', REFUSED],
        ['CACHE TABLE clickstream_db.sessions', REFUSED],
        ['SELECT 1; SELECT 2', /^refused: \[PARSE_SYNTAX_ERROR\]/],
      ] as const)
        expect([sql, await asked(sql)]).toEqual([sql, expect.stringMatching(answer)]);
    } finally {
      await tables.close();
    }
    const limited = await openIcebergTables(lake.root, 2);
    expect(await asked(ENDLESS, limited)).toMatch(/^refused: the query was stopped after 2 s/);
    await limited.close();
    expect(digestOf(lake.root)).toBe(before);
    expect(await clickstream('query', ...flags(), '--allow-files', 'SELECT 1')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--allow-files is for --engine duckdb'),
    });
  });

  test('removes what no snapshot knows, once it is a week old, and nothing else', async () => {
    const [old, young] = ['old', 'young'].map((name) => join(tableFolder, 'data', `${name}.parquet`));
    for (const path of [old!, young!]) writeFileSync(path, 'orphan');
    const aMonthAgo = Date.now() / 1000 - 30 * DAY_S;
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
    const env = [`JAVA_HOME=${folder}`, process.execPath, join(PROJECT, 'cli/clickstream.js')];
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
