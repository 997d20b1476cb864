import { BudgetsBudget } from '@cdktf/provider-aws/lib/budgets-budget';
import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target';
import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic';
import { SnsTopicPolicy } from '@cdktf/provider-aws/lib/sns-topic-policy';
import { SnsTopicSubscription } from '@cdktf/provider-aws/lib/sns-topic-subscription';
import { Token } from 'cdktf';
import { Construct } from 'constructs';
import { type AlarmDefinition, alarmDefinitions } from './alarms';
import type { Deployment } from './deployment';
import type { EtlJob } from './etl-job';
import { conditions, countIf } from './expressions';
import { policyText } from './iam';
import { pipelineDashboard } from './pipeline-dashboard';
import type { Watched } from './watched';

/** Alarms that say what to do, an address to send them to, a dashboard of the pipeline, and a budget. */
export class Observability extends Construct {
  readonly topic: SnsTopic;

  constructor(scope: Construct, deployment: Deployment, watched: Watched) {
    super(scope, 'observability');
    const { settings, name } = deployment;
    this.topic = new SnsTopic(this, 'topic', { name: name('alarms') });
    const etlFailures = this.watchJob(deployment, watched.etl);
    this.letPublish(deployment, etlFailures);
    new SnsTopicSubscription(this, 'email', {
      topicArn: this.topic.arn,
      protocol: 'email',
      endpoint: settings.alarm_email,
      count: countIf(conditions.email),
    });
    const alarms = alarmDefinitions(deployment, watched, etlFailures.name).map((definition) =>
      this.alarm(deployment, definition),
    );
    pipelineDashboard(this, deployment, watched, alarms);
    this.budget(deployment);
  }

  private alarm({ name }: Deployment, { id, remedy, ...rest }: AlarmDefinition): CloudwatchMetricAlarm {
    return new CloudwatchMetricAlarm(this, id, {
      treatMissingData: 'notBreaching',
      comparisonOperator: 'GreaterThanThreshold',
      threshold: 0,
      statistic: 'Sum',
      evaluationPeriods: 1,
      ...rest,
      alarmName: name(id),
      alarmDescription: remedy,
      alarmActions: [this.topic.arn],
      okActions: [this.topic.arn],
    });
  }

  /** Glue tells EventBridge, free of charge, when a run fails, is stopped by its time limit, or is late. */
  private watchJob({ name }: Deployment, { job }: EtlJob): CloudwatchEventRule {
    const rule = new CloudwatchEventRule(this, 'etl-failures', {
      name: name('etl-failures'),
      description: 'Runs of the Glue job that failed, timed out, or are late',
      eventPattern: JSON.stringify({
        source: ['aws.glue'],
        $or: [
          {
            'detail-type': ['Glue Job State Change'],
            detail: { jobName: [job.name], state: ['FAILED', 'TIMEOUT', 'ERROR'] },
          },
          { 'detail-type': ['Glue Job Run Status'], detail: { jobName: [job.name] } },
        ],
      }),
    });
    new CloudwatchEventTarget(this, 'etl-failures-target', { rule: rule.name, arn: this.topic.arn });
    return rule;
  }

  private letPublish({ account, name }: Deployment, etlFailures: CloudwatchEventRule): void {
    const publish = (Sid: string, service: string, Condition: object) => ({
      Sid,
      Effect: 'Allow',
      Principal: { Service: service },
      Action: 'sns:Publish',
      Resource: this.topic.arn,
      Condition,
    });
    const sameAccount = { StringEquals: { 'aws:SourceAccount': account } };
    new SnsTopicPolicy(this, 'topic-policy', {
      arn: this.topic.arn,
      policy: policyText([
        publish('Alarms', 'cloudwatch.amazonaws.com', sameAccount),
        publish('Budget', 'budgets.amazonaws.com', {
          ...sameAccount,
          ArnEquals: { 'aws:SourceArn': `arn:aws:budgets::${account}:budget/${name('monthly')}` },
        }),
        publish('EtlFailures', 'events.amazonaws.com', { ArnEquals: { 'aws:SourceArn': etlFailures.arn } }),
      ]),
    });
  }

  /** Costs of what carries this project's tag; the tag has to be activated once, in the billing console. */
  private budget({ settings, name }: Deployment): void {
    new BudgetsBudget(this, 'budget', {
      name: name('monthly'),
      budgetType: 'COST',
      timeUnit: 'MONTHLY',
      limitAmount: Token.asString(settings.monthly_budget_usd),
      limitUnit: 'USD',
      costFilter: [{ name: 'TagKeyValue', values: [`user:Deployment$${name('bi')}`] }],
      notification: (['FORECASTED', 'ACTUAL'] as const).map((notificationType) => ({
        notificationType,
        comparisonOperator: 'GREATER_THAN',
        threshold: 100,
        thresholdType: 'PERCENTAGE',
        subscriberSnsTopicArns: [this.topic.arn],
      })),
    });
  }
}
