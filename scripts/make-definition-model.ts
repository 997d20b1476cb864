import { writeFileSync } from 'node:fs';
import { DEFINITION_MODEL, makeDefinitionModel } from './definition-model';

/**
 * Writes dashboard/quicksight/definition-model.json: what AWS's service model says about the parts of a dashboard definition and the
 * SDK's schema leaves out. The service model comes with botocore, which `make test` installs into .venv/ministack.
 */
writeFileSync(DEFINITION_MODEL, makeDefinitionModel());
