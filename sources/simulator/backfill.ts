import { DAY_S, formatTime, parseTime, type TimeRange } from '../../core/time';
import { windowsOf } from '../landing/landing';
import { advance, type Watermark } from '../landing/watermark';
import type { Landings } from './landings';
import { windowBefore } from './schedule';

/** Days of history until now, or a range of ISO dates or times (UTC). */
export type BackfillEvent = { readonly history_days: unknown } | { readonly from: unknown; readonly to: unknown };

export interface Backfill {
  /** Epoch seconds. */
  readonly now: number;
  readonly windowS: number;
  readonly watermark: Watermark;
  readonly landings: Landings;
}

/** What a backfill landed, and of which time. */
export interface BackfillSummary {
  readonly events: number;
  readonly objects: number;
  readonly bytes: number;
  readonly from: string;
  readonly to: string;
}

const MOST_DAYS = 400;

/**
 * Lands a history or a range, a day an object. A history begins at a midnight UTC, ends with the last whole window before now,
 * and moves the watermark there. Throws a RangeError on values out of bounds.
 */
export async function backfill(event: BackfillEvent, options: Backfill): Promise<BackfillSummary> {
  const { watermark, landings } = options;
  const range = 'history_days' in event ? historyOf(event.history_days, options) : rangeOf(event, options.now);
  for (const window of windowsOf(range, DAY_S)) await landings.land(window);
  if ('history_days' in event) await advance(watermark, range.to);
  const { events, objects, bytes } = landings.total;
  return { events, objects, bytes, from: formatTime(range.from), to: formatTime(range.to) };
}

function historyOf(days: unknown, { now, windowS }: Backfill): TimeRange {
  if (typeof days !== 'number' || !Number.isInteger(days) || days < 0 || days > MOST_DAYS)
    throw new RangeError(`history_days is ${JSON.stringify(days)}: use a whole number from 0 to ${MOST_DAYS}`);
  const midnight = Math.floor(now / DAY_S) * DAY_S;
  // Windows that don't divide the day may end before midnight.
  return { from: midnight - days * DAY_S, to: Math.max(midnight, windowBefore(now, windowS).to) };
}

function rangeOf(event: { readonly from: unknown; readonly to: unknown }, now: number): TimeRange {
  const range = { from: timeOf('from', event.from), to: timeOf('to', event.to) };
  const text = JSON.stringify(event);
  if (range.from >= range.to) throw new RangeError(`${text} has no time in it: use a from before its to`);
  if (range.to > now) throw new RangeError(`${text} ends in the future: use a to up to ${formatTime(Math.floor(now))}`);
  if (range.to - range.from > MOST_DAYS * DAY_S)
    throw new RangeError(`${text} is longer than ${MOST_DAYS} days: split it into shorter ranges`);
  return range;
}

function timeOf(name: string, value: unknown): number {
  const time = typeof value === 'string' ? parseTime(value) : Number.NaN;
  if (Number.isNaN(time))
    throw new RangeError(
      `${name} is ${JSON.stringify(value)}: use a date or time in UTC, such as 2026-11-01 or 2026-11-01T10:00`,
    );
  return time;
}
