import { setMaxListeners } from 'node:events';
import { get } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { median } from 'simple-statistics';
import { info } from '../core/terminal/progress';
import { getMs, startServer } from './served';

/** Measures what hostile clients cost the next visitor of a lake's dashboard, and prints rows as JSON. */

const ABORTED = 1500;
const HALF_SENT = 600;
const FLOODING = 32;
const RUNS = 3;

let asked = 0;

main(process.argv[2]!);

async function main(lake: string): Promise<void> {
  const server = await startServer(lake);
  try {
    const usual = await medianMs(() => getMs(distinct(server.url)));
    info(`${ABORTED} aborted requests …`);
    const aborted = await medianMs(async () => {
      await abortMany(server.url);
      return getMs(distinct(server.url));
    });
    info('a flood …');
    const flooded = await underFlood(server.url);
    info(`${HALF_SENT} half-sent requests …`);
    const halves = await besideHalves(server.url);
    const times = (ms: number): string => `${(ms / usual).toFixed(1)} x (${Math.round(ms)} ms)`;
    console.log(
      JSON.stringify([
        ['the dashboard of a lake: a visual that was not asked before', `${Math.round(usual)} ms`, ''],
        [`… after ${ABORTED} aborted requests, each for another`, times(aborted), '< 1,000 ms'],
        [`… beside ${FLOODING} clients that ask without end, each time for another`, times(flooded), ''],
        [`… beside ${HALF_SENT} half-sent requests`, times(halves), '<= 2 x'],
      ]),
    );
  } finally {
    server.process.kill('SIGTERM');
  }
}

/** A query that takes long, and that nobody has asked. */
function distinct(url: string): string {
  return `${url}api/visuals/hours-and-weekdays?dates=3660d&tz=America%2FNew_York&country_name=y${asked++}`;
}

async function medianMs(measure: () => Promise<number>): Promise<number> {
  const measured: number[] = [];
  for (let n = 0; n < RUNS; n++) measured.push(await measure());
  return median(measured);
}

/** Asks many queries at once, and leaves all after a second. */
async function abortMany(url: string): Promise<void> {
  const left = new AbortController();
  setMaxListeners(ABORTED, left.signal);
  const requests = Array.from({ length: ABORTED }, () =>
    ended((done) =>
      get(distinct(url), { agent: false, signal: left.signal }, (response) => response.resume().on('close', done)).on(
        'error',
        done,
      ),
    ),
  );
  await sleep(1000);
  left.abort();
  await Promise.all(requests);
}

async function underFlood(url: string): Promise<number> {
  let isOver = false;
  const clients = Array.from({ length: FLOODING }, async () => {
    while (!isOver) await fetch(distinct(url)).then((response) => response.text());
  });
  await sleep(1000);
  const ms = await medianMs(() => getMs(distinct(url)));
  isOver = true;
  await Promise.all(clients);
  return ms;
}

async function besideHalves(url: string): Promise<number> {
  const { port } = new URL(url);
  const sockets = Array.from({ length: HALF_SENT }, () => connect(Number(port), '127.0.0.1').on('error', () => {}));
  await Promise.all(sockets.map((socket) => ended((done) => socket.once('connect', done))));
  for (const socket of sockets) socket.write('GET /api/context HTTP/1.1\r\nHost: localhost\r\nX: ');
  const ms = await medianMs(() => getMs(distinct(url)));
  for (const socket of sockets) socket.destroy();
  return ms;
}

function ended(start: (done: () => void) => unknown): Promise<void> {
  return new Promise((resolve) => {
    start(() => resolve());
  });
}
