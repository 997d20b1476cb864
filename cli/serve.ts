import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { UserError } from '../core/errors';
import { info } from '../core/terminal/progress';
import { clickstreamDashboard } from '../dashboard/clickstream-dashboard';
import { initialState } from '../dashboard/state';
import { type LakeReader, lakeReader } from '../lake/duckdb/lake-reader';
import { databasePath, openLake } from '../lake/duckdb/open-lake';
import { dashboardApp, visualData } from '../server/dashboard-server';
import { sayWarnings } from '../server/health';
import { type Served, serveApp } from '../server/http-server';
import { pageAssets } from '../server/page-assets';
import { isLoopback, LOOPBACK } from '../server/request-guards';
import { lakeOption } from './options';
import { port } from './parsers';
import { stopSignal } from './stop-signal';

/** Port that is tried first: it spells CLIK on a telephone. */
const PORT = 2545;

export interface ServeFlags {
  readonly lake: string;
  readonly port: number;
  readonly open: boolean;
  readonly host: string;
  readonly token?: true;
}

/** Adds `clickstream serve`. */
export function addServe(program: Command): void {
  const command = program
    .command('serve')
    .description('the dashboard on a page of this machine, until Ctrl-C')
    .addOption(lakeOption())
    .addHelpText(
      'after',
      `
Whoever has an account on this machine can open the page, unless --token is given: use it where several people share a machine.
With another --host than the loopback address, others on the network can open it; then the token is always on. It is plain HTTP,
which can be read on its way: over networks that you do not trust, use the loopback address and an SSH tunnel.`,
    );
  addServeOptions(command).action((flags: ServeFlags) => serveUntilStopped(flags));
}

/** Adds the options by which a command serves the dashboard. */
export function addServeOptions(command: Command): Command {
  return command
    .addOption(portOption())
    .option(
      '--host <address>',
      'address to listen on; others than the loopback address are open to the network',
      LOOPBACK,
    )
    .option('--token', 'let in only who opens the address that is printed, which holds a random token')
    .option('--no-open', 'do not open a browser');
}

function portOption(): Option {
  return new Option('--port <number>', 'port to listen on; where it is taken, the next one')
    .argParser(port)
    .default(PORT);
}

/** Serves the dashboard of a lake, and opens it in a browser unless this is continuous integration. */
export async function serveUntilStopped(flags: ServeFlags): Promise<void> {
  const served = await serveLake(flags);
  const signal = stopSignal(); // before the address is known, so that no signal ends the process without closing
  info(`the dashboard is at ${served.url} (Ctrl-C ends it)`);
  if (!isLoopback(flags.host))
    info(
      'others on the network can reach it, and read what passes, as it is plain HTTP; only who has the token is let in',
    );
  if (flags.open && !process.env.CI) await openBrowser(served.url);
  if (!signal.aborted) await once(signal, 'abort');
  await served.close();
}

/** Serves the dashboard of a lake; the address has the token, if there is one. Throws a UserError if the lake can't be read. */
async function serveLake({ lake, port, host, token: wantsToken }: ServeFlags): Promise<Served> {
  const root = resolve(lake);
  if (!existsSync(databasePath(root))) await openLake(root); // says what to do
  (await openLake(root, { onWait: (holder) => info(`waiting for ${holder}, which is writing`) })).close();
  const token = wantsToken || !isLoopback(host) ? randomBytes(24).toString('base64url') : undefined;
  const reader = lakeReader(root);
  await warmUp(reader);
  await sayWarnings(reader);
  const app = dashboardApp({ dashboard: clickstreamDashboard, reader, assets: pageAssets(), host, token });
  const onBusy = (busy: number): void => info(`port ${busy} is taken: trying ${busy + 1}`);
  const served = await serveApp(app, port, { host, onBusy });
  return {
    url: token === undefined ? served.url : `${served.url}?token=${token}`,
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
    browser.on('error', () => info('there is no browser to open: open the address yourself'));
  } catch (error) {
    throw new UserError(
      `no browser could be opened (${(error as Error).message}): open ${url} yourself, or use --no-open`,
    );
  }
}
