import type { DateTime } from 'luxon';
import type { Dimension, Measure } from '../metrics/measure';
import type { Period } from '../metrics/period';
import { formatValue } from './format';
import type { Visual } from './kinds/registry';
import { hoursBetween, localText, periodWords, timeIn, zoneWords } from './period-words';
import type { Incident } from './protocol';
import { measuresOf, timeOf } from './spec';
import type { State } from './state';
import type { Tick } from './time-axis';

/** Ids of the dimensions that incidents have. */
const KNOWN_BY: readonly string[] = ['continent', 'country_code', 'country_name', 'event_type'];

/** Incidents that a chart marks at most: the heaviest. */
const MOST_MARKS = 5;

/** An incident on a time axis. */
export interface IncidentMark {
  readonly incident: IncidentGroup;
  /** Its rank by weight among those of the chart, from 1. */
  readonly number: number;
  /** Indexes of the first and the last period of the axis that it touches. */
  readonly first: number;
  readonly last: number;
}

/** Incidents of a country in the same direction whose times meet, with their event types: what one would call one incident. */
export interface IncidentGroup extends Period {
  readonly country_name: string;
  readonly continent: string;
  readonly direction: string;
  readonly eventTypes: readonly string[];
  readonly events: number;
  readonly expected: number;
  /** Whether events and expected are of all the time from its start to its end. */
  readonly isWhole: boolean;
}

/** Groups of incidents, the heaviest first. */
export function groupsOf(incidents: readonly Incident[]): IncidentGroup[] {
  const found: IncidentGroup[] = [];
  for (const incident of [...incidents].sort((a, b) => (a.from < b.from ? -1 : 1))) {
    const at = found.findIndex(
      (group) =>
        group.country_name === incident.country_name &&
        group.direction === incident.direction &&
        incident.from < group.to,
    );
    const { country_name, continent, direction, event_type, from, to, events, expected } = incident;
    const isWhole = incident.hours === hoursBetween(from, to);
    if (at < 0)
      found.push({ country_name, continent, direction, eventTypes: [event_type], from, to, events, expected, isWhole });
    else {
      const group = found[at]!;
      found[at] = {
        ...group,
        to: to > group.to ? to : group.to,
        eventTypes: [...new Set([...group.eventTypes, event_type])].sort(),
        events: group.events + events,
        expected: group.expected + expected,
        isWhole: isWhole && group.isWhole && from === group.from && to === group.to,
      };
    }
  }
  return found.sort((a, b) => weightOf(b) - weightOf(a));
}

/**
 * `United States had 1,462 click events instead of the expected 16 on Nov 3, 09:00–14:00 UTC`, where not all hours between are
 * anomalous with `in anomalous hours`.
 */
export function incidentSentence(group: IncidentGroup, timeZone: string): string {
  const [seen, usual] = [group.events, group.expected].map((count) => formatValue(count, 'integer'));
  const types = new Intl.ListFormat('en-US').format(group.eventTypes);
  const hours = group.isWhole ? '' : 'in anomalous hours ';
  return `${group.country_name} had ${seen} ${types} events instead of the expected ${usual} ${hours}${whenWords(group, timeZone)}`;
}

/** When something was: `on Nov 3`, `on Nov 3, 09:00–14:00 UTC`, or `from Oct 18, 23:00 to Oct 20, 01:00 UTC`. */
function whenWords({ from, to }: Period, timeZone: string): string {
  const [first, end] = [timeIn(from, timeZone), timeIn(to, timeZone)];
  const isWhole = first.equals(first.startOf('day')) && end.equals(end.startOf('day'));
  if (!first.hasSame(end.minus({ seconds: 1 }), 'day'))
    return isWhole
      ? `from ${periodWords({ from, to }, timeZone).replace(' – ', ' to ')}`
      : `from ${whenText(first)} to ${whenText(end)} ${zoneWords(timeZone)}`;
  if (isWhole) return `on ${periodWords({ from, to }, timeZone)}`;
  return `on ${whenText(first)}–${end.toFormat('HH:mm')} ${zoneWords(timeZone)}`;
}

function whenText(time: DateTime): string {
  return time.toFormat('LLL d, HH:mm');
}

/**
 * Incidents that are among what a visual shows in a state, the heaviest first; those of its measures' event type, where
 * they have one, and no spikes where they are left out.
 */
export function incidentsIn(
  visual: Visual,
  { filters, selection, isWithoutSpikes }: Pick<State, 'filters' | 'selection' | 'isWithoutSpikes'>,
  incidents: readonly Incident[],
): Incident[] {
  if (!timeOf(visual) || !hasIncidents(visual)) return [];
  const types = measuresOf(visual).map(eventTypeOf);
  const chosen = selection && selection.visual !== visual.id ? selection.values : {};
  return incidents.filter((incident) => {
    const has = (name: string, values: readonly string[]): boolean =>
      !(name in incident) || values.includes(String(incident[name as keyof Incident]));
    return (
      !(isWithoutSpikes && incident.direction === 'spike') &&
      Object.entries(filters).every(([name, values]) => has(name, values)) &&
      Object.entries(chosen).every(([name, value]) => has(name, [value])) &&
      types.some((type) => type === undefined || type === incident.event_type)
    );
  });
}

/** Whether a state limits rows by nothing but what incidents are known by, so that their events are all among those shown. */
export function areWhole({ filters, selection }: Pick<State, 'filters' | 'selection'>): boolean {
  return [...Object.keys(filters), ...Object.keys(selection?.values ?? {})].every((name) => KNOWN_BY.includes(name));
}

/** Whether two periods have time in common. */
export function overlap(a: Period, b: Period): boolean {
  return a.from < b.to && b.from < a.to;
}

/** Marks of incidents on the periods of an axis, which are by the clocks of a zone. */
export function marksOn(ticks: readonly Tick[], incidents: readonly Incident[], timeZone: string): IncidentMark[] {
  const marks: IncidentMark[] = [];
  for (const incident of groupsOf(incidents)) {
    const [from, to] = [incident.from, incident.to].map((text) => localText(text, timeZone)) as [string, string];
    const last = ticks.findLastIndex(({ start }) => start < to);
    const isBefore = last === ticks.length - 1 && last >= 0 && !reaches(ticks, from);
    if (last < 0 || isBefore) continue;
    const first = Math.max(
      0,
      ticks.findLastIndex(({ start }) => start <= from),
    );
    marks.push({ incident, number: marks.length + 1, first, last });
    if (marks.length === MOST_MARKS) break;
  }
  return marks;
}

/** Whether an axis goes on to a time: as if its last period was as long as the one before. */
function reaches(ticks: readonly Tick[], time: string): boolean {
  const [before, last] = ticks.slice(-2).map(({ start }) => Date.parse(`${start.replace(' ', 'T')}Z`));
  if (before === undefined || last === undefined) return true;
  return Date.parse(`${time.replace(' ', 'T')}Z`) < last + (last - before);
}

/** What incidents have added to a number of events in a period, or taken from it: in proportion, of those that reach beyond it. */
export function excessOf(incidents: readonly Incident[], period: Period): number {
  return incidents.reduce(
    (sum, incident) => sum + (incident.events - incident.expected) * shareIn(incident, period),
    0,
  );
}

function shareIn(incident: Period, period: Period): number {
  const from = incident.from > period.from ? incident.from : period.from;
  const to = incident.to < period.to ? incident.to : period.to;
  return Math.max(0, hoursBetween(from, to)) / hoursBetween(incident.from, incident.to);
}

/** How much of a change of a value of a dimension incidents explain, in words, by the value; only where that is worth a word. */
export function explanations(
  visual: { readonly by: Dimension; readonly measure: Measure },
  changes: readonly { readonly key: unknown; readonly change: number }[],
  incidents: readonly Incident[],
  current: Period,
  before: Period,
  timeZone: string,
): ReadonlyMap<unknown, string> {
  const name = visual.by.field.name as keyof Incident;
  const found = new Map<unknown, string>();
  if (visual.measure.expression.kind !== 'count') return found;
  for (const { key, change } of changes) {
    const own = incidents.filter(
      (incident) => incident[name] === key && (overlap(incident, current) || overlap(incident, before)),
    );
    const excess = excessOf(own, current) - excessOf(own, before);
    if (Math.sign(excess) !== Math.sign(change) || Math.abs(excess) < Math.abs(change) / 10) continue;
    const [heaviest, ...others] = own.sort((a, b) => weightOf(b) - weightOf(a));
    const all = `${others.length > 0 ? 'incidents, mainly ' : ''}${kindWords(heaviest!)}`;
    found.set(key, `including about ${signedCount(excess)} from ${all} (${dayWords(heaviest!, timeZone)})`);
  }
  return found;
}

function weightOf({ events, expected }: Pick<Incident, 'events' | 'expected'>): number {
  return Math.abs(events - expected);
}

function dayWords({ from, to }: Incident, timeZone: string): string {
  return periodWords({ from, to }, timeZone).replace(/, \d\d:\d\d$/, '');
}

/** `a spike in click events`. */
function kindWords({ direction, event_type }: Incident): string {
  return `a ${direction} in ${event_type} events`;
}

function signedCount(count: number): string {
  const rounded = Math.round(count);
  return `${rounded > 0 ? '+' : ''}${formatValue(rounded, 'integer')}`;
}

/** Whether incidents are among what a visual's data set has. */
export function hasIncidents({ dataSet }: Visual): boolean {
  return dataSet.name === 'events' || dataSet.name === 'sessions';
}

/** The event type that all of a measure is of; undefined if it is of several. */
function eventTypeOf({ expression }: Measure): string | undefined {
  const where = 'where' in expression ? expression.where : undefined;
  return where && 'equals' in where && where.field.name === 'event_type' ? String(where.equals) : undefined;
}
