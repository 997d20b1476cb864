import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { DEFAULT_ENVIRONMENT } from '../core/names';
import { Analytics } from './analytics';
import { Catalog } from './catalog';
import { describeDeployment } from './deployment';
import { EtlJob } from './etl-job';
import { conditions, expression } from './expressions';
import { Generator } from './generator';
import { GeneratorApi } from './generator-api';
import { Lake } from './lake';
import { Observability } from './observability';
import { declareOutputs } from './outputs';
import { QuickSight } from './quicksight';
import { declareSettings } from './settings';

export interface StackOptions {
  /** Default of the variable of this name. @default dev */
  readonly environment?: string;
}

/** The whole pipeline, in the order in which data flows. */
export class ClickstreamStack extends TerraformStack {
  constructor(scope: Construct, { environment = DEFAULT_ENVIRONMENT }: StackOptions = {}) {
    super(scope, 'clickstream');
    this.addOverride('terraform.required_version', '>= 1.9'); // variable validations refer to other variables
    const settings = declareSettings(this, { environment });
    const deployment = describeDeployment(this, settings);
    const tags = {
      Project: 'clickstream-bi',
      Environment: settings.environment,
      Deployment: deployment.name('bi'),
      ManagedBy: 'cdktf',
      Architecture: 'serverless',
    };
    new AwsProvider(this, 'aws', { region: settings.aws_region, defaultTags: [{ tags }] });
    const replicaProvider = new AwsProvider(this, 'aws-replica', {
      alias: 'replica',
      region: expression(`${conditions.replica} ? var.replica_region : var.aws_region`),
      defaultTags: [{ tags }],
    });
    const lake = new Lake(this, deployment, replicaProvider);
    const generator = new Generator(this, deployment, lake);
    const api = new GeneratorApi(this, deployment, generator.function);
    const catalog = new Catalog(this, deployment, lake);
    const etl = new EtlJob(this, deployment, lake, catalog);
    const analytics = new Analytics(this, deployment, lake, catalog);
    const { account, region, database, titleSuffix, articleName } = deployment;
    const quickSight = new QuickSight(this, {
      target: { account, region, suffix: articleName('', '-'), titleSuffix, database },
      workgroup: analytics.workgroup.name,
      after: catalog.queried,
    });
    const observability = new Observability(this, deployment, { generator, api, etl, analytics });
    declareOutputs(this, deployment, { lake, generator, api, catalog, etl, analytics, quickSight, observability });
  }
}
