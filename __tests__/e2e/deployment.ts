import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PROJECT } from '../../core/project';
import { parseStack } from '../../core/terraform/synthesized-stack';
import { parsePlan } from '../../core/terraform/terraform-plan';
import { type PlanSummary, summarizePlan } from '../../scripts/plan/summarize-plan';
import { STACK, terraform, terraformEnvironment } from '../stacks/terraform';

const CDKTF = join(PROJECT, 'node_modules/.bin/cdktf');

/** Values of the stack's variables. */
export type Variables = Readonly<Record<string, string | number | boolean>>;

/** A deployment of the real stack by `cdktf` itself, into the AWS and the QuickSight of endpoints, with its state in a folder of its own. */
export interface Deployment {
  deploy(variables: Variables): Promise<string>;
  /** Applies what was synthesized last with a text replaced. */
  applyWith(from: string, to: string, variables: Variables): Promise<string>;
  /** What another deploy would change. */
  diff(variables: Variables): Promise<PlanSummary>;
  destroy(variables: Variables): Promise<string>;
  /** What the deploy printed, by name. */
  outputs(): Promise<Readonly<Record<string, string>>>;
  /** Addresses in the state. */
  resources(): Promise<string[]>;
  /** What was deployed of a type of resource. */
  values(type: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  remove(): void;
}

interface State {
  readonly values: {
    readonly root_module: {
      readonly resources: readonly { readonly type: string; readonly values: Readonly<Record<string, unknown>> }[];
    };
  };
}

export function deploymentAt(endpoint: string, quickSight: string): Deployment {
  const folder = mkdtempSync(join(tmpdir(), 'clickstream-e2e-'));
  const stack = join(folder, STACK);
  const environment = { AWS_ENDPOINT_URL_QUICKSIGHT: quickSight };
  const cdktf = (command: string, variables: Variables, ...flags: readonly string[]): Promise<string> => {
    const args = [command, '--skip-provider-lock', '--output', folder, ...flags, ...given(variables)];
    return run(CDKTF, args, endpoint, { environment });
  };
  return {
    deploy: (variables) => cdktf('deploy', variables, '--auto-approve'),
    applyWith(from, to, variables) {
      const file = join(stack, 'cdk.tf.json');
      writeFileSync(file, readFileSync(file, 'utf8').replaceAll(from, to));
      return run('terraform', ['apply', '-auto-approve', ...given(variables)], endpoint, { cwd: stack, environment });
    },
    async diff(variables) {
      await cdktf('diff', variables);
      const plan = parsePlan(await terraform(stack, ['show', '-json', 'plan'], endpoint), 'the plan');
      return summarizePlan(plan, parseStack(readFileSync(join(stack, 'cdk.tf.json'), 'utf8'), 'the stack'));
    },
    destroy: (variables) => cdktf('destroy', variables, '--auto-approve'),
    async outputs() {
      const outputs: Record<string, { value: string }> = JSON.parse(
        await terraform(stack, ['output', '-json'], endpoint),
      );
      return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
    },
    async resources() {
      return (await terraform(stack, ['state', 'list'], endpoint)).split('\n').filter((line) => line !== '');
    },
    async values(type) {
      const state: State = JSON.parse(await terraform(stack, ['show', '-json'], endpoint));
      return state.values.root_module.resources
        .filter((resource) => resource.type === type)
        .map(({ values }) => values);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Runs a Python program with packages of its own against the AWS of an endpoint, and returns the JSON that it prints. */
export async function python(
  tool: string,
  program: string,
  args: readonly string[],
  endpoint: string,
): Promise<unknown> {
  return JSON.parse(await run(join(PROJECT, `.venv/${tool}/bin/python`), [program, ...args], endpoint));
}

function given(variables: Variables): string[] {
  return Object.entries(variables).flatMap(([name, value]) => ['--var', `${name}=${value}`]);
}

async function run(
  command: string,
  args: readonly string[],
  endpoint: string,
  { cwd = PROJECT, environment = {} }: { readonly cwd?: string; readonly environment?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  const env = { ...terraformEnvironment(endpoint), AWS_DEFAULT_REGION: 'us-east-1', CI: 'true', ...environment };
  try {
    return (await promisify(execFile)(command, args, { cwd, env, maxBuffer: 1 << 28 })).stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`${command} ${args.join(' ')} failed\n${stdout}${stderr}`, { cause: error });
  }
}
