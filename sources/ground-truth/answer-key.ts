import type { Country } from '../../schema/countries';
import { type SimulatedEvent, simulation } from '../simulator/simulation';
import { ANSWERS } from './answers';
import { EventLog, type LoggedEvent } from './event-log';
import { type Planted, type PlantedIncident, plantedIncidents } from './planted';
import { type Answer, type AnswerRow, compare, tallied } from './tally';
import { dateOf, dayOf, historyOf, type UserHistory } from './user-history';

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

/** Collects events; memory follows users and events, at 16 bytes an event. */
export interface AnswerKeyBuilder {
  add(event: SimulatedEvent): void;
  /** Passes events through, and collects each on its way. */
  addEach(events: Iterable<SimulatedEvent>): Generator<SimulatedEvent>;
  /** Builds the key of all events so far; more may be added afterwards. Incidents are simulated again to be measured. */
  build(planted: readonly Planted[], asOf: string): AnswerKey;
}

/** A builder without any events yet. */
export function answerKeyBuilder(countries: readonly Country[]): AnswerKeyBuilder {
  const log = new EventLog(countries);
  return {
    add: (event) => log.add(event),
    *addEach(events) {
      for (const event of events) {
        log.add(event);
        yield event;
      }
    },
    build: (planted, asOf) => ({
      as_of: asOf,
      planted,
      ...answersOf(log, asOf),
      incidents: plantedIncidents(planted, countries),
    }),
  };
}

/** Simulates again everything planted, and builds the key. */
export function answerKeyOf(planted: readonly Planted[], countries: readonly Country[], asOf: string): AnswerKey {
  const builder = answerKeyBuilder(countries);
  for (const { options, ranges } of planted) {
    const simulate = simulation(options, countries);
    for (const range of ranges) for (const session of simulate(range)) session.forEach(builder.add);
  }
  return builder.build(planted, asOf);
}

type Answers = Omit<AnswerKey, 'as_of' | 'planted' | 'incidents'>;

function answersOf(log: EventLog, asOf: string): Answers {
  const [firstDay, lastDay] = (log.span() ?? [0, 0]).map(dayOf) as [number, number];
  const calendar = { asOf: dayOf(midnight(asOf)), firstDay, lastDay };
  const analyses = Object.entries(ANSWERS).map(([name, answer]) => [name, answer(calendar)] as const);
  const countBy = {
    events_by_country: eventsBy('country_code', ({ country }) => country.code),
    events_by_type: eventsBy('event_type', ({ type }) => type),
    events_by_action: eventsBy('user_action', ({ action }) => action),
    events_by_category: eventsBy('product_category', ({ category }) => category),
    events_by_day: eventsBy('event_date', ({ time }) => dayOf(time), dateOf),
  };
  const summary = newSummary();
  const answers = [summary, ...analyses.map(([, answer]) => answer), ...Object.values(countBy)];
  let user = 0;
  for (const events of log.byUser()) {
    const history = historyOf(user++, events);
    for (const answer of answers) answer.visit(history);
  }
  const rowsOf = <A extends Pick<Answer, 'rows'>>(entries: (readonly [string, A])[]) =>
    Object.fromEntries(entries.map(([name, answer]) => [name, answer.rows()] as const));
  return {
    totals: summary.totals(),
    analyses: rowsOf(analyses),
    session_lengths: summary.lengths(),
    ...(rowsOf(Object.entries(countBy)) as Record<keyof typeof countBy, AnswerRow[]>),
  };
}

/** Counts events by a value, in its order; null is not counted. */
function eventsBy<T extends string | number>(
  column: string,
  keyOf: (event: LoggedEvent) => T | null,
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
