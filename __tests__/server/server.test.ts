import { createHash } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exportHtml } from '../../cli/dashboard';
import { DAY_MS } from '../../core/time';
import { clickstreamDashboard } from '../../dashboard/clickstream-dashboard';
import { withoutSql } from '../../dashboard/protocol';
import { type LakeReader, lakeReader } from '../../lake/duckdb/lake-reader';
import { dashboardApp } from '../../server/dashboard-server';
import { serveApp } from '../../server/http-server';
import { exportedPage } from '../../server/page-html';
import { type TemporaryLake, temporaryLake } from '../../support/temporary-lake';

const HOST = { headers: { host: '127.0.0.1:2545' } };

describe('the server of the dashboard', () => {
  let lake: TemporaryLake;
  let reader: LakeReader;
  let app: ReturnType<typeof dashboardApp>;

  beforeAll(async () => {
    lake = temporaryLake();
    await lake.transform();
    lake.land('a.ndjson', event('a'));
    reader = lakeReader(lake.root, { idleMs: 50 });
    const assets = { script: '', style: '', world: '{}', notices: '' };
    app = dashboardApp({ dashboard: clickstreamDashboard, reader, assets });
  });
  afterAll(async () => {
    await reader.close();
    lake.remove();
  });

  test('says from when to when there is data, and what is wrong with it', async () => {
    const now = () => new Date(Date.now() + 3 * DAY_MS);
    const assets = { script: '', style: '', world: '{}', notices: '' };
    const later = dashboardApp({ dashboard: clickstreamDashboard, reader, assets, now });
    const response = await later.request('/api/span', HOST);
    const { data_to: to } = (
      await lake.rows('SELECT CAST(data_to AS VARCHAR) AS data_to FROM clickstream_db.data_span')
    )[0]!;
    expect(await response.json()).toMatchObject({
      to,
      gaps: [],
      warnings: [expect.stringMatching(/^Data is late: the last event is from /)],
    });
  });

  test('shows what has just landed, with the SQL for Athena, under headers that let nothing else in', async () => {
    const response = await app.request('/api/visuals/total-events', HOST);
    const { main } = (await response.json()) as { main: { rows: number[][]; sql: string } };
    expect(main.rows).toEqual([[1]]);
    expect(main.sql).toContain('FROM clickstream_db.clickstream_live');
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';/);
    expect(response.headers.get('content-security-policy')).not.toContain('unsafe');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('sees what lands next, and lets writers have the lake between times', async () => {
    const before = await reader.version();
    lake.land('b.ndjson', event('b'));
    expect(await reader.version()).not.toBe(before);
    const response = await app.request('/api/visuals/total-events', HOST);
    expect(((await response.json()) as { main: { rows: number[][] } }).main.rows).toEqual([[2]]);
    await lake.transform();
    await reader.version();
    const again = await app.request('/api/visuals/total-events', HOST);
    expect(((await again.json()) as { main: { rows: number[][] } }).main.rows).toEqual([[2]]);
  });

  test.each([
    ['/api/visuals/nothing', 404, 'there is no visual "nothing"'],
    ['/api/visuals/..%2F..%2Fetc%2Fpasswd', 404, 'there is no visual'],
    ['/api/visuals/total-events?dates=9999d', 400, 'neither like 30d'],
    ['/api/visuals/total-events?sql=SELECT+1', 400, 'sql is not known'],
    ['/api/controls/user_id', 404, 'there is no control "user_id"'],
    ['/package.json', 404, 'there is nothing here'],
  ])('refuses %s', async (path, status, message) => {
    const response = await app.request(path, HOST);
    expect(response.status).toBe(status);
    expect(((await response.json()) as { error: string }).error).toContain(message);
  });

  test('says what to do when the lake is gone', async () => {
    const gone = lakeReader(`${lake.root}/gone`);
    const assets = { script: '', style: '', world: '{}', notices: '' };
    const response = await dashboardApp({
      dashboard: clickstreamDashboard,

      reader: gone,
      assets,
    }).request('/api/visuals/total-events', HOST);
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ error: expect.stringMatching(/^there is no lake at .*gone yet: run "cl/) });
    await gone.close();
  });

  test('answers to the names of this machine alone, and only when it is read from', async () => {
    for (const host of ['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example:2545', ''])
      expect((await app.request('/', { headers: { host } })).status).toBe(403);
    for (const host of ['localhost:1', '127.0.0.1', '[::1]:2545'])
      expect((await app.request('/', { headers: { host } })).status).toBe(200);
    expect((await app.request('/', { ...HOST, method: 'POST' })).status).toBe(405);
  });

  test('is exported as a page that can run its own script alone, whatever is in the data', async () => {
    const hostile = '</script><script>alert(1)</script>';
    const assets = { script: `draw("${hostile}")`, style: 'p { color: red }', world: '{}', notices: 'MIT -->' };
    const html = exportedPage({ dashboard: { ...withoutSql(clickstreamDashboard), name: hostile } }, assets);
    const scripts = [...html.matchAll(/<script([^>]*)>([\s\S]*?)<\/script>/g)].map(([, attributes, text]) => ({
      attributes,
      text: text!,
    }));
    expect(scripts.map(({ attributes }) => attributes)).toEqual([
      ' type="application/json" id="exported"',
      ' type="application/json" id="world"',
      '',
    ]);
    expect(JSON.parse(scripts[0]!.text).dashboard.name).toBe(hostile);
    expect(html.match(/-->/g)).toHaveLength(1);
    const hash = createHash('sha256').update(scripts[2]!.text).digest('base64');
    expect(html).toContain(`content="default-src 'none'; script-src 'sha256-${hash}';`);
    await expect(exportHtml(lake.root, 'dates=soon')).rejects.toThrow('"soon" is neither like 30d nor like');
  });

  test('listens on loopback alone, unless told otherwise', async () => {
    const served = await serveApp(app, 0);
    const { hostname, port } = new URL(served.url);
    expect(hostname).toBe('127.0.0.1');
    // A machine without a network has no other address to try.
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ internal, family }) => !internal && family === 'IPv4');
    for (const { address } of others) await expect(fetch(`http://${address}:${port}/`)).rejects.toThrow();
    await served.close();
  });

  test('takes the next port where one is taken, and says so', async () => {
    const first = await serveApp(app, 0);
    const port = Number(new URL(first.url).port);
    const busy: number[] = [];
    const second = await serveApp(app, port, { onBusy: (taken) => busy.push(taken) });
    expect(busy[0]).toBe(port);
    expect(Number(new URL(second.url).port)).toBeGreaterThan(port);
    await Promise.all([first.close(), second.close()]);
  });
});

function event(id: string): string {
  const timestamp = Math.floor(Date.now() / 1000);
  return `${JSON.stringify({ event_id: id, event_type: 'click', user_id: 'u', user_action: 'home_page', timestamp })}\n`;
}
