import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { UsageError } from '../core/errors';
import { DEFAULT_ENVIRONMENT, DEFAULT_REGION } from '../core/names';
import { escapeControls } from '../core/terminal/escape-controls';
import { type Format, printRows, write } from '../core/terminal/output';
import { info, progress } from '../core/terminal/progress';
import { clickstreamDashboard } from '../dashboard/clickstream-dashboard';
import { type DataSpan, type Incident, type VisualData, withoutSql } from '../dashboard/protocol';
import { createDashboardInput } from '../dashboard/quicksight/definition';
import { targetOf } from '../dashboard/quicksight/target';
import { formatState, parseState } from '../dashboard/state';
import { lakeReader } from '../lake/duckdb/lake-reader';
import { writeFileWhole } from '../lake/duckdb/out-file';
import { visualData } from '../server/dashboard-server';
import { dataSpanOf } from '../server/health';
import { incidentsOf } from '../server/incidents';
import { pageAssets } from '../server/page-assets';
import { exportedPage } from '../server/page-html';
import { addFormatOptions } from './format-option';
import { loadWithAllPackages } from './full-installation';
import { lakeOption } from './options';
import { accountId, type Pair, pair } from './parsers';

interface ExportFlags {
  readonly lake: string;
  readonly target: (typeof TARGETS)[number];
  readonly out?: string;
  readonly state: string;
  readonly account?: string;
  readonly region: string;
  readonly environment: string;
}

const TARGETS = ['html', 'quicksight'] as const;
const OUTPUTS = { html: 'clickstream-dashboard.html', quicksight: 'clickstream-dashboard.json' } as const;

interface PreviewFlags {
  readonly lake: string;
  readonly out: string;
  readonly parameter: readonly Pair[];
  readonly dataSet: readonly Pair[];
  readonly format: Format;
}

/** Adds `clickstream dashboard`. */
export function addDashboard(program: Command): void {
  const dashboard = program.command('dashboard').description('the dashboard to take away');
  dashboard
    .command('export')
    .description('write the dashboard to a file')
    .addOption(
      new Option('--target <target>', 'html: one page with all that it shows; quicksight: what "aws quicksight" takes')
        .choices(TARGETS)
        .default('html'),
    )
    .addOption(lakeOption())
    .option('--out <file>', 'where to; - is standard output (default: clickstream-dashboard.html or .json)')
    .option(
      '--state <query>',
      'html: dates and filters, as in the address of the served page: "dates=7d&continent=Europe"',
      '',
    )
    .addOption(new Option('--account <id>', 'quicksight: the AWS account').argParser(accountId))
    .addOption(new Option('--region <region>', 'quicksight: the region').default(DEFAULT_REGION))
    .addOption(
      new Option('--environment <name>', 'quicksight: the environment of the data sets').default(DEFAULT_ENVIRONMENT),
    )
    .action(async (flags: ExportFlags) => {
      const { target, out = OUTPUTS[target] } = flags;
      const text = target === 'html' ? await exportHtml(flags.lake, flags.state) : exportQuickSight(flags);
      if (out === '-') return write(text);
      await writeFileWhole(out, (path) => writeFile(path, text));
      const next =
        target === 'html'
          ? 'it needs nothing but a browser'
          : `aws quicksight create-dashboard --cli-input-json file://${out}`;
      info(`wrote ${out} (${(Buffer.byteLength(text) / 1e6).toFixed(1)} MB): ${next}`);
    });
  addFormatOptions(dashboard.command('preview <file>'), { description: 'how the list is printed' })
    .description(
      'draw what "aws quicksight describe-dashboard-definition" printed on the data of a lake, and list its visuals',
    )
    .addOption(lakeOption())
    .option('--out <file>', 'where the page goes', 'clickstream-preview.html')
    .addOption(
      pairsOption(
        '--parameter <name=value>',
        'a value of a parameter; more of one that takes several (default: as the definition says)',
      ),
    )
    .addOption(
      pairsOption(
        '--data-set <identifier=name>',
        'a local data set for one of the definition (default: by name, else the first with all columns used)',
      ),
    )
    .action(async (file: string, { lake, out, parameter, dataSet, format }: PreviewFlags) => {
      const parameters: Record<string, string[]> = {};
      for (const [name, value] of parameter) parameters[name] = [...(parameters[name] ?? []), value];
      const { previewDefinition, readDefinition } = await loadPreview();
      const options = { parameters, chosen: Object.fromEntries(dataSet), now: new Date() };
      const { context, visuals } = await previewDefinition(readDefinition(file), lake, options);
      await writeFileWhole(out, (path) => writeFile(path, exportedPage(context, pageAssets())));
      const rows = visuals.map(({ sheet, title, type, rows = null, reason = '' }) => [
        sheet,
        title,
        type,
        rows,
        reason,
      ]);
      await printRows(
        { columns: ['sheet', 'visual', 'type', 'rows', 'not drawn because it'], chunks: [rows], isWrapped: true },
        format,
      );
      const undrawn = visuals.filter(({ reason }) => reason !== undefined).length;
      info(`wrote ${out}: ${visuals.length - undrawn} visuals drawn${undrawn > 0 ? `, ${undrawn} not` : ''}`);
    });
  dashboard
    .command('diff <before> <after>')
    .description('say what changed between two definitions, whatever their order; ends with 1 if anything did')
    .action(async (before: string, after: string) => {
      const { diffFiles } = await loadPreview();
      const lines = diffFiles(before, after);
      for (const line of lines) await write(`${escapeControls(line)}\n`);
      if (lines.length > 0) process.exitCode = 1;
    });
}

/** The AWS SDK knows what a definition may be, and takes a while to load. */
function loadPreview(): Promise<typeof import('./dashboard-preview.js')> {
  return loadWithAllPackages(() => import('./dashboard-preview.js'));
}

/** What `aws quicksight create-dashboard --cli-input-json` takes. Throws a UsageError without an account. */
function exportQuickSight({ account, region, environment }: ExportFlags): string {
  if (account === undefined)
    throw new UsageError('--target quicksight needs --account: "aws sts get-caller-identity" prints it');
  const input = createDashboardInput(clickstreamDashboard, targetOf(account, region, environment));
  return `${JSON.stringify(input, null, 2)}\n`;
}

function pairsOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser(pair).default([], 'none');
}

/** The dashboard of a lake in a state, as one page. Throws a UserError if there is no lake, a UsageError if there is no such state. */
export async function exportHtml(folder: string, query: string, now = new Date()): Promise<string> {
  const dashboard = clickstreamDashboard;
  const { state, problems } = parseState(dashboard, new URLSearchParams(query.replace(/^.*\?/, '')));
  if (problems.length > 0) throw new UsageError(`--state is not one of this dashboard: ${problems.join('; ')}`);
  const reader = lakeReader(resolve(folder), { timeLimitS: 0 });
  const all = dashboard.sheets.flatMap(({ visuals }) => visuals);
  const visuals: Record<string, VisualData> = {};
  let span: DataSpan;
  let incidents: readonly Incident[];
  const bar = progress('asking');
  try {
    span = await dataSpanOf(reader, now);
    incidents = await incidentsOf(reader);
    for (const [n, visual] of all.entries()) {
      visuals[visual.id] = await visualData({ dashboard, reader }, visual, state, now);
      bar.update(n + 1, all.length);
    }
  } finally {
    bar.stop();
    await reader.close();
  }
  const exported = { query: formatState(dashboard, state).toString(), span, incidents, visuals };
  return exportedPage({ dashboard: withoutSql(dashboard), exported }, pageAssets());
}
