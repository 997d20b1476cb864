import type { ScheduledEvent } from 'aws-lambda';
import { isObject } from '../../core/json';
import { parseTime } from '../../core/time';
import type { BackfillEvent } from '../../sources/simulator/backfill';
import type { GenerateRequest } from './on-demand';

/** What the generator is invoked with, told apart by shape. */
export type Invocation =
  /** Time of the tick in epoch seconds, whenever it is delivered. */
  | { readonly kind: 'schedule'; readonly time: number }
  | { readonly kind: 'backfill'; readonly event: BackfillEvent }
  | { readonly kind: 'request'; readonly request: GenerateRequest };

const TAKEN = [
  'a scheduled event of EventBridge, {"source": "aws.events", "time": "2026-11-25T01:45:00Z", …}',
  'a backfill, {"history_days": 60} or {"from": "2026-11-01", "to": "2026-11-02"}',
  'a request of an HTTP API with payload 2.0, {"version": "2.0", "requestContext": {"requestId": …, "timeEpoch": …}, …}',
];

/** Tells what an event is; throws a TypeError that names the three shapes that are taken, for any other. */
export function invocationOf(event: unknown): Invocation {
  if (isScheduled(event)) return { kind: 'schedule', time: tickOf(event) };
  if (isBackfill(event)) return { kind: 'backfill', event };
  if (isRequest(event)) return { kind: 'request', request: event };
  const text = JSON.stringify(event) ?? String(event);
  throw new TypeError(`can't tell what to generate for ${text.slice(0, 200)}: send ${TAKEN.join('; or ')}`);
}

function isScheduled(event: unknown): event is Pick<ScheduledEvent, 'time'> {
  return isObject(event) && event.source === 'aws.events' && typeof event.time === 'string';
}

function isBackfill(event: unknown): event is BackfillEvent {
  return isObject(event) && ['history_days', 'from,to'].includes(Object.keys(event).sort().join());
}

function isRequest(event: unknown): event is GenerateRequest {
  if (!isObject(event) || event.version !== '2.0' || !isObject(event.requestContext)) return false;
  const { requestId, timeEpoch } = event.requestContext;
  return typeof requestId === 'string' && typeof timeEpoch === 'number';
}

function tickOf({ time: text }: Pick<ScheduledEvent, 'time'>): number {
  const time = parseTime(text);
  if (Number.isNaN(time))
    throw new RangeError(`the scheduled event's time is "${text}": send one such as 2026-11-25T01:45:00Z`);
  return time;
}
