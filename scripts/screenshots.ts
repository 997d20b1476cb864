import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoIncidents } from '../cli/demo';
import { PROJECT } from '../core/project';
import { info } from '../core/terminal/progress';
import { DAY_S } from '../core/time';
import { clickstreamDashboard } from '../dashboard/clickstream-dashboard';
import { lakeReader } from '../lake/duckdb/lake-reader';
import { openLake } from '../lake/duckdb/open-lake';
import { transform } from '../lake/duckdb/transform';
import { dashboardApp } from '../server/dashboard-server';
import { serveApp } from '../server/http-server';
import { pageAssets } from '../server/page-assets';
import { generate } from '../sources/ground-truth/generate';
import { isComplete, launchChromium } from '../support/chromium';

/** Pictures of the demo's dashboard into docs/images/, the same ones each time. */

const IMAGES = join(PROJECT, 'docs/images');
const DAYS = 60;
const UNTIL = Date.parse('2026-11-01T00:00Z') / 1000;
/** A day whose first half is over, as dashboards are looked at. */
const NOW = new Date((UNTIL + DAY_S / 2) * 1000);

interface Picture {
  readonly file: string;
  readonly sheet: string;
  readonly width: number;
  readonly height: number;
  readonly scheme: 'light' | 'dark';
  /** As on paper. @default false */
  readonly isPrint?: boolean;
}

const LAPTOP = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
/** A4 at 96 dots an inch, less its margins. */
const PAPER = { width: 703, height: 1032 };

/** Lines of one file a day that fail, so that there is something to see. */
const FAILING = [
  ...Array.from({ length: 3 }, () => 'not JSON'),
  ...Array.from(
    { length: 9 },
    (_, n) => `{"event_id":"partner-${n}","event_type":"click","user_id":"u","user_action":"home_page"}`,
  ),
];
const FAILING_DAYS = [2, 3, 6, 11];

const PICTURES: readonly Picture[] = [
  ...clickstreamDashboard.sheets.map(({ id }) => ({ file: id, sheet: id, ...LAPTOP, scheme: 'light' as const })),
  { file: 'geographic-analysis-dark', sheet: 'geographic-analysis', ...LAPTOP, scheme: 'dark' },
  { file: 'user-behavior-dark', sheet: 'user-behavior', ...LAPTOP, scheme: 'dark' },
  { file: 'phone', sheet: 'executive-summary', ...PHONE, scheme: 'light' },
  { file: 'phone-user-behavior', sheet: 'user-behavior', ...PHONE, scheme: 'light' },
  { file: 'print', sheet: 'executive-summary', ...PAPER, scheme: 'light', isPrint: true },
  { file: 'wall', sheet: 'executive-summary', width: 2560, height: 1440, scheme: 'dark' },
];

main(mkdtempSync(join(tmpdir(), 'clickstream-screenshots-')));

async function main(root: string): Promise<void> {
  const incidents = demoIncidents(UNTIL, DAYS);
  const range = { from: UNTIL - DAYS * DAY_S, to: UNTIL };
  await generate(root, { simulation: { seed: 1, model: 'journeys', eventsPerDay: 5760, incidents }, range });
  for (const day of FAILING_DAYS) {
    const date = new Date((UNTIL - day * DAY_S) * 1000).toISOString().slice(0, 10);
    writeFileSync(join(root, `raw/date=${date}/partner.ndjson`), FAILING.join('\n'));
  }
  const lake = await openLake(root, { mode: 'write' });
  await transform(lake);
  lake.close();
  const reader = lakeReader(root);
  const options = { dashboard: clickstreamDashboard, reader, assets: pageAssets(), now: () => NOW };
  const served = await serveApp(dashboardApp(options), 0);
  const browser = await launchChromium();
  mkdirSync(IMAGES, { recursive: true });
  try {
    for (const { file, sheet, width, height, scheme, isPrint } of PICTURES) {
      const page = await browser.newPage({ viewport: { width, height }, colorScheme: scheme, timezoneId: 'UTC' });
      await page.goto(`${served.url}?sheet=${sheet}`);
      await isComplete(page);
      if (isPrint) {
        await page.emulateMedia({ media: 'print' });
        await page.evaluate("dispatchEvent(new Event('beforeprint'))");
      }
      await page.waitForTimeout(1500); // charts grow into their shape
      await page.screenshot({ path: join(IMAGES, `${file}.png`), fullPage: true });
      await page.close();
      info(`docs/images/${file}.png`);
    }
  } finally {
    await browser.close();
    await served.close();
    await reader.close();
    rmSync(root, { recursive: true, force: true });
  }
}
