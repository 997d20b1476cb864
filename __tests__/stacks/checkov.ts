import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { PROJECT } from '../../core/project';

const CHECKOV = join(PROJECT, '.venv/checkov/bin/checkov');
const CONFIGURATION = join(PROJECT, '.checkov.yaml');

/** Whether checkov is installed. In continuous integration it must be: throws if it is not. */
export function hasCheckov(): boolean {
  if (existsSync(CHECKOV)) return true;
  const message = `${CHECKOV} is missing: "make test" installs it`;
  if (process.env.CI) throw new Error(message);
  process.stderr.write(`skipped: ${message}\n`);
  return false;
}

/** Checks that are skipped in `.checkov.yaml`, with the reason beside each. */
export function skippedChecks(): Map<string, string> {
  const lines = readFileSync(CONFIGURATION, 'utf8').matchAll(/^ *- (CKV\w+)(?: # (.+))?$/gm);
  return new Map([...lines].map(([, check, reason]) => [check!, reason ?? '']));
}

/** What a plan fails, as `check resource: what is checked`, skipped or not; throws if nothing was checked. */
export async function failedChecks(planFile: string): Promise<string[]> {
  const flags = ['--framework', 'terraform_plan', '--skip-download', '--soft-fail', '--output', 'json'];
  // From the plan's folder, where checkov doesn't find the configuration.
  const { stdout } = await promisify(execFile)(CHECKOV, ['--file', planFile, ...flags], {
    cwd: dirname(planFile),
    maxBuffer: 1 << 28,
  });
  const { results, summary }: CheckovReport = JSON.parse(stdout);
  if (!summary || summary.parsing_errors > 0 || summary.passed === 0)
    throw new Error(`${planFile}: nothing was checked`);
  return results.failed_checks
    .map(({ check_id, resource, check_name }) => `${check_id} ${resource}: ${check_name}`)
    .sort();
}

interface CheckovReport {
  readonly summary?: { readonly passed: number; readonly parsing_errors: number };
  readonly results: {
    readonly failed_checks: readonly {
      readonly check_id: string;
      readonly resource: string;
      readonly check_name: string;
    }[];
  };
}
