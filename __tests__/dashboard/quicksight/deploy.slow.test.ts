import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { App, TerraformStack, Testing } from 'cdktf';
import { clickstreamDashboard } from '../../../dashboard/clickstream-dashboard';
import type { Visual } from '../../../dashboard/kinds/registry';
import { definitionOf } from '../../../dashboard/quicksight/definition';
import { parseDefinition } from '../../../dashboard/quicksight/definition-file';
import { diffDefinitions } from '../../../dashboard/quicksight/diff';
import { dataSetsOf } from '../../../dashboard/quicksight/filters';
import { targetOf } from '../../../dashboard/quicksight/target';
import { at, type Dashboard } from '../../../dashboard/spec';
import { QuickSight } from '../../../stacks/quicksight';
import { declareSettings } from '../../../stacks/settings';
import { hasTerraform, initialize, terraform } from '../../stacks/terraform';
import { type StandIn, startQuickSightStandIn } from './stand-in';

/** A visual of each kind: Terraform takes its time with each. The whole is deployed by `make e2e`. */
const DASHBOARD: Dashboard = {
  ...clickstreamDashboard,
  sheets: [{ ...clickstreamDashboard.sheets[0]!, visuals: oneOfEachKind() }],
};

const PLACE = targetOf('111122223333', 'us-east-1', 'dev');
const AUTHOR = ['quicksight_user=ann', 'quicksight_role=author', 'quicksight_refresh=daily'].map(
  (value) => `-var=${value}`,
);
const APPLY = ['apply', '-auto-approve', '-no-color'];

(hasTerraform() ? describe : describe.skip)('Terraform, against a stand-in of QuickSight', () => {
  let standIn: StandIn;
  const folder = mkdtempSync(join(tmpdir(), 'clickstream-quicksight-'));

  beforeAll(async () => {
    standIn = await startQuickSightStandIn({ ann: 'AUTHOR' });
    writeFileSync(join(folder, 'cdk.tf.json'), configuration(standIn.endpoint));
    await initialize(folder);
  });
  afterAll(async () => {
    await standIn?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each([
    ['nobody', /couldn't find resource[\s\S]*quicksight_user-must-be-one-that-aws-quicksight-list-users-lists/],
    ['arn:aws:quicksight:us-east-1:444455556666:user/default/ann', /must be a user of the account 111122223333/],
  ])('is told at plan that %s is no user of the account', async (user, message) => {
    const planned = terraform(folder, ['plan', '-no-color', `-var=quicksight_user=${user}`]);
    await expect(planned).rejects.toThrow(message);
    expect(standIn.changes).toEqual([]);
  });

  test('creates all of it for an author, with data that is kept, and then finds nothing to change', async () => {
    await terraform(folder, [...APPLY, ...AUTHOR]);
    const dataSets = dataSetsOf(DASHBOARD.sheets[0]!.visuals).length;
    expect(standIn.counts()).toEqual({
      DataSource: 1,
      DataSet: dataSets,
      RefreshSchedule: dataSets,
      Theme: 1,
      Analysis: 1,
      Dashboard: 1,
    });
    expect(await terraform(folder, ['plan', '-detailed-exitcode', '-no-color', ...AUTHOR])).toContain('No changes');
  });

  test('has sent what the definition says', () => {
    const { Options: _, ...expected } = JSON.parse(JSON.stringify(definitionOf(DASHBOARD, PLACE)));
    const described = standIn.described('clickstream-dashboard');
    expect(canonical(described.Definition)).toEqual(canonical(expected));
    expect(diffDefinitions(parseDefinition(JSON.stringify(described)).definition, expected)).toEqual([]);
  });
});

function oneOfEachKind(): Visual[] {
  const visuals = clickstreamDashboard.sheets.flatMap((sheet) => sheet.visuals);
  const first = new Map([...visuals].reverse().map((visual) => [visual.kind, visual]));
  return [...first.values()].map((visual, n) => ({ ...visual, position: at(0, 6 * n, 36, 6) }));
}

/** A stack of QuickSight alone. */
function configuration(endpoint: string): string {
  const stack = new TerraformStack(new App(), 'clickstream');
  declareSettings(stack);
  new AwsProvider(stack, 'aws', {
    region: PLACE.region,
    accessKey: 'test',
    secretKey: 'test',
    skipCredentialsValidation: true,
    skipMetadataApiCheck: 'true',
    skipRequestingAccountId: true,
    endpoints: [{ quicksight: endpoint }],
  });
  new QuickSight(stack, { target: PLACE, workgroup: 'analytics', dashboard: DASHBOARD });
  return Testing.synth(stack);
}

/** Without what is empty, and in one order what the provider has as sets: texts, and declarations. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(canonical);
    if (items.every((item) => typeof item === 'string')) return items.sort();
    const isDeclared = items.every(
      (item) =>
        typeof item === 'object' &&
        item !== null &&
        ('Name' in item || Object.keys(item).some((key) => key.endsWith('ParameterDeclaration'))),
    );
    return isDeclared ? items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => !(Array.isArray(each) && each.length === 0) && each !== null)
      .map(([name, each]): [string, unknown] => [name, canonical(each)])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
