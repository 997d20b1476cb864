import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { exportHtml } from '../../cli/dashboard';
import { DATABASE } from '../../core/names';
import { DAY_MS } from '../../core/time';
import { clickstreamDashboard } from '../../dashboard/clickstream-dashboard';
import { openLake } from '../../lake/duckdb/open-lake';
import { queryAll } from '../../lake/duckdb/query';
import { answerKeyOf } from '../../sources/ground-truth/answer-key';
import { hasChromium, isComplete, launchChromium } from '../../support/chromium';
import { countries } from '../sources/simulations';
import { comparable, type Rows } from './comparable';
import { type DashboardLake, NOW, PLANTED, serveDashboardLake } from './dashboard-lake';
import { CHOICES, type Choice, plainSql } from './plain-sql';

const { sheets } = clickstreamDashboard;

const LIVE = `${DATABASE}.clickstream_live`;

const WEEK_MS = 7 * DAY_MS;
const LAST_WEEK_MS = Date.parse('2026-02-09');

(hasChromium() ? describe : describe.skip)('what every visual shows is what plain SQL gives', () => {
  let served: DashboardLake;
  let browser: Browser;
  let page: Page;
  const expected = new Map<Choice, Map<string, Rows>>();
  /** Columns that no simulated event has a value of, such as those of a field that only your own events have. */
  let unfilled: readonly string[];

  beforeAll(async () => {
    [served, browser] = await Promise.all([serveDashboardLake(), launchChromium()]);
    page = await browser.newPage({ timezoneId: 'UTC' });
    page.setDefaultTimeout(10_000);
    const lake = await openLake(served.lake.root);
    await lake.connection.run(`CREATE TEMP TABLE live AS FROM ${LIVE}`); // which takes most of the time of a query
    for (const choice of CHOICES) {
      const rows = new Map<string, Rows>();
      for (const { id } of sheets.flatMap(({ visuals }) => visuals))
        rows.set(
          id,
          (await queryAll(lake, plainSql(id, choice).replaceAll(LIVE, 'temp.live'), [], { isOwn: true })).rows,
        );
      expected.set(choice, rows);
    }
    const { columns, rows: counts } = await queryAll(lake, `SELECT COUNT(COLUMNS(*)) FROM ${LIVE}`);
    unfilled = columns.filter((_, n) => counts[0]![n] === 0);
    lake.close();
  });
  afterAll(async () => {
    await browser?.close();
    await served?.close();
  });

  test.each(CHOICES)('$name', async (choice) => {
    for (const sheet of sheets) {
      // What is clicked holds on its own sheet; all else on every one, and to go there takes less than to load anew.
      if (sheet === sheets[0] || choice.clickedIn)
        await page.goto(`${served.served.url}?${choice.query}&sheet=${sheet.id}`);
      else await page.getByRole('button', { name: sheet.name, exact: true }).click();
      const shown = await rowsOnPage(page);
      expect([...shown.keys()]).toEqual(sheet.visuals.map(({ id }) => id));
      for (const [id, rows] of shown)
        expect({ id, rows: comparable(rows) }).toEqual({ id, rows: comparable(expected.get(choice)!.get(id)!) });
    }
  });

  test('and what the simulator planted, where it counts the same', async () => {
    const { analyses, totals, ...counts } = answerKeyOf([PLANTED], countries, '2026-02-16');
    const rowsOf = (name: string, ...columns: string[]): Rows =>
      analyses[name]!.map((row) => columns.map((column) => row[column]));
    const midnight = (date: unknown): string => `${date} 00:00:00`;
    const states = ['new', 'retained', 'resurrected', 'churned'];
    const planted: Readonly<Record<string, Rows>> = {
      'total-events': [[totals.event_count]],
      'unique-users': [[totals.user_count]],
      'events-over-time': rowsOf('events_over_time', 'event_date', 'event_count').map(([date, n]) => [
        midnight(date),
        n,
      ]),
      'event-types': counts.events_by_type.map((row) => [row.event_type, row.event_count]),
      'hours-and-weekdays': rowsOf('hourly_heat_map', 'weekday', 'hour', 'event_count'),
      'purchase-funnel': rowsOf('funnel', 'step', 'step_name', 'users'),
      // Without users who may only be new to the lake, and the week that isn't over.
      'cohort-retention': rowsOf('cohort_retention', 'cohort_week', 'week_n', 'retention_rate').filter(
        ([cohort, n]) => cohort !== '2026-01-05' && Date.parse(String(cohort)) + Number(n) * WEEK_MS < LAST_WEEK_MS,
      ),
      lifecycle: analyses
        .lifecycle!.slice(1, -1)
        .flatMap((row) =>
          states.map((state) => [row.week_start, state, row[`${state}_users`]]).filter(([, , users]) => users !== 0),
        ),
      'purchases-by-category': rowsOf('product_category_performance', 'product_category', 'purchases'),
    };
    const choice = CHOICES.find(({ name }) => name === 'all dates')!;
    for (const { id } of sheets.slice(0, 4)) {
      await page.goto(`${served.served.url}?${choice.query}&sheet=${id}`);
      for (const [visual, rows] of await rowsOnPage(page)) {
        if (planted[visual])
          expect({ visual, rows: comparable(rows) }).toEqual({ visual, rows: comparable(planted[visual]) });
        delete (planted as Record<string, Rows>)[visual];
      }
    }
    expect(planted).toEqual({});
  });

  test('in an exported page too, which asks for nothing', async () => {
    const choice = CHOICES.find(({ name }) => name === 'a continent')!;
    const file = join(served.lake.root, 'exported.html');
    writeFileSync(file, await exportHtml(served.lake.root, `?${choice.query}`, NOW));
    const own = await browser.newPage();
    const asked: string[] = [];
    own.on('request', (request) => asked.push(request.url()));
    own.on('console', (message) => asked.push(message.text()));
    await own.goto(`file://${file}`);
    expect(await own.locator('.source').textContent()).toBe(
      'Data to Feb 15, 18:29 UTC · exported Feb 15, 18:40 UTC · last 14 days · Continent: Europe',
    );
    for (const { name, visuals } of sheets) {
      await own.getByRole('button', { name, exact: true }).click();
      const shown = await rowsOnPage(own);
      for (const { id } of visuals)
        expect({ id, rows: comparable(shown.get(id)!) }).toEqual({
          id,
          rows: comparable(expected.get(choice)!.get(id)!),
        });
    }
    expect(asked.filter((url) => !url.startsWith('data:') && url !== `file://${file}`)).toEqual([]);
    await own.close();
  });

  test('and most of it is something', () => {
    const isOfUnfilled = (sql: string): boolean => unfilled.some((column) => new RegExp(`\\b${column}\\b`).test(sql));
    const empty = sheets
      .flatMap(({ visuals }) => visuals.map(({ id }) => id))
      .filter((id) => expected.get(CHOICES[0]!)!.get(id)!.length === 0);
    expect(empty.filter((id) => !isOfUnfilled(plainSql(id, CHOICES[0]!)))).toEqual([]);
    const texts = CHOICES.map((choice) => JSON.stringify([...expected.get(choice)!]));
    expect(new Set(texts).size).toBe(CHOICES.length);
  });
});

/** The rows that a viewer finds behind each visual of the page, by opening one after the other. */
async function rowsOnPage(page: Page): Promise<Map<string, Rows>> {
  await isComplete(page);
  const found = (await page.evaluate(READ)) as [string, string[][]][];
  return new Map(found.map(([id, rows]) => [id, rows.map((row) => row.map((text) => JSON.parse(text)))]));
}

/** In one script, since five hundred visuals are looked at. */
const READ = `(async () => {
  const until = async (isThere) => { while (!isThere()) await new Promise((resolve) => setTimeout(resolve, 5)); };
  const found = [];
  for (const card of document.querySelectorAll('.card')) {
    if (card.querySelector('.more').disabled) throw new Error(card.dataset.visual + ': ' + card.textContent);
    card.querySelector('.more').click();
    await until(() => card.querySelector('dialog[open]'));
    const rows = [...card.querySelectorAll('dialog tbody tr')];
    found.push([card.dataset.visual, rows.map((row) => [...row.children].map((cell) => cell.dataset.value))]);
    card.querySelector('[aria-label=Close]').click();
    await until(() => !card.querySelector('dialog'));
  }
  return found;
})()`;
