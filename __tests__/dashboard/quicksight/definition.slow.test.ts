import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { PROJECT } from '../../../core/project';
import { clickstreamDashboard } from '../../../dashboard/clickstream-dashboard';
import { createDataSetInput } from '../../../dashboard/quicksight/data-sets';
import { createDashboardInput } from '../../../dashboard/quicksight/definition';
import { dataSetsOf } from '../../../dashboard/quicksight/filters';
import { targetOf } from '../../../dashboard/quicksight/target';
import { createThemeInput } from '../../../dashboard/quicksight/theme';
import { lightTheme } from '../../../dashboard/theme';

const PYTHON = join(PROJECT, '.venv/ministack/bin/python3');
const PLACE = targetOf('111122223333', 'us-east-1', 'dev');

const dashboard = createDashboardInput(clickstreamDashboard, PLACE);
const { Name, AwsAccountId, Definition } = dashboard;
const visuals = clickstreamDashboard.sheets.flatMap((sheet) => sheet.visuals);

/** Whether botocore is installed, which has AWS's service model. In continuous integration it must be. */
function hasModel(): boolean {
  if (existsSync(PYTHON)) return true;
  if (process.env.CI) throw new Error(`${PYTHON} is missing: "make test" installs it`);
  process.stderr.write(`skipped: ${PYTHON} is missing\n`);
  return false;
}

(hasModel() ? test : test.skip)("every request is valid by AWS's service model, and a wrong one is not", () => {
  const requests = [
    { operation: 'CreateDashboard', input: dashboard },
    { operation: 'CreateAnalysis', input: { AwsAccountId, AnalysisId: 'a', Name, Definition } },
    { operation: 'CreateTheme', input: createThemeInput(lightTheme, PLACE) },
    ...dataSetsOf(visuals).map((each) => ({ operation: 'CreateDataSet', input: createDataSetInput(each, PLACE) })),
    { operation: 'CreateDashboard', input: { ...dashboard, DashboardId: 'no id', Nme: 'x', Name: '' } },
  ];
  const { stdout, stderr } = spawnSync(PYTHON, [join(__dirname, 'validate.py')], {
    input: requests.map((request) => JSON.stringify(request)).join('\n'),
    encoding: 'utf8',
  });
  const found = stdout.trim().split('\n');
  expect([found.length, stderr]).toEqual([requests.length, '']);
  const problems = found.map((line) => JSON.parse(line) as string[]);
  expect(problems.slice(0, -1).flat()).toEqual([]);
  expect(problems.at(-1)).toEqual([
    expect.stringContaining('DashboardId is'),
    expect.stringContaining('Name is 0, not from 1'),
    expect.stringContaining('Nme is unknown'),
  ]);
});
