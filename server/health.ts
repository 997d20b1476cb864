import { FRESH_HOURS } from '../core/limits';
import { info } from '../core/terminal/progress';
import { DAY_MS } from '../core/time';
import { formatValue } from '../dashboard/format';
import { ageWords, hoursBetween, momentWords, secondBefore } from '../dashboard/period-words';
import type { DataSpan } from '../dashboard/protocol';
import type { LakeReader } from '../lake/duckdb/lake-reader';
import { dailyVolume, dataSpan, hourlyLines } from '../metrics/data-sets';
import { volumeDimensions } from '../metrics/dimensions';
import { dataSpanMeasures, lineMeasures, volumeMeasures } from '../metrics/measures';
import { type Period, utcText } from '../metrics/period';
import type { Query } from '../metrics/query';

/** What is known of the state of the data, in UTC. */
export interface Health {
  readonly span: Period;
  readonly now: string;
  /** Days in order, with their events and those of an average day of the seven before. */
  readonly days: readonly { readonly start: string; readonly events: number; readonly usual: number | null }[];
  /** Lines that failed, and all that landed, each once. */
  readonly failed: number;
  readonly lines: number;
}

/** Share of all lines above which failed ones are worth a word. */
const MOST_FAILED = 0.01;

/** What a reader of any number should know first: that data is late, unusually little or much, or that many lines failed. */
export function warningsOf({ span, now, days, failed, lines }: Health): string[] {
  return [...lateness(span, now), ...oddVolume(span, days), ...failures(failed, lines)];
}

/** From when to when there is data; nothing up to now if there is none. */
export async function spanOf(reader: LakeReader, now: Date, signal?: AbortSignal): Promise<Period> {
  const { data_from, data_to } = dataSpanMeasures;
  const query: Query = { dataSet: dataSpan, dimensions: [], measures: [data_from, data_to], filters: [] };
  const [[from, to] = []] = (await reader.ask(query, signal)).rows;
  return typeof from === 'string' && typeof to === 'string'
    ? { from, to }
    : { from: utcText(now.getTime()), to: utcText(now.getTime()) };
}

/** The same, with the days between on which nothing happened, and what is wrong with the data. */
export async function dataSpanOf(reader: LakeReader, now: Date, signal?: AbortSignal): Promise<DataSpan> {
  const { volume, usual_volume } = volumeMeasures;
  const { failed_lines, lines } = lineMeasures;
  const daily: Query = {
    dataSet: dailyVolume,
    dimensions: [volumeDimensions.day],
    measures: [volume, usual_volume],
    filters: [],
  };
  const landed: Query = { dataSet: hourlyLines, dimensions: [], measures: [failed_lines, lines], filters: [] };
  const [span, { rows }, counts] = await Promise.all([
    spanOf(reader, now, signal),
    reader.ask(daily, signal),
    reader.ask(landed, signal),
  ]);
  const days = rows.map(([start, events, usual]) => ({
    start: String(start),
    events: Number(events),
    usual: typeof usual === 'number' ? usual : null,
  }));
  const [failed, all] = (counts.rows[0] ?? []).map(Number) as [number, number];
  const state = { span, now: utcText(now.getTime()), days, failed, lines: all };
  return { ...span, gaps: gapsIn(days), warnings: warningsOf(state), now: state.now };
}

/** Prints what a reader of any number should know first. */
export async function sayWarnings(reader: LakeReader): Promise<void> {
  for (const warning of (await dataSpanOf(reader, new Date())).warnings) info(`warning: ${warning}`);
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
  return hoursBetween(to, now) > FRESH_HOURS
    ? [`Data is late: the last event is from ${momentWords(secondBefore(to), 'UTC', now)}, ${ageWords(to, now)}.`]
    : [];
}

/** Of the last complete day: less than half or more than twice the usual, as `etl/warnings/volume.sql` has it. */
function oddVolume({ to }: Period, days: Health['days']): string[] {
  const last = days.findLast(({ start }) => Date.parse(`${start}Z`) + DAY_MS <= Date.parse(`${to}Z`));
  if (!last || last.usual === null || (last.events >= last.usual / 2 && last.events <= last.usual * 2)) return [];
  const [events, usual] = [last.events, last.usual].map((count) => formatValue(count, 'integer'));
  const day = momentWords(last.start, 'UTC', last.start).replace(/,.*/, '');
  return [`Unusual volume: ${day} had ${events} events; the average of the previous seven days is ${usual}.`];
}

function failures(failed: number, lines: number): string[] {
  if (lines === 0 || failed / lines <= MOST_FAILED) return [];
  const [count, all] = [failed, lines].map((each) => formatValue(each, 'integer'));
  return [
    `${count} of ${all} lines failed (${formatValue(failed / lines, 'percent')}): see Data quality for the reasons.`,
  ];
}
