import type { Country } from '../../schema/countries';
import { eachUser, type SimulatedEvent } from '../simulator/simulation';
import { ANSWERS } from './answers';
import { type Planted, type PlantedIncident, plantedIncidents } from './planted';
import { type Answer, type AnswerRow, compare, tallied } from './tally';
import { dateOf, dayOf, eventReader, historyOf, type PlantedEvent, type UserHistory } from './user-history';

export { type Planted, type PlantedIncident, plant } from './planted';
export type { AnswerRow } from './tally';

/** What was planted, counted from the simulated events without SQL: every engine must return it. */
export interface AnswerKey {
  /** UTC date that current_date stands for. */
  readonly as_of: string;
  readonly planted: readonly Planted[];
  readonly totals: Totals;
  /** Rows by the name of the analysis in metrics/, with its columns, in its order. */
  readonly analyses: Readonly<Record<string, readonly AnswerRow[]>>;
  /** Sessions by their number of events. */
  readonly session_lengths: readonly AnswerRow[];
  readonly events_by_country: readonly AnswerRow[];
  readonly events_by_type: readonly AnswerRow[];
  readonly events_by_action: readonly AnswerRow[];
  readonly events_by_category: readonly AnswerRow[];
  readonly events_by_day: readonly AnswerRow[];
  readonly incidents: readonly PlantedIncident[];
}

/** Times are ISO 8601, and null if there are no events. */
export interface Totals {
  readonly event_count: number;
  readonly user_count: number;
  readonly session_count: number;
  readonly engaged_session_count: number;
  readonly first_event: string | null;
  readonly last_event: string | null;
}

/** The key without what only the plans tell. */
export type Answers = Omit<AnswerKey, 'as_of' | 'planted' | 'incidents'>;

/** Simulates again everything planted, user by user, and builds the key; memory follows the days, and one user's events. */
export function answerKeyOf(planted: readonly Planted[], countries: readonly Country[], asOf: string): AnswerKey {
  return {
    as_of: asOf,
    planted,
    ...answersOf(eachPlantedUser(planted, countries), countries, asOf),
    incidents: plantedIncidents(planted, countries),
  };
}

/** Counts users, each given once with all events in the order of time. Throws on an event that is in none of the countries. */
export function answersOf(
  users: Iterable<readonly SimulatedEvent[]>,
  countries: readonly Country[],
  asOf: string,
): Answers {
  const analyses = Object.entries(ANSWERS).map(([name, answer]) => [name, answer(dayOf(midnight(asOf)))] as const);
  const countBy = {
    events_by_country: eventsBy('country_code', ({ country }) => country.code),
    events_by_type: eventsBy('event_type', ({ type }) => type),
    events_by_action: eventsBy('user_action', ({ action }) => action),
    events_by_category: eventsBy('product_category', ({ category }) => category),
    events_by_day: eventsBy('event_date', ({ time }) => dayOf(time), dateOf),
  };
  const summary = newSummary();
  const answers = [summary, ...analyses.map(([, answer]) => answer), ...Object.values(countBy)];
  const read = eventReader(countries);
  let user = 0;
  for (const events of users) {
    const history = historyOf(user++, events.map(read));
    for (const answer of answers) answer.visit(history);
  }
  const rowsOf = <A extends Pick<Answer, 'rows'>>(entries: (readonly [string, A])[]) =>
    Object.fromEntries(entries.map(([name, answer]) => [name, answer.rows(summary.lastDay())] as const));
  return {
    totals: summary.totals(),
    analyses: rowsOf(analyses),
    session_lengths: summary.lengths(),
    ...(rowsOf(Object.entries(countBy)) as Record<keyof typeof countBy, AnswerRow[]>),
  };
}

/** Users of different simulations have different ids. */
function* eachPlantedUser(
  planted: readonly Planted[],
  countries: readonly Country[],
): Generator<readonly SimulatedEvent[]> {
  for (const { options, ranges } of planted) yield* eachUser(options, countries, ranges);
}

/** Counts events by a value, in its order; null is not counted. */
function eventsBy<T extends string | number>(
  column: string,
  keyOf: (event: PlantedEvent) => T | null,
  format: (value: T) => string = String,
): Answer {
  return tallied(
    keyOf,
    ({ sample, events }) => ({ [column]: format(keyOf(sample)!), event_count: events }),
    (a, b) => compare(keyOf(a.sample)!, keyOf(b.sample)!),
  );
}

function newSummary() {
  const lengths = new Map<number, number>();
  const counts = { event_count: 0, user_count: 0, session_count: 0, engaged_session_count: 0 };
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  return {
    visit({ events, sessions }: UserHistory) {
      counts.event_count += events.length;
      counts.user_count++;
      counts.session_count += sessions.length;
      for (const { eventCount, isEngaged } of sessions) {
        lengths.set(eventCount, (lengths.get(eventCount) ?? 0) + 1);
        if (isEngaged) counts.engaged_session_count++;
      }
      first = Math.min(first, events[0]!.time);
      last = Math.max(last, events.at(-1)!.time);
    },
    /** The day of the last event; of the epoch if there is none. */
    lastDay: () => (Number.isFinite(last) ? dayOf(last) : 0),
    totals: (): Totals => ({ ...counts, first_event: isoTime(first), last_event: isoTime(last) }),
    lengths: (): AnswerRow[] =>
      [...lengths].sort(([a], [b]) => a - b).map(([event_count, sessions]) => ({ event_count, sessions })),
  };
}

function isoTime(time: number): string | null {
  return Number.isFinite(time) ? new Date(time * 1000).toISOString() : null;
}

function midnight(date: string): number {
  const time = Date.parse(`${date}T00:00Z`) / 1000;
  if (Number.isNaN(time)) throw new RangeError(`"${date}" is not a date: write it as 2026-03-01`);
  return time;
}
