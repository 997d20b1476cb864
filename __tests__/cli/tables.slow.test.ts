import { expect, test } from '@jest/globals';
import { relations } from '../../schema/relations';
import { tables } from '../../schema/tables';
import { clickstream } from '../../support/processes';

test('clickstream tables lists every table and view, without a lake', async () => {
  const { code, stdout, stderr } = await clickstream('tables', '--format', 'json');
  expect([code, stderr]).toEqual([0, '']);
  expect(JSON.parse(stdout)).toEqual(
    Object.entries(relations).map(([name, { kind, description }]) => ({ name, kind, description })),
  );
});

test('clickstream tables NAME lists the columns, with or without the database', async () => {
  for (const name of ['sessions', 'clickstream_db.sessions', 'SESSIONS']) {
    const { code, stdout } = await clickstream('tables', name, '--format', 'json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(tables.sessions);
  }
});

test('clickstream tables lists by Spark what Spark has', async () => {
  const { stdout } = await clickstream('tables', '--engine', 'spark', '--format', 'json');
  expect(JSON.parse(stdout).map(({ name }: { name: string }) => name)).toEqual(Object.keys(tables));
});

test.each([
  ['sesions', [], /no table "sesions": did you mean sessions\? Choose from clickstream_live/],
  ['clickstream_live', ['--engine', 'spark'], /no table "clickstream_live": did you mean clickstream_table\?/],
  ['constructor', [], /no table "constructor": choose from/],
])('clickstream tables %s is refused with exit code 2', async (name, flags, message) => {
  const { code, stdout, stderr } = await clickstream('tables', name, ...flags);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(message);
});
