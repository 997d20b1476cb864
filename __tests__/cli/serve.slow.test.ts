import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PROJECT } from '../../core/project';
import { openLake } from '../../lake/duckdb/open-lake';
import { clickstream, type Running, start, startClickstream } from '../../support/processes';
import { type TemporaryLake, temporaryLake } from '../../support/temporary-lake';

let lake: TemporaryLake;

beforeAll(async () => {
  lake = temporaryLake();
  await lake.transform();
});
afterAll(() => lake.remove());

describe('clickstream serve', () => {
  test('says where it is, on the next port where one is taken, and ends with 0 when it is stopped', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { readonly port: number };
    const server = startClickstream('serve', '--lake', lake.root, '--port', String(port), '--no-open');
    const url = await addressOf(server);
    expect(Number(new URL(url).port)).toBeGreaterThan(port);
    const page = await fetch(url);
    expect(await page.text()).toContain('<script src="/page.js">');
    const empty = await fetch(`${url}api/visuals/total-events`);
    expect(await empty.json()).toMatchObject({ main: { rows: [[0]] } });
    server.child.kill('SIGINT');
    const { code, stdout, stderr } = await server.ended;
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toContain(`port ${port} is taken: trying ${port + 1}`);
    other.close();
  });

  test('and transform say what is wrong with the data', async () => {
    const late = temporaryLake();
    const event = { event_id: 'a', event_type: 'click', user_id: 'u', user_action: 'home_page', timestamp: 1767225600 };
    late.land('a.ndjson', `${JSON.stringify(event)}\nno event\n`);
    const said = [
      /warning: Data is late: the last event is from Jan 1, (2026, )?00:00 UTC, \d+ days ago\./,
      /warning: 1 of 2 lines failed \(50\.0%\): see Data quality for the reasons\./,
    ].map((text) => expect.stringMatching(text));
    const { code, stderr } = await clickstream('transform', '--lake', late.root);
    expect([code, stderr, stderr]).toEqual([0, ...said]);
    const server = startClickstream('serve', '--lake', late.root, '--port', '0', '--no-open');
    await addressOf(server);
    server.child.kill('SIGINT');
    const served = await server.ended;
    expect([served.code, served.stderr, served.stderr]).toEqual([0, ...said]);
    late.remove();
  });

  test.each([
    ['with --token', ['--token'], /the dashboard is at http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{32} /],
    [
      'on all addresses',
      ['--host', '0.0.0.0'],
      /at http:\/\/0\.0\.0\.0:\d+\/\?token=[\w-]{32} .*\n.*others on the network/,
    ],
  ])('lets in only who has the token %s, each time another', async (_, flags, said) => {
    const servers = [0, 1].map(() =>
      startClickstream('serve', '--lake', lake.root, '--port', '0', '--no-open', ...flags),
    );
    const [url, other] = await Promise.all(servers.map(addressOf));
    const [page, token] = url!.split('?');
    expect((await fetch(page!)).status).toBe(401);
    expect((await fetch(`${page}?${other!.split('?')[1]}`)).status).toBe(401);
    const first = await fetch(url!, { redirect: 'manual' });
    const cookie = first.headers.get('set-cookie')!.split(';')[0]!;
    expect((await fetch(`${page}api/context`, { headers: { cookie } })).status).toBe(200);
    const authorization = `Bearer ${token!.replace('token=', '')}`;
    expect((await fetch(`${page}api/context`, { headers: { authorization } })).status).toBe(200);
    for (const { child } of servers) child.kill('SIGINT');
    for (const { stderr, code } of await Promise.all(servers.map(({ ended }) => ended)))
      expect([code, stderr]).toEqual([0, expect.stringMatching(said)]);
  });

  test('says what to do about a lake that there is not, or that is newer', async () => {
    const missing = await clickstream('serve', '--lake', join(lake.root, 'none'), '--no-open');
    expect(missing).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error: there is no lake at .*run "click/),
    });
    const newer = temporaryLake();
    await newer.transform();
    const opened = await openLake(newer.root, { mode: 'write' });
    await opened.connection.run('INSERT INTO lake.format SELECT MAX(version) + 1 FROM lake.format');
    opened.close();
    const refused = await clickstream('serve', '--lake', newer.root, '--no-open');
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/has format 2, .*update this project/) });
    newer.remove();
  });

  test('is how the demo ends, but not in continuous integration', async () => {
    const small = ['demo', '--days', '2', '--events-per-day', '500', '--port', '0', '--no-open'];
    const program = [process.execPath, join(PROJECT, 'cli/clickstream.js'), ...small];
    const served = start('env', '-u', 'CI', ...program, '--lake', join(lake.root, 'demo'));
    const url = await addressOf(served);
    const events = await fetch(`${url}api/visuals/total-events`);
    expect(((await events.json()) as { main: { rows: number[][] } }).main.rows[0]![0]).toBeGreaterThan(500);
    served.child.kill('SIGINT');
    const { code, stdout } = await served.ended;
    expect([code, stdout]).toEqual([0, expect.stringContaining('Verified against the answer key')]);
    expect((await start('env', 'CI=true', ...program, '--lake', join(lake.root, 'ci')).ended).code).toBe(0);
  });
});

test('clickstream dashboard export writes a page, or nothing', async () => {
  const file = join(lake.root, 'page.html');
  const exported = await clickstream('dashboard', 'export', '--lake', lake.root, '--out', file, '--state', 'dates=7d');
  expect(exported).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining(`wrote ${file}`) });
  expect(readFileSync(file, 'utf8')).toMatch(/^<!doctype html>[\s\S]*"query":"dates=7d"/);
  const printed = await clickstream('dashboard', 'export', '--lake', lake.root, '--out', '-');
  expect(printed).toMatchObject({ code: 0, stdout: expect.stringMatching(/^<!doctype html>[\s\S]*<\/html>\n$/) });
  const none = join(lake.root, 'none.html');
  const wrong = await clickstream('dashboard', 'export', '--lake', lake.root, '--out', none, '--state', 'date=7d');
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('date is not known') });
  expect(existsSync(none)).toBe(false);
});

test('clickstream dashboard export --target quicksight writes a request, of an account that must be told', async () => {
  const target = ['dashboard', 'export', '--target', 'quicksight', '--out', '-'];
  const { code, stdout } = await clickstream(...target, '--account', '111122223333', '--environment', 'prod');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    AwsAccountId: '111122223333',
    DashboardId: 'clickstream-dashboard-prod',
    Definition: {
      DataSetIdentifierDeclarations: expect.arrayContaining([
        {
          Identifier: 'events',
          DataSetArn: 'arn:aws:quicksight:us-east-1:111122223333:dataset/clickstream-events-prod',
        },
      ]),
    },
  });
  expect(await clickstream(...target)).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining('needs --account'),
  });
});

test('clickstream metrics lists every number with what it means', async () => {
  const { code, stdout } = await clickstream('metrics', '--format', 'json');
  expect(code).toBe(0);
  const rows = JSON.parse(stdout) as Record<string, string>[];
  expect(rows).toContainEqual({
    data_set: 'events',
    metric: 'unique_users',
    description: 'Distinct users with events',
    unit: 'users',
    source: 'GA4: total users',
    label: 'Users',
    format: 'integer',
    sql: 'COUNT(DISTINCT user_id)',
  });
  const table = await clickstream('metrics', '--format', 'table', '--data-set', 'sessions');
  expect(table.stdout).toContain('GA4: engagement rate');
  expect(table.stderr).toContain('label, format, sql too with --format csv, tsv or json');
});

/** Where a server says that it is. */
async function addressOf(server: Running): Promise<string> {
  let said = '';
  server.child.stderr!.on('data', (text: string) => {
    said += text;
  });
  await server.said(/the dashboard is at http/);
  return /http:\S+/.exec(said)![0];
}
