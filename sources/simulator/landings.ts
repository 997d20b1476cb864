import { formatTime, type TimeRange } from '../../core/time';
import { correlationIdOf, type Landed, landEvents } from '../landing/landing';
import type { ObjectStore } from '../landing/object-store';
import { eachEvent, type Simulate } from './simulation';

type Fields = Readonly<Record<string, unknown>>;

/** A structured log, such as Powertools' Logger. */
export interface Log {
  info(message: string, fields: Fields): void;
  warn(message: string, fields: Fields): void;
  error(message: string, fields: Fields): void;
}

/** What one invocation has landed so far. */
export interface Tally {
  events: number;
  objects: number;
  /** Compressed bytes. */
  bytes: number;
  windows: number;
  /** Missed windows, landed beside the schedule's own. */
  windowsCaughtUp: number;
}

export interface LandOptions {
  /** @default the simulation that the schedule lands */
  readonly simulate?: Simulate;
  /** @default the window's own */
  readonly correlationId?: string;
  /** @default false */
  readonly isCatchUp?: boolean;
}

/** Lands windows for one invocation, logs each under its correlation id, and keeps count. */
export interface Landings {
  readonly total: Readonly<Tally>;
  /** Throws, once it is logged, what the simulation or the store throws. */
  land(window: TimeRange, options?: LandOptions): Promise<Landed>;
}

export function newLandings(scheduled: Simulate, store: ObjectStore, log: Log): Landings {
  const total: Tally = { events: 0, objects: 0, bytes: 0, windows: 0, windowsCaughtUp: 0 };
  return {
    total,
    async land(window, options = {}) {
      const { simulate = scheduled, correlationId = correlationIdOf(window), isCatchUp = false } = options;
      const fields = {
        correlation_id: correlationId,
        window_from: formatTime(window.from),
        window_to: formatTime(window.to),
        is_catch_up: isCatchUp,
      };
      try {
        const landed = await landWindow(simulate, window, store, correlationId);
        count(total, landed, isCatchUp);
        const { eventCount: events, keys, bytes } = landed;
        log.info('window landed', { ...fields, events, objects: keys.length, bytes, keys });
        return landed;
      } catch (error) {
        log.error('window failed', { ...fields, error });
        throw error;
      }
    },
  };
}

/** Simulates a window and lands it, the same keys and bytes each time. */
export function landWindow(
  simulate: Simulate,
  window: TimeRange,
  store: ObjectStore,
  correlationId?: string,
): Promise<Landed> {
  return landEvents(eachEvent(simulate(window)), window, store, correlationId);
}

function count(total: Tally, { eventCount, keys, bytes }: Landed, isCatchUp: boolean): void {
  total.events += eventCount;
  total.objects += keys.length;
  total.bytes += bytes;
  total.windows++;
  if (isCatchUp) total.windowsCaughtUp++;
}
