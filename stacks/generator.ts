import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target';
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { LambdaFunction } from '@cdktf/provider-aws/lib/lambda-function';
import { LambdaFunctionEventInvokeConfig } from '@cdktf/provider-aws/lib/lambda-function-event-invoke-config';
import { LambdaInvocation } from '@cdktf/provider-aws/lib/lambda-invocation';
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission';
import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue';
import { SqsQueuePolicy } from '@cdktf/provider-aws/lib/sqs-queue-policy';
import { SsmParameter } from '@cdktf/provider-aws/lib/ssm-parameter';
import { AssetType, type ITerraformDependable, TerraformAsset, Token } from 'cdktf';
import { Construct } from 'constructs';
import { DAY_S } from '../core/time';
import { ALLOWANCE_FOLDER } from '../sources/landing/daily-allowance';
import type { Deployment } from './deployment';
import { conditions, countIf, expression } from './expressions';
import { bundleFunction } from './function-bundle';
import { policyText, serviceRole, useOfKey } from './iam';
import type { Lake } from './lake';

/** Seconds after which a run is cut off. */
export const GENERATOR_TIMEOUT_S = 300;

/** Fourteen days, the longest that a queue keeps anything. */
const DLQ_RETENTION_S = 14 * DAY_S;

/** The function that lands events, its schedule, and where what fails for good ends up. */
export class Generator extends Construct {
  readonly function: LambdaFunction;
  readonly rule: CloudwatchEventRule;
  readonly deadLetters: SqsQueue;
  /** Name of the parameter that says until when every window has landed. */
  readonly landedUntil: string;

  constructor(scope: Construct, deployment: Deployment, lake: Lake) {
    super(scope, 'generator');
    const { settings, name } = deployment;
    this.deadLetters = new SqsQueue(this, 'dead-letters', {
      name: name('dead-letters'),
      messageRetentionSeconds: DLQ_RETENTION_S,
      sqsManagedSseEnabled: true,
    });
    const landedUntil = new SsmParameter(this, 'landed-until', {
      name: `/${name('generator')}/landed-until`,
      description: 'Time until which every window has been landed; the function moves it on',
      type: 'String',
      value: '-',
      lifecycle: { ignoreChanges: ['value'] },
    });
    this.landedUntil = landedUntil.name;
    this.function = this.createFunction(deployment, lake, landedUntil);
    const invokeConfig = new LambdaFunctionEventInvokeConfig(this, 'retries', {
      functionName: this.function.functionName,
      maximumRetryAttempts: 2,
      maximumEventAgeInSeconds: 3600,
      destinationConfig: { onFailure: { destination: this.deadLetters.arn } },
    });
    const history = new LambdaInvocation(this, 'history', {
      functionName: this.function.functionName,
      input: `{"history_days":${Token.asString(settings.history_days)}}`,
      lifecycleScope: 'CREATE_ONLY',
      count: countIf(conditions.history),
      // S3 takes a minute for the lifecycle, after which IAM knows the function's new policies everywhere.
      dependsOn: [...lake.rules, lake.lifecycle],
    });
    this.rule = new CloudwatchEventRule(this, 'schedule', {
      name: name('generator'),
      description: 'Lands the window that has just ended',
      scheduleExpression: settings.lambda_schedule,
    });
    // After the history, so that the first window follows on it.
    this.schedule([history, invokeConfig]);
  }

  private createFunction(deployment: Deployment, lake: Lake, landedUntil: SsmParameter): LambdaFunction {
    const { settings, name } = deployment;
    const functionName = name('generator');
    const logs = new CloudwatchLogGroup(this, 'logs', {
      name: `/aws/lambda/${functionName}`,
      retentionInDays: settings.log_retention_days,
    });
    const { role, policies } = serviceRole(this, 'role', deployment, {
      name: functionName,
      description: 'The generator lands events in raw/ and counts those on demand',
      service: 'lambda.amazonaws.com',
      statements: [
        { Sid: 'Land', Action: ['s3:PutObject'], Resource: [`${lake.bucketArn}/raw/*`] },
        {
          Sid: 'OnDemandCount',
          Action: ['s3:GetObject', 's3:PutObject'],
          Resource: [`${lake.bucketArn}/${ALLOWANCE_FOLDER}*`],
        },
        { Sid: 'LandedUntil', Action: ['ssm:GetParameter', 'ssm:PutParameter'], Resource: [landedUntil.arn] },
        { Sid: 'DeadLetters', Action: ['sqs:SendMessage'], Resource: [this.deadLetters.arn] },
        { Sid: 'Log', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: [`${logs.arn}:*`] },
      ],
      keyStatements: [useOfKey('kms:GenerateDataKey', 'kms:Decrypt')],
    });
    const { path, sha256 } = bundleFunction();
    return new LambdaFunction(this, 'function', {
      functionName,
      description: 'Simulates clickstream events and lands them in the lake, a window at a time',
      runtime: 'nodejs22.x',
      architectures: ['arm64'],
      handler: 'functions/handler.handler',
      filename: new TerraformAsset(this, 'zip', { path, type: AssetType.FILE }).path,
      sourceCodeHash: sha256,
      role: role.arn,
      memorySize: 512,
      timeout: GENERATOR_TIMEOUT_S,
      loggingConfig: { logFormat: 'Text', logGroup: logs.name },
      environment: {
        variables: {
          S3_BUCKET_NAME: lake.bucket,
          EVENTS_PER_EXECUTION: Token.asString(settings.events_per_execution),
          ON_DEMAND_EVENTS_PER_DAY: Token.asString(settings.on_demand_events_per_day),
          WINDOW_S: Token.asString(settings.window_s),
          POPULATION: expression('var.population == 0 ? "" : var.population'),
          LANDED_UNTIL_PARAMETER: landedUntil.name,
          POWERTOOLS_SERVICE_NAME: functionName,
        },
      },
      dependsOn: [...policies],
    });
  }

  private schedule(after: readonly ITerraformDependable[]): void {
    new LambdaPermission(this, 'schedule-permission', {
      functionName: this.function.functionName,
      action: 'lambda:InvokeFunction',
      principal: 'events.amazonaws.com',
      sourceArn: this.rule.arn,
    });
    new SqsQueuePolicy(this, 'dead-letters-policy', {
      queueUrl: this.deadLetters.url,
      policy: policyText([
        {
          Sid: 'UndeliverableTicks',
          Effect: 'Allow',
          Principal: { Service: 'events.amazonaws.com' },
          Action: 'sqs:SendMessage',
          Resource: this.deadLetters.arn,
          Condition: { ArnEquals: { 'aws:SourceArn': this.rule.arn } },
        },
      ]),
    });
    new CloudwatchEventTarget(this, 'schedule-target', {
      rule: this.rule.name,
      arn: this.function.arn,
      retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 10 },
      deadLetterConfig: { arn: this.deadLetters.arn },
      dependsOn: [...after],
    });
  }
}
