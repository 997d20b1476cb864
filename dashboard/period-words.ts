import { DateTime } from 'luxon';
import { type Period, utcText } from '../metrics/period';

/** A period in words, by the clocks of a zone: `Oct 27 – Nov 25`, and `Oct 28 – Nov 26, 16:40` where it ends within a day. */
export function periodWords({ from, to }: Period, timeZone: string): string {
  const [first, end] = [from, to].map((text) => timeIn(text, timeZone)) as [DateTime, DateTime];
  const isWhole = end.equals(end.startOf('day'));
  const last = isWhole ? end.minus({ days: 1 }) : end;
  const day = (time: DateTime): string => time.toFormat(first.year === last.year ? 'LLL d' : 'LLL d, yyyy');
  const days = first.hasSame(last, 'day') ? day(first) : `${day(first)} – ${day(last)}`;
  return isWhole ? days : `${days}, ${end.toFormat('HH:mm')}`;
}

/** A moment in words: `Nov 25, 23:59 UTC`, with the year where it isn't that of now. */
export function momentWords(text: string, timeZone: string, now: string): string {
  const [time, present] = [text, now].map((each) => timeIn(each, timeZone)) as [DateTime, DateTime];
  return `${time.toFormat(time.year === present.year ? 'LLL d, HH:mm' : 'LLL d, yyyy, HH:mm')} ${zoneWords(timeZone)}`;
}

/** How long ago a moment is: `17 h ago`. */
export function ageWords(text: string, now: string): string {
  const minutes = Math.max(0, 60 * hoursBetween(text, now));
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${Math.floor(minutes)} min ago`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ago` : `${Math.floor(hours / 24)} days ago`;
}

/** Hours from one moment to another, both in UTC. */
export function hoursBetween(text: string, later: string): number {
  return timeIn(later, 'UTC').diff(timeIn(text, 'UTC'), 'hours').hours;
}

/** `Europe/Berlin`: Berlin time. */
export function zoneWords(timeZone: string): string {
  return timeZone === 'UTC' ? 'UTC' : `${timeZone.replace(/^.*\//, '').replaceAll('_', ' ')} time`;
}

/** The last second of a period that ends at a time. */
export function secondBefore(time: string): string {
  return utcText(Date.parse(`${time}Z`) - 1000);
}

/** A time that the clocks of a zone show, in UTC, in the same form. */
export function utcOf(text: string, timeZone: string): string {
  return DateTime.fromSQL(text, { zone: timeZone }).toUTC().toFormat('yyyy-MM-dd HH:mm:ss');
}

/** A time in UTC as the clocks of a zone show it, in the same form. */
export function localText(text: string, timeZone: string): string {
  return timeIn(text, timeZone).toFormat('yyyy-MM-dd HH:mm:ss');
}

/** A time in UTC, by the clocks of a zone. */
export function timeIn(text: string, zone: string): DateTime {
  return DateTime.fromSQL(text, { zone: 'UTC' }).setZone(zone).setLocale('en-US');
}
