import { DAY_S, HOUR_S, type TimeRange } from '../../core/time';
import type { Country } from '../../schema/countries';
import type { Incident, IncidentKind } from '../simulator/incidents';
import { MAX_SESSION_S } from '../simulator/journey';
import {
  type Simulate,
  type SimulatedEvent,
  type SimulationOptions,
  simulation,
  simulationName,
} from '../simulator/simulation';
import { at } from './tally';

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

const HISTORY_S = 21 * DAY_S;
const JUDGED_S = 92 * DAY_S;
const AFFECTED: Readonly<Record<IncidentKind, readonly string[]>> = {
  'checkout-outage': ['purchase'],
  'bot-flood': ['click'],
  'campaign-spike': ['click', 'search', 'purchase'],
};
/** Variance of an event type's counts over their mean, as they come in sessions: squares over sums of users' events in a day. */
const DISPERSION: Readonly<Record<string, number>> = { click: 6, search: 2.5, purchase: 1.2 };

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
  const count = (incidents: readonly Incident[], side: 'actual' | 'expected') => {
    const simulate = simulation({ ...options, incidents }, countries);
    for (const { event_type, timestamp } of eventsIn(simulate, touched, country)) {
      if (!AFFECTED[kind].includes(event_type)) continue;
      total[side]++;
      if (side === 'expected' && timestamp >= from && timestamp < end) baseline++;
      for (const length of [DAY_S, HOUR_S])
        at(cells, `${event_type} ${length} ${Math.floor(timestamp / length)}`, () => newCell(event_type))[side]++;
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
    is_detectable: isJudged(ranges, incident) && [...cells.values()].some(isEvident),
  };
}

/** Events of one type in the country in one day or hour (UTC), with the incident and without. */
interface Cell {
  readonly dispersion: number;
  actual: number;
  expected: number;
}

function newCell(eventType: string): Cell {
  return { dispersion: DISPERSION[eventType]!, actual: 0, expected: 0 };
}

/**
 * Eight standard deviations by Anscombe's residual for Poisson counts (two thirds powers are nearly normal), with one more user
 * in both; and half of what was expected. A detector without false alarms needs five or six, and the rest is for a baseline that
 * it has to estimate; the half is beyond the week's own rhythm, which exceeds chance where counts are large.
 */
function isEvident({ actual, expected, dispersion }: Cell): boolean {
  const residual = Math.cbrt((actual + dispersion) ** 2) - Math.cbrt((expected + dispersion) ** 2);
  const deviation = (2 / 3) * Math.sqrt(dispersion * Math.cbrt(expected + dispersion));
  return Math.abs(residual) >= 8 * deviation && Math.abs(actual - expected) >= expected / 2;
}

/** Whether what is planted tells what is usual: three weeks without a gap, among the latest three months. */
function isJudged(ranges: readonly TimeRange[], incident: Incident): boolean {
  const last = ranges.at(-1)!.to;
  const recent = ranges.filter(({ to }) => to > last - JUDGED_S);
  const from = Math.max(recent[0]!.from, last - JUDGED_S);
  return recent.length === 1 && last - from >= HISTORY_S && incident.from >= from;
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
