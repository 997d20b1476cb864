import { DAY_S, formatTime } from '../../core/time';
import type { VersionedStore } from './object-store';

/** Where the counts of days are: not below `raw/`, so that nothing takes them for events. */
export const ALLOWANCE_FOLDER = 'on-demand/';

/** An attempt fails only because another request succeeded, and the API lets in far fewer than this while one is answered. */
const MOST_ATTEMPTS = 20;

/** What a day, in UTC, allows, and what of it is used. */
export interface Reservation {
  readonly isGranted: boolean;
  readonly limit: number;
  /** Events reserved so far, these included if they were granted. Refusals may tell fewer than others have reserved meanwhile. */
  readonly used: number;
  /** Epoch seconds of the midnight at which the next day's allowance begins. */
  readonly resetsAt: number;
}

export interface DailyAllowance {
  /** Reserves events of the day that a time (epoch seconds) is in: all of them or none. */
  reserve(events: number, time: number): Promise<Reservation>;
}

interface Count {
  readonly key: string;
  readonly used: number;
  /** Of the object; undefined while there is none. */
  readonly version?: string;
}

/**
 * A limit on the events of a day, shared by all execution environments. The day's count is an object, `{"events": 1234}`, that is
 * replaced by compare-and-swap: whoever was overtaken reads it again. So reservations of a day never add up to more than the limit,
 * however many are made at once, and no database is needed.
 *
 * What was reserved is not given back, even if landing fails: the events may have landed although the answer was lost, and the count
 * must not fall below what has landed.
 *
 * The count is remembered between requests. Since it only grows within a day, a request that exceeds the remembered count is
 * refused without asking the store, so refusals cost no requests to S3; and with a limit of 0 nothing is ever read or written.
 */
export function dailyAllowance(store: VersionedStore, limit: number): DailyAllowance {
  let remembered: Count | undefined;
  return {
    async reserve(events, time) {
      const day = Math.floor(time / DAY_S);
      const key = `${ALLOWANCE_FOLDER}date=${formatTime(day * DAY_S).slice(0, 10)}/used.json`;
      const common = { limit, resetsAt: (day + 1) * DAY_S };
      // Creating an object comes before reading it: S3 says "forbidden" for what is missing to those who may not list.
      let count: Count = remembered?.key === key ? remembered : { key, used: 0 };
      remembered = undefined; // what throws below may be due to it
      for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
        const used = count.used + events;
        if (used > limit) {
          remembered = count;
          return { ...common, isGranted: false, used: count.used };
        }
        const version = await store.replace(key, Buffer.from(JSON.stringify({ events: used })), count.version);
        if (version !== undefined) {
          remembered = { key, used, version };
          return { ...common, isGranted: true, used };
        }
        count = await readCount(store, key);
      }
      throw new Error(`${key} was changed by others ${MOST_ATTEMPTS} times in a row: send the request again`);
    },
  };
}

async function readCount(store: VersionedStore, key: string): Promise<Count> {
  const found = await store.read(key);
  if (found === undefined) return { key, used: 0 };
  return { key, used: parseCount(found.body.toString(), key), version: found.version };
}

function parseCount(text: string, key: string): number {
  const match = /^\s*\{\s*"events"\s*:\s*(\d+)\s*\}\s*$/.exec(text);
  if (match) return Number(match[1]);
  throw new RangeError(
    `${key} is "${text.slice(0, 100)}" instead of {"events":N}: correct it, or delete it, which starts the day's count at 0`,
  );
}
