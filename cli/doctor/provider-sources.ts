import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Address of the AWS provider, which is also its folder in a mirror. */
export const PROVIDER = 'registry.terraform.io/hashicorp/aws';

/** Where Terraform looks for the provider; it asks all of them, and gives up if one does not answer. */
export interface Source {
  readonly kind: 'folder' | 'mirror' | 'registry';
  /** A folder or a URL. */
  readonly at: string;
}

export const REGISTRY: Source = {
  kind: 'registry',
  at: 'https://registry.terraform.io/.well-known/terraform.json',
};

/** Path of Terraform's CLI configuration, and its text; the text is empty where there is no such file. */
export function cliConfiguration(env: NodeJS.ProcessEnv = process.env): { path: string; text: string } {
  const path = env.TF_CLI_CONFIG_FILE || join(home(), '.terraformrc');
  return { path, text: existsSync(path) ? readFileSync(path, 'utf8') : '' };
}

/** Where Terraform looks according to its configuration: where that doesn't say, its usual folders, and the registry for what they lack. */
export function providerSources(configuration: string, folders = usualFolders()): readonly Source[] {
  // Comments start a line, so that the // of a URL is none.
  const text = configuration.replace(/^\s*(#|\/\/).*$/gm, '');
  if (/\bprovider_installation\b/.test(text)) return configuredSources(text);
  const held = folders.filter((folder) => existsSync(join(folder, PROVIDER)));
  return held.length > 0 ? held.map((at) => ({ kind: 'folder', at })) : [REGISTRY];
}

/** Whether a folder holds a version of the provider for this machine, unpacked or as an archive. */
export function holdsProvider(folder: string, version: string): boolean {
  const home = join(folder, PROVIDER);
  const target = platform();
  if (existsSync(join(home, version, target))) return true;
  return existsSync(home) && readdirSync(home).includes(`terraform-provider-aws_${version}_${target}.zip`);
}

/** This machine, as Terraform calls it, such as `linux_amd64`. */
export function platform(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const architectures: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };
  return `${system}_${architectures[process.arch] ?? process.arch}`;
}

function configuredSources(text: string): Source[] {
  const blocks = text.matchAll(/\b(filesystem_mirror|network_mirror|direct)\s*\{([^}]*)\}/g);
  return [...blocks].flatMap(([, method, body]): Source[] => {
    if (!applies(body!)) return [];
    const at = /\b(?:path|url)\s*=\s*"([^"]*)"/.exec(body!)?.[1] ?? '';
    if (method === 'direct') return [REGISTRY];
    return [{ kind: method === 'network_mirror' ? 'mirror' : 'folder', at }];
  });
}

/** Whether a method's `include` and `exclude` let it provide the AWS provider. */
function applies(body: string): boolean {
  const matches = (list: 'include' | 'exclude'): boolean | undefined => {
    const patterns = new RegExp(`\\b${list}\\s*=\\s*\\[([^\\]]*)\\]`).exec(body)?.[1]?.match(/[^",\s]+/g);
    return patterns?.some((pattern) => isAddress(pattern));
  };
  return matches('include') !== false && matches('exclude') !== true;
}

function isAddress(pattern: string): boolean {
  const parts = pattern.split('/');
  if (parts.length === 2) parts.unshift('registry.terraform.io');
  return PROVIDER.split('/').every((part, n) => parts[n] === '*' || parts[n] === part);
}

function usualFolders(): string[] {
  const data = process.env.XDG_DATA_HOME || join(home(), '.local/share');
  const shared = (process.env.XDG_DATA_DIRS || '/usr/local/share:/usr/share').split(delimiter);
  return [
    join(home(), '.terraform.d/plugins'),
    ...[data, ...shared].map((folder) => join(folder, 'terraform/plugins')),
    ...[home(), '/'].map((folder) => join(folder, 'Library/Application Support/io.terraform/plugins')),
  ];
}

function home(): string {
  return process.env.HOME || homedir();
}
