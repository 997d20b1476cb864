/** Seconds and milliseconds of an hour. */
export const HOUR_S = 3600;
export const HOUR_MS = 3_600_000;

/** Seconds and milliseconds of a day without a change of clocks, as all days of UTC are. */
export const DAY_S = 86_400;
export const DAY_MS = 86_400_000;

/** A half-open range of time in whole epoch seconds. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** From the beginning of the first range until the end of the last, or no time at all. */
export function spanOf(ranges: readonly TimeRange[]): TimeRange {
  return { from: ranges[0]?.from ?? 0, to: ranges.at(-1)?.to ?? 0 };
}

/** Whether a time lies in one of the ranges. */
export function isWithin(time: number, ranges: readonly TimeRange[]): boolean {
  for (const { from, to } of ranges) if (time >= from && time < to) return true;
  return false;
}

/** Epoch seconds of an ISO 8601 time, UTC unless it tells an offset; NaN for anything else, of which Date.parse reads a lot. */
export function parseTime(text: string): number {
  const match = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d(?::\d\d)?)?(Z|[+-]\d\d:\d\d)?$/.exec(text);
  if (!match) return Number.NaN;
  const [, date, time = 'T00:00', zone = 'Z'] = match;
  const midnight = new Date(`${date}T00:00Z`);
  if (Number.isNaN(midnight.getTime()) || midnight.toISOString().slice(0, 10) !== date) return Number.NaN; // 31 February
  return Date.parse(date + time + zone) / 1000;
}

/** The time as `parseTime` reads it, such as 2026-03-01T10:00:00Z. */
export function formatTime(time: number): string {
  return new Date(time * 1000).toISOString().replace(/\.\d+/, '');
}
