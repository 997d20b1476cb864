import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { clickstreamDashboard } from '../dashboard/clickstream-dashboard';
import { initialState } from '../dashboard/state';
import { dashboardApp, type Served, serveLocally, visualData } from './dashboard-server';
import { Failure } from './failure';
import { databasePath, openLake } from './lake';
import { type LakeReader, lakeReader } from './lake-reader';
import { pageAssets } from './page-assets';
import { say } from './progress';

/** Port that is tried first: it spells CLIK on a telephone. */
const PORT = 2545;

export interface ServeFlags {
  readonly lake: string;
  readonly port: number;
  readonly open: boolean;
}

/** Adds `clickstream serve`. */
export function addServe(program: Command, lakeOption: () => Option): void {
  program
    .command('serve')
    .description('the dashboard on a page of this machine, until Ctrl-C')
    .addOption(lakeOption())
    .addOption(portOption())
    .addOption(noOpenOption())
    .action(({ lake, port, open }: ServeFlags) => serveUntilStopped(lake, port, open));
}

export function portOption(): Option {
  return new Option('--port <number>', 'port of the loopback address; where it is taken, the next one')
    .argParser((text) => {
      const port = Number(text);
      if (!Number.isInteger(port) || port < 0 || port > 65_515)
        throw new InvalidArgumentError('It must be a number from 0 (any) to 65515.');
      return port;
    })
    .default(PORT);
}

export function noOpenOption(): Option {
  return new Option('--no-open', 'do not open a browser');
}

/** Serves the dashboard of a lake, and opens it in a browser unless this is continuous integration. */
export async function serveUntilStopped(folder: string, port: number, isOpened: boolean): Promise<void> {
  const served = await serveLake(folder, port);
  say(`the dashboard is at ${served.url} (Ctrl-C ends it)`);
  if (isOpened && !process.env.CI) await openBrowser(served.url);
  await new Promise<void>((stop) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop());
  });
  await served.close();
}

/** Serves the dashboard of a lake. Throws a Failure if there is none, or if it can't be read. */
export async function serveLake(folder: string, port: number): Promise<Served> {
  const root = resolve(folder);
  if (!existsSync(databasePath(root))) await openLake(root); // says what to do
  (await openLake(root, { onWait: (holder) => say(`waiting for ${holder}, which is writing`) })).close();
  const reader = lakeReader(root);
  await warmUp(reader);
  const app = dashboardApp({ dashboard: clickstreamDashboard, lake: folder, reader, assets: pageAssets() });
  const served = await serveLocally(app, port, (busy) => say(`port ${busy} is taken: trying ${busy + 1}`));
  return {
    url: served.url,
    async close() {
      await served.close();
      await reader.close();
    },
  };
}

/** Does what takes long, and what is looked at first, so that the page is complete when it opens. */
async function warmUp(reader: LakeReader): Promise<void> {
  const dashboard = clickstreamDashboard;
  const state = initialState(dashboard);
  await reader.prepare();
  await Promise.all(
    dashboard.sheets[0]!.visuals.map((visual) => visualData({ dashboard, reader }, visual, state, new Date())),
  );
}

async function openBrowser(url: string): Promise<void> {
  try {
    const { default: open } = await import('open');
    const browser = await open(url);
    browser.on('error', () => say('there is no browser to open: open the address yourself'));
  } catch (error) {
    throw new Failure(
      `no browser could be opened (${(error as Error).message}): open ${url} yourself, or use --no-open`,
    );
  }
}
