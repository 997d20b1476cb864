import { diagnose } from './diagnosis';

/** `skipped`: not looked at, because a check that it builds on failed. */
export type Status = 'ok' | 'warning' | 'failed' | 'skipped';

/** What a check found, and what to do about it (empty where nothing is to be done). */
export interface Finding {
  readonly status: Status;
  readonly found: string;
  readonly remedy: string;
}

export interface Check {
  readonly name: string;
  /** Names of earlier checks that must not fail for this one to make sense. @default none */
  readonly after?: readonly string[];
  /** What the caller must be allowed to do, such as `athena:ListWorkGroups`. @default nothing */
  readonly permission?: string;
  /** What it throws becomes a finding. */
  run(signal: AbortSignal): Finding | Promise<Finding>;
}

/** A finding with the name of its check. */
export interface Row extends Finding {
  readonly check: string;
}

export function ok(found: string, remedy = ''): Finding {
  return { status: 'ok', found, remedy };
}

export function warning(found: string, remedy: string): Finding {
  return { status: 'warning', found, remedy };
}

export function failed(found: string, remedy: string): Finding {
  return { status: 'failed', found, remedy };
}

/** Runs checks, each as soon as those before it are done, and returns their findings in the order given; never rejects. */
export function runChecks(
  checks: readonly Check[],
  { timeoutMs = 10_000, onDone = (): void => {} } = {},
): Promise<Row[]> {
  const rows = new Map<string, Promise<Row>>();
  for (const check of checks) rows.set(check.name, rowOf(check, rows, timeoutMs).finally(onDone));
  return Promise.all(rows.values());
}

async function rowOf(check: Check, rows: ReadonlyMap<string, Promise<Row>>, timeoutMs: number): Promise<Row> {
  const before = await Promise.all((check.after ?? []).map((name) => rows.get(name)));
  const missing = before.find((row) => row?.status === 'failed' || row?.status === 'skipped');
  if (missing) return { check: check.name, status: 'skipped', found: `needs "${missing.check}"`, remedy: '' };
  return { check: check.name, ...(await within(check, timeoutMs)) };
}

async function within(check: Check, timeoutMs: number): Promise<Finding> {
  const controller = new AbortController();
  const { signal } = controller;
  // Not every promise heeds a signal: a credential process and a name look-up don't.
  const late = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  const timer = setTimeout(
    () => controller.abort(new DOMException(`no answer within ${timeoutMs / 1000} s`, 'TimeoutError')),
    timeoutMs,
  );
  try {
    return await Promise.race([late, check.run(signal)]);
  } catch (error) {
    return failed(...diagnose(signal.aborted ? signal.reason : error, check.permission));
  } finally {
    clearTimeout(timer);
  }
}
