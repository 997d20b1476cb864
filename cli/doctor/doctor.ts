import { type Format, printRows } from '../../core/terminal/output';
import { info, progress } from '../../core/terminal/progress';
import { chooseRegion, identityChecks, openAccess, regionChecks } from './account';
import { type Check, type Row, runChecks } from './check';
import { MACHINE_CHECKS } from './machine';
import { providerCheck } from './provider';
import { quickSightChecks } from './quicksight';
import { quickSightDashboardChecks } from './quicksight-dashboard';
import { serviceChecks } from './services';

export interface DoctorOptions {
  readonly environment: string;
  /** @default that of the environment or of the profile, else us-east-1 */
  readonly region?: string;
  /** @default none */
  readonly replicaRegion?: string;
  /** @default none, and no checks of QuickSight */
  readonly quicksightUser?: string;
  /** Only the checks that need no network. @default false */
  readonly offline?: boolean;
  readonly format: Format;
}

/** How long nothing is shown, for what is done by then. */
const QUIET_MS = 1_000;

/** Checks whether a deploy can succeed, prints what was found, and returns the exit code: 1 if something fails. */
export async function doctor(options: DoctorOptions): Promise<number> {
  const rows = await runShown(await checksFor(options));
  const cells = rows.map(({ check, status, found, remedy }) => [check, status, found, remedy]);
  await printRows(
    { columns: ['check', 'status', 'found', 'remedy'], chunks: [cells], isWrapped: true },
    options.format,
  );
  for (const text of remarks(options, rows)) info(text);
  return exitCode(rows);
}

/** The checks that options ask for, in the order in which they are shown. */
export async function checksFor(options: DoctorOptions): Promise<readonly Check[]> {
  const { environment, replicaRegion, quicksightUser, offline = false } = options;
  // "node" is a check of its own.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const chosen = await chooseRegion(options.region);
  const machine = [...MACHINE_CHECKS, providerCheck(offline)];
  if (offline) return [...machine, ...regionChecks(chosen, replicaRegion, undefined)];
  const access = openAccess();
  return [
    ...machine,
    ...identityChecks(access),
    ...regionChecks(chosen, replicaRegion, access),
    ...serviceChecks({ environment, region: chosen.region }, access),
    ...(quicksightUser === undefined
      ? []
      : [
          ...quickSightChecks(quicksightUser, access),
          ...quickSightDashboardChecks({ environment, region: chosen.region }, access),
        ]),
  ];
}

/** 1 if a check failed, else 0. */
export function exitCode(rows: readonly Row[]): number {
  return rows.some(({ status }) => status === 'failed') ? 1 : 0;
}

/** What is said after the findings: what was left out, and how it ended. */
export function remarks({ offline, quicksightUser }: DoctorOptions, rows: readonly Row[]): string[] {
  const names = (status: Row['status']): string[] =>
    rows.filter((row) => row.status === status).map(({ check }) => check);
  const [failing, warned] = [names('failed'), names('warning')];
  const parts = [
    offline && 'the account was not looked at (--offline)',
    !offline &&
      quicksightUser === undefined &&
      'QuickSight was not looked at: --quicksight-user names who gets the dashboard',
    warned.length > 0 && `with a warning: ${warned.join(', ')}`,
    failing.length > 0 ? `in the way of a deploy: ${failing.join(', ')}` : 'nothing is in the way of a deploy',
  ];
  return parts.filter((part) => part !== false && part !== undefined);
}

async function runShown(checks: readonly Check[]): Promise<Row[]> {
  const bar = progress('checking');
  let done = 0;
  let isShown = false;
  const update = (): void => {
    if (isShown) bar.update(done, checks.length);
  };
  const timer = setTimeout(() => {
    isShown = true;
    update();
  }, QUIET_MS);
  const onDone = (): void => {
    done++;
    update();
  };
  return runChecks(checks, { onDone }).finally(() => {
    clearTimeout(timer);
    bar.stop();
  });
}
