import { Cron } from 'croner';
import { UserError } from '../core/errors';

/** Days of an average month. */
export const MONTH_DAYS = 365.25 / 12;

/** A year without a leap day, and one of its days. */
const YEAR = [new Date('2026-01-01T00:00:00Z'), new Date('2027-01-01T00:00:00Z')] as const;
const DAY = [YEAR[0], new Date('2026-01-02T00:00:00Z')] as const;

/**
 * How often a schedule of AWS comes due, a day on average: `rate(5 minutes)` of EventBridge, or `cron(15 0 * * ? *)`, whose week
 * begins with SUN = 1 and whose last field is the year. Throws a failure at anything else.
 */
export function timesADay(schedule: string): number {
  const known = KNOWN.get(schedule);
  if (known !== undefined) return known;
  const times = counted(schedule);
  KNOWN.set(schedule, times);
  return times;
}

/** A year of days takes some milliseconds to go through, and is asked for again and again. */
const KNOWN = new Map<string, number>();

function counted(schedule: string): number {
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(schedule) ?? [];
  if (unit) return { minute: 1440, hour: 24, day: 1 }[unit as 'minute' | 'hour' | 'day'] / Number(count);
  const fields = /^cron\((.*)\)$/.exec(schedule)?.[1]?.split(' ');
  if (fields?.length !== 6) throw unreadable(schedule);
  const [minute, hour, dayOfMonth, month, dayOfWeek] = fields as [string, string, string, string, string];
  try {
    const days = dueIn(`0 0 ${dayOfMonth} ${month} ${fromSunday(dayOfWeek)}`, YEAR) / 365;
    return days * dueIn(`${minute} ${hour} * * *`, DAY);
  } catch (error) {
    throw unreadable(schedule, error);
  }
}

function dueIn(pattern: string, [from, to]: readonly [Date, Date]): number {
  const cron = new Cron(pattern.replaceAll('?', '*'), { timezone: 'UTC', paused: true, sloppyRanges: true });
  let times = 0;
  // The next one is looked for after a time, which itself may be due.
  for (let next = cron.nextRun(new Date(from.getTime() - 1000)); next && next < to; next = cron.nextRun(next)) times++;
  return times;
}

/** Days of the week as they are counted everywhere else: SUN = 0. */
function fromSunday(field: string): string {
  return field.replace(/(?<![#\d])\d(?!\d)/g, (day) => String(Number(day) - 1));
}

function unreadable(schedule: string, cause?: unknown): UserError {
  return new UserError(
    `"${schedule}" is no schedule: it must be like rate(5 minutes), or cron(15 0 * * ? *) with minute, hour, day of the month, month, day of the week and year`,
    { cause },
  );
}
