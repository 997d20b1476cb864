import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { clickstream } from '../../support/processes';
import { type TemporaryLake, temporaryLake } from '../../support/temporary-lake';
import { digestOf } from '../lake/digest';

const SQL =
  "SELECT range AS n, 1.10::DECIMAL(10, 2) AS cost, [range] AS list, '=1' AS text FROM range(5000) ORDER BY n";

let lake: TemporaryLake;
let folder: string;

beforeAll(async () => {
  lake = temporaryLake();
  await lake.transform();
  folder = join(dirname(lake.root), 'a folder');
  mkdirSync(folder);
});
afterAll(() => lake.remove());

const query = (...args: string[]) => clickstream('query', '--lake', lake.root, ...args);

describe('clickstream query --out', () => {
  test.each([
    ['rows.csv', [], ['--format', 'csv']],
    ['rows.tsv', [], ['--format', 'tsv']],
    ['rows.json', [], ['--format', 'json']],
    ['rows', ['--format', 'csv'], ['--format', 'csv']],
    ['other.csv', ['--format', 'json'], ['--format', 'json']],
    ['sheet.csv', ['--excel'], ['--excel']],
  ])('writes %s with %j as what is printed with %j', async (name, flags, printing) => {
    const file = join(folder, name);
    const { code, stdout, stderr } = await query(...flags, '--out', file, SQL);
    expect([code, stdout, stderr]).toEqual([0, '', `wrote 5,000 rows to ${file}\n`]);
    expect(readFileSync(file, 'utf8')).toBe((await query(...printing, SQL)).stdout);
    expect(readdirSync(folder).filter((entry) => entry.startsWith('.'))).toEqual([]);
  });

  test('writes Parquet with the types of the query', async () => {
    const file = join(folder, "it's.parquet");
    const { code, stderr } = await query('--out', file, `${SQL};\n`);
    expect([code, stderr]).toEqual([0, `wrote 5,000 rows to ${file}\n`]);
    const described = `SELECT column_type FROM (DESCRIBE FROM read_parquet('${file.replace("'", "''")}'))`;
    const { stdout } = await query('--allow-files', described);
    expect(stdout).toBe('column_type\nBIGINT\nDECIMAL(10,2)\nBIGINT[]\nVARCHAR\n');
    expect(await query('--name', 'funnel', '--out', join(folder, 'funnel.parquet'))).toMatchObject({ code: 0 });
  });

  test('leaves the file as it is, and nothing beside it, when the query fails', async () => {
    for (const name of ['old.csv', 'old.parquet']) {
      writeFileSync(join(folder, name), 'old');
      const { code } = await query('--out', join(folder, name), "SELECT CAST('x' || range AS INT) FROM range(9)");
      expect([code, readFileSync(join(folder, name), 'utf8')]).toEqual([1, 'old']);
    }
    expect(readdirSync(folder).filter((entry) => entry.startsWith('.'))).toEqual([]);
  });

  test('reads nothing outside the lake, and writes nothing else', async () => {
    writeFileSync(join(folder, 'secret.csv'), 'word\nsentinel\n');
    for (const name of ['x.csv', 'x.parquet'])
      for (const sql of [
        `FROM read_csv('${join(folder, 'secret.csv')}')`,
        `SELECT 1) TO '${join(folder, 'y.csv')}'; COPY (SELECT 1`,
        'SELECT 1; SELECT 2',
        'DROP TABLE sessions',
      ])
        expect(await query('--out', join(folder, name), sql)).toMatchObject({ code: 1 });
    expect(['x.csv', 'x.parquet', 'y.csv'].filter((name) => existsSync(join(folder, name)))).toEqual([]);
  });

  test('refuses a place in the lake', async () => {
    const before = digestOf(lake.root);
    symlinkSync(lake.root, join(folder, 'link'));
    for (const file of [join(lake.root, 'raw/x.csv'), join(folder, 'link/x.parquet')])
      expect(await query('--out', file, 'SELECT 1')).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('is in the lake'),
      });
    expect(digestOf(lake.root)).toBe(before);
  });

  test.each([
    [['--out', '.', '--format', 'csv'], 2, /\. is a folder: name a file in it/],
    [['--out', '/dev/null', '--format', 'csv'], 2, /is no regular file/],
    [['--out', 'rows'], 2, /says no format: end it with \.csv/],
    [['--out', 'rows.csv', '--format', 'table'], 2, /--out writes csv, tsv, json or parquet/],
    [['--out', 'rows.parquet', '--excel'], 2, /--excel writes csv/],
    [['--format', 'parquet'], 2, /add --out FILE/],
    [['--out', '/nowhere/rows.csv'], 1, /there is no folder \/nowhere/],
  ])('is refused with %j', async (flags, exitCode, message) => {
    const { code, stderr } = await query(...flags, 'SELECT 1');
    expect(stderr).toMatch(message);
    expect(code).toBe(exitCode);
  });
});
