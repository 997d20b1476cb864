import { formatValue } from '../dashboard/format';
import { ageWords, momentWords, secondBefore } from '../dashboard/period-words';
import { FRESH_HOURS } from '../etl/data-span';
import { type Period, utcText } from '../metrics/period';

/** What is known of the state of the data, in UTC. */
export interface Health {
  readonly span: Period;
  readonly now: string;
  /** Days in order, with their events and those of an average day of the seven before. */
  readonly days: readonly { readonly start: string; readonly events: number; readonly usual: number | null }[];
  /** Lines that failed. */
  readonly failed: number;
}

const DAY_MS = 86_400_000;

/** Share of all lines above which failed ones are worth a word. */
const MOST_FAILED = 0.01;

/** What a reader of any number should know first: that data is late, unusually little or much, or that many lines failed. */
export function warningsOf({ span, now, days, failed }: Health): string[] {
  return [...lateness(span, now), ...oddVolume(span, days), ...failures(days, failed)];
}

/** Days without any events; those that follow each other are one period. */
export function gapsIn(days: Health['days']): Period[] {
  const gaps: Period[] = [];
  for (const { start: from } of days.filter(({ events }) => events === 0)) {
    const to = utcText(Date.parse(`${from}Z`) + DAY_MS);
    const last = gaps.at(-1);
    if (last?.to === from) gaps[gaps.length - 1] = { from: last.from, to };
    else gaps.push({ from, to });
  }
  return gaps;
}

function lateness({ to }: Period, now: string): string[] {
  const hours = (Date.parse(`${now}Z`) - Date.parse(`${to}Z`)) / 3_600_000;
  return hours > FRESH_HOURS
    ? [`Data is late: the last event is from ${momentWords(secondBefore(to), 'UTC', now)}, ${ageWords(to, now)}.`]
    : [];
}

/** Of the last complete day: less than half or more than twice the usual, as `etl/warnings/volume.sql` has it. */
function oddVolume({ to }: Period, days: Health['days']): string[] {
  const last = days.findLast(({ start }) => Date.parse(`${start}Z`) + DAY_MS <= Date.parse(`${to}Z`));
  if (!last || last.usual === null || (last.events >= last.usual / 2 && last.events <= last.usual * 2)) return [];
  const [events, usual] = [last.events, last.usual].map((count) => formatValue(count, 'integer'));
  const day = momentWords(last.start, 'UTC', last.start).replace(/,.*/, '');
  return [`Unusual volume: ${day} had ${events} events; an average day of the seven before had ${usual}.`];
}

function failures(days: Health['days'], failed: number): string[] {
  const lines = failed + days.reduce((sum, { events }) => sum + events, 0);
  if (lines === 0 || failed / lines <= MOST_FAILED) return [];
  const [count, all] = [failed, lines].map((each) => formatValue(each, 'integer'));
  return [
    `${count} of ${all} lines failed (${formatValue(failed / lines, 'percent')}): see Data quality for the reasons.`,
  ];
}
