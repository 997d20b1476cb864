import { existsSync } from 'node:fs';
import { cdktf } from '@cdktf/provider-aws/package.json';
import { type Check, type Finding, ok, warning } from './check';
import { describe } from './diagnosis';
import { cliConfiguration, holdsProvider, PROVIDER, providerSources, REGISTRY, type Source } from './provider-sources';

/** The version that the bindings were made from, the only one that the stack accepts. */
const VERSION = cdktf.provider.version;

/** What a source of the provider said, and whether the provider can come from there. */
interface Answer {
  readonly source: Source;
  readonly state: 'holds' | 'lacks' | 'unreachable' | 'not asked';
  readonly said: string;
}

/** Whether `terraform init` can get the AWS provider; without network only folders are looked at. */
export function providerCheck(isOffline: boolean): Check {
  return {
    name: 'provider',
    async run() {
      const { path, text } = cliConfiguration();
      const sources = providerSources(text);
      const answers = await Promise.all(sources.map((source) => ask(source, isOffline)));
      const finding = judgeProvider(answers);
      return existsSync(path) || !process.env.TF_CLI_CONFIG_FILE
        ? finding
        : { ...finding, found: `${finding.found}; TF_CLI_CONFIG_FILE names ${path}, which does not exist` };
    },
  };
}

/** Terraform asks every source that its configuration allows, so one that is out of reach is enough to fail. */
export function judgeProvider(answers: readonly Answer[]): Finding {
  const found = `${VERSION}: ${answers.map(({ said }) => said).join('; ') || 'no source is configured'}`;
  const isHeld = answers.some(({ state }) => state === 'holds');
  const unreachable = answers.find(({ state }) => state === 'unreachable');
  if (isHeld && unreachable)
    return warning(
      found,
      `keep Terraform from asking ${unreachable.source.at}: add exclude = ["${PROVIDER}"] to that method in provider_installation`,
    );
  if (answers.some(({ state }) => state === 'not asked') && !isHeld)
    return warning(found, 'run this without --offline, which asks');
  if (!isHeld)
    return warning(
      found,
      `let this machine reach https://registry.terraform.io and https://releases.hashicorp.com, or run "terraform providers mirror DIR" where they can be reached and name DIR as filesystem_mirror in ~/.terraformrc; a plugin cache is not enough`,
    );
  // Locking asks the registry whatever the configuration says.
  const isLocal = answers.every(({ source }) => source.kind !== 'registry');
  return ok(found, isLocal ? 'deploy with --skip-provider-lock, where the registry is out of reach' : '');
}

async function ask(source: Source, isOffline: boolean): Promise<Answer> {
  const { kind, at } = source;
  if (kind === 'folder') {
    const isHeld = holdsProvider(at, VERSION);
    return { source, state: isHeld ? 'holds' : 'lacks', said: `${isHeld ? 'in' : 'not in'} ${at}` };
  }
  if (isOffline) return { source, state: 'not asked', said: `${at} was not asked` };
  const url = source === REGISTRY ? at : new URL(`${PROVIDER}/${VERSION}.json`, at).href;
  try {
    // Less than a check's own limit, so that a registry out of reach stays a warning.
    const { status } = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    return { source, state: stateOf(status), said: `${url} answers ${status}` };
  } catch (error) {
    return { source, state: 'unreachable', said: `${url} can't be reached (${describe(error)})` };
  }
}

function stateOf(status: number): Answer['state'] {
  if (status === 200) return 'holds';
  return status === 404 ? 'lacks' : 'unreachable';
}
