import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { HttpBindings } from '@hono/node-server';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Hono } from 'hono';
import { clickstreamDashboard } from '../../dashboard/clickstream-dashboard';
import { type LakeReader, type LakeReaderOptions, lakeReader } from '../../lake/duckdb/lake-reader';
import { dataSpan } from '../../metrics/data-sets';
import { dashboardApp } from '../../server/dashboard-server';
import { type ConnectionLimits, type Served, serveApp } from '../../server/http-server';
import { type TemporaryLake, temporaryLake } from '../../support/temporary-lake';
import { fuzzRuns } from '../fuzz-runs';
import { get, send } from './http';

const REQUESTS = 1500;
const HALF_SENT = 600;
const assets = { script: '', style: '', world: '{}', notices: '' };

let lake: TemporaryLake;
let ends: (() => Promise<void>)[] = [];

beforeAll(async () => {
  lake = temporaryLake();
  await lake.transform();
  lake.land('a.ndjson', eventLine('a'));
});
afterEach(async () => {
  for (const end of ends.reverse()) await end();
  ends = [];
});
afterAll(() => lake.remove());

describe('clients that leave', () => {
  test.each([64, 2 * REQUESTS])('leave no work behind, where %i may wait', async (mostWaiting) => {
    const { url, reader, asked } = await startServer({ mostWaiting });
    const left = new AbortController();
    const requests = Array.from({ length: REQUESTS }, (_, n) =>
      get(`${url}api/visuals/top-countries?country_name=x${n}&endless`, {}, left.signal).then(
        ({ status }) => status,
        () => 'left' as const,
      ),
    );
    await until(() => asked() === REQUESTS);
    await until(() => reader.load.running === 2 && reader.load.waiting === Math.min(mostWaiting, REQUESTS - 2));
    left.abort();
    const statuses = await Promise.all(requests);
    expect(statuses.filter((status) => status !== 'left' && status !== 503)).toEqual([]);
    expect(statuses.filter((status) => status === 'left').length).toBeGreaterThanOrEqual(
      Math.min(mostWaiting, REQUESTS - 2),
    );
    await until(() => reader.load.running + reader.load.waiting === 0);
    // Two ran; when they are stopped, some that are about to be dropped may begin.
    expect(reader.load.begun).toBeLessThanOrEqual(2 + 8);
    const { begun } = reader.load;
    const next = await get(`${url}api/visuals/total-events`);
    expect([next.status, JSON.parse(next.body)]).toEqual([
      200,
      expect.objectContaining({ main: expect.objectContaining({ rows: [[1]] }) }),
    ]);
    expect(reader.load.begun).toBe(begun + 2);
  });

  test('stop a query only when all who asked it have left', async () => {
    const { url, reader, asked } = await startServer();
    const [first, second] = [new AbortController(), new AbortController()];
    const outcomes = Promise.allSettled(
      [first, second].map(({ signal }) => get(`${url}api/controls/country_name?endless`, {}, signal)),
    );
    await until(() => asked() === 2 && reader.load.running === 1);
    first.abort();
    await get(`${url}api/version`);
    expect(reader.load).toMatchObject({ running: 1, begun: 1 });
    second.abort();
    await until(() => reader.load.running === 0);
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});

describe('clients that ask without end', () => {
  test('do not keep writers from the lake', async () => {
    const { url } = await startServer({ mostHeldMs: 200, idleMs: 10_000 });
    let isOver = false;
    const asking = Array.from({ length: 4 }, async (_, worker) => {
      for (let n = 0; !isOver; n++)
        await get(`${url}api/controls/country_name?dates=${1 + ((n * 4 + worker) % 3000)}d`);
    });
    await get(`${url}api/visuals/total-events`);
    lake.land('b.ndjson', eventLine('b'));
    expect(await lake.transform()).toMatchObject({ files: expect.any(Number) });
    isOver = true;
    await Promise.all(asking);
  });
});

describe('clients that are slow', () => {
  test('do not hold others up, and are left, while their requests come', async () => {
    const { url } = await startServer({}, { requestMs: 1000, lookMs: 100 });
    const sockets = await Promise.all(
      Array.from({ length: HALF_SENT }, (_, n) =>
        send(
          url,
          n % 2
            ? 'GET /api/context HTTP/1.1\r\nHost: localhost\r\nX: '
            : 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nx',
        ),
      ),
    );
    expect((await get(`${url}api/context`)).status).toBe(200);
    await Promise.all(sockets.map((socket) => closing(socket.resume())));
  });

  test('are left when they do not read the answer', async () => {
    let closed: Promise<unknown> | undefined;
    const app = new Hono<{ Bindings: HttpBindings }>().get('/', (c) => {
      closed = once(c.env.outgoing, 'close');
      return c.body('x'.repeat(100_000_000));
    });
    const served = await serveApp(app, 0, { limits: { silentMs: 500 } });
    ends.push(served.close);
    const socket = await send(served.url, 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    socket.pause();
    await until(() => closed !== undefined);
    await closed;
    socket.destroy();
  });

  test('are refused beyond a number of connections, and others are answered when those have gone', async () => {
    const { url } = await startServer({}, { connections: 5 });
    const sockets = await Promise.all(Array.from({ length: 5 }, () => send(url, 'GET ')));
    await expect(get(`${url}api/context`)).rejects.toThrow();
    for (const socket of sockets) socket.destroy();
    await until(() =>
      get(`${url}api/context`).then(
        ({ status }) => status === 200,
        () => false,
      ),
    );
  });
});

describe('any request', () => {
  const KNOWN = [
    '/',
    '/page.js',
    '/api/context',
    '/api/version',
    '/api/visuals/total-events',
    '/api/visuals/events-by-country',
    '/api/controls/country_name',
  ];
  const KEYS = [
    'dates',
    'tz',
    'sheet',
    'select',
    'country_name',
    'continent',
    'event_type',
    'drill.events-by-country',
    'token',
    '__proto__',
    'sql',
  ];
  const VALUES = [
    '7d',
    '0d',
    '2026-01-01..2026-01-31',
    '2026-02-31',
    'UTC',
    'Asia/Tokyo',
    "'; DROP TABLE x; --",
    '%',
    '%00',
    '%ff',
    '../..',
    'a'.repeat(3000),
    '=',
    'NaN',
    '😀',
  ];
  const text = fc.oneof(
    fc.constantFrom(...VALUES),
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.webQueryParameters(),
  );
  const parameter = fc.tuple(fc.oneof(fc.constantFrom(...KEYS), text), text).map((pair) => pair.join('='));
  const target = fc.tuple(
    fc.oneof(
      fc.constantFrom(...KNOWN),
      fc.webPath(),
      text.map((path) => `/${path}`),
      text,
    ),
    fc.array(parameter, { maxLength: 5 }),
  );
  const header = fc.tuple(
    fc.constantFrom(
      'Host',
      'Cookie',
      'Authorization',
      'Sec-Fetch-Site',
      'Accept-Encoding',
      'X-Y',
      'Content-Length',
      'Transfer-Encoding',
      'Range',
      'If-None-Match',
    ),
    fc.oneof(fc.constantFrom('localhost', 'same-origin', 'gzip', 'Bearer x', 'chunked', '5', 'x'.repeat(20_000)), text),
  );
  const method = fc.constantFrom('GET', 'GET', 'GET', 'GET', 'HEAD', 'POST', 'OPTIONS', 'get', 'BREW');

  test('is answered, and never by an error of the server', async () => {
    const { url } = await startServer({}, { requestMs: 1000, keepAliveMs: 500, lookMs: 100 });
    await fc.assert(
      fc.asyncProperty(
        method,
        target,
        fc.array(header, { maxLength: 3 }),
        async (verb, [path, parameters], headers) => {
          const lines = [
            `${verb} ${path}${parameters.length > 0 ? `?${parameters.join('&')}` : ''} HTTP/1.1`,
            'Host: localhost',
            'Connection: close',
            ...headers.map(([name, value]) => `${name}: ${value}`),
          ];
          const answer = await answerOf(url, `${lines.join('\r\n')}\r\n\r\n`);
          expect(answer).toMatch(/^HTTP\/1\.1 (200|400|401|403|404|405|408|431|503) /);
        },
      ),
      { numRuns: fuzzRuns(500) },
    );
    expect((await get(`${url}api/context`)).status).toBe(200);
  });
});

function eventLine(id: string): string {
  const timestamp = Math.floor(Date.now() / 1000) - 60;
  return `${JSON.stringify({ event_id: id, event_type: 'click', user_id: 'u', user_action: 'home_page', timestamp })}\n`;
}

async function answerOf(url: string, text: string): Promise<string> {
  const socket = await send(url, text);
  let answer = '';
  socket.setEncoding('latin1').on('data', (part: string) => {
    answer += part;
  });
  await closing(socket);
  return answer;
}

/** Waits until a connection is closed, which it may be already. */
async function closing(socket: Socket): Promise<void> {
  if (!socket.closed) await once(socket, 'close');
}

interface Started {
  readonly url: string;
  readonly reader: LakeReader;
  /** Requests for rows so far. */
  asked(): number;
}

/** Serves the lake; a request with `endless` asks what never ends. */
async function startServer(options: LakeReaderOptions = {}, limits: Partial<ConnectionLimits> = {}): Promise<Started> {
  const reader = lakeReader(lake.root, { timeLimitS: 0, ...options });
  const ordinary = dashboardApp({ dashboard: clickstreamDashboard, reader, assets });
  const endless = dashboardApp({
    dashboard: clickstreamDashboard,

    reader: endlessReader(reader),
    answerWithinMs: 600_000,
    assets,
  });
  let asked = 0;
  const app = new Hono<{ Bindings: HttpBindings }>().all('*', (c) => {
    if (!c.req.url.endsWith('endless')) return ordinary.fetch(c.req.raw, c.env);
    asked++;
    const url = c.req.url.replace(/[?&]endless$/, '');
    return endless.fetch(new Request(url, { headers: c.req.raw.headers, signal: c.req.raw.signal }), c.env);
  });
  const served: Served = await serveApp(app, 0, { limits });
  ends.push(reader.close, served.close);
  return { url: served.url, reader, asked: () => asked };
}

/** Asks the same of rows of which there are without number; the span of data, which is asked first, is as it is. */
function endlessReader(reader: LakeReader): LakeReader {
  return {
    ...reader,
    ask: (query, signal) => {
      if (query.dataSet.name === dataSpan.name) return reader.ask(query, signal);
      const relation = `(SELECT t.* FROM ${query.dataSet.relation} AS t, range(1000000000) AS a, range(1000000000) AS b
        WHERE (a.range + b.range) % 7 <> random()) AS t /* ${JSON.stringify(query.filters)} */`;
      return reader.ask({ ...query, filters: [], dataSet: { ...query.dataSet, relation } }, signal);
    },
  };
}

/** Waits for what is about to be. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
}
