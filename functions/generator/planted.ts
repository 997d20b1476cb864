import type { Country } from '../../schema/countries';
import type { Incident, IncidentKind } from './incidents';
import { MAX_SESSION_S } from './journey';
import {
  type Simulate,
  type SimulatedEvent,
  type SimulationOptions,
  simulation,
  simulationName,
  type TimeRange,
} from './simulation';
import { at } from './tally';
import { DAY_S } from './user-history';

/** A simulation, and the ranges of time of it that a lake holds: disjoint and in order. */
export interface Planted {
  readonly options: SimulationOptions;
  readonly ranges: readonly TimeRange[];
}

/** What an incident did within the ranges that are planted. */
export interface PlantedIncident {
  readonly kind: IncidentKind;
  readonly country: string;
  /** ISO 8601, UTC; half-open. */
  readonly from: string;
  readonly to: string;
  readonly event_types: readonly string[];
  /** Events of these types in this country that it added or suppressed. */
  readonly effect_events: number;
  /** Those that there are without it, from its beginning until its effect ends. */
  readonly baseline_events: number;
  readonly is_detectable: boolean;
}

const HOUR_S = 3600;
const AFFECTED: Readonly<Record<IncidentKind, readonly string[]>> = {
  'checkout-outage': ['purchase'],
  'bot-flood': ['click'],
  'campaign-spike': ['click', 'search', 'purchase'],
};

/**
 * Adds a range of a simulation to what is planted, and says which parts of it are new. Throws if the simulation is planted with
 * other incidents: events would have the same ids and another content.
 */
export function plant(
  planted: readonly Planted[],
  options: SimulationOptions,
  range: TimeRange,
): { planted: Planted[]; added: TimeRange[] } {
  const name = simulationName(options);
  const n = planted.findIndex((other) => simulationName(other.options) === name);
  const ranges = planted[n]?.ranges ?? [];
  if (n >= 0 && incidentsText(planted[n]!.options) !== incidentsText(options))
    throw new Error(
      `the simulation ${name} is there already with other incidents, and its events would have the same ids: use another --seed or another --lake`,
    );
  const added = gaps(ranges, range);
  if (added.length === 0) return { planted: [...planted], added };
  const grown = { options, ranges: merged([...ranges, ...added]) };
  return { planted: n < 0 ? [...planted, grown] : planted.with(n, grown), added };
}

/** Measures every planted incident by simulating the days that it touches with it and without it. */
export function plantedIncidents(planted: readonly Planted[], countries: readonly Country[]): PlantedIncident[] {
  return planted.flatMap((plant) => plant.options.incidents.map((incident) => measured(plant, incident, countries)));
}

function measured({ options, ranges }: Planted, incident: Incident, countries: readonly Country[]): PlantedIncident {
  const { kind, country, from, to } = incident;
  const end = kind === 'campaign-spike' ? to + MAX_SESSION_S : to;
  const days = { from: Math.floor(from / DAY_S) * DAY_S, to: Math.ceil(end / DAY_S) * DAY_S };
  const touched = ranges.map((range) => intersection(range, days)).filter((range) => range.from < range.to);
  // It keeps its place, without any duration, because the users of the others follow from theirs.
  const others = options.incidents.map((other) => (other === incident ? { ...other, to: from } : other));
  const cells = new Map<string, Cell>();
  const total = { actual: 0, expected: 0 };
  let baseline = 0;
  const count = (incidents: readonly Incident[], side: keyof Cell) => {
    const simulate = simulation({ ...options, incidents }, countries);
    for (const { event_type, timestamp } of eventsIn(simulate, touched, country)) {
      if (!AFFECTED[kind].includes(event_type)) continue;
      total[side]++;
      if (side === 'expected' && timestamp >= from && timestamp < end) baseline++;
      for (const [unit, length] of [['day', DAY_S] as const, ['hour', HOUR_S] as const])
        at(cells, `${event_type} ${unit} ${Math.floor(timestamp / length)}`, () => ({ actual: 0, expected: 0 }))[
          side
        ]++;
    }
  };
  count(options.incidents, 'actual');
  count(others, 'expected');
  return {
    kind,
    country,
    from: isoTime(from),
    to: isoTime(to),
    event_types: AFFECTED[kind],
    effect_events: Math.abs(total.actual - total.expected),
    baseline_events: baseline,
    is_detectable: [...cells.values()].some(isEvident),
  };
}

/** Events of one type in the country in one day or hour (UTC), with the incident and without. */
interface Cell {
  actual: number;
  expected: number;
}

/**
 * Six standard deviations of a Poisson count, and half of what was expected. The first bounds chance, with room for events
 * that come in sessions and for a baseline estimated from a few weeks; the second bounds the week's own rhythm, which exceeds
 * chance where counts are large.
 */
function isEvident({ actual, expected }: Cell): boolean {
  const effect = Math.abs(actual - expected);
  return effect >= 6 * Math.sqrt(Math.max(expected, 1)) && effect >= expected / 2;
}

function* eventsIn(simulate: Simulate, ranges: readonly TimeRange[], country: string): Generator<SimulatedEvent> {
  for (const range of ranges)
    for (const session of simulate(range)) for (const event of session) if (event.location === country) yield event;
}

/** What of the range lies outside of others that are disjoint and in order. */
function gaps(others: readonly TimeRange[], { from, to }: TimeRange): TimeRange[] {
  const starts = [from, ...others.map((other) => Math.max(from, other.to))];
  const ends = [...others.map((other) => Math.min(to, other.from)), to];
  return starts.map((start, n) => ({ from: start, to: ends[n]! })).filter((gap) => gap.from < gap.to);
}

/** Joins ranges that touch or overlap. */
function merged(ranges: readonly TimeRange[]): TimeRange[] {
  const joined: TimeRange[] = [];
  for (const range of ranges.toSorted((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last && range.from <= last.to) joined[joined.length - 1] = { from: last.from, to: Math.max(last.to, range.to) };
    else joined.push(range);
  }
  return joined;
}

function intersection(a: TimeRange, b: TimeRange): TimeRange {
  return { from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) };
}

function incidentsText({ incidents }: SimulationOptions): string {
  return JSON.stringify(incidents.map(({ kind, country, from, to }) => [kind, country, from, to]));
}

function isoTime(time: number): string {
  return new Date(time * 1000).toISOString();
}
