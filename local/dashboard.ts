import { renameSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { clickstreamDashboard } from '../dashboard/clickstream-dashboard';
import { type VisualData, withoutSql } from '../dashboard/protocol';
import { formatState, parseState } from '../dashboard/state';
import { visualData } from './dashboard-server';
import { Failure } from './failure';
import { lakeReader } from './lake-reader';
import { write } from './output';
import { pageAssets } from './page-assets';
import { exportedPage } from './page-html';
import { progress, say } from './progress';

interface ExportFlags {
  readonly lake: string;
  readonly target: (typeof TARGETS)[number];
  readonly out: string;
  readonly state: string;
}

const TARGETS = ['html'] as const;

/** Adds `clickstream dashboard`. */
export function addDashboard(program: Command, lakeOption: () => Option): void {
  const dashboard = program.command('dashboard').description('the dashboard to take away');
  dashboard
    .command('export')
    .description('write the dashboard to a file')
    .addOption(
      new Option('--target <target>', 'html: one page with all that it shows').choices(TARGETS).default('html'),
    )
    .addOption(lakeOption())
    .option('--out <file>', 'where to; - is standard output', 'clickstream-dashboard.html')
    .option(
      '--state <query>',
      'dates and filters, as in the address of the served page: "dates=7d&continent=Europe"',
      '',
    )
    .action(async ({ lake, out, state }: ExportFlags) => {
      const html = await exportHtml(lake, state);
      if (out === '-') return write(html);
      writeWhole(out, html);
      say(`wrote ${out} (${(Buffer.byteLength(html) / 1e6).toFixed(1)} MB): it needs nothing but a browser`);
    });
}

/** The dashboard of a lake in a state, as one page. Throws a Failure if there is no lake, or no such state. */
export async function exportHtml(folder: string, query: string, now = new Date()): Promise<string> {
  const dashboard = clickstreamDashboard;
  const { state, problems } = parseState(dashboard, new URLSearchParams(query.replace(/^.*\?/, '')));
  if (problems.length > 0) throw new Failure(`--state is not one of this dashboard: ${problems.join('; ')}`);
  const reader = lakeReader(resolve(folder));
  const all = dashboard.sheets.flatMap(({ visuals }) => visuals);
  const visuals: Record<string, VisualData> = {};
  const bar = progress('asking');
  try {
    for (const [n, visual] of all.entries()) {
      visuals[visual.id] = await visualData({ dashboard, reader }, visual, state, now);
      bar.update(n + 1, all.length);
    }
  } finally {
    bar.stop();
    await reader.close();
  }
  const exported = { query: formatState(dashboard, state).toString(), at: now.toISOString(), visuals };
  return exportedPage({ dashboard: withoutSql(dashboard), lake: folder, exported }, pageAssets());
}

/** A file is there whole, or not at all. */
function writeWhole(file: string, text: string): void {
  const partial = `${file}.partial`;
  writeFileSync(partial, text);
  renameSync(partial, file);
}
