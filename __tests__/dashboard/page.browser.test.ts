import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import type { Browser, BrowserContextOptions, Download, Locator, Page } from 'playwright-core';
import { clickstreamDashboard } from '../../dashboard/clickstream-dashboard';
import { MOST_ROWS } from '../../dashboard/protocol';
import {
  crampedOf,
  focusOf,
  hasChromium,
  isComplete,
  launchChromium,
  tabTo,
  violationsOf,
} from '../../support/chromium';
import { HOSTILE_TEXTS } from '../lake/hostile-text';
import { type DashboardLake, serveDashboardLake } from './dashboard-lake';

const { sheets, name: TITLE } = clickstreamDashboard;

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
    expect(await page.title()).toBe(`Executive summary – ${TITLE}`);
    expect(await page.locator('.card h2').allInnerTexts()).toEqual(sheets[0]!.visuals.map(({ title }) => title));
    expect(await kpi()).toBeGreaterThan(10_000);
    expect(await page.locator('.chart canvas').count()).toBe(3);
    expect(await page.locator('.skeleton, .error').count()).toBe(0);
    expect(new Set(await page.locator('.empty').allInnerTexts())).toEqual(
      new Set(['No earlier period to compare with']),
    );
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
    const all = await kpi();
    await page.locator('.choice', { hasText: 'Continent' }).locator('summary').click();
    await page.getByRole('checkbox', { name: /^Europe/ }).check();
    await page.keyboard.press('Escape');
    const european = await kpi();
    expect(european).toBeLessThan(all);
    await page.getByRole('textbox', { name: 'From' }).fill('2026-02-01');
    const shorter = await kpi();
    expect(shorter).toBeLessThan(european);
    await page.getByLabel('Time zone').selectOption('Asia/Tokyo');
    const shown = await kpi();
    expect(shown).not.toBe(shorter);
    expect(await page.locator('.source').textContent()).toContain('Tokyo time');
    expect(address()).toEqual({ dates: '2026-02-01..2026-02-15', continent: 'Europe', tz: 'Asia/Tokyo' });
    await page.reload();
    expect(await kpi()).toBe(shown);
    await page.getByRole('button', { name: 'Clear filters' }).click();
    expect(await kpi()).toBeGreaterThan(shown);
    await page.getByLabel('Dates').selectOption('Last 7 days');
    await kpi();
    expect(address()).toEqual({ dates: '7d', tz: 'Asia/Tokyo' });
  });

  test.each([
    [
      'the bar of a continent to its countries',
      'geographic-analysis',
      'Events by country',
      [0.4, 0.08],
      'Asia',
      'India',
    ],
    [
      'a day of a line to its hours',
      'product-performance',
      'Purchases over time',
      [0.5, 0.2],
      /^2026-01-31/,
      /31 14:00/,
    ],
  ] as const)('goes down by a click on %s, and up again', async (_, sheet, title, place, clicked, below) => {
    await open(`sheet=${sheet}`);
    const before = await firstColumn(title);
    await clickChart(title, place);
    const after = await firstColumn(title);
    expect(Object.entries(address()).find(([name]) => name.startsWith('drill.'))?.[1]).toMatch(clicked);
    expect(before).toContainEqual(expect.stringMatching(clicked));
    expect(before).not.toContainEqual(expect.stringMatching(below));
    expect(after).toContainEqual(expect.stringMatching(below));
    await page
      .getByRole('navigation', { name: `Way down in ${title}` })
      .getByRole('button', { name: 'All' })
      .click();
    expect(await firstColumn(title)).toEqual(before);
  });

  test('does not select what is no more, by a click while the rows below it load', async () => {
    await open('sheet=geographic-analysis');
    const picture = page.locator('[data-visual=events-by-country] canvas').first();
    const shown = await picture.screenshot();
    let answer = (): void => {};
    const asked = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await page.route('**/api/visuals/events-by-country*', (route) => asked.then(() => route.continue()));
    await clickChart('Events by country', [0.4, 0.08]);
    await page.mouse.move(0, 0);
    await clickChart('Events by country', [0.4, 0.08]);
    await page.mouse.move(0, 0);
    await page.waitForTimeout(500); // for what was drawn anew to be there
    expect((await picture.screenshot()).equals(shown)).toBe(true);
    answer();
    await isComplete(page);
    expect(address()).not.toHaveProperty('select');
  });

  test.each([
    ['a mover', 'dates=14d', 'What changed by country', undefined],
    ['a row', 'sheet=geographic-analysis', 'Country performance', undefined],
    ['a bar', '', 'Top 10 countries', [0.5, 0.06]],
    ['a slice', '', 'Event types', [0.71, 0.5]],
    ['a cell', 'sheet=user-behavior', 'Hours and weekdays', [0.5, 0.5]],
  ] as const)('filters the other visuals by a click on %s, and takes it back', async (_, sheet, title, place) => {
    await open(sheet);
    const card = cardOf(title);
    const [all, others] = [await firstColumn(title), await otherRows(title)];
    const click = async (): Promise<void> => {
      if (place) await clickChart(title, place);
      else await card.locator('button.mark').first().click();
      await isComplete(page);
    };
    await click();
    expect(await page.locator('.chip').first().textContent()).toMatch(new RegExp(`^${title}: [A-Z][a-z]`));
    expect(await firstColumn(title)).toEqual(all);
    expect(await otherRows(title)).not.toEqual(others);
    await click();
    expect(await otherRows(title)).toEqual(others);
    await click();
    await page.getByRole('button', { name: 'Clear selection' }).click();
    await isComplete(page);
    expect(await otherRows(title)).toEqual(others);
    expect(address()).not.toHaveProperty('select');
  });

  test('has the times of the own clock, under an address that shows the same elsewhere', async () => {
    await page.context().close();
    page = await newPage({ viewport: { width: 1280, height: 800 }, timezoneId: 'Asia/Tokyo' });
    await open();
    expect(address()).toEqual({ tz: 'Asia/Tokyo' });
    expect(await page.getByLabel('Time zone').inputValue()).toBe('Asia/Tokyo');
    const url = page.url();
    await page.context().close();
    page = await newPage({ viewport: { width: 1280, height: 800 }, timezoneId: 'America/New_York' });
    await page.goto(url);
    await isComplete(page);
    expect(page.url()).toBe(url);
    expect(await page.locator('.source').textContent()).toContain('Tokyo time');
  });

  test('begins with the days that are shown when choosing others', async () => {
    await open('dates=7d');
    await page.getByLabel('Dates').selectOption('custom');
    expect(address().dates).toBe('2026-02-09..2026-02-15');
  });

  test('reads what a title and a column mean, by pointer, keyboard and tap', async () => {
    await open();
    const tip = page.locator('.definition:popover-open');
    await page.getByRole('button', { name: 'Conversion', exact: true }).hover();
    expect(await tip.innerText()).toBe(
      'Conversion Share of the users who bought\nGA4: user key event rate, of purchases',
    );
    await page.mouse.move(0, 0);
    await tip.waitFor({ state: 'detached' });
    await tabTo(page, 'Expected');
    expect(await tip.innerText()).toBe('Expected Events expected in the anomalous hours or days of an incident');
    expect(await violationsOf(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await tip.waitFor({ state: 'detached' });
    const phone = await newPage({ viewport: { width: 390, height: 844 }, hasTouch: true });
    await phone.goto(page.url());
    await phone.getByRole('button', { name: 'Engagement rate', exact: true }).tap();
    const box = await phone.locator('.definition:popover-open').boundingBox();
    expect(box!.x).toBeGreaterThanOrEqual(0);
    expect(box!.x + box!.width).toBeLessThanOrEqual(390);
    await phone.context().close();
  });

  test('sees one message, with a way out, when there is nothing to show', async () => {
    const all = { dates: '2025-06-01..2025-06-30', continent: 'Europe', country_name: 'India' };
    await open(String(new URLSearchParams(all)));
    const notice = page.locator('.notice');
    expect(await notice.locator('span').textContent()).toBe('No data for the selected dates and filters.');
    await notice.getByRole('button', { name: 'Clear all filters' }).click();
    await isComplete(page);
    expect(address()).toEqual({ dates: all.dates });
    await notice.getByRole('button', { name: 'Show the last 30 days' }).click();
    await isComplete(page);
    expect(address()).toEqual({});
    await open();
    expect(await notice.count()).toBe(0);
  });

  test('is told what is wrong with an address, and shown the rest of it', async () => {
    await page.goto(`${served.served.url}?dates=soon&continent=Europe&drill.nothing=x&sheet=user-behavior`);
    await isComplete(page);
    const notice = await page.locator('p.notice').textContent();
    expect(notice).toContain('"soon" is neither like 30d');
    expect(notice).toContain('there is no such way down');
    expect(await page.locator('[aria-current=page]').textContent()).toBe('User behavior');
    expect(await page.locator('details.choice', { hasText: 'Continent' }).locator('b').textContent()).toBe('Europe');
  });

  test('takes rows, SQL and a picture away', async () => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await open();
    const rows = await rowsOf('top-countries');
    const dialog = await openDetails('Top 10 countries');
    const csv = await downloadBy(() => dialog.getByRole('button', { name: 'CSV' }).click());
    expect(csv.suggestedFilename()).toBe('top-countries.csv');
    const [header, ...lines] = parse(readFileSync((await csv.path())!), { bom: true }) as string[][];
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

  test('takes formulas away as text', async () => {
    await page.route('**/api/visuals/top-countries?*', async (route) => {
      const response = await route.fetch();
      const json = (await response.json()) as { main: { rows: unknown[][] } };
      json.main.rows = HOSTILE_TEXTS.map(({ text }, n) => [text, -n]);
      await route.fulfill({ response, json });
    });
    await open();
    const dialog = await openDetails('Top 10 countries');
    const csv = await downloadBy(() => dialog.getByRole('button', { name: 'CSV' }).click());
    const content = readFileSync((await csv.path())!);
    expect(content.subarray(0, 3)).toEqual(Buffer.from('\ufeff'));
    expect((parse(content, { bom: true }) as string[][]).slice(1)).toEqual(
      HOSTILE_TEXTS.map(({ text, isFormula }, n) => [isFormula ? `'${text}` : text, String(-n)]),
    );
  });

  test.each([
    [MOST_ROWS, 1],
    [MOST_ROWS - 1, 0],
  ])('sees a notice only where rows are cut off: %i rows', async (count, notices) => {
    await page.route('**/api/visuals/incidents?*', async (route) => {
      const response = await route.fetch();
      const json = (await response.json()) as { main: { columns: string[]; rows: unknown[][] } };
      json.main.rows = Array.from({ length: count }, (_, n) => json.main.columns.map(() => n));
      await route.fulfill({ response, json });
    });
    await open();
    const notice = page.locator('[data-visual=incidents] .note', { hasText: 'Showing the first 5,000 rows' });
    expect(await notice.count()).toBe(notices);
  });

  test('sees what lands while the page is open, and no card goes blank', async () => {
    await open('dates=2025-06-01..2025-06-30');
    expect(await kpi()).toBe(0);
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
    await tabTo(page, 'User behavior');
    await page.keyboard.press('Enter');
    await isComplete(page);
    expect(await page.locator('[aria-current=page]').textContent()).toBe('User behavior');
    await tabTo(page, 'Continent');
    await page.keyboard.press('Enter');
    await page.locator('.popover').getByRole('checkbox').first().waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await page.keyboard.press('Escape');
    await isComplete(page);
    expect(address()).toHaveProperty('continent');
    await tabTo(page, 'Data, SQL and downloads of Pages');
    await page.keyboard.press('Enter');
    await page.locator('dialog[open]').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('dialog[open]').waitFor({ state: 'detached' });
    expect(await focusOf(page)).toBe('Data, SQL and downloads of Pages');
  });

  test.each([
    ['a phone', 390, 844],
    ['a laptop', 1280, 800],
    ['a wall screen', 2560, 1440],
    ['a wall screen of 4K', 3840, 2160],
  ])('has room on %s', async (_, width, height) => {
    await page.setViewportSize({ width, height });
    for (const { id } of sheets) {
      await open(`sheet=${id}`);
      expect({ id, cramped: await crampedOf(page) }).toEqual({ id, cramped: [] });
    }
  });

  test.each(['light', 'dark'] as const)('prints whole cards in light colors from a page in %s', async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    for (const { id, visuals } of sheets) {
      await open(`sheet=${id}`);
      await page.evaluate(WATCH_PRINT);
      const pdf = await page.pdf({ format: 'A4' });
      const { width, height, cards, canvases, inked, ...rest } = (await page.evaluate('window.printed')) as Printed;
      expect(rest).toEqual({ ground: 'rgb(255, 255, 255)', controls: 0, words: '2026-01-17 to 2026-02-15' });
      expect(cards).toHaveLength(visuals.length);
      expect(cards.filter(({ breaks, isCut }) => breaks !== 'avoid' || isCut)).toEqual([]);
      if (id === 'user-behavior') expect(inked).toBeGreaterThan(0.8);
      expect(Math.max(...cards.map((card) => card.height))).toBeLessThan(PAPER.height);
      expect([width, Math.max(...canvases)].every((each) => each <= PAPER.width)).toBe(true);
      expect(pdf.toString('latin1').match(/\/Type \/Page\b/g)?.length).toBeLessThanOrEqual(
        Math.ceil(height / PAPER.height) + 1,
      );
      expect(await page.evaluate('document.documentElement.dataset.printing')).toBe(undefined);
      expect(await page.evaluate('document.documentElement.dataset.theme')).toBe(colorScheme);
    }
  });

  test('has dark colors as the system has, or as chosen, which is kept', async () => {
    const ground = (): Promise<unknown> => page.evaluate('getComputedStyle(document.body).backgroundColor');
    await page.emulateMedia({ colorScheme: 'dark' });
    await open();
    expect(await ground()).toBe('rgb(17, 22, 29)');
    await page.getByLabel('Colors').selectOption('Light');
    expect(await ground()).toBe('rgb(244, 246, 249)');
    await page.reload();
    await isComplete(page);
    expect(await ground()).toBe('rgb(244, 246, 249)');
  });

  test.each(['light', 'dark'] as const)('can use all of it with a screen reader, in %s', async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    for (const { id } of sheets) {
      await open(`sheet=${id}`);
      expect({ id, violations: await violationsOf(page) }).toEqual({ id, violations: [] });
    }
    await openDetails(sheets.at(-1)!.visuals[0]!.title);
    expect(await violationsOf(page)).toEqual([]);
  });

  test('sees which visual fails, and the others', async () => {
    const refusal = { status: 503, json: { error: 'process 1 has held the lake for 20 s' } };
    await page.route('**/api/visuals/event-types*', (route) => route.fulfill(refusal));
    await open();
    expect(await page.getByRole('alert').allTextContents()).toEqual([refusal.json.error]);
    expect(await kpi()).toBeGreaterThan(10_000);
    complaints = complaints.filter((text) => !text.includes('503'));
  });

  async function newPage(options: BrowserContextOptions): Promise<Page> {
    const context = await browser.newContext({
      colorScheme: 'light',
      reducedMotion: 'reduce',
      timezoneId: 'UTC',
      ...options,
    });
    const opened = await context.newPage();
    opened.setDefaultTimeout(60_000);
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

  /** The parameters of the page's address, but for the dates of the lake, the sheet and the time zone of the browser. */
  function address(): Readonly<Record<string, string>> {
    const parameters = new URL(page.url()).searchParams;
    parameters.delete('sheet');
    if (parameters.get('tz') === 'UTC') parameters.delete('tz');
    if (DATES === `dates=${parameters.get('dates')}`) parameters.delete('dates');
    return Object.fromEntries(parameters);
  }

  /** Total events, once the page has all that it asked for. */
  async function kpi(): Promise<number> {
    await isComplete(page);
    const text = await page.locator('[data-visual=total-events] .value').textContent();
    return Number(text!.replaceAll(',', ''));
  }

  function cardOf(title: string): Locator {
    return page.locator('.card', { has: page.getByRole('heading', { name: title, exact: true }) });
  }

  /** Clicks on a chart, at a place from the left and the top as shares of its width and height. */
  async function clickChart(title: string, [left, top]: readonly [number, number]): Promise<void> {
    const chart = cardOf(title).locator('.chart');
    const { width, height } = (await chart.boundingBox())!;
    await chart.click({ position: { x: width * left, y: height * top } });
  }

  /** What the rows of a visual begin with, as its table has them for people. */
  async function firstColumn(title: string): Promise<readonly string[]> {
    await isComplete(page);
    const dialog = await openDetails(title);
    const cells = await dialog.locator('tbody tr > :first-child').allTextContents();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    return cells;
  }

  /** Rows of the other visuals of the sheet. */
  async function otherRows(title: string): Promise<unknown> {
    const sheet = sheets.find(({ id }) => id === new URL(page.url()).searchParams.get('sheet')) ?? sheets[0]!;
    const others = sheet.visuals.filter((visual) => visual.title !== title);
    return Promise.all(others.map(({ id }) => rowsOf(id)));
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
});

/** What of an A4 page, and of a letter's, is inside the margins, in CSS pixels. */
const PAPER = { width: 700, height: 960 };

interface Printed {
  readonly ground: string;
  readonly controls: number;
  readonly words: string;
  readonly width: number;
  readonly height: number;
  readonly cards: readonly {
    readonly id: string;
    readonly height: number;
    readonly breaks: string;
    readonly isCut: boolean;
  }[];
  readonly canvases: readonly number[];
  /** Share of the cells of a heat map that are drawn. */
  readonly inked: number | undefined;
}

/** Remembers how the page is laid out for paper, after all else that is done before it is printed. */
const WATCH_PRINT = `addEventListener('beforeprint', () => {
  const shown = (selector) => [...document.querySelectorAll(selector)].filter((each) => each.checkVisibility());
  window.printed = {
    ground: getComputedStyle(document.querySelector('.card')).backgroundColor,
    controls: shown('.controls, .scheme, .more, .sheets button:not([aria-current])').length,
    words: shown('.printed')[0].textContent,
    width: document.querySelector('#page').scrollWidth,
    height: document.querySelector('#page').scrollHeight,
    cards: shown('.card').map((card) => ({
      id: card.dataset.visual,
      height: card.offsetHeight,
      breaks: getComputedStyle(card).breakInside,
      isCut: card.scrollWidth > card.offsetWidth || card.scrollHeight > card.offsetHeight,
    })),
    canvases: shown('.paper canvas').map((canvas) => canvas.offsetWidth),
    inked: shown('[data-visual=hours-and-weekdays] .paper canvas').map((canvas) => {
      const context = canvas.getContext('2d');
      const [left, top, width, height] = [0.2, 0.2, 0.75, 0.5].map((share, n) => share * (n % 2 ? canvas.height : canvas.width));
      const { data } = context.getImageData(left, top, width, height);
      let count = 0;
      for (let n = 3; n < data.length; n += 4) if (data[n] > 0) count++;
      return count / (data.length / 4);
    })[0],
  };
})`;

/** Counts what goes blank, and remembers the cards. */
const WATCH = `(() => {
  const cards = [...document.querySelectorAll('.card')];
  let blanks = 0;
  new MutationObserver(() => { blanks += document.querySelectorAll('.skeleton').length; })
    .observe(document.body, { childList: true, subtree: true });
  Object.defineProperty(window, 'watched', { get: () => ({
    hasSameCards: cards.every((card, n) => card === document.querySelectorAll('.card')[n]), blanks }) });
})()`;
