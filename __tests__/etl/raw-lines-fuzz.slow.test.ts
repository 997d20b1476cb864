import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { PROJECT } from '../../core/project';
import { start } from '../../support/processes';

const PYTHON = join(PROJECT, '.venv/fuzz/bin/python');

/** Whether Hypothesis is installed. In continuous integration it must be: throws if it is not. */
function hasHypothesis(): boolean {
  if (existsSync(PYTHON)) return true;
  const message = `${PYTHON} is missing: "make test" installs it`;
  if (process.env.CI) throw new Error(message);
  process.stderr.write(`skipped: ${message}\n`);
  return false;
}

(hasHypothesis() ? test : test.skip)(
  'the Glue job turns whatever Hypothesis makes up into rows, and counts them',
  async () => {
    const { code, stdout, stderr } = await start(PYTHON, join(PROJECT, '__tests__/etl/fuzz_raw_lines.py')).ended;
    if (code !== 0) throw new Error(stderr.slice(-4000));
    expect(stdout.trim().split('\n')).toHaveLength(3);
  },
);
