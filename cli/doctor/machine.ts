import { type ExecFileException, execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { devDependencies, engines } from '../../package.json';
import { type Check, type Finding, failed, ok } from './check';
import { describe } from './diagnosis';

/** The first whose variable validations may refer to other variables. */
const TERRAFORM = '1.9';

/** Less than a check's own limit, so that the remedy is Terraform's. */
const TERRAFORM_MS = 8_000;

const INSTALL_TERRAFORM = `install ${TERRAFORM} or newer: https://developer.hashicorp.com/terraform/install; it must be on the PATH, or named in TERRAFORM_BINARY_NAME`;

/** Checks of what is installed on this machine, none of which needs the network. */
export const MACHINE_CHECKS: readonly Check[] = [
  { name: 'node', run: () => judgeNode(process.versions.node) },
  { name: 'terraform', run: terraform },
  { name: 'cdktf', run: () => judgeCdktf(installedVersion('cdktf-cli')) },
];

/** Whether a version such as `1.11.4` is a minimum such as `1.9` or newer. */
export function isAtLeast(version: string, minimum: string): boolean {
  const [have, need] = [version, minimum].map((text) => text.split(/[.+-]/).map(Number));
  for (const [n, wanted] of need!.entries()) {
    const part = have![n] ?? 0;
    if (part !== wanted) return part > wanted;
  }
  return true;
}

export function judgeNode(version: string, range = engines.node): Finding {
  if (isAtLeast(version, range.replace('>=', ''))) return ok(version);
  return failed(`${version}, where ${range} is needed`, 'install a current one: https://nodejs.org/en/download');
}

/** Judges what `terraform version -json` printed. */
export function judgeTerraform(output: string): Finding {
  const version = /"terraform_version":\s*"([^"]+)"/.exec(output)?.[1];
  if (version === undefined) return failed(`no version in "${output.trim().split('\n', 1)[0]}"`, INSTALL_TERRAFORM);
  if (isAtLeast(version, TERRAFORM)) return ok(version);
  return failed(`${version}, where ${TERRAFORM} is needed`, INSTALL_TERRAFORM);
}

export function judgeCdktf(installed: string | undefined, wanted = devDependencies['cdktf-cli']): Finding {
  if (installed === wanted) return ok(installed);
  const found = installed === undefined ? 'not installed' : `${installed}, where ${wanted} is needed`;
  return failed(found, 'npm ci');
}

async function terraform(): Promise<Finding> {
  // The name that the cdktf command knows.
  const command = process.env.TERRAFORM_BINARY_NAME || 'terraform';
  // Without this Terraform asks over the network whether there is a newer one.
  const env = { ...process.env, CHECKPOINT_DISABLE: '1' };
  try {
    const { stdout } = await promisify(execFile)(command, ['version', '-json'], {
      env,
      timeout: TERRAFORM_MS,
      killSignal: 'SIGKILL',
    });
    return judgeTerraform(stdout);
  } catch (error) {
    const { code, killed } = error as ExecFileException;
    if (code === 'ENOENT') return failed(`there is no "${command}" on the PATH`, INSTALL_TERRAFORM);
    return failed(killed ? `"${command} version" does not end` : describe(error), INSTALL_TERRAFORM);
  }
}

/** Version of a package that this project finds, or undefined where it is not installed. */
export function installedVersion(name: string): string | undefined {
  try {
    const manifest: { version: string } = JSON.parse(readFileSync(require.resolve(`${name}/package.json`), 'utf8'));
    return manifest.version;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}
