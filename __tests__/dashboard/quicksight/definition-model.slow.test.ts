import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { PROJECT } from '../../../core/project';
import { DEFINITION_MODEL, makeDefinitionModel } from '../../../scripts/definition-model';

const PYTHON = join(PROJECT, '.venv/ministack/bin/python3');

/** Whether botocore is installed, which has AWS's service model. In continuous integration it must be. */
function hasModel(): boolean {
  if (existsSync(PYTHON)) return true;
  if (process.env.CI) throw new Error(`${PYTHON} is missing: "make test" installs it`);
  process.stderr.write(`skipped: ${PYTHON} is missing\n`);
  return false;
}

(hasModel() ? test : test.skip)('definition-model.json is what scripts/make-definition-model.ts makes', () => {
  const made = makeDefinitionModel();
  expect(readFileSync(DEFINITION_MODEL, 'utf8')).toBe(made);
  expect(JSON.parse(made).enums.TimeGranularity).toContain('QUARTER');
});
