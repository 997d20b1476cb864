import { DateTime } from 'luxon';
import { INITIAL_DAYS } from '../core/limits';
import type { Grain } from '../metrics/measure';
import type { Period } from '../metrics/period';
import type { Value } from '../metrics/query';
import { MOST_DAYS } from '../schema/landing';
import { levelsOf } from './kinds/kind';
import type { Visual } from './kinds/registry';
import { axisOf, type Dashboard, dimensionsOf, visualOf } from './spec';

/** What a viewer has chosen: all of it is in the page's address, so that a view can be shared. */
export interface State {
  readonly sheet: string;
  readonly dates: Dates;
  /** IANA time zone. */
  readonly timeZone: string;
  /** Values chosen of controls, by the dimension's id. */
  readonly filters: Readonly<Record<string, readonly string[]>>;
  /** What was clicked, which filters the other visuals. */
  readonly selection?: Selection;
  /** Whether the events of incidents that are spikes are left out. @default false */
  readonly isWithoutSpikes?: boolean;
  /** Values on the way down through a visual's hierarchy, by its id. */
  readonly drill: Readonly<Record<string, readonly string[]>>;
}

/** The last days up to today, or from one day to another, both included (`YYYY-MM-DD`), in the state's time zone. */
export type Dates = { readonly last: number } | { readonly from: string; readonly to: string };

export interface Selection {
  readonly visual: string;
  /** By the dimension's id. */
  readonly values: Readonly<Record<string, string>>;
}

/** A null in an address. */
export const NULL = '∅';

const END_OF_TIME = '2100-01-01 00:00:00';
const MOST_VALUES = 50;
const LONGEST_VALUE = 200;

export function initialState({ sheets }: Dashboard): State {
  return { sheet: sheets[0]!.id, dates: { last: INITIAL_DAYS }, timeZone: 'UTC', filters: {}, drill: {} };
}

/** Reads an address. What can't be is left as it is at first, and told. */
export function parseState(
  dashboard: Dashboard,
  query: URLSearchParams,
): { readonly state: State; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const initial = initialState(dashboard);
  const filters: Record<string, readonly string[]> = {};
  const drill: Record<string, readonly string[]> = {};
  const state = { ...initial, filters, drill } as { -readonly [K in keyof State]: State[K] } & {
    filters: typeof filters;
    drill: typeof drill;
  };
  for (const name of new Set(query.keys())) {
    const values = query.getAll(name);
    const [value] = values as [string];
    const problem = (): string | undefined => {
      if (values.length > MOST_VALUES || values.some((text) => text.length > LONGEST_VALUE)) return 'is too long';
      if (name === 'sheet') {
        if (!dashboard.sheets.some(({ id }) => id === value)) return `: there is no sheet "${value}"`;
        state.sheet = value;
      } else if (name === 'dates') {
        const dates = parseDates(value);
        if (dates === undefined) return `: "${value}" is neither like 30d nor like 2026-01-01..2026-01-31`;
        state.dates = dates;
      } else if (name === 'tz') {
        if (!isTimeZone(value)) return `: there is no time zone "${value}"`;
        state.timeZone = value;
      } else if (name === 'spikes') {
        if (value !== 'out') return `: expected "out", not "${value}"`;
        state.isWithoutSpikes = true;
      } else if (name === 'select') {
        const selection = parseSelection(dashboard, values);
        if (selection === undefined) return ': there is no such thing to select';
        state.selection = selection;
      } else if (name.startsWith('drill.')) {
        const visual = visualOf(dashboard, name.slice('drill.'.length));
        if (visual === undefined || values.length >= levelsOfVisual(visual)) return ': there is no such way down';
        drill[visual.id] = values;
      } else if (dashboard.controls.some(({ id }) => id === name)) filters[name] = values;
      else return 'is not known';
      return undefined;
    };
    const text = problem();
    if (text !== undefined) problems.push(`${name.slice(0, 50)}${text.startsWith(':') ? text : ` ${text}`}`);
  }
  return { state, problems };
}

/** Where a visual has been drilled to. Ids of other people's dashboards may be names that every object has, such as `constructor`. */
export function drillPath({ drill }: Pick<State, 'drill'>, visual: string): readonly string[] {
  return Object.hasOwn(drill, visual) ? drill[visual]! : [];
}

/** The address of a state, without what is as it is at first. */
export function formatState(dashboard: Dashboard, state: State): URLSearchParams {
  const initial = initialState(dashboard);
  const query = new URLSearchParams();
  if (state.sheet !== initial.sheet) query.set('sheet', state.sheet);
  if (formatDates(state.dates) !== formatDates(initial.dates)) query.set('dates', formatDates(state.dates));
  if (state.timeZone !== initial.timeZone) query.set('tz', state.timeZone);
  if (state.isWithoutSpikes) query.set('spikes', 'out');
  for (const [name, values] of Object.entries(state.filters)) for (const value of values) query.append(name, value);
  if (state.selection)
    for (const [name, value] of Object.entries(state.selection.values))
      query.append('select', `${state.selection.visual}.${name}=${value}`);
  for (const [visual, path] of Object.entries(state.drill))
    for (const value of path) query.append(`drill.${visual}`, value);
  return query;
}

/** What of the rows a state shows, in words. */
export function wordsOf({ controls }: Dashboard, { dates, filters, isWithoutSpikes }: State): string[] {
  const range =
    'last' in dates ? `last ${dates.last === 1 ? 'day' : `${dates.last} days`}` : `${dates.from} to ${dates.to}`;
  return [
    range,
    ...controls.flatMap(({ id, label }) => (filters[id] ? [`${label}: ${filters[id].join(', ')}`] : [])),
    ...(isWithoutSpikes ? ['spikes excluded'] : []),
  ];
}

export function formatDates(dates: Dates): string {
  return 'last' in dates ? `${dates.last}d` : `${dates.from}..${dates.to}`;
}

/** What a state shows, and what that is compared with. */
export interface Periods {
  readonly current: Period;
  /** As much time, as many days of 24 hours before; undefined where there is no data for all of it. */
  readonly before?: Period;
}

/**
 * The range of dates as far as there is data, and the time before it that it is compared with. The last days are those up to the last
 * one that has data. Both periods have the same length to the second, so that equal traffic shows no change, whatever the hour.
 */
export function periodsOf({ dates, timeZone }: Pick<State, 'dates' | 'timeZone'>, span: Period): Periods {
  const lastDay = timeOf(span.to, timeZone).minus({ seconds: 1 }).startOf('day');
  const [first, end] =
    'last' in dates
      ? [lastDay.minus({ days: dates.last - 1 }), lastDay.plus({ days: 1 })]
      : [dayOf(dates.from, timeZone), dayOf(dates.to, timeZone).plus({ days: 1 })];
  const [from, to] = [utcText(first), utcText(end)];
  if (span.to <= from || span.from >= to) return { current: { from, to } };
  const hours = 24 * Math.round(end.diff(first, 'days').days);
  const current = { from, to: to < span.to ? to : span.to };
  const [beforeFrom, beforeTo] = [current.from, current.to].map((text) => utcText(timeOf(text).minus({ hours })));
  return { current, ...(span.from <= beforeFrom! ? { before: { from: beforeFrom!, to: beforeTo! } } : {}) };
}

/** The same of a data set that goes past the last event: the last days have no end, others the one that was chosen. */
export function periodPastData({ dates, timeZone }: Pick<State, 'dates' | 'timeZone'>, span: Period): Period {
  if ('last' in dates) return { from: periodsOf({ dates, timeZone }, span).current.from, to: END_OF_TIME };
  return { from: utcText(dayOf(dates.from, timeZone)), to: utcText(dayOf(dates.to, timeZone).plus({ days: 1 })) };
}

/** The days of a range of dates, by the clocks of its zone. */
export function daysOf({ dates, timeZone }: State, span: Period): Extract<Dates, { readonly from: string }> {
  if ('from' in dates) return dates;
  const { from, to } = periodsOf({ dates, timeZone }, span).current;
  const day = (time: DateTime): string => time.toFormat('yyyy-MM-dd');
  return { from: day(timeOf(from, timeZone)), to: day(timeOf(to, timeZone).minus({ seconds: 1 })) };
}

/** A range as far as periods of a grain, by the clocks of a zone, are complete in it. */
export function completePeriods({ from, to }: Period, grain: Grain, timeZone: string): Period {
  const end = utcText(timeOf(to, timeZone).startOf(grain));
  return { from, to: end > from ? end : from };
}

function parseDates(text: string): Dates | undefined {
  const last = Number(/^(\d{1,4})d$/.exec(text)?.[1]);
  if (last >= 1 && last <= MOST_DAYS) return { last };
  const [, from, to] = /^(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)$/.exec(text) ?? [];
  if (from === undefined || to === undefined) return undefined;
  const [first, end] = [dayOf(from, 'UTC'), dayOf(to, 'UTC')];
  const days = end.diff(first, 'days').days;
  return first.year >= 2000 && end.year < 2100 && days >= 0 && days < MOST_DAYS ? { from, to } : undefined;
}

function parseSelection(dashboard: Dashboard, texts: readonly string[]): Selection | undefined {
  const parts = texts.map((text) => /^([a-z0-9-]+)\.(\w+)=(.*)$/s.exec(text));
  const visual = visualOf(dashboard, parts[0]?.[1] ?? '');
  const names = new Set(visual ? dimensionsOf(visual).map(({ id }) => id) : []);
  if (!visual || !parts.every((part) => part?.[1] === visual.id && names.has(part[2]!))) return undefined;
  return { visual: visual.id, values: Object.fromEntries(parts.map((part) => [part![2]!, part![3]!])) };
}

function levelsOfVisual(visual: Visual): number {
  const axis = axisOf(visual);
  return axis ? levelsOf(axis).length : 0;
}

function isTimeZone(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_+/-]*$/.test(text) && DateTime.utc().setZone(text).isValid;
}

function dayOf(text: string, zone: string): DateTime {
  return DateTime.fromISO(text, { zone });
}

function timeOf(text: string, zone = 'UTC'): DateTime {
  return DateTime.fromSQL(text, { zone: 'UTC' }).setZone(zone);
}

function utcText(time: DateTime): string {
  return time.toUTC().toFormat('yyyy-MM-dd HH:mm:ss');
}

/** Values as addresses have them, and back. */
export function textOf(value: Value): string {
  return value === null ? NULL : String(value);
}
