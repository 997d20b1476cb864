import { UserError } from '../../core/errors';
import { MONTH_DAYS } from '../cadence';
import type { Pricer } from '../workload';

/** Alarms and the budget publish; each subscriber by mail gets one. */
export const snsTopic: Pricer = (topic, { usage, resources }) => {
  const mailed = resources.filter(
    (one) =>
      one.type === 'aws_sns_topic_subscription' &&
      one.value('protocol') === 'email' &&
      one.references('topic_arn').has(topic.address),
  );
  return [
    { rate: 'sns-request', quantity: usage.alarmsPerMonth },
    { rate: 'sns-email', quantity: usage.alarmsPerMonth * mailed.length },
  ];
};

export const httpApi: Pricer = (api, { usage }) => {
  if (api.text('protocol_type') !== 'HTTP')
    throw new UserError(
      `${api.address} can't be priced: only HTTP APIs can; others are to be added to pricing/services/messages.ts`,
    );
  return [{ rate: 'api-gateway-http', quantity: usage.apiRequestsPerDay * MONTH_DAYS }];
};

/** Standard parameters are free. */
export const ssmParameter: Pricer = (parameter) =>
  (parameter.value('tier') ?? 'Standard') === 'Standard' ? [] : [{ rate: 'ssm-advanced-parameter', quantity: 1 }];

/** Where invocations go that failed for good: none, when all is well. */
export const sqsQueue: Pricer = () => [{ rate: 'sqs-request', quantity: 0 }];
