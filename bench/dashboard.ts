import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import type { Browser, Page } from 'playwright-core';
import { median, quantile } from 'simple-statistics';
import { info } from '../core/terminal/progress';
import { clickstreamDashboard } from '../dashboard/clickstream-dashboard';
import { isComplete, launchChromium } from '../support/chromium';
import { getMs, startServer } from './served';

/** Measures the dashboard of a lake with the last sixty days, as its viewers meet it, and prints rows as JSON. */

const { sheets } = clickstreamDashboard;
const FIRST = sheets[0]!;
const TABS = 10;

/** What viewers choose, one thing after the other. No two are the same, as what has been asked is remembered. */
const STATES = [
  'dates=7d',
  'dates=60d',
  'dates=29d',
  'dates=30d&continent=Europe',
  'dates=30d&country_name=India&country_name=Brazil',
  'dates=30d&event_type=purchase',
  'dates=30d&product_category=books',
  'dates=30d&tz=America%2FNew_York',
  'dates=30d&select=top-countries.country_name%3DIndia',
  'dates=30d&drill.events-by-country=Asia',
];

main(process.argv[2]!);

async function main(lake: string): Promise<void> {
  const server = await startServer(lake);
  const browser = await launchChromium();
  try {
    info('the first sheet …');
    const first = await openMs(browser, server.url);
    info('visuals, one by one …');
    const single: number[] = [];
    const slowest = { id: '', ms: 0 };
    for (const state of STATES)
      for (const { id } of sheets.flatMap(({ visuals }) => visuals)) {
        const ms = await getMs(`${server.url}api/visuals/${id}?${state}`);
        single.push(ms);
        if (process.env.VERBOSE) info(`${Math.round(ms)} ms ${id} ${state}`);
        if (ms > slowest.ms) Object.assign(slowest, { id, ms });
      }
    info('whole sheets …');
    const whole: number[] = [];
    for (const { visuals } of sheets)
      for (const state of STATES) {
        const start = performance.now();
        const other = state.replace(/dates=(\d+)/, (_, days) => `dates=${days - 1}`);
        await Promise.all(visuals.map(({ id }) => getMs(`${server.url}api/visuals/${id}?${other}`)));
        whole.push(performance.now() - start);
      }
    info(`${TABS} tabs …`);
    const start = performance.now();
    await Promise.all(Array.from({ length: TABS }, (_, n) => openMs(browser, `${server.url}?dates=${10 + n}d`)));
    const tabs = (performance.now() - start) / 1000;
    const weight = await weightOf(server.url);
    const mib = peakMib(server.process.pid!);
    const ms = (value: number): string => `${Math.round(value)} ms`;
    console.log(
      JSON.stringify([
        ['the dashboard of ten million events: first sheet complete in the browser', ms(first), '< 1,000 ms'],
        ['… a visual after any choice: median', ms(median(single)), ''],
        ['… p95', ms(quantile(single, 0.95)), '< 300 ms'],
        [`… the slowest (${slowest.id})`, ms(slowest.ms), ''],
        ['… all of a sheet after any choice: median', ms(median(whole)), ''],
        ['… p95', ms(quantile(whole, 0.95)), ''],
        [`… ${TABS} tabs opened at once, each with its own dates: all complete`, `${tabs.toFixed(1)} s`, ''],
        ['… page, compressed', `${Math.round(weight / 1000)} kB`, '< 500 kB'],
        ["… server's peak memory", `${mib} MiB`, ''],
      ]),
    );
  } finally {
    await browser.close();
    server.process.kill('SIGTERM');
  }
}

/** Milliseconds until a sheet is complete in a page of its own. */
async function openMs(browser: Browser, url: string): Promise<number> {
  const page: Page = await browser.newPage();
  page.setDefaultTimeout(120_000);
  const start = performance.now();
  await page.goto(url);
  await page
    .locator('.card')
    .nth(FIRST.visuals.length - 1)
    .waitFor();
  await isComplete(page);
  const ms = performance.now() - start;
  await page.close();
  return ms;
}

/** Bytes that a browser gets for the page itself. */
async function weightOf(url: string): Promise<number> {
  let bytes = 0;
  for (const path of ['', 'page.js', 'page.css', 'world.json', 'api/context']) {
    bytes += await new Promise<number>((resolve, reject) => {
      get(url + path, { headers: { 'accept-encoding': 'gzip' } }, (response) => {
        let length = 0;
        response.on('data', (chunk: Buffer) => {
          length += chunk.length;
        });
        response.on('end', () => resolve(length));
      }).on('error', reject);
    });
  }
  return bytes;
}

/** Highest memory of a process so far. */
function peakMib(pid: number): number {
  const [, kib] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kib) / 1024);
}
