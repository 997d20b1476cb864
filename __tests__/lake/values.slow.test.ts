import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { clickstream } from '../../support/processes';
import { type TemporaryLake, temporaryLake } from '../../support/temporary-lake';

const VALUES = `SELECT 1.10::DECIMAL(10, 2) AS cost, -0.5::DECIMAL(4, 3) AS change, 12345678901234567.10::DECIMAL(19, 2) AS long,
  9007199254740993 AS big, [1, NULL, 3] AS list, {'a': 1.50::DECIMAL(3, 2), 'b': ['x', 'y"z']} AS struct,
  MAP {'k': 9007199254740993} AS map, [DATE '2026-01-31'] AS dates, 0.1::DOUBLE AS fraction`;

let lake: TemporaryLake;

beforeAll(async () => {
  lake = temporaryLake();
  await lake.transform();
});
afterAll(() => lake.remove());

const printed = async (...args: string[]) => {
  const { code, stdout, stderr } = await clickstream('query', '--lake', lake.root, ...args);
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
};

describe('clickstream query', () => {
  test('prints in JSON lists, structs and maps as such, decimals as numbers, and as text what a number would round', async () => {
    expect(JSON.parse(await printed('--format', 'json', VALUES))).toEqual([
      {
        cost: 1.1,
        change: -0.5,
        long: '12345678901234567.10',
        big: '9007199254740993',
        list: [1, null, 3],
        struct: { a: 1.5, b: ['x', 'y"z'] },
        map: { k: '9007199254740993' },
        dates: ['2026-01-31'],
        fraction: 0.1,
      },
    ]);
  });

  test('prints in CSV decimals with all their digits, and lists, structs and maps as JSON', async () => {
    const [head, row] = (await printed('--format', 'csv', VALUES)).trimEnd().split('\n');
    expect(head).toBe('cost,change,long,big,list,struct,map,dates,fraction');
    expect(row).toBe(
      '1.10,-0.500,12345678901234567.10,9007199254740993,"[1,null,3]","{""a"":1.5,""b"":[""x"",""y\\""z""]}","{""k"":""9007199254740993""}","[""2026-01-31""]",0.1',
    );
    expect(await printed('--excel', 'SELECT -1.10::DECIMAL(10, 2) AS a')).toBe('\ufeffa\r\n-1.10\r\n');
  });

  test('prints each column on a line with --expanded, and a table that is too wide so too', async () => {
    expect(await printed('--expanded', 'SELECT 1.10::DECIMAL(10, 2) AS cost, 2 AS n')).toBe(
      '── row 1 ──\ncost │ 1.10\nn    │ 2\n',
    );
    const wide = Array.from({ length: 30 }, (_, n) => `${n} AS column_${n}`).join();
    const { code, stdout, stderr } = await clickstream(
      ...['query', '--lake', lake.root, '--format', 'table', `SELECT ${wide}`],
    );
    expect([code, stdout.split('\n')[1]]).toEqual([0, 'column_0  │ 0']);
    expect(stderr).toMatch(/^30 columns don't fit into 100 characters: printing one column per line\n$/);
    expect(await clickstream('query', '--expanded', '--format', 'json', 'SELECT 1')).toMatchObject({ code: 2 });
    expect(await clickstream('query', '--expanded', '--excel', 'SELECT 1')).toMatchObject({ code: 2 });
  });
});
