import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cdktf } from '@cdktf/provider-aws/package.json';
import { afterAll } from '@jest/globals';
import { holdsProvider, cliConfiguration as ownCliConfiguration, PROVIDER } from '../../cli/doctor/provider-sources';
import { PROJECT } from '../../core/project';
import { TS_NODE } from '../../support/processes';

/** The folder of the stack in what `cdktf synth` writes. */
export const STACK = 'stacks/clickstream';

/** What keeps a folder from being looked into. */
const UNREADABLE: ReadonlySet<string | undefined> = new Set(['EACCES', 'EPERM', 'ENOENT', 'ENOTDIR']);

const temporary = mkdtempSync(join(tmpdir(), 'clickstream-terraform-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

/** Whether Terraform is installed. In continuous integration it must be: throws if it is not. */
export function hasTerraform(): boolean {
  if (spawnSync('terraform', ['version'], { stdio: 'ignore', env: terraformEnvironment() }).status === 0) return true;
  const message = 'terraform is missing: install 1.11 or newer from https://developer.hashicorp.com/terraform/install';
  if (process.env.CI) throw new Error(message);
  process.stderr.write(`skipped: ${message}\n`);
  return false;
}

/**
 * Variables for `terraform` and `cdktf`: providers from this machine where they are, state in the stack's own folder, no look for
 * news, and the AWS of `endpoint`, never one of the caller's.
 */
export function terraformEnvironment(endpoint?: string): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^AWS_|^TF_(VAR|CLI_ARGS|DATA_DIR)|^CLICKSTREAM_(ENVIRONMENT|STATE_BUCKET)/.test(name),
  );
  return {
    ...Object.fromEntries(inherited),
    TF_CLI_CONFIG_FILE: cliConfiguration(),
    TF_CLI_ARGS_init: '-backend-config=path=terraform.tfstate',
    TF_IN_AUTOMATION: '1',
    CHECKPOINT_DISABLE: '1',
    DISABLE_VERSION_CHECK: '1',
    CDKTF_DISABLE_PLUGIN_CACHE_ENV: '1',
    AWS_CONFIG_FILE: join(temporary, 'no-config'),
    AWS_SHARED_CREDENTIALS_FILE: join(temporary, 'no-credentials'),
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: '000000000000',
    AWS_SECRET_ACCESS_KEY: 'test',
    ...(endpoint && { AWS_ENDPOINT_URL: endpoint }),
  };
}

/** Synthesizes the app into a temporary folder, as `cdktf synth` does, and returns the folder of the stack. */
export async function synthesize(): Promise<string> {
  const outdir = mkdtempSync(join(temporary, 'cdktf.out-'));
  await run(process.execPath, [...TS_NODE, 'main.ts'], PROJECT, {
    ...terraformEnvironment(),
    CDKTF_OUTDIR: outdir,
  });
  return join(outdir, STACK);
}

/** Runs Terraform in a folder and returns its standard output; throws with all that it said if it fails. */
export function terraform(folder: string, args: readonly string[], endpoint?: string): Promise<string> {
  return run('terraform', args, folder, terraformEnvironment(endpoint));
}

/** Fetches the providers of a folder, once. */
export async function initialize(folder: string): Promise<void> {
  if (existsSync(join(folder, '.terraform.lock.hcl'))) return;
  await terraform(folder, ['init', '-input=false', '-no-color']).catch((error: Error) => {
    error.message += `\nWithout a way to the registry, put the provider into a folder that holds ${PROVIDER}, and name that folder in CLICKSTREAM_TF_MIRROR`;
    throw error;
  });
}

/** Plans against the AWS of `endpoint` and writes the plan as JSON into the folder; returns the file. */
export async function planJson(
  folder: string,
  variables: Readonly<Record<string, string>>,
  endpoint: string,
): Promise<string> {
  await initialize(folder);
  const given = Object.entries(variables).map(([name, value]) => `-var=${name}=${value}`);
  await terraform(folder, ['plan', '-input=false', '-no-color', '-lock=false', '-out=plan', ...given], endpoint);
  const file = join(folder, 'plan.json');
  writeFileSync(file, await terraform(folder, ['show', '-json', 'plan'], endpoint));
  return file;
}

async function run(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<string> {
  try {
    return (await promisify(execFile)(command, args, { cwd, env, maxBuffer: 1 << 28 })).stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`${command} ${args.join(' ')} in ${cwd} failed\n${stdout}${stderr}`, { cause: error });
  }
}

/** The caller's own CLI configuration if it says where providers come from, else one that names a mirror found here. */
function cliConfiguration(): string {
  const own = ownCliConfiguration();
  if (own.text.includes('provider_installation')) return own.path;
  const file = join(temporary, 'terraformrc');
  if (existsSync(file)) return file;
  const mirror = findMirror();
  // Without this block Terraform looks into its usual folders, then asks the registry.
  const block = `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }\n}\n`;
  writeFileSync(file, mirror === undefined ? '' : block);
  return file;
}

/** A folder that holds the provider in the version that the stack needs: a named one, or one just below a top-level folder. */
function findMirror(): string | undefined {
  const named = process.env.CLICKSTREAM_TF_MIRROR;
  const holds = (folder: string): boolean => holdsProvider(folder, cdktf.provider.version);
  if (named && !holds(named))
    throw new Error(`CLICKSTREAM_TF_MIRROR=${named} holds no ${PROVIDER} of version ${cdktf.provider.version}`);
  return named ?? subfolders('/').flatMap(subfolders).find(holds);
}

function subfolders(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => join(folder, entry.name));
  } catch (error) {
    if (UNREADABLE.has((error as NodeJS.ErrnoException).code)) return [];
    throw error;
  }
}
