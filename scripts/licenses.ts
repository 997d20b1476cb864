import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../core/project';
import { renderLicensePage } from './license-page';
import { bundledThirdParties, mavenThirdParties, npmThirdParties, pythonThirdParties } from './third-party';
import { renderThirdPartyNotices } from './third-party-notices';

/** Writes docs/licenses.md and THIRD-PARTY-NOTICES.md: `make licenses`, which installs everything that is to be listed. */
async function main(): Promise<void> {
  const lists = {
    ...(await bundledThirdParties()),
    npm: npmThirdParties(),
    python: pythonThirdParties(),
    maven: mavenThirdParties(),
  };
  writeFileSync(join(PROJECT, 'docs/licenses.md'), renderLicensePage(lists));
  writeFileSync(join(PROJECT, 'THIRD-PARTY-NOTICES.md'), await renderThirdPartyNotices());
}

main();
