import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderLicensePage } from './license-page';
import { bundledThirdParties, mavenThirdParties, npmThirdParties, pythonThirdParties } from './third-party';

/** Writes docs/licenses.md: `make licenses`, which installs everything that is to be listed. */
writeFileSync(
  join(__dirname, '../docs/licenses.md'),
  renderLicensePage({
    ...bundledThirdParties(),
    npm: npmThirdParties(),
    python: pythonThirdParties(),
    maven: mavenThirdParties(),
  }),
);
