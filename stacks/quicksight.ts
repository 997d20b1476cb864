import { DataAwsQuicksightUser } from '@cdktf/provider-aws/lib/data-aws-quicksight-user';
import { type ITerraformDependable, TerraformLocal, TerraformResource } from 'cdktf';
import { Construct } from 'constructs';
import { clickstreamDashboard } from '../dashboard/clickstream-dashboard';
import { createDataSetInput } from '../dashboard/quicksight/data-sets';
import { createAnalysisInput, createDashboardInput } from '../dashboard/quicksight/definition';
import { dataSetsOf } from '../dashboard/quicksight/filters';
import { lint } from '../dashboard/quicksight/lint/lint';
import { ACTIONS, type Given } from '../dashboard/quicksight/permissions';
import { dataSetId, dataSourceId, type QuickSightTarget, titleIn } from '../dashboard/quicksight/target';
import { type Blocks, blocksOf } from '../dashboard/quicksight/terraform';
import { createThemeInput } from '../dashboard/quicksight/theme';
import type { Dashboard } from '../dashboard/spec';
import { lightTheme } from '../dashboard/theme';
import { conditions, countIf, expression, local } from './expressions';

export interface QuickSightOptions {
  readonly target: QuickSightTarget;
  /** Athena's workgroup, by name. */
  readonly workgroup: string;
  /** What must be there before queries can be. @default nothing */
  readonly after?: readonly ITerraformDependable[];
  /** @default THE dashboard */
  readonly dashboard?: Dashboard;
}

const IS_ARN = 'startswith(var.quicksight_user, "arn:")';
const IS_AUTHOR = 'var.quicksight_role == "author"';
const IS_KEPT = 'var.quicksight_refresh != ""';

/** When data is taken into SPICE once a day: after the job has usually ended. */
const DAILY_AT = '02:00';

/** The dashboard for `quicksight_user`, if there is one: data source, data sets and dashboard; for an author, the analysis and its theme too. */
export class QuickSight extends Construct {
  /** Id of the dashboard, as its address has it. */
  readonly dashboardId: string;
  private readonly user: string;

  /** Throws with all that the linter finds. */
  constructor(
    scope: Construct,
    { target, workgroup, after = [], dashboard = clickstreamDashboard }: QuickSightOptions,
  ) {
    super(scope, 'quicksight');
    this.user = this.userArn(target.account);
    const visuals = dashboard.sheets.flatMap((sheet) => sheet.visuals);
    const dataSetInputs = dataSetsOf(visuals).map((dataSet) => createDataSetInput(dataSet, target));
    const dashboardInput = createDashboardInput(dashboard, target);
    const problems = lint(dashboardInput.Definition!, dataSetInputs);
    if (problems.length > 0) throw new Error(`the dashboard can't be in QuickSight:\n${problems.join('\n')}`);

    const account = new TerraformLocal(this, 'account', target.account);
    const source = this.resource('data_source', 'athena', [...after], {
      aws_account_id: target.account,
      data_source_id: dataSourceId(target),
      name: titleIn(target, 'Clickstream'),
      type: 'ATHENA',
      parameters: [{ athena: [{ work_group: workgroup }] }],
      ssl_properties: [{ disable_ssl: false }],
    });
    source.lifecycle = {
      precondition: [
        {
          condition: expression(`!${IS_ARN} || try(split(":", var.quicksight_user)[4], "") == ${account.fqn}`),
          errorMessage: `quicksight_user must be a user of the account ${target.account}, which is deployed to: "aws quicksight list-users --namespace default --aws-account-id ${target.account}" lists them.`,
        },
      ],
    };
    const dataSets = dataSetsOf(visuals).map((dataSet, n) => {
      const input = {
        ...blocksOf(dataSetInputs[n]!),
        import_mode: expression(`${IS_KEPT} ? "SPICE" : "DIRECT_QUERY"`),
      };
      const resource = this.resource('data_set', dataSet.name, [source], input);
      this.refreshSchedule(dataSet.name, target, resource);
      return resource;
    });
    const theme = this.resource('theme', 'theme', [], blocksOf(createThemeInput(lightTheme, target)), IS_AUTHOR);
    const { ThemeArn: _, ...shown } = dashboardInput; // the provider has it only for analyses
    this.dashboardId = shown.DashboardId!;
    const definition = [blocksOf(shown.Definition!)];
    const { Definition: __, ...analysis } = createAnalysisInput(dashboardInput);
    this.resource('analysis', 'analysis', [theme, ...dataSets], { ...blocksOf(analysis), definition }, IS_AUTHOR);
    this.resource('dashboard', 'dashboard', dataSets, {
      ...blocksOf({ ...shown, Definition: undefined }),
      version_description: 'As synthesized',
      definition,
    });
  }

  /** ARN of the user: given, or looked up by name, which is an error of the plan if there is none. */
  private userArn(awsAccountId: string): string {
    const found = new DataAwsQuicksightUser(this, 'user', {
      count: countIf(conditions.quicksight, `!${IS_ARN}`),
      awsAccountId,
      userName: expression('var.quicksight_user'),
    });
    found.overrideLogicalId('quicksight_user-must-be-one-that-aws-quicksight-list-users-lists'); // Terraform's error shows it
    const name = `data.${found.terraformResourceType}.${found.friendlyUniqueId}`;
    return local(this, 'user-arn', `${IS_ARN} ? var.quicksight_user : one(${name}[*].arn)`);
  }

  private refreshSchedule(dataSet: string, target: QuickSightTarget, of: TerraformResource): void {
    this.resource(
      'refresh_schedule',
      `${dataSet}-refresh`,
      [of],
      {
        aws_account_id: target.account,
        data_set_id: dataSetId(target, dataSet),
        schedule_id: 'refresh',
        schedule: [
          {
            refresh_type: 'FULL_REFRESH',
            schedule_frequency: [
              {
                interval: expression('upper(var.quicksight_refresh)'),
                time_of_the_day: expression(`var.quicksight_refresh == "daily" ? "${DAILY_AT}" : null`),
                timezone: 'Etc/UTC',
              },
            ],
          },
        ],
      },
      IS_KEPT,
    );
  }

  /** A resource from its blocks, with what the user may do with it; the provider's bindings have other names for them. */
  private resource(
    type: string,
    id: string,
    after: readonly ITerraformDependable[],
    blocks: Blocks,
    ...also: readonly string[]
  ): TerraformResource {
    const resource = new TerraformResource(this, id, {
      terraformResourceType: `aws_quicksight_${type}`,
      terraformGeneratorMetadata: { providerName: 'aws' },
      count: countIf(conditions.quicksight, ...also),
      dependsOn: [...after],
    });
    for (const [name, value] of Object.entries(blocks)) resource.addOverride(name, value);
    const block = type === 'data_source' ? 'permission' : 'permissions';
    const [viewed, authored] = [ACTIONS.viewer[type as Given], ACTIONS.author[type as Given]];
    if (viewed) resource.addOverride(block, [{ principal: this.user, actions: viewed }]);
    else if (authored)
      resource.addOverride(`dynamic.${block}`, {
        for_each: expression(`${IS_AUTHOR} ? [1] : []`),
        content: { principal: this.user, actions: authored },
      });
    return resource;
  }
}
