import { DAY_S, type TimeRange } from '../../core/time';
import type { Country } from '../../schema/countries';
import { EVENTS_PER_SESSION } from './journey';
import { keyOf } from './random';
import { type SimulatedEvent, simulation } from './simulation';

/**
 * Exactly so many events that happened in the window, by sessions, from a simulation of their own that `name` seeds: another
 * name has other users, sessions and ids.
 */
export function exactEvents(
  count: number,
  name: string,
  window: TimeRange,
  countries: readonly Country[],
): SimulatedEvent[][] {
  // Sessions come as they like: what is wanted is cut from more than enough.
  for (let expected = 2 * count + 100; ; expected *= 2) {
    const sessions = firstEvents(count, expected, name, window, countries);
    if (sessions) return sessions;
  }
}

function firstEvents(
  count: number,
  expected: number,
  name: string,
  window: TimeRange,
  countries: readonly Country[],
): SimulatedEvent[][] | undefined {
  const eventsPerDay = (expected * DAY_S) / (window.to - window.from);
  // A session a day each, so that there are few users to go through.
  const population = Math.ceil(eventsPerDay / EVENTS_PER_SESSION);
  const options = { seed: seedOf(name), model: 'journeys', eventsPerDay, population, incidents: [] } as const;
  const sessions: SimulatedEvent[][] = [];
  let missing = count;
  for (const session of simulation(options, countries)(window)) {
    if (session.length === 0) continue;
    sessions.push(session.slice(0, missing));
    missing -= session.length;
    if (missing <= 0) return sessions;
  }
  return undefined;
}

/** 53 bits that a text names. */
function seedOf(name: string): number {
  const [high, low] = keyOf(name);
  return (high >>> 0) * 2 ** 21 + (low >>> 11);
}
