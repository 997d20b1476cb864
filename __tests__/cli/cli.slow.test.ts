import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { PROJECT } from '../../core/project';
import { databasePath, openLake } from '../../lake/duckdb/open-lake';
import { queryAll } from '../../lake/duckdb/query';
import { verify } from '../../lake/verify';
import { analysisNames } from '../../metrics/analyses';
import { generate } from '../../sources/ground-truth/generate';
import { clickstream, type Ended, start, startClickstream } from '../../support/processes';
import { filesBelow, type TemporaryLake, temporaryLake } from '../../support/temporary-lake';
import { SIMULATION } from '../lake/crash-simulation';

const TWO_DAYS = ['--until', '2026-01-12', '--events-per-day', '1000', '--days', '2'];
const ANY_ID_OF_MANY = `
  SELECT MAX(event_id) FROM clickstream_db.clickstream_table
  WHERE user_id IN (SELECT user_id FROM clickstream_db.clickstream_table GROUP BY user_id HAVING COUNT(*) > 5)`;
const ANY_ID = 'SELECT MIN(event_id) FROM clickstream_db.clickstream_table';

let lake: TemporaryLake;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'clickstream-'));
  lake = temporaryLake();
  await generate(lake.root, SIMULATION);
  await lake.transform();
});
afterAll(() => {
  lake.remove();
  rmSync(folder, { recursive: true, force: true });
});

describe('clickstream', () => {
  test('prints help and exits 0 when it is asked for nothing', async () => {
    const { code, stdout, stderr } = await clickstream();
    expect(code).toBe(0);
    for (const command of ['generate', 'transform', 'query', 'verify', 'demo', 'serve', 'metrics', 'dashboard'])
      expect(stdout + stderr).toContain(`  ${command} `);
  });

  test.each([
    ['generate', ['--days', '--events-per-day', '--until', '--seed', '--model', '--incident', '--live', '--lake']],
    ['transform', ['--lake']],
    ['query', ['--file', '--name', '--lake', '--format', ...analysisNames()]],
    ['verify', ['--lake', '--format']],
    ['demo', ['--lake', '--days', '--seed', '--no-serve', '--no-open']],
    ['serve', ['--lake', '--port', '--no-open']],
  ])('%s --help lists its flags', async (command, flags) => {
    const { code, stdout } = await clickstream(command, '--help');
    expect(code).toBe(0);
    for (const flag of flags) expect(stdout.replace(/\s+/g, ' ')).toContain(flag);
  });

  test.each([
    [['quer'], /unknown command 'quer'.*Did you mean query/s],
    [['query', '--nme', 'funnel'], /unknown option '--nme'.*Did you mean --name.*--help/s],
    [['query', '--format', 'xml', 'SELECT 1'], /'--format <format>' argument 'xml' is invalid.*table, csv, tsv, json/],
    [['transform', 'extra'], /too many arguments/],
    [['generate', '--days', '0'], /'--days <number>' argument '0' is invalid.*from 1 to 10000/],
    [['generate', '--days', '1.5'], /whole number/],
    [['generate', '--days', 'x'], /argument 'x' is invalid/],
    [['generate', '--events-per-day', '-1'], /number above 0/],
    [['generate', '--population', '0'], /number above 0/],
    [['generate', '--seed', '1e99'], /whole number/],
    [['generate', '--until', 'yesterday'], /'yesterday' is invalid.*such as 2026-03-01/],
    [['generate', '--until', '2026-02-31'], /'2026-02-31' is invalid/],
    [['generate', '--until', '1999-12-31'], /2000 to 2100/],
    [['generate', '--window', '2d'], /duration up to a day/],
    [['generate', '--window', '0m'], /duration up to a day/],
    [['generate', '--model', 'other'], /journeys, independent/],
    [['generate', '--incident', 'flood:DE:2026-01-10T00:00/6h'], /unknown incident "flood".*checkout-outage/],
    [['generate', '--incident', 'bot-flood:XX:2026-01-10T00:00/6h'], /"XX".*ISO 3166-1/],
    [['generate', '--incident', 'bot-flood:DE:2026-02-30T00:00/6h'], /is not a time/],
    [['generate', '--incident', 'bot-flood'], /is not an incident.*such as checkout-outage:DE/],
    [['serve', '--port', '99999'], /'99999' is invalid.*from 0 \(any\) to 65515/],
    [['dashboard', 'export', '--target', 'pdf'], /argument 'pdf' is invalid.*Allowed choices are html, quicksight/],
    [['dashboard', 'export', '--account', '12'], /argument '12' is invalid.*twelve digits/],
    [['dashboard', 'exprt'], /unknown command 'exprt'.*Did you mean export/s],
  ])('%j is refused with exit code 2, and lands nothing', async (args, message) => {
    const { code, stdout, stderr } = await clickstream(...args, '--lake', join(folder, 'none'));
    expect(stderr).toMatch(message);
    expect(stdout).toBe('');
    expect(code).toBe(2);
    expectNoStack(stderr);
  });

  test('is what package.json calls it', async () => {
    const { code, stdout } = await start('npx', '--no-install', 'clickstream', '--version').ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('clickstream query', () => {
  const VALUES = `SELECT * FROM (VALUES
    (1, 7::BIGINT, 1.25::DECIMAL(10, 2), DATE '2026-01-31', TIMESTAMP '2026-01-31 10:00:00', 'plain', true, 0.5::DOUBLE),
    (2, 9007199254740993, NULL, NULL, NULL, 'a "quoted", text', false, 1e-9),
    (3, -1, -0.01, DATE '1999-12-31', TIMESTAMP '1999-12-31 23:59:59', E'tab\\tnew\\nline', NULL, NULL),
    (4, 0, 0, NULL, NULL, '', NULL, 'NaN'), (5, 0, 0, NULL, NULL, 'ü 😀', NULL, 1e300)
  ) AS t(n, big, cost, day, moment, text, truth, fraction) ORDER BY n`;
  const TEXTS = ['plain', 'a "quoted", text', 'tab\tnew\nline', '', 'ü 😀'];

  test('prints JSON as an array of objects', async () => {
    const rows = JSON.parse((await ok(VALUES, '--format', 'json')).stdout);
    expect(rows[0]).toEqual({
      n: 1,
      big: 7,
      cost: 1.25,
      day: '2026-01-31',
      moment: '2026-01-31 10:00:00',
      text: 'plain',
      truth: true,
      fraction: 0.5,
    });
    expect(rows[1]).toMatchObject({ big: '9007199254740993', cost: null, day: null, truth: false, fraction: 1e-9 });
    expect(rows.map(({ text }: { text: string }) => text)).toEqual(TEXTS);
    expect(rows.map(({ fraction }: { fraction: unknown }) => fraction)).toEqual([0.5, 1e-9, null, 'NaN', 1e300]);
    expect(JSON.parse((await ok('SELECT 1 AS a WHERE false', '--format', 'json')).stdout)).toEqual([]);
    expect(JSON.parse((await ok('SELECT 123456789012345678.12 AS a', '--format', 'json')).stdout)).toEqual([
      { a: '123456789012345678.12' },
    ]);
  });

  test.each([
    ['csv', ','],
    ['tsv', '\t'],
  ])('prints %s that reads back', async (format, delimiter) => {
    const rows: Record<string, string>[] = parse((await ok(VALUES, '--format', format)).stdout, {
      delimiter,
      columns: true,
    });
    expect(rows.map(({ text }) => text)).toEqual(TEXTS);
    expect(rows[0]).toMatchObject({ n: '1', big: '7', cost: '1.25', day: '2026-01-31', truth: 'true' });
    expect(rows[1]).toMatchObject({ big: '9007199254740993', cost: '', truth: 'false' });
  });

  test('prints a table whose lines are as wide as each other', async () => {
    const { stdout } = await ok(
      'SELECT n, text FROM (VALUES (1, $$one$$), (200, NULL)) AS t(n, text)',
      '--format',
      'table',
    );
    const lines = stdout.trimEnd().split('\n');
    expect(new Set(lines.map((line) => line.length)).size).toBe(1);
    expect(stdout).toMatch(/│\s+n │ text │/);
    expect(stdout).toMatch(/│\s+1 │ one {2}│/);
  });

  test('prints tsv on a pipe, every row of a large result', async () => {
    const { stdout } = await ok('SELECT * FROM range(200000) AS t(n)');
    expect(stdout.split('\n')).toHaveLength(200_002);
  });

  test('reads a query from a file', async () => {
    const file = join(folder, 'query.sql');
    writeFileSync(file, '-- how many\nSELECT COUNT(*) > 1000 AS many\nFROM clickstream_db.clickstream_table;\n');
    expect((await ok('--file', file)).stdout).toBe('many\ntrue\n');
  });

  test.each(analysisNames())('runs the analysis %s', async (name) => {
    expect((await ok('--name', name, '--format', 'csv')).stdout).toMatch(/^\w+(,\w+)*\n/);
  });

  test('refuses an unknown analysis and lists those there are', async () => {
    const { code, stderr } = await query('--name', 'funel');
    expect([code, stderr]).toEqual([2, expect.stringMatching(/no analysis "funel": did you mean funnel\?/)]);
    for (const name of analysisNames()) expect(stderr).toContain(name);
  });

  test.each([
    ['SELECT * FORM x', /syntax error at or near "x"[\s\S]*LINE 1: SELECT \* FORM x\n\s+\^/],
    ['SELECT nothing FROM clickstream_db.sessions', /nothing[\s\S]*LINE 1/],
    ['SELECT * FROM clickstream_db.events', /events does not exist[\s\S]*LINE 1/],
    ["SELECT CAST('x' AS INTEGER)", /Could not convert string 'x'/],
    ['SELECT error($$no$$) FROM range(100000)', /no/],
  ])('says where %j is wrong and exits 1', async (sql, message) => {
    const { code, stderr } = await query('--', sql);
    expect(stderr).toMatch(message);
    expect(code).toBe(1);
    expectNoStack(stderr);
  });

  test.each([
    'DROP TABLE clickstream_db.sessions',
    'DELETE FROM clickstream_db.clickstream_table',
    'UPDATE clickstream_db.sessions SET event_count = 0',
    'INSERT INTO clickstream_db.failed_events SELECT * FROM clickstream_db.failed_events',
    'CREATE TABLE clickstream_db.other (a INT)',
    'SELECT 1; DROP TABLE clickstream_db.sessions',
  ])('can not write: %s', async (sql) => {
    const { code, stderr } = await query(sql);
    expect(stderr).toMatch(/^error: (a query is one statement that reads|this is several statements)/);
    expect(code).toBe(1);
    expectNoStack(stderr);
  });

  test('wants one query', async () => {
    for (const args of [[], ['SELECT 1', '--name', 'funnel']]) {
      const { code, stderr } = await query(...args);
      expect([code, stderr]).toEqual([2, expect.stringMatching(/give one query/)]);
    }
    for (const sql of ['', ' -- nothing\n;']) {
      const { code, stderr } = await query('--', sql);
      expect([code, stderr]).toEqual([2, expect.stringMatching(/the query is empty/)]);
    }
    const { code, stderr } = await query('--file', join(folder, 'missing.sql'));
    expect([code, stderr]).toEqual([1, expect.stringMatching(/missing\.sql: there is no such file/)]);
    expectNoStack(stderr);
  });

  test('ends quietly when its reader has enough', () => {
    for (const format of ['tsv', 'json', 'csv']) {
      const command = `node cli/clickstream.js query --lake '${lake.root}' --format ${format} 'SELECT * FROM range(3000000)' | head -2`;
      const { status, stdout, stderr } = spawnSync('bash', ['-o', 'pipefail', '-c', command], {
        cwd: PROJECT,
        encoding: 'utf8',
      });
      expect([status, stderr, stdout.trim().split('\n').length]).toEqual([0, '', 2]);
    }
  });
});

describe('a lake that can not be used', () => {
  test('is missing: the message says what to run', async () => {
    for (const args of [['query', 'SELECT 1'], ['verify']]) {
      const { code, stderr } = await clickstream(...args, '--lake', join(folder, 'nowhere'));
      expect(stderr).toMatch(
        /there is no lake at .*nowhere yet: run "clickstream generate" and "clickstream transform"/,
      );
      expect(code).toBe(1);
    }
  });

  test('has no answer key: verify says what it compares with', async () => {
    const root = copy('keyless');
    rmSync(join(root, 'answer-key.json'));
    expect(await clickstream('verify', '--lake', root)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/no answer key/),
    });
    writeFileSync(join(root, 'answer-key.json'), '{"half":');
    const { code, stderr } = await clickstream('verify', '--lake', root);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/answer-key\.json is not an answer key: remove it/)]);
  });

  test('was made by a newer version', async () => {
    const root = copy('newer');
    const newer = await openLake(root, { mode: 'write' });
    await newer.connection.run('INSERT INTO lake.format SELECT MAX(version) + 1 FROM lake.format');
    newer.close();
    for (const args of [['query', 'SELECT 1'], ['transform'], ['verify']]) {
      const { code, stderr } = await clickstream(...args, '--lake', root);
      expect([code, stderr]).toEqual([
        1,
        expect.stringMatching(/has format 2, and this version knows up to 1: update this project/),
      ]);
    }
  });

  test.each([
    ['garbage', Buffer.alloc(50_000, 'garbage')],
    ['a text', Buffer.from('hello')],
    ['half a database', undefined],
  ])('holds %s for a database', async (name, content) => {
    const root = join(folder, `blocks of ${name}`);
    mkdirSync(dirname(databasePath(root)), { recursive: true });
    const half = (): Buffer => lake.files('results').get('clickstream.duckdb')!.subarray(0, 20_000);
    writeFileSync(databasePath(root), content ?? half());
    for (const args of [['query', 'SELECT 1'], ['transform']]) {
      const { code, stderr } = await clickstream(...args, '--lake', root);
      expect(stderr).toMatch(/newer DuckDB, is damaged, or is no database: update this project, or name another/);
      expect(code).toBe(1);
      expectNoStack(stderr);
    }
  });

  test('is a file', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    for (const args of [['generate', '--days', '1'], ['transform']]) {
      const { code, stderr } = await clickstream(...args, '--lake', file);
      expect([code, stderr]).toEqual([1, expect.stringMatching(/a file is where a folder should be: choose another/)]);
    }
  });
});

describe('a disk', () => {
  const mount = (...args: string[]) => spawnSync('mount', args).status === 0;
  const canMount = (): boolean => {
    const probe = mkdtempSync(join(tmpdir(), 'mount-'));
    const isMounted = mount('-t', 'tmpfs', 'tmpfs', probe);
    if (isMounted) spawnSync('umount', [probe]);
    rmSync(probe, { recursive: true });
    return isMounted;
  };
  // Continuous integration must be able to mount; elsewhere these need root.
  const onDisk = process.env.CI || canMount() ? test : test.skip;

  onDisk('that is full is named, loses nothing, and is enough when it is larger', async () => {
    const root = mountPoint('full', '2m');
    expect(await clickstream('generate', '--lake', root, ...TWO_DAYS, '--events-per-day', '20000')).toMatchObject({
      code: 0,
    });
    const { code, stderr } = await clickstream('transform', '--lake', root);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/disk is full: free some space, or choose another folder/),
    ]);
    expectNoStack(stderr);
    expect(mount('-o', 'remount,size=200m', root)).toBe(true);
    expect(await clickstream('transform', '--lake', root)).toMatchObject({ code: 0 });
    expect(await clickstream('verify', '--lake', root)).toMatchObject({ code: 0 });
    spawnSync('umount', [root]);
  });

  onDisk('that is full while the generator lands leaves no half object', async () => {
    const root = mountPoint('fuller', '256k');
    const { code, stderr } = await clickstream('generate', '--lake', root, ...TWO_DAYS, '--events-per-day', '20000');
    expect([code, stderr]).toEqual([1, expect.stringMatching(/disk is full: free some space/)]);
    expectNoStack(stderr);
    expect(mount('-o', 'remount,size=200m', root)).toBe(true);
    expect(await clickstream('transform', '--lake', root)).toMatchObject({ code: 0 });
    expect(
      await clickstream('query', '--lake', root, 'SELECT COUNT(*) AS n FROM clickstream_db.failed_events'),
    ).toMatchObject({
      stdout: 'n\n0\n',
    });
    spawnSync('umount', [root]);
  });

  onDisk('that is read-only can be queried and verified, and is named when it is to be written', async () => {
    const root = mountPoint('blocked', '200m');
    cpSync(lake.root, root, { recursive: true });
    expect(mount('-o', 'remount,ro', root)).toBe(true);
    expect(await clickstream('query', '--lake', root, 'SELECT 1 AS n')).toMatchObject({ code: 0, stdout: 'n\n1\n' });
    expect(await clickstream('verify', '--lake', root)).toMatchObject({ code: 0 });
    for (const args of [['transform'], ['generate', '--days', '1']]) {
      const { code, stderr } = await clickstream(...args, '--lake', root);
      expect([code, stderr]).toEqual([1, expect.stringMatching(/read-only: choose another folder with --lake/)]);
      expectNoStack(stderr);
    }
    spawnSync('umount', [root]);
  });

  function mountPoint(name: string, size: string): string {
    const path = join(folder, name);
    mkdirSync(path);
    expect(mount('-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path)).toBe(true);
    return path;
  }

  afterAll(() => {
    for (const name of ['full', 'fuller', 'blocked']) spawnSync('umount', [join(folder, name)]);
  });
});

describe('clickstream generate', () => {
  test('lands the same when it is run twice, and verify holds', async () => {
    const root = join(folder, 'twice');
    const files = (): [string, string][] =>
      [...filesBelow(root)].map(([path, bytes]) => [path, bytes.toString('base64')]);
    expect(await clickstream('generate', '--lake', root, ...TWO_DAYS)).toMatchObject({ code: 0 });
    const once = files();
    expect(await clickstream('generate', '--lake', root, ...TWO_DAYS)).toMatchObject({ code: 0 });
    expect(files()).toEqual(once);
    expect(await clickstream('transform', '--lake', root)).toMatchObject({ code: 0 });
    expect(await clickstream('generate', '--lake', root, ...TWO_DAYS)).toMatchObject({ code: 0 });
    expect(await clickstream('verify', '--lake', root)).toMatchObject({ code: 0 });
    expect(await clickstream('transform', '--lake', root)).toMatchObject({ code: 0 });
    expect(await clickstream('verify', '--lake', root)).toMatchObject({ code: 0 });
  });

  test('adds days and other seeds to a lake, and verify holds', async () => {
    const root = join(folder, 'more');
    for (const more of [[], ['--days', '4'], ['--seed', '2'], ['--model', 'independent']]) {
      expect(await clickstream('generate', '--lake', root, ...TWO_DAYS, ...more)).toMatchObject({ code: 0 });
      expect(await clickstream('transform', '--lake', root)).toMatchObject({ code: 0 });
      expect(await clickstream('verify', '--lake', root)).toMatchObject({ code: 0 });
    }
  });

  test('refuses other incidents in a lake that has the simulation without them', async () => {
    const root = join(folder, 'incidents');
    expect(await clickstream('generate', '--lake', root, ...TWO_DAYS)).toMatchObject({ code: 0 });
    const before = filesBelow(root);
    const incident = ['--incident', 'bot-flood:US:2026-01-10T00:00/6h'];
    const { code, stderr } = await clickstream('generate', '--lake', root, ...TWO_DAYS, ...incident);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/incidents/)]);
    expectNoStack(stderr);
    expect(filesBelow(root)).toEqual(before);
  });

  test('--live lands a window every few seconds until SIGTERM, and verify holds', async () => {
    const root = join(folder, 'live');
    const { child, ended, said } = startClickstream('generate', '--lake', root, '--live', '--every', '1');
    await said(/(Z to .* events[\s\S]*){3}/);
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 0, signal: null });
    expect(await clickstream('transform', '--lake', root)).toMatchObject({ code: 0 });
    expect(await clickstream('verify', '--lake', root)).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/as planted/),
    });
  });
});

describe('clickstream verify', () => {
  test('prints metric, expected, got and verdict, and exits 0', async () => {
    const { code, stdout } = await clickstream('verify', '--lake', lake.root, '--format', 'json');
    expect(code).toBe(0);
    const findings: Record<string, unknown>[] = JSON.parse(stdout);
    expect(Object.keys(findings[0]!)).toEqual(['metric', 'expected', 'got', 'verdict']);
    for (const name of analysisNames())
      expect(findings.some(({ metric }) => String(metric).startsWith(name))).toBe(true);
  });

  test('exits 1 and names what differs when an event is missing', async () => {
    const root = copy('missing');
    const other = await openLake(root, { mode: 'write' });
    await other.connection.run(`DELETE FROM clickstream_db.clickstream_table WHERE event_id = (${ANY_ID})`);
    other.close();
    const { code, stdout, stderr } = await clickstream('verify', '--lake', root);
    expect(code).toBe(1);
    expect(stdout).toMatch(/totals: event_count.*DIFFERS/);
    expect(stderr).toMatch(/totals: event_count differs/);
  });

  test('says so when files wait to be transformed', async () => {
    const root = join(folder, 'waiting');
    expect(await clickstream('generate', '--lake', root, ...TWO_DAYS)).toMatchObject({ code: 0 });
    expect(await clickstream('transform', '--lake', root)).toMatchObject({ code: 0 });
    expect(await clickstream('generate', '--lake', root, ...TWO_DAYS, '--days', '3')).toMatchObject({ code: 0 });
    const { code, stderr } = await clickstream('verify', '--lake', root);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/files in raw\/ are not transformed yet: run "clickstream transform"/),
    ]);
  });

  const EVENT = `clickstream_db.clickstream_table`;
  test.each([
    ['an event is gone', `DELETE FROM ${EVENT} WHERE event_id = (${ANY_ID})`],
    ['an event is there twice', `INSERT INTO ${EVENT} SELECT * FROM ${EVENT} WHERE event_id = (${ANY_ID})`],
    [
      'an event took the place of another',
      `UPDATE ${EVENT} SET event_id = (SELECT MAX(event_id) FROM ${EVENT}) WHERE event_id = (${ANY_ID})`,
    ],
    ['an event has another type', `UPDATE ${EVENT} SET event_type = 'view' WHERE event_id = (${ANY_ID})`],
    ['an event has another action', `UPDATE ${EVENT} SET user_action = 'other' WHERE event_id = (${ANY_ID})`],
    ['an event has another user', `UPDATE ${EVENT} SET user_id = 'aaaaaaaaaa' WHERE event_id = (${ANY_ID_OF_MANY})`],
    [
      'an event has another country',
      `UPDATE ${EVENT} SET country_code = 'AQ', country_name = 'Antarctica' WHERE event_id = (${ANY_ID})`,
    ],
    ['an event has another category', `UPDATE ${EVENT} SET product_category = 'x' WHERE event_id = (${ANY_ID})`],
    [
      'an event is on another day',
      `UPDATE ${EVENT} SET click_date = click_date + INTERVAL 1 DAY WHERE event_id = (${ANY_ID})`,
    ],
    [
      'a session is gone',
      'DELETE FROM clickstream_db.sessions WHERE session_id = (SELECT MIN(session_id) FROM clickstream_db.sessions)',
    ],
    ['a session is longer', 'UPDATE clickstream_db.sessions SET duration_s = duration_s + 1 WHERE event_count = 3'],
    [
      'there is a failed event',
      "INSERT INTO clickstream_db.failed_events (source_file, source_line, reasons, raw) VALUES ('x', 1, 'not_an_event', '{}')",
    ],
  ])('finds it when %s', async (_, sql) => {
    const altered = await openLake(copy('altered'), { mode: 'write' });
    await altered.connection.run(sql);
    const verdicts: string[] = [];
    for await (const { verdict } of verify(altered.root, (sql) => queryAll(altered, sql))) verdicts.push(verdict);
    altered.close();
    expect(verdicts).toContain('DIFFERS');
  });
});

function query(...args: string[]): Promise<Ended> {
  return clickstream('query', '--lake', lake.root, ...args);
}

async function ok(...args: string[]): Promise<Ended> {
  const ended = await query(...args);
  expect([ended.code, ended.stderr]).toEqual([0, '']);
  return ended;
}

function expectNoStack(text: string): void {
  expect(text).not.toMatch(/\n\s+at /);
  expect(text).not.toContain('node_modules');
}

/** A copy of the lake, in place of an earlier one of the name. */
function copy(name: string): string {
  const root = join(folder, name);
  rmSync(root, { recursive: true, force: true });
  cpSync(lake.root, root, { recursive: true });
  return root;
}
