import { DAY_S, HOUR_S } from '../../core/time';
import type { Country } from '../../schema/countries';
import type { SimulatedEvent } from '../simulator/simulation';

/** What the answers ask of an event. */
export interface PlantedEvent {
  readonly time: number;
  readonly type: string;
  readonly action: string;
  readonly category: string | null;
  readonly country: Country;
  readonly age: number;
}

/** One user's events in the order of time, and what follows from them. */
export interface UserHistory {
  readonly user: number;
  readonly events: readonly PlantedEvent[];
  readonly sessions: readonly Session[];
  /** Days and weeks with events, ascending. */
  readonly days: readonly number[];
  readonly weeks: readonly number[];
}

/** A user's events with no gap over 30 minutes (GA4, Snowplow, Plausible). */
export interface Session {
  readonly first: PlantedEvent;
  readonly eventCount: number;
  readonly durationS: number;
  /** GA4: 10 seconds or more, or 2 page views or more, or a key event. */
  readonly isEngaged: boolean;
}

const INACTIVITY_S = 30 * 60;

/** Reads simulated events for the answers. Throws on an event that is in none of the countries. */
export function eventReader(countries: readonly Country[]): (event: SimulatedEvent) => PlantedEvent {
  const byCode = new Map(countries.map((country) => [country.code, country]));
  return ({ timestamp, event_type, user_action, product_category, location, user_age }) => {
    const country = byCode.get(location!);
    if (country === undefined) throw new Error(`"${location}" is not the code of a country`);
    return {
      time: timestamp,
      type: event_type,
      action: user_action,
      category: product_category,
      country,
      age: user_age!,
    };
  };
}

/** What follows from a user's events in the order of time. */
export function historyOf(user: number, events: readonly PlantedEvent[]): UserHistory {
  const days = ascending(events, ({ time }) => dayOf(time));
  return { user, events, sessions: sessionsOf(events), days, weeks: ascending(days, weekOf) };
}

/** Days since the epoch. */
export function dayOf(time: number): number {
  return Math.floor(time / DAY_S);
}

/** YYYY-MM-DD of a day since the epoch. */
export function dateOf(day: number): string {
  return new Date(day * DAY_S * 1000).toISOString().slice(0, 10);
}

/** Weeks since the one of the epoch, which was a Thursday; weeks begin on Monday. */
export function weekOf(day: number): number {
  return Math.floor((day + 3) / 7);
}

/** The day on which a week begins. */
export function mondayOf(week: number): number {
  return week * 7 - 3;
}

/** Hours (UTC) since Monday 00:00. */
export function hourOfWeek(time: number): number {
  return Math.floor(time / HOUR_S + 3 * 24) % 168;
}

function sessionsOf(events: readonly PlantedEvent[]): Session[] {
  const sessions: Session[] = [];
  let start = 0;
  for (let n = 1; n <= events.length; n++) {
    if (n < events.length && events[n]!.time - events[n - 1]!.time <= INACTIVITY_S) continue;
    const durationS = events[n - 1]!.time - events[start]!.time;
    const isEngaged = durationS >= 10 || n - start >= 2 || events[start]!.type === 'purchase';
    sessions.push({ first: events[start]!, eventCount: n - start, durationS, isEngaged });
    start = n;
  }
  return sessions;
}

/** The different values, of which the items already are in order. */
function ascending<T>(items: readonly T[], of: (item: T) => number): number[] {
  const values: number[] = [];
  for (const item of items) if (of(item) !== values.at(-1)) values.push(of(item));
  return values;
}
