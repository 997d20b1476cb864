import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { HOUR_MS } from '../../core/time';
import type { Lake } from '../../lake/duckdb/lake';
import { query, queryAll, TimeLimitError } from '../../lake/duckdb/query';
import { openTemporaryLake } from '../../support/temporary-lake';

const ENDLESS =
  'SELECT COUNT(*) FROM range(1000000000) AS a, range(1000000000) AS b WHERE (a.range + b.range) % 7 = random()';

let lake: Lake;

beforeAll(async () => {
  lake = await openTemporaryLake();
});
afterAll(() => lake.close());

test('a query is stopped at its limit of time, and the next one is answered', async () => {
  await expect(queryAll(lake, ENDLESS, [], { timeLimitS: 0.2 })).rejects.toThrow(TimeLimitError);
  await expect(queryAll(lake, ENDLESS, [], { timeLimitS: 0.2 })).rejects.toThrow(/stopped after 0.2 s.*--timeout/);
  expect((await queryAll(lake, 'SELECT 1')).rows).toEqual([[1]]);
});

test('a query is stopped by its signal, with the reason of that', async () => {
  const controller = new AbortController();
  const asked = queryAll(lake, ENDLESS, [], { signal: controller.signal });
  setTimeout(() => controller.abort(new Error('left')), 100);
  await expect(asked).rejects.toThrow('left');
  await expect(queryAll(lake, 'SELECT 1', [], { signal: controller.signal })).rejects.toThrow('left');
  expect((await queryAll(lake, 'SELECT 1')).rows).toEqual([[1]]);
});

test('a stream that is stopped never ends as if it were complete', async () => {
  const controller = new AbortController();
  const { chunks } = await query(lake, 'SELECT * FROM range(1000000000)', [], { signal: controller.signal });
  let rows = 0;
  const read = async (): Promise<void> => {
    for await (const chunk of chunks) {
      rows += chunk.length;
      controller.abort(new Error('left'));
    }
  };
  await expect(read()).rejects.toThrow('left');
  expect(rows).toBeGreaterThan(0);
});

test('time in which nobody reads does not count', async () => {
  const { chunks } = await query(lake, 'SELECT * FROM range(10000)', [], { timeLimitS: 20 });
  const now = performance.now.bind(performance);
  let [rows, hours] = [0, 0];
  performance.now = () => now() + hours * HOUR_MS;
  try {
    for await (const chunk of chunks) {
      rows += chunk.length;
      hours++;
    }
  } finally {
    performance.now = now;
  }
  expect([rows, hours > 2]).toEqual([10_000, true]);
});
