import { LRUCache } from 'lru-cache';
import { IANAZone } from 'luxon';
import { DAY_MS } from '../core/time';
import { type Period, utcText } from './period';

const MINUTE_MS = 60_000;

/** More changes of clocks than this make a longer text than the zone's name. */
const MOST_OFFSETS = 4;

/**
 * The time that a zone's clocks show, in SQL. Within a period it is said by what the clocks are ahead of UTC, which engines add many
 * times faster than they look up a zone.
 */
export function localTimeSql(column: string, timeZone: string, within?: Period): string {
  if (timeZone === 'UTC') return column;
  // In the text, since a grouped expression must be the same wherever it stands: names of zones have nothing to escape.
  if (!/^[A-Za-z0-9_+/-]+$/.test(timeZone)) throw new Error(`${timeZone} is no time zone`);
  const offsets = within && offsetsOf(timeZone, within);
  if (!offsets || offsets.length > MOST_OFFSETS)
    return `CAST(CAST(${column} AS TIMESTAMP WITH TIME ZONE) AT TIME ZONE '${timeZone}' AS TIMESTAMP)`;
  const [last, ...before] = offsets.map(({ minutes }) => shifted(column, minutes)).reverse();
  if (before.length === 0) return last!;
  const cases = before.reverse().map((time, n) => `WHEN ${column} < TIMESTAMP '${offsets[n]!.until}' THEN ${time}`);
  return `CASE ${cases.join(' ')} ELSE ${last} END`;
}

function shifted(column: string, minutes: number): string {
  return minutes === 0 ? column : `(${column} ${minutes < 0 ? '-' : '+'} INTERVAL '${Math.abs(minutes)}' MINUTE)`;
}

interface Offset {
  readonly minutes: number;
  /** When it ends, in UTC; the period's end for the last one. */
  readonly until: string;
}

/** What was found, as looking at clocks day by day takes milliseconds, and a query is written several times. */
const known = new LRUCache<string, Offset[]>({ max: 1000 });

/** What a zone's clocks are ahead of UTC in a period, in order. */
function offsetsOf(timeZone: string, period: Period): Offset[] {
  const key = `${timeZone} ${period.from} ${period.to}`;
  const offsets = known.get(key) ?? findOffsets(timeZone, period);
  known.set(key, offsets);
  return offsets;
}

/** Looks no further than to the first that is too many. */
function findOffsets(timeZone: string, { from, to }: Period): Offset[] {
  const zone = IANAZone.create(timeZone);
  const end = Date.parse(`${to}Z`);
  const offsets: Offset[] = [];
  for (let start = Date.parse(`${from}Z`); start < end && offsets.length <= MOST_OFFSETS; ) {
    const minutes = zone.offset(start);
    const isSame = (ms: number): boolean => zone.offset(ms) === minutes;
    let [low, high] = [start, Math.min(start + DAY_MS, end)];
    while (high < end && isSame(high)) [low, high] = [high, Math.min(high + DAY_MS, end)];
    while (!isSame(high) && high - low > MINUTE_MS) {
      const middle = Math.floor((low + high) / 2 / MINUTE_MS) * MINUTE_MS;
      if (isSame(middle)) low = middle;
      else high = middle;
    }
    offsets.push({ minutes, until: utcText(high) });
    start = high;
  }
  return offsets;
}
