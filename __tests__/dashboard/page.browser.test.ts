import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import type { Browser, BrowserContextOptions, Download, Page } from 'playwright-core';
import { clickstreamDashboard } from '../../dashboard/clickstream-dashboard';
import { hasChromium, isComplete, launchChromium } from './browser';
import { type DashboardLake, serveDashboardLake } from './dashboard-lake';

jest.setTimeout(60_000);

const { sheets, name: TITLE } = clickstreamDashboard;
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** The days of the lake. */
const DATES = 'dates=2026-01-17..2026-02-15';

(hasChromium() ? describe : describe.skip)('a viewer of the page', () => {
  let served: DashboardLake;
  let browser: Browser;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    [served, browser] = await Promise.all([serveDashboardLake(), launchChromium()]);
  });
  afterAll(async () => {
    await browser?.close();
    await served?.close();
  });
  beforeEach(async () => {
    complaints = [];
    page = await newPage({ viewport: { width: 1280, height: 800 } });
  });
  afterEach(async () => {
    await page.context().close();
    expect(complaints).toEqual([]);
  });

  test('sees the first sheet whole, with its name', async () => {
    await open();
    expect(await page.title()).toBe(`Executive Summary – ${TITLE}`);
    expect(await page.locator('.card h2').allTextContents()).toEqual(sheets[0]!.visuals.map(({ title }) => title));
    expect(await kpi('total-events')).toMatch(/^\d{2},\d{3}$/);
    expect(await page.locator('.chart canvas').count()).toBeGreaterThan(2);
  });

  test('goes to other sheets, and back by the browser', async () => {
    await open();
    for (const { name, id, visuals } of sheets.slice(1)) {
      await page.getByRole('button', { name, exact: true }).click();
      await isComplete(page);
      expect(new URL(page.url()).searchParams.get('sheet')).toBe(id);
      expect(await page.locator('.card').count()).toBe(visuals.length);
    }
    await page.goBack();
    await isComplete(page);
    expect(new URL(page.url()).searchParams.get('sheet')).toBe(sheets.at(-2)!.id);
    expect(await page.locator('[aria-current=page]').textContent()).toBe(sheets.at(-2)!.name);
  });

  test('chooses dates, a continent and a time zone, and finds the same again under the address', async () => {
    await open();
    const all = await kpi('total-events');
    await page.locator('details.choice', { hasText: 'Continent' }).locator('summary').click();
    await page.getByRole('checkbox', { name: /^Europe/ }).check();
    await page.keyboard.press('Escape');
    await isComplete(page);
    const european = await kpi('total-events');
    expect(number(european)).toBeLessThan(number(all));
    await page.getByRole('textbox', { name: 'From' }).fill('2026-02-01');
    await isComplete(page);
    const shorter = await kpi('total-events');
    expect(number(shorter)).toBeLessThan(number(european));
    await page.getByLabel('Time zone').selectOption('America/New_York');
    await isComplete(page);
    expect(await page.locator('.source').textContent()).toContain('times in America/New_York');
    const state = new URL(page.url()).searchParams;
    expect(Object.fromEntries(state)).toEqual({
      dates: '2026-02-01..2026-02-15',
      continent: 'Europe',
      tz: 'America/New_York',
    });
    const shown = await kpi('total-events');
    await page.reload();
    await isComplete(page);
    expect(await kpi('total-events')).toBe(shown);
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await isComplete(page);
    expect(number(await kpi('total-events'))).toBeGreaterThan(number(shown));
  });

  test('goes down from a continent to its countries by a click on its bar, and up again', async () => {
    await open('sheet=geographic-analysis');
    const chart = page.locator('[data-visual=events-by-country] canvas').first();
    const { width, height } = (await chart.boundingBox())!;
    await chart.click({ position: { x: width * 0.4, y: height / 12 } });
    await isComplete(page);
    expect(new URL(page.url()).searchParams.get('drill.events-by-country')).toBe('Asia');
    const crumbs = page.getByRole('navigation', { name: 'Way down in Events by Country' });
    expect(await crumbs.getByRole('button').allTextContents()).toEqual(['All', 'Asia']);
    expect((await rowsOf('events-by-country')).map(([place]) => place)).toContain('India');
    await crumbs.getByRole('button', { name: 'All' }).click();
    await isComplete(page);
    expect((await rowsOf('events-by-country')).map(([place]) => place)).toContain('Asia');
  });

  test('filters the other visuals by a click in one, and takes it back by another', async () => {
    await open();
    const [all, countries] = [await kpi('total-events'), await rowsOf('top-countries')];
    const mark = page.locator('[data-visual=top-movers] button.mark').first();
    const country = await mark.textContent();
    await mark.click();
    await isComplete(page);
    expect(await page.locator('.chip').textContent()).toBe(`What changed: ${country}`);
    expect(number(await kpi('total-events'))).toBeLessThan(number(all));
    expect((await rowsOf('top-countries')).map(([name]) => name)).toEqual([country]);
    await mark.click();
    await isComplete(page);
    expect(await rowsOf('top-countries')).toEqual(countries);
    await mark.click();
    await page.getByRole('button', { name: 'Clear selection' }).click();
    await isComplete(page);
    expect(await kpi('total-events')).toBe(all);
  });

  test('is told what is wrong with an address, and shown the rest of it', async () => {
    await page.goto(`${served.served.url}?dates=soon&continent=Europe&drill.nothing=x&sheet=user-behavior`);
    await isComplete(page);
    const notice = await page.locator('p.notice').textContent();
    expect(notice).toContain('"soon" is neither like 30d');
    expect(notice).toContain('there is no such way down');
    expect(await page.locator('[aria-current=page]').textContent()).toBe('User Behavior');
    expect(await page.locator('details.choice', { hasText: 'Continent' }).locator('b').textContent()).toBe('Europe');
  });

  test('takes rows, SQL and a picture away', async () => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await open();
    const rows = await rowsOf('top-countries');
    const dialog = await openDetails('Top 10 countries');
    const csv = await downloadBy(() => dialog.getByRole('button', { name: 'CSV' }).click());
    expect(csv.suggestedFilename()).toBe('top-countries.csv');
    const [header, ...lines] = parse(readFileSync((await csv.path())!)) as string[][];
    expect(header).toEqual(['country_name', 'events']);
    expect(lines).toEqual(rows.map((row) => row.map(String)));
    await dialog.getByRole('tab', { name: 'SQL' }).click();
    await dialog.getByRole('button', { name: 'Copy' }).click();
    await dialog.getByRole('button', { name: 'Copied' }).waitFor();
    const copied = await page.evaluate('navigator.clipboard.readText()');
    expect(copied).toBe(await dialog.locator('pre').textContent());
    expect(copied).toMatch(/^SELECT\s+country_name AS country_name/);
    const png = await downloadBy(() => dialog.getByRole('button', { name: 'PNG' }).click());
    const picture = readFileSync((await png.path())!);
    expect(picture.subarray(1, 4).toString()).toBe('PNG');
    expect(picture.readUInt32BE(16)).toBeGreaterThan(400);
  });

  test('sees what lands while the page is open, and no card goes blank', async () => {
    await open('dates=2025-06-01..2025-06-30');
    expect(await kpi('total-events')).toBe('0');
    await page.evaluate(WATCH);
    const timestamp = Date.parse('2025-06-10T12:00Z') / 1000;
    const event = { event_id: 'live', event_type: 'click', user_id: 'u', user_action: 'home_page', timestamp };
    served.lake.land('live-0000.ndjson', `${JSON.stringify(event)}\n`);
    await page.locator('[data-visual=total-events] .value', { hasText: /^1$/ }).waitFor({ timeout: 5000 });
    expect(await page.evaluate('window.watched')).toEqual({ hasSameCards: true, blanks: 0 });
    served.lake.discard('raw/live-0000.ndjson');
  });

  test('does all of it by keyboard', async () => {
    await open();
    await tabTo('User Behavior');
    await page.keyboard.press('Enter');
    await isComplete(page);
    expect(await page.locator('[aria-current=page]').textContent()).toBe('User Behavior');
    await tabTo('Continent');
    await page.keyboard.press('Enter');
    await page.getByRole('checkbox').first().waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await page.keyboard.press('Escape');
    await isComplete(page);
    expect(new URL(page.url()).searchParams.has('continent')).toBe(true);
    await tabTo('Data, SQL and downloads of Event Type Distribution');
    await page.keyboard.press('Enter');
    await page.locator('dialog[open]').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('dialog[open]').waitFor({ state: 'detached' });
    expect(await page.evaluate(FOCUSED)).toBe('Data, SQL and downloads of Event Type Distribution');
  });

  test.each([
    ['a phone', 390, 844],
    ['a laptop', 1280, 800],
    ['a wall screen', 2560, 1440],
  ])('has room on %s', async (_, width, height) => {
    await page.setViewportSize({ width, height });
    for (const { id } of sheets) {
      await open(`sheet=${id}`);
      const { overflow, boxes } = (await page.evaluate(LAYOUT)) as Layout;
      expect(overflow).toBeLessThanOrEqual(0);
      for (const [n, box] of boxes.entries()) {
        expect(box.left).toBeGreaterThanOrEqual(0);
        expect(box.right).toBeLessThanOrEqual(width);
        expect(box.bottom - box.top).toBeGreaterThan(90);
        for (const other of boxes.slice(n + 1)) expect(isApart(box, other)).toBe(true);
      }
    }
  });

  test('has dark colours as the system has, or as chosen, which is kept', async () => {
    const ground = (): Promise<unknown> => page.evaluate('getComputedStyle(document.body).backgroundColor');
    await page.emulateMedia({ colorScheme: 'dark' });
    await open();
    expect(await ground()).toBe('rgb(17, 22, 29)');
    await page.getByLabel('Colours').selectOption('Light');
    expect(await ground()).toBe('rgb(244, 246, 249)');
    await page.reload();
    await isComplete(page);
    expect(await ground()).toBe('rgb(244, 246, 249)');
  });

  test.each(['light', 'dark'] as const)('can use all of it with a screen reader, in %s', async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    for (const { id } of sheets) {
      await open(`sheet=${id}`);
      expect({ id, violations: await violations() }).toEqual({ id, violations: [] });
    }
    await openDetails(sheets.at(-1)!.visuals[0]!.title);
    expect(await violations()).toEqual([]);
  });

  test('sees which visual fails, and the others', async () => {
    const refusal = { status: 503, json: { error: 'process 1 has held the lake for 20 s' } };
    await page.route('**/api/visuals/event-types*', (route) => route.fulfill(refusal));
    await open();
    expect(await page.getByRole('alert').allTextContents()).toEqual([refusal.json.error]);
    expect(await kpi('total-events')).toMatch(/\d/);
    complaints = complaints.filter((text) => !text.includes('503'));
  });

  async function newPage(options: BrowserContextOptions): Promise<Page> {
    const context = await browser.newContext({ colorScheme: 'light', ...options });
    const opened = await context.newPage();
    opened.setDefaultTimeout(10_000);
    opened.on('pageerror', (error) => complaints.push(error.message));
    opened.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    opened.on('request', (request) => {
      if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(served.served.url))
        complaints.push(`asks for ${request.url()}`);
    });
    return opened;
  }

  async function open(query = ''): Promise<void> {
    await page.goto(`${served.served.url}?${query.includes('dates=') ? query : `${DATES}&${query}`}`);
    await isComplete(page);
  }

  async function kpi(id: string): Promise<string> {
    return (await page.locator(`[data-visual=${id}] .value`).textContent())!;
  }

  /** Rows of a visual as the server has them for the page's address. */
  async function rowsOf(id: string): Promise<readonly (readonly unknown[])[]> {
    const { searchParams } = new URL(page.url());
    searchParams.delete('sheet');
    const response = await fetch(`${served.served.url}api/visuals/${id}?${searchParams}`);
    return ((await response.json()) as { main: { rows: unknown[][] } }).main.rows;
  }

  async function openDetails(title: string) {
    await page.getByRole('button', { name: `Data, SQL and downloads of ${title}`, exact: true }).click();
    return page.getByRole('dialog');
  }

  async function downloadBy(action: () => Promise<void>): Promise<Download> {
    const [download] = await Promise.all([page.waitForEvent('download'), action()]);
    return download;
  }

  /** Goes on by the tabulator until something has the focus. */
  async function tabTo(name: string): Promise<void> {
    for (let n = 0; n < 80; n++) {
      await page.keyboard.press('Tab');
      if (String(await page.evaluate(FOCUSED)).startsWith(name)) return;
    }
    throw new Error(`the tabulator does not lead to ${name}`);
  }

  /** What axe finds serious or worse. */
  async function violations(): Promise<unknown> {
    await page.evaluate(AXE);
    return page.evaluate(`axe.run().then(({ violations }) => violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html.slice(0, 200))]))`);
  }
});

const FOCUSED = '(document.activeElement.ariaLabel ?? document.activeElement.textContent)';

/** Counts what goes blank, and remembers the cards. */
const WATCH = `(() => {
  const cards = [...document.querySelectorAll('.card')];
  let blanks = 0;
  new MutationObserver(() => { blanks += document.querySelectorAll('.skeleton').length; })
    .observe(document.body, { childList: true, subtree: true });
  Object.defineProperty(window, 'watched', { get: () => ({
    hasSameCards: cards.every((card, n) => card === document.querySelectorAll('.card')[n]), blanks }) });
})()`;

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

interface Layout {
  /** Pixels that the page is wider than the window. */
  readonly overflow: number;
  readonly boxes: readonly Box[];
}

const LAYOUT = `({
  overflow: document.documentElement.scrollWidth - innerWidth,
  boxes: [...document.querySelectorAll('.card')].map((card) => card.getBoundingClientRect())
    .map(({ left, right, top, bottom }) => ({ left, right, top, bottom })),
})`;

function isApart(a: Box, b: Box): boolean {
  return a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
}

function number(text: string): number {
  return Number(text.replaceAll(',', ''));
}
