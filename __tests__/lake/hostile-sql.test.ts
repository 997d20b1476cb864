import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { UserError } from '../../core/errors';
import { openLake } from '../../lake/duckdb/open-lake';
import { queryAll, type Result } from '../../lake/duckdb/query';
import { type TemporaryLake, temporaryLake } from '../../support/temporary-lake';
import { digestOf } from './digest';
import { type HostileSql, hostileSql, hostileSqlWithFiles, type Places } from './hostile-sql';

const NOWHERE: Places = { lake: 'LAKE', secret: 'SECRET', out: 'OUT' };

let lake: TemporaryLake;
let places: Places;

beforeAll(async () => {
  lake = temporaryLake();
  await lake.transform();
  lake.land(
    'a.ndjson',
    '{"event_id":"a","event_type":"click","user_id":"u","user_action":"home","timestamp":1700000000}\n',
  );
  const parent = dirname(lake.root);
  places = {
    lake: lake.root,
    secret: join(parent, 'sentinel.csv'),
    out: join(mkdtempSync(join(tmpdir(), 'clickstream-')), 'out'),
  };
  writeFileSync(places.secret, 'word\nsentinel\n');
  writeFileSync(join(lake.root, 'answer-key.json'), '{"word":"sentinel"}');
  symlinkSync(places.secret, join(lake.root, 'raw/link'));
  symlinkSync(lake.root, `${lake.root}-link`);
});
afterAll(() => {
  rmSync(dirname(places.out), { recursive: true });
  lake.remove();
});

describe('a lake that is opened to read', () => {
  test.each(hostileSql(NOWHERE).map(({ sql }, n) => [sql, n] as const))('is safe from %s', (_, n) =>
    expectSafe('read', hostileSql(places)[n]!),
  );

  test('takes one statement, and no file, of the SQL of this project too', async () => {
    const opened = await openLake(lake.root);
    for (const [sql, refusal] of [
      ['SELECT 1; SELECT 2', /several statements/],
      [`SELECT * FROM read_text('${places.secret}')`, /Permission Error/],
    ] as const)
      await expect(queryAll(opened, sql, [], { isOwn: true })).rejects.toThrow(refusal);
    opened.close();
  });

  test('keeps its settings in each of its connections', async () => {
    const opened = await openLake(lake.root);
    const other = await opened.connect();
    for (const { connection } of [opened, other])
      await expect(connection.run("SET TimeZone = 'Asia/Tokyo'")).rejects.toThrow('the configuration has been locked');
    other.close();
    opened.close();
  });
});

describe('a lake that is opened to read, with access to files,', () => {
  test.each(hostileSqlWithFiles(NOWHERE).map(({ sql }, n) => [sql, n] as const))('is safe from %s', (_, n) =>
    expectSafe('files', hostileSqlWithFiles(places)[n]!),
  );

  test.each([
    "COPY (SELECT 1 AS n, ') TO ''x''' AS text) TO 'OUT' (FORMAT csv)",
    "-- a comment\ncopy lake.format to 'OUT'",
    "COPY (FROM lake.format -- to)\n) TO 'OUT' WITH (HEADER);",
  ])('writes a file by %s', async (sql) => {
    const opened = await openLake(lake.root, { mode: 'files' });
    await queryAll(opened, sql.replace('OUT', places.out)).finally(() => opened.close());
    expect(existsSync(places.out)).toBe(true);
    rmSync(places.out);
  });
});

async function expectSafe(mode: 'read' | 'files', { sql, expected }: HostileSql): Promise<void> {
  const before = digestOf(dirname(lake.root));
  const opened = await openLake(lake.root, { mode });
  const outcome = await queryAll(opened, sql)
    .catch((error: unknown) => error)
    .finally(() => opened.close());
  if (expected === 'reads') expect((outcome as Result).rows).toBeDefined();
  else {
    expect(outcome).toBeInstanceOf(UserError);
    expect((outcome as UserError).message).toMatch(expected);
  }
  if (mode === 'read') expect(JSON.stringify(outcome)).not.toContain('sentinel"');
  expect(existsSync(places.out)).toBe(false);
  expect(digestOf(dirname(lake.root))).toBe(before);
}
