import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { CLI_BUILD, PAGE_BUILD } from '../cli/build';
import { bundledFolders } from '../cli/notices';
import { PROJECT } from '../core/project';
import { FUNCTION_BUILD } from '../stacks/function-bundle';
import { readNpmLock } from './npm-lock';

/** A package of somebody else's, with its license: as SPDX writes it, where that can be told from the metadata. */
export interface ThirdParty {
  readonly name: string;
  readonly version: string;
  readonly license: string;
}

const LICENSE_PLUGIN = 'org.codehaus.mojo:license-maven-plugin:2.5.0:add-third-party';

/** Texts that stand for a license in Python's and Maven's metadata, by its SPDX identifier. */
const SPDX: readonly (readonly [pattern: RegExp, license: string])[] = [
  [
    /^(the )?apache( software)?( license)?,?( version)? ?(2(\.0)?)?$|apache\.org\/licenses\/LICENSE-2\.0/i,
    'Apache-2.0',
  ],
  [/^(the )?MIT( license)?( \(MIT\))?$/i, 'MIT'],
  [/^(modified bsd|(the )?(new )?bsd[ -]3[ -]clause( license)?)$/i, 'BSD-3-Clause'],
  [/^bsd[ -]2[ -]clause( license)?$/i, 'BSD-2-Clause'],
  [/^BSD( license)?$/i, 'BSD'],
  [/^mozilla public license 2\.0/i, 'MPL-2.0'],
  [/^(PSFL|PSF license|python software foundation license)$/i, 'PSF-2.0'],
  [/^(EDL 1\.0|eclipse distribution license - v 1\.0)$/i, 'BSD-3-Clause'],
  [/^(EPL 2\.0|eclipse public license,?( version)? ?v?2\.0)$/i, 'EPL-2.0'],
  [
    /^GPL2 w\/ CPE$|^the GNU general public license \(GPL\), version 2, with classpath exception$/i,
    'GPL-2.0-with-classpath-exception',
  ],
  [/^public domain, per creative commons CC0$/i, 'CC0-1.0'],
  [/^GNU library or lesser general public license \(LGPL\)$/i, 'LGPL'],
  [/^LGPL 2\.1$/i, 'LGPL-2.1-only'],
  [/^MPL 1\.1$/i, 'MPL-1.1'],
];

/** npm packages that are installed to run the project, for any platform, from package-lock.json. */
export function npmThirdParties(): ThirdParty[] {
  const packages = readNpmLock().filter(({ dev }) => !dev);
  return unique(packages.map(({ name, version, license }) => ({ name, version, license: license ?? 'UNKNOWN' })));
}

/** npm packages whose code is in the zip of the deployed function, in the dashboard's page, which can be exported, and in the npm package. */
export async function bundledThirdParties(): Promise<Record<'deployed' | 'page' | 'packed', ThirdParty[]>> {
  return {
    deployed: await bundledIn(FUNCTION_BUILD),
    page: await bundledIn(PAGE_BUILD),
    packed: await bundledIn(CLI_BUILD),
  };
}

async function bundledIn(options: BuildOptions): Promise<ThirdParty[]> {
  const { metafile } = await build({ ...options, metafile: true, write: false });
  const folders = bundledFolders(metafile);
  const packages = readNpmLock().filter(({ path }) => folders.includes(path));
  return unique(packages.map(({ name, version, license }) => ({ name, version, license: license ?? 'UNKNOWN' })));
}

/** Python packages of requirements/, from what is installed in .venv/. */
export function pythonThirdParties(): ThirdParty[] {
  const environments = readdirSync(join(PROJECT, 'requirements'))
    .filter((file) => file.endsWith('.in') && file !== 'build.in') // which is installed in all of them
    .map((file) => file.slice(0, -'.in'.length));
  const installed = environments.flatMap((name): ThirdParty[] => {
    const python = join(PROJECT, '.venv', name, 'bin/python');
    return JSON.parse(execFileSync(python, ['-c', PRINT_METADATA], { encoding: 'utf8' }));
  });
  // Python itself brings pip.
  return unique(
    installed.filter(({ name }) => name !== 'pip').map((found) => ({ ...found, license: spdx(found.license) })),
  );
}

/** Prints name, version and license of each installed package: the license as its metadata tells it, best source first. */
const PRINT_METADATA = `
import importlib.metadata, json, re
def license_of(metadata):
    classifiers = [text.split(' :: ')[-1] for text in metadata.get_all('Classifier', []) if text.startswith('License ::')]
    known = [text for text in classifiers if text not in ('OSI Approved', 'Freely Distributable')]
    text = (metadata.get('License') or '').split('\\n')[0]
    is_spdx = re.fullmatch(r'(Apache|MIT|BSD|MPL|EPL|PSF|ISC|LGPL)[-0-9.A-Za-z]*( (OR|AND) [-0-9.A-Za-z]+)*', text)
    return metadata.get('License-Expression') or (text if is_spdx and text != 'BSD' else ' / '.join(known) or text)
print(json.dumps([
    {'name': found.metadata['Name'], 'version': found.version, 'license': license_of(found.metadata)}
    for found in importlib.metadata.distributions()
]))
`;

/** Jars of Trino and Spark, from their POMs, by a plugin of Maven. */
export function mavenThirdParties(): ThirdParty[] {
  const folder = join(PROJECT, '.build/licenses');
  mkdirSync(folder, { recursive: true });
  const sparkPom = join(folder, 'pom.xml');
  writeFileSync(sparkPom, renderSparkPom(readFileSync(join(PROJECT, 'requirements/spark-jars.txt'), 'utf8')));
  return unique([join(PROJECT, 'requirements/trino/pom.xml'), sparkPom].flatMap((pom) => licensesOf(pom, folder)));
}

function licensesOf(pom: string, folder: string): ThirdParty[] {
  const output = [`-Dlicense.outputDirectory=${folder}`, '-Dlicense.thirdPartyFilename=list.txt'];
  execFileSync('mvn', ['--quiet', '--batch-mode', '--strict-checksums', '--file', pom, LICENSE_PLUGIN, ...output]);
  const lines = readFileSync(join(folder, 'list.txt'), 'utf8').split('\n');
  return lines.flatMap((line): ThirdParty[] => {
    const [, licenses, coordinates] = /^ +((?:\(.*?\) )+).* \(([^ ()]+) - [^()]*\)$/.exec(line) ?? [];
    if (!licenses || !coordinates) return [];
    const [group, artifact, version] = coordinates.split(':');
    const names = [...licenses.matchAll(/\(((?:[^()]|\([^()]*\))*)\) /g)].map(([, name]) => spdx(name!));
    return [{ name: `${group}:${artifact}`, version: version!, license: [...new Set(names)].join(' / ') }];
  });
}

/** A POM of the jars alone: what they depend on is in them. */
function renderSparkPom(lock: string): string {
  const dependencies = lock
    .trim()
    .split('\n')
    .map((line) => {
      const [group, artifact, version] = line.split(' ')[0]!.split(':');
      const nothingElse =
        '<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>';
      return `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version>${nothingElse}</dependency>`;
    });
  return `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>clickstream</groupId><artifactId>spark</artifactId><version>1</version><dependencies>${dependencies.join('')}</dependencies></project>`;
}

/** Several licenses are kept apart by slashes: such metadata does not say whether one may choose or all apply. */
function spdx(text: string): string {
  const parts = text
    .split(' / ')
    .map((part) => SPDX.find(([pattern]) => pattern.test(part.trim()))?.[1] ?? part.trim());
  return [...new Set(parts)].join(' / ');
}

/** By name, each version once. */
function unique(found: readonly ThirdParty[]): ThirdParty[] {
  const byId = new Map(found.map((one) => [`${one.name} ${one.version}`, one]));
  return [...byId.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}
