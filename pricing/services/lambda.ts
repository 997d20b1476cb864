import { MONTH_DAYS } from '../cadence';
import { quantity } from '../quantities';
import type { RateName } from '../rates';
import { objectsOf, type Pricer } from '../workload';

/** Ticks of its schedule and calls through the API: requests, time by memory, and the objects that it puts. */
export const lambdaFunction: Pricer = (lambda, workload) => {
  const ticks = workload.ticksOf(lambda);
  const invocations = ticks + workload.usage.apiRequestsPerDay;
  const seconds = invocations * quantity('tick_seconds') + workload.events * quantity('landing_seconds_per_event');
  const putsPerRequest = objectsOf(1) + 1; // its events, and the day's count of them
  const architecture = lambda.value('architectures') === undefined ? 'x86_64' : lambda.text('architectures.0');
  return [
    { rate: 'lambda-request', quantity: invocations * MONTH_DAYS },
    {
      rate: `lambda-${architecture}` as RateName,
      quantity: ((seconds * lambda.number('memory_size')) / 1024) * MONTH_DAYS,
    },
    { rate: 's3-put', quantity: (workload.objects + workload.usage.apiRequestsPerDay * putsPerRequest) * MONTH_DAYS },
  ];
};

/** The history that a deploy lands, in its first month: an object a day. */
export const lambdaInvocation: Pricer = (_, { history, usage }) => [
  { rate: 's3-put', quantity: usage.month === 1 ? history.objects : 0 },
];
