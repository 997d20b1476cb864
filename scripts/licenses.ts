import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../core/project';
import { renderLicensePage } from './license-page';
import { bundledThirdParties, mavenThirdParties, npmThirdParties, pythonThirdParties } from './third-party';

/** Writes docs/licenses.md: `make licenses`, which installs everything that is to be listed. */
writeFileSync(
  join(PROJECT, 'docs/licenses.md'),
  renderLicensePage({
    ...bundledThirdParties(),
    npm: npmThirdParties(),
    python: pythonThirdParties(),
    maven: mavenThirdParties(),
  }),
);
