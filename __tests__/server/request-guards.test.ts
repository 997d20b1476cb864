import { hostname } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { clickstreamDashboard } from '../../dashboard/clickstream-dashboard';
import { type LakeReader, lakeReader } from '../../lake/duckdb/lake-reader';
import { dashboardApp } from '../../server/dashboard-server';
import { isLoopback } from '../../server/request-guards';
import { type TemporaryLake, temporaryLake } from '../../support/temporary-lake';

const TOKEN = 'c2VjcmV0LXRva2VuLW9mLWEtdGVzdC1hbG9uZQ';
const assets = { script: '', style: '', world: '{}', notices: '' };

let lake: TemporaryLake;
let reader: LakeReader;

beforeAll(async () => {
  lake = temporaryLake();
  await lake.transform();
  reader = lakeReader(lake.root);
});
afterAll(async () => {
  await reader.close();
  lake.remove();
});

describe('names by which the server is asked', () => {
  test.each([
    [
      undefined,
      ['127.0.0.1', 'LOCALHOST:2545', '[::1]:1'],
      ['0.0.0.0', '10.0.0.1', 'evil.example', '', '[::1', '127.0.0.1:', '@'],
    ],
    ['192.0.2.7', ['192.0.2.7:2545', 'localhost'], ['192.0.2.8', 'evil.example']],
    ['Box.example', ['box.EXAMPLE:80'], ['box.example.evil.example']],
    ['0.0.0.0', ['192.0.2.7', '[2001:db8::1]:80', hostname()], ['evil.example', '1.evil.example']],
  ])('are, listening on %s, %j and not %j', async (host, own, others) => {
    const app = dashboardApp({ dashboard: clickstreamDashboard, reader, assets, host });
    const ask = async (name: string): Promise<number> =>
      (await app.request('/api/context', { headers: { host: name } })).status;
    for (const name of own) expect([name, await ask(name)]).toEqual([name, 200]);
    for (const name of others) expect([name, await ask(name)]).toEqual([name, 403]);
  });

  test('are of this machine alone, or not', () => {
    for (const host of ['127.0.0.1', '127.1.2.3', 'localhost', '::1']) expect(isLoopback(host)).toBe(true);
    for (const host of ['0.0.0.0', '::', '192.0.2.7', '127.evil.example', 'localhost.evil.example'])
      expect(isLoopback(host)).toBe(false);
  });
});

describe('what other sites ask for', () => {
  const link = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
  test.each([
    ['/api/context', { 'sec-fetch-site': 'cross-site' }, 403],
    ['/api/visuals/total-events', { 'sec-fetch-site': 'cross-site' }, 403],
    ['/api/context', { 'sec-fetch-site': 'same-site' }, 403],
    ['/api/context', { 'sec-fetch-site': 'of a later browser' }, 403],
    ['/api/context', { 'sec-fetch-site': 'cross-site', ...link }, 403],
    ['/page.js', { 'sec-fetch-site': 'cross-site' }, 403],
    ['/', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }, 403],
    ['/', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }, 403],
    ['/', { 'sec-fetch-site': 'cross-site', ...link }, 200],
    ['/', { 'sec-fetch-site': 'none', ...link }, 200],
    ['/api/context', { 'sec-fetch-site': 'same-origin' }, 200],
    ['/api/context', { 'sec-fetch-site': 'none' }, 200],
    ['/api/context', {}, 200],
  ])('%s with %j gives %i', async (path, headers, status) => {
    const app = dashboardApp({ dashboard: clickstreamDashboard, reader, assets });
    const response = await app.request(path, { headers: { host: 'localhost', ...headers } });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'/);
  });
});

describe('a server with a token', () => {
  const ask = (path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> => {
    const app = dashboardApp({ dashboard: clickstreamDashboard, reader, assets, token: TOKEN });
    return Promise.resolve(app.request(path, { headers: { host: 'localhost', ...headers } }));
  };

  test('lets nobody in without it, and says what to do', async () => {
    for (const path of [
      '/',
      '/page.js',
      '/api/context',
      '/api/visuals/total-events',
      '/api/version',
      '/nothing',
      `/api/context?token=${TOKEN}`,
    ])
      expect([path, (await ask(path)).status]).toEqual([path, 401]);
    const wrong: Record<string, string>[] = [
      { authorization: 'Bearer x' },
      { authorization: `Basic ${TOKEN}` },
      { authorization: `Bearer ${TOKEN}x` },
      { authorization: `Bearer ${TOKEN.slice(1)}` },
      { cookie: `clickstream=${TOKEN}` },
    ];
    for (const headers of wrong) expect((await ask('/api/context', headers)).status).toBe(401);
    for (const address of ['/?token=', '/?token=x', `/?token=${TOKEN}x`]) expect((await ask(address)).status).toBe(401);
    expect(await (await ask('/')).json()).toEqual({ error: expect.stringMatching(/open the address with \?token=/) });
  });

  test('gives a cookie for the token in the address, and leaves the address without it', async () => {
    const first = await ask(`/?dates=7d&token=${TOKEN}&tz=UTC`);
    expect([first.status, first.headers.get('location')]).toEqual([303, '/?dates=7d&tz=UTC']);
    const cookie = first.headers.get('set-cookie')!;
    expect(cookie).toMatch(/^clickstream-[0-9a-f]{8}=\S+; Path=\/; HttpOnly; SameSite=Strict$/);
    for (const path of ['/', '/page.js', '/api/context'])
      expect((await ask(path, { cookie: cookie.split(';')[0]! })).status).toBe(200);
  });

  test('lets programs in by a header', async () => {
    expect((await ask('/api/context', { authorization: `Bearer ${TOKEN}` })).status).toBe(200);
  });

  test('refuses other sites all the same', async () => {
    const headers = { authorization: `Bearer ${TOKEN}`, 'sec-fetch-site': 'cross-site' };
    expect((await ask('/api/context', headers)).status).toBe(403);
  });
});

test('a query that takes too long is answered with 504, and one too many with 503', async () => {
  const slow = lakeReader(lake.root, { timeLimitS: 1e-6 });
  const late = dashboardApp({ dashboard: clickstreamDashboard, reader: slow, assets });
  const response = await late.request('/api/visuals/total-events', { headers: { host: 'localhost' } });
  expect([response.status, await response.json()]).toEqual([504, { error: expect.stringContaining('took too long') }]);
  await slow.close();
  const small = lakeReader(lake.root, { parallel: 1, mostWaiting: 1 });
  const busy = dashboardApp({ dashboard: clickstreamDashboard, reader: small, assets });
  const answers = await Promise.all(
    [1, 2, 3, 4, 5].map((n) =>
      busy.request(`/api/controls/country_name?dates=${n}d`, { headers: { host: 'localhost' } }),
    ),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 503, 503, 503]);
  const refused = answers.find(({ status }) => status === 503)!;
  expect([refused.headers.get('retry-after'), await refused.json()]).toEqual([
    '1',
    { error: expect.stringContaining('try again in a moment') },
  ]);
  await small.close();
});
