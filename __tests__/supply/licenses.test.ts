import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { PROJECT } from '../../core/project';
import { parseJarLock } from '../../scripts/jar-lock';
import { parseSection, renderSection } from '../../scripts/license-page';
import { readNpmLock } from '../../scripts/npm-lock';
import { bundledThirdParties, npmThirdParties, type ThirdParty } from '../../scripts/third-party';
import { renderThirdPartyNotices } from '../../scripts/third-party-notices';

const PAGE = readFileSync(join(PROJECT, 'docs/licenses.md'), 'utf8');

/** Licenses that ask for no more than a notice: what is deployed and exported has these. */
const PERMISSIVE = [
  ...['MIT', 'MIT-0', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0'],
  ...['CC0-1.0', 'BlueOak-1.0.0', 'Python-2.0', 'Unlicense'],
];
/** What only builds, deploys and tests may have besides: it is in nothing that is passed on. */
const TOOLS_ONLY = ['MPL-2.0', 'CC-BY-4.0', 'Unicode-3.0'];
/** Tools that were reviewed one by one. */
const REVIEWED: Readonly<Record<string, string>> = {
  jsonify: 'Public Domain: is bundled with cdktf',
};

let bundled: Awaited<ReturnType<typeof bundledThirdParties>>;
beforeAll(async () => {
  bundled = await bundledThirdParties();
});
const npm = npmThirdParties();
const tools = readNpmLock()
  .filter(({ dev }) => dev)
  .map(({ license = 'UNKNOWN', ...one }) => ({ ...one, license }));

describe('licenses', () => {
  test('of everything bundled are permissive', () => {
    expect(unreviewed(Object.values(bundled).flat(), PERMISSIVE)).toEqual([]);
  });

  test('of npm packages that run the project are permissive', () => {
    expect(unreviewed(npm, PERMISSIVE)).toEqual([]);
  });

  test('of tools are permissive, right for tools, or were reviewed', () => {
    const names = unreviewed(tools, [...PERMISSIVE, ...TOOLS_ONLY]).map(({ name }) => name);
    expect(names).toEqual(Object.keys(REVIEWED));
    expect(tools.length).toBeGreaterThan(500);
  });

  test.each([
    'GPL-3.0-only',
    'UNKNOWN',
    'SEE LICENSE IN LICENSE',
    'MPL-2.0',
    'MIT AND GPL-3.0-only',
    'AGPL-3.0 OR SSPL-1.0',
    'GPL-2.0 AND (MIT OR ISC)',
  ])('such as %s are found', (license) => {
    const added = { name: 'new', version: '1.0.0', license };
    expect(unreviewed([...npm, added], PERMISSIVE)).toContainEqual(added);
  });

  test.each(['(MIT OR GPL-3.0-or-later)', 'Apache-2.0 AND MIT'])('such as %s are fine', (license) => {
    expect(unreviewed([{ name: 'new', version: '1.0.0', license }], PERMISSIVE)).toEqual([]);
  });
});

test('THIRD-PARTY-NOTICES.md has the texts of everything bundled', async () => {
  // "make licenses" mends it.
  expect(readFileSync(join(PROJECT, 'THIRD-PARTY-NOTICES.md'), 'utf8')).toBe(await renderThirdPartyNotices());
});

describe('the page of licenses', () => {
  test.each(['deployed', 'page', 'packed', 'npm'] as const)('lists npm packages as they are locked: %s', (name) => {
    // "make licenses" mends it.
    expect(PAGE).toContain(renderSection(name, { ...bundled, npm }[name]));
  });

  test('lists every Python package that is locked', () => {
    const listed = new Set(parseSection(PAGE, 'python').map(normalized));
    const locked = readdirSync(join(PROJECT, 'requirements'))
      .filter((file) => file.endsWith('.in'))
      .flatMap((file) => readFileSync(join(PROJECT, 'requirements', file.replace('.in', '.txt')), 'utf8').split('\n'))
      // Of what depends on platform and Python, the page has what is installed where it was made.
      .filter((line) => /^[a-z0-9]/.test(line) && !/; .*(sys_platform|python_full_version)/.test(line))
      .map((line) =>
        normalized(
          line
            .split(' ')[0]!
            .replace(/\[.*\]/, '')
            .replace('==', ' '),
        ),
      );
    expect(locked.length).toBeGreaterThan(100);
    expect(locked.filter((id) => !listed.has(id))).toEqual([]);
  });

  test('lists every jar that is locked', () => {
    const listed = parseSection(PAGE, 'maven').map((id) => id.replace(/^.*:/, '').replace(' ', '-'));
    const locked = ['spark-jars.txt', 'trino/jars.sha256'].flatMap((file) => [
      ...parseJarLock(readFileSync(join(PROJECT, 'requirements', file), 'utf8')).keys(),
    ]);
    expect(locked.length).toBeGreaterThan(100);
    expect(locked.filter((jar) => !listed.some((id) => jar === `${id}.jar` || jar.startsWith(`${id}-`)))).toEqual([]);
  });
});

/** Packages none of whose licenses is among those that are allowed; of alternatives, one is enough. */
function unreviewed(packages: readonly ThirdParty[], allowed: readonly string[]): ThirdParty[] {
  return packages.filter(({ license }) => {
    if (license.includes(' OR ') && license.includes(' AND ')) return true; // for a person to read
    const alternatives = license.replaceAll(/[()]/g, '').split(' OR ');
    return !alternatives.some((one) => one.split(' AND ').every((part) => allowed.includes(part)));
  });
}

/** Python's names are the same in any case, with hyphens, underscores or dots. */
function normalized(id: string): string {
  const [name, version] = id.split(' ');
  return `${name!.toLowerCase().replaceAll(/[-_.]+/g, '-')} ${version}`;
}
