import { DAY_S, isWithin, spanOf, type TimeRange } from '../../core/time';
import type { Country } from '../../schema/countries';
import type { Event } from '../../schema/event';
import { arrivals } from './arrivals';
import { type Incident, outageOf } from './incidents';
import {
  CATEGORY_WEIGHTS,
  EVENT_TYPE_OF,
  EVENTS_PER_SESSION,
  MAX_SESSION_S,
  newWalk,
  PAGES,
  type Walk,
  walkSession,
} from './journey';
import {
  ageOf,
  candidates,
  countryIndexOf,
  hourChance,
  type Population,
  populationOf,
  SLOT_S,
  START_RANGE_S,
  stayOf,
} from './population';
import {
  cumulative,
  draw,
  eventId,
  fraction,
  hashIndex,
  type Key,
  keyOf,
  mix,
  pick,
  sessionId,
  userId,
} from './random';

export const MODELS = ['journeys', 'independent'] as const;
export type Model = (typeof MODELS)[number];

/** What a simulation depends on, besides the window: the same options give the same events. */
export interface SimulationOptions {
  readonly seed: number;
  /** `journeys`: persistent users with sessions. `independent`: the original's behaviour, every event drawn alone. */
  readonly model: Model;
  /** Expected events per day, averaged over a week, without incidents. */
  readonly eventsPerDay: number;
  /** Users present at any time. @default as many as have .2 sessions a day each */
  readonly population?: number | undefined;
  readonly incidents: readonly Incident[];
}

/** Optional fields that are simulated. */
type SimulatedField = 'product_category' | 'location' | 'user_age';

/** An event without its time of arrival, which only its window knows, and perhaps without fields that are not simulated. */
export type SimulatedEvent = Omit<Event, 'ingest_time'> & Required<Pick<Event, SimulatedField>>;

/**
 * Events of a simulation whose time (`independent`: whose arrival) is in the range, a session at a time; [a,b) and [b,c) make
 * up [a,c).
 */
export type Simulate = (range: TimeRange) => Generator<SimulatedEvent[]>;

/**
 * Sessions with events in ranges that are disjoint and in order. All of a user come one after the other, in the order of time;
 * only bots click in turns, unless each is walked alone.
 */
type SessionsIn = (ranges: readonly TimeRange[], areBotsAlone: boolean) => Generator<SimulatedEvent[]>;

/** The events of sessions, one after the other. */
export function* eachEvent(sessions: Iterable<readonly SimulatedEvent[]>): Generator<SimulatedEvent> {
  for (const session of sessions) yield* session;
}

/** The article's own default: 20 events every five minutes. */
export const DEFAULT_EVENTS_PER_DAY = 5760;

const HISTORY_S = 60 * DAY_S;
const CATEGORIES = Object.keys(CATEGORY_WEIGHTS);
const CATEGORY_SUMS = cumulative(Object.values(CATEGORY_WEIGHTS));
const EVENT_TYPES = PAGES.map((page) => EVENT_TYPE_OF[page]);
const BOTS = [0, 1, 2, 3, 4];
/** Users who come with an incident are numbered from here, out of reach of the population's own. */
const INCIDENT_USERS = 1e13;

/** Prepares a simulation: its cost per window follows the population, not the time since it began. Throws on impossible options. */
export function simulation(options: SimulationOptions, countries: readonly Country[]): Simulate {
  const sessionsIn = sessionsOf(options, countries);
  return (range) => sessionsIn([range], false);
}

/** Simulates ranges that are disjoint and in order, and gives each user's events in the order of time, one user after the other. */
export function* eachUser(
  options: SimulationOptions,
  countries: readonly Country[],
  ranges: readonly TimeRange[],
): Generator<SimulatedEvent[]> {
  let events: SimulatedEvent[] = [];
  for (const session of sessionsOf(options, countries)(ranges, true)) {
    if (events.length > 0 && session.length > 0 && session[0]!.user_id !== events[0]!.user_id) {
      yield events;
      events = [];
    }
    for (const event of session) events.push(event);
  }
  if (events.length > 0) yield events;
}

function sessionsOf(options: SimulationOptions, countries: readonly Country[]): SessionsIn {
  if (options.model === 'independent' && options.incidents.length > 0)
    throw new RangeError('independent events know no incidents: use --model journeys, or no --incident');
  const key = keyOf(simulationName(options));
  if (options.model === 'independent') return independent(options, countries, key);
  const population = populationOf(countries, options.eventsPerDay, options.population);
  return function* journeys(ranges, areBotsAlone) {
    yield* journeysOf(population, options.incidents, key, ranges);
    for (const [n, incident] of options.incidents.entries()) {
      const index = INCIDENT_USERS * (n + 1);
      if (incident.kind === 'bot-flood')
        for (const bots of areBotsAlone ? BOTS.map((bot) => [bot]) : [BOTS])
          yield* botFlood(population, incident, options.eventsPerDay, key, index, bots, ranges);
      if (incident.kind === 'campaign-spike') yield* campaign(population, incident, options, key, index, ranges);
    }
  };
}

/** Names everything that the undisturbed events depend on; two simulations of one name differ only in their incidents. */
export function simulationName({ seed, model, eventsPerDay, population }: SimulationOptions): string {
  return JSON.stringify({ seed, model, eventsPerDay, population });
}

function* journeysOf(
  population: Population,
  incidents: readonly Incident[],
  [word, other]: Key,
  ranges: readonly TimeRange[],
): Generator<SimulatedEvent[]> {
  const walk = newWalk();
  const outages = population.countries.map(({ code }) => outageOf(incidents, code));
  const { from, to } = spanOf(ranges);
  let next = Number.NEGATIVE_INFINITY;
  for (const range of ranges) {
    const [first, end] = candidates(population, range.from, range.to);
    for (let index = Math.max(first, next); index < end; index++) {
      const user = hashIndex(word, index);
      const join = (index + fraction(user)) / population.joinsPerS;
      const habits = mix(user + 2);
      const leave = join + stayOf(habits);
      if (leave < range.from - SLOT_S) continue;
      const sessions = mix(user ^ other);
      const phase = fraction(mix(user + 3)) * SLOT_S;
      const firstSlot = Math.ceil((Math.max(join, from - START_RANGE_S - MAX_SESSION_S) - phase) / SLOT_S);
      const endSlot = Math.ceil((Math.min(leave, to) - phase) / SLOT_S);
      const chance = population.slotChances[(habits >>> 12) & 4095]!;
      for (let slot = firstSlot; slot < endSlot; slot++) {
        const session = mix(sessions + Math.imul(slot, 0x9e3779b1));
        if (fraction(session) >= chance) continue;
        const state = mix(session + 1);
        const start = Math.floor(slot * SLOT_S + phase + fraction(mix(session + 2)) * START_RANGE_S);
        if (!touches(start, ranges)) continue;
        const country = countryIndexOf(population, mix(user + 4));
        if (fraction(mix(session + 3)) >= hourChance(start, population.countries[country]!)) continue;
        walkSession(walk, state, start, population.checkoutChances[country]!, outages[country]!);
        const { code } = population.countries[country]!;
        yield eventsOf(walk, ranges, userId(word, index), code, ageOf(user), sessionId(user, session, state));
      }
    }
    next = end;
  }
}

function eventsOf(
  walk: Walk,
  ranges: readonly TimeRange[],
  user_id: string,
  location: string,
  user_age: number,
  session: string,
): SimulatedEvent[] {
  const events: SimulatedEvent[] = [];
  for (let n = 0; n < walk.length; n++) {
    const timestamp = walk.times[n]!;
    if (!isWithin(timestamp, ranges)) continue;
    const page = walk.pages[n]!;
    events.push({
      event_id: eventId(session, n),
      event_type: EVENT_TYPES[page]!,
      user_id,
      user_action: PAGES[page]!,
      product_category: CATEGORIES[walk.categories[n]!] ?? null,
      location,
      user_age,
      timestamp,
    });
  }
  return events;
}

/** A few bots click through product pages, together at twice the rate of the whole site. */
function* botFlood(
  { countries }: Population,
  { country, from, to }: Incident,
  eventsPerDay: number,
  [word, other]: Key,
  firstUser: number,
  bots: readonly number[],
  ranges: readonly TimeRange[],
): Generator<SimulatedEvent[]> {
  if (!countries.some(({ code }) => code === country)) return;
  for (const [n, timestamp] of arrivals(from, to, (2 * eventsPerDay) / DAY_S, spanOf(ranges))) {
    if (!bots.includes(n % BOTS.length) || !isWithin(timestamp, ranges)) continue;
    const bot = firstUser + (n % BOTS.length);
    const user = hashIndex(word, bot);
    const event = hashIndex(other, firstUser + n);
    const click = {
      event_id: eventId(sessionId(user, event, mix(user ^ event)), 0),
      event_type: EVENT_TYPE_OF.product_page,
      user_id: userId(word, bot),
      user_action: 'product_page',
      product_category: CATEGORIES[pick(CATEGORY_SUMS, fraction(event))]!,
      location: country,
      user_age: ageOf(user),
      timestamp,
    };
    yield [click];
  }
}

/** New users come for one session each, three for each session that the country has anyway. */
function* campaign(
  population: Population,
  { country, from, to }: Incident,
  { eventsPerDay, incidents }: SimulationOptions,
  [word, other]: Key,
  firstUser: number,
  ranges: readonly TimeRange[],
): Generator<SimulatedEvent[]> {
  const index = population.countries.findIndex(({ code }) => code === country);
  const share = population.countrySums[index]! - (population.countrySums[index - 1] ?? 0);
  const rate = (3 * share * eventsPerDay) / EVENTS_PER_SESSION / DAY_S;
  const walk = newWalk();
  const isCheckoutDown = outageOf(incidents, country);
  const span = spanOf(ranges);
  for (const [n, start] of arrivals(from, to, rate, { from: span.from - MAX_SESSION_S, to: span.to })) {
    if (!touches(start, ranges)) continue;
    const user = hashIndex(word, firstUser + n);
    const session = hashIndex(other, firstUser + n);
    const state = mix(session + 1);
    walkSession(walk, state, start, population.checkoutChances[index]!, isCheckoutDown);
    yield eventsOf(walk, ranges, userId(word, firstUser + n), country, ageOf(user), sessionId(user, session, state));
  }
}

/** The original's behaviour: every event alone, a new user each time, its time anywhere in the 60 days before it arrives. */
function independent(
  { eventsPerDay }: SimulationOptions,
  countries: readonly Country[],
  [word, other]: Key,
): SessionsIn {
  const codes = countries.map(({ code }) => code);
  const countrySums = cumulative(countries.map(({ population }) => population));
  const typeSums = cumulative([0.6, 0.3, 0.1]);
  const types = ['click', 'search', 'purchase'];
  const pageSums = cumulative([0.2, 0.4, 0.2, 0.1, 0.1]);
  return function* events(ranges) {
    for (const range of ranges)
      for (const [n, arrival] of arrivals(0, range.to, eventsPerDay / DAY_S, range)) {
        const user = hashIndex(word, n);
        const state = hashIndex(other, n);
        const event_type = types[pick(typeSums, draw(state, 0))]!;
        const event = {
          event_id: eventId(sessionId(user, state, mix(user ^ state)), 0),
          event_type,
          user_id: userId(word, n),
          user_action: PAGES[pick(pageSums, draw(state, 1))]!,
          product_category: event_type === 'search' ? null : CATEGORIES[pick(CATEGORY_SUMS, draw(state, 2))]!,
          location: codes[pick(countrySums, draw(state, 3))]!,
          user_age: ageOf(user),
          timestamp: arrival - Math.floor(draw(state, 4) * HISTORY_S),
        };
        yield [event];
      }
  };
}

/** Whether a session with this start may have events in one of the ranges. */
function touches(start: number, ranges: readonly TimeRange[]): boolean {
  for (const { from, to } of ranges) if (start >= from - MAX_SESSION_S && start < to) return true;
  return false;
}
