import type { ThirdParty } from './third-party';

/** What docs/licenses.md lists. */
export interface LicenseLists {
  readonly deployed: readonly ThirdParty[];
  readonly page: readonly ThirdParty[];
  readonly packed: readonly ThirdParty[];
  readonly npm: readonly ThirdParty[];
  readonly python: readonly ThirdParty[];
  readonly maven: readonly ThirdParty[];
}

/** A list's heading, and what follows below it. */
const SECTIONS: Readonly<Record<keyof LicenseLists, readonly [heading: string, text: string]>> = {
  deployed: ['In the deployed function', 'Bundled into the zip of the Lambda function.'],
  page: ["In the dashboard's page", 'Bundled into the page that `serve` shows and `dashboard export` writes.'],
  packed: ['In the npm package', 'Bundled into `dist/`, which the command line runs from.'],
  npm: [
    'npm packages',
    'Installed to run the project on one machine. What only deployment, builds and tests need is not listed.',
  ],
  python: ['Python packages', 'Installed into `.venv/` for tests and for `--engine spark`; never deployed.'],
  maven: ['Maven artifacts', 'Installed into `.venv/` for tests and for `--engine spark`; never deployed.'],
};

const HEAD = `# Third-party licenses

This project is licensed under Apache-2.0 and uses the packages below. \`make licenses\` writes this page from the lock files, and a test
fails if a package is missing here or an npm package has a license that was not reviewed. A slash separates licenses of which a
package's metadata does not say whether one may choose or all apply.

Data in this repository: \`etl/reference/countries.csv\` is derived from Unicode CLDR (Unicode-3.0) and from countries-and-timezones
(MIT), \`dashboard/page/world.json\` from Natural Earth (public domain) by way of world-atlas (ISC).
`;

/** Renders docs/licenses.md: for each list a table of licenses, the most frequent first, with their packages. */
export function renderLicensePage(lists: LicenseLists): string {
  return [
    HEAD,
    ...(Object.keys(SECTIONS) as (keyof LicenseLists)[]).map((name) => renderSection(name, lists[name])),
  ].join('\n');
}

/** Renders one of the page's sections. */
export function renderSection(name: keyof LicenseLists, packages: readonly ThirdParty[]): string {
  const [heading, text] = SECTIONS[name];
  const having = (license: string) => packages.filter((one) => one.license === license);
  const rows = [...new Set(packages.map(({ license }) => license))]
    .sort((a, b) => having(b).length - having(a).length || (a < b ? -1 : 1))
    .map((license) => {
      const names = having(license).map(({ name, version }) => `${name} ${version}`);
      return `| ${license} | ${names.join(', ')} |`;
    });
  return `## ${heading}\n\n${text}\n\n| License | Packages |\n|---|---|\n${rows.join('\n')}\n`;
}

/** Reads the packages of a section back from the page, as `name version`. */
export function parseSection(page: string, name: keyof LicenseLists): string[] {
  const section = page.split('\n## ').find((text) => text.startsWith(`${SECTIONS[name][0]}\n`)) ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(1)
    .flatMap((line) => line.split('|')[2]!.split(','))
    .map((entry) => entry.trim());
}
