import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { isObject } from '../../core/json';
import { formatTime } from '../../core/time';
import type { Country } from '../../schema/countries';
import type { DailyAllowance, Reservation } from '../../sources/landing/daily-allowance';
import { correlationIdOf } from '../../sources/landing/landing';
import { exactEvents } from '../../sources/simulator/exact-events';
import type { Landings, Log } from '../../sources/simulator/landings';

/** What a request needs of an HTTP API's event (payload 2.0). */
export type GenerateRequest = Pick<APIGatewayProxyEventV2, 'body' | 'isBase64Encoded'> & {
  readonly requestContext: Pick<APIGatewayProxyEventV2['requestContext'], 'requestId' | 'timeEpoch'>;
};

export interface OnDemand {
  readonly eventsPerExecution: number;
  readonly windowS: number;
  readonly countries: readonly Country[];
  readonly allowance: DailyAllowance;
  readonly landings: Landings;
  readonly log: Log;
}

const MOST_EVENTS = 10_000;

/**
 * Answers `{"events": n}`, or no body for as many as a window has, by landing exactly n events of the window before the
 * request. 200 comes with their keys, 400 with what is accepted, 429 with what the day allows, 403 if it allows nothing, and 500
 * with the correlation id under which the failure is logged.
 */
export async function answer(request: GenerateRequest, options: OnDemand): Promise<APIGatewayProxyStructuredResultV2> {
  const { windowS, countries, allowance, landings, log } = options;
  const { requestId, timeEpoch } = request.requestContext;
  const to = Math.floor(timeEpoch / 1000);
  const window = { from: to - windowS, to };
  const correlationId = `${correlationIdOf(window)}-${requestId.replace(/[^A-Za-z0-9_-]/g, '_')}`;
  const events = eventsWanted(request, options.eventsPerExecution);
  if (events === undefined) {
    log.warn('request refused', { correlation_id: correlationId });
    return json(400, { message: `send {"events": n} with a whole number from 1 to ${MOST_EVENTS}, or no body` });
  }
  try {
    const reservation = await allowance.reserve(events, to);
    if (!reservation.isGranted) {
      log.warn('request refused', { correlation_id: correlationId, events, ...reservation });
      return refusal(events, reservation, to);
    }
    const simulate = function* () {
      yield* exactEvents(events, requestId, window, countries);
    };
    const { keys } = await landings.land(window, { simulate, correlationId });
    return json(200, { events, keys, correlation_id: correlationId });
  } catch (error) {
    log.error('request failed', { correlation_id: correlationId, error });
    return json(500, { message: 'the events could not be landed: try again', correlation_id: correlationId });
  }
}

/** Says what the day allows, what is used of it, and what to do. */
function refusal(
  events: number,
  { limit, used, resetsAt }: Reservation,
  now: number,
): APIGatewayProxyStructuredResultV2 {
  const setting = 'on_demand_events_per_day';
  if (limit === 0) return json(403, { message: `events on demand are turned off: deploy with ${setting} above 0` });
  const [resets, left] = [formatTime(resetsAt), limit - used];
  const less = left > 0 ? `ask for at most ${left}, ` : '';
  const message = `${events} more events would exceed the limit of ${limit} a day, of which ${used} are used: ${less}wait until ${resets}, or deploy with a higher ${setting}`;
  const answer = json(429, { message, limit, used, resets_at: resets });
  return { ...answer, headers: { ...answer.headers, 'retry-after': String(resetsAt - now) } };
}

/** The number in the body, or undefined if that is anything but what is accepted. */
function eventsWanted({ body, isBase64Encoded }: GenerateRequest, perExecution: number): number | undefined {
  const text = Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8')
    .toString()
    .trim();
  if (text === '') return Math.min(MOST_EVENTS, Math.max(1, Math.round(perExecution)));
  const value = parsed(text);
  if (!isObject(value) || Object.keys(value).join() !== 'events') return undefined;
  const { events } = value;
  if (typeof events !== 'number' || !Number.isInteger(events) || events < 1 || events > MOST_EVENTS) return undefined;
  return events;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function json(statusCode: number, body: Readonly<Record<string, unknown>>): APIGatewayProxyStructuredResultV2 {
  return { statusCode, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
