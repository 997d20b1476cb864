import { DAY_S, type TimeRange } from '../../core/time';
import { loadCountries } from '../../schema/countries';
import { type SimulatedEvent, type SimulationOptions, simulation } from '../../sources/simulator/simulation';

export const countries = loadCountries();
/** A Monday. */
export const START = Date.parse('2026-03-02T00:00Z') / 1000;

export const journeys: SimulationOptions = { seed: 1, model: 'journeys', eventsPerDay: 5760, incidents: [] };
export const independent: SimulationOptions = { ...journeys, model: 'independent' };

/** The range from a number of days after START to another. */
export function days(from: number, to: number): TimeRange {
  return { from: START + from * DAY_S, to: START + to * DAY_S };
}

/** The range from a number of hours after START to another. */
export function hours(from: number, to: number): TimeRange {
  return days(from / 24, to / 24);
}

/** All events of the ranges, one range after the other. */
export function eventsOf(options: SimulationOptions, ...ranges: readonly TimeRange[]): SimulatedEvent[] {
  const simulate = simulation(options, countries);
  const events: SimulatedEvent[] = [];
  for (const range of ranges) for (const session of simulate(range)) events.push(...session);
  return events;
}

/** Events by user, each user's in the order of time. */
export function usersOf(events: readonly SimulatedEvent[]): SimulatedEvent[][] {
  const users = new Map<string, SimulatedEvent[]>();
  for (const event of events.toSorted((a, b) => a.timestamp - b.timestamp)) {
    const own = users.get(event.user_id);
    if (own) own.push(event);
    else users.set(event.user_id, [event]);
  }
  return [...users.values()];
}

/** Events as text in the order of their ids: sets of them are the same if and only if their texts are. */
export function textOf(events: readonly SimulatedEvent[]): string {
  return events
    .map((event) => JSON.stringify(event))
    .sort()
    .join('\n');
}
