import { InvalidArgumentError } from 'commander';
import { ENVIRONMENT_PATTERN } from '../core/names';
import { DAY_S, HOUR_S, parseTime } from '../core/time';
import type { Variables } from '../pricing/resources';
import { isRegion, REGION_RULE } from './doctor/regions';

export type Pair = readonly [name: string, value: string];

// Parsers of arguments, as commander wants them: each throws an InvalidArgumentError, to which commander adds the option.

/** A number above 0. */
export function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 1e9)) throw new InvalidArgumentError('It must be a number above 0, up to 1e9.');
  return value;
}

/** Seconds, 0 for no limit. */
export function timeLimit(text: string): number {
  const value = Number(text);
  if (!(value >= 0 && value <= 1e6) || text.trim() === '')
    throw new InvalidArgumentError('It must be a number of seconds, up to 1e6; 0 is without limit.');
  return value;
}

/** Any whole number. */
export function whole(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || text.trim() === '') throw new InvalidArgumentError('It must be a whole number.');
  return value;
}

/** A whole number from 1. */
export function wholePositive(text: string): number {
  const value = whole(text);
  if (value < 1 || value > 10_000) throw new InvalidArgumentError('It must be a whole number from 1 to 10000.');
  return value;
}

/** Epoch seconds of a time (UTC). */
export function time(text: string): number {
  const value = parseTime(text);
  if (!Number.isInteger(value) || value < 946_684_800 || value > 4_102_444_800)
    throw new InvalidArgumentError(
      'It must be a time from 2000 to 2100, such as 2026-03-01 or 2026-03-01T10:00 (UTC).',
    );
  return value;
}

/** Seconds of a duration up to a day. */
export function duration(text: string): number {
  const match = /^(\d+)([smhd])$/.exec(text);
  const seconds = match
    ? Number(match[1]) * { s: 1, m: 60, h: HOUR_S, d: DAY_S }[match[2] as 's' | 'm' | 'h' | 'd']
    : 0;
  if (seconds < 1 || seconds > DAY_S)
    throw new InvalidArgumentError('It must be a duration up to a day, such as 5m, 1h or 1d.');
  return seconds;
}

/** Any finite number. */
export function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number.');
  return value;
}

/** A date, as it is written. */
export function date(text: string): string {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time) && new Date(time).toISOString().startsWith(text)) return text;
  throw new InvalidArgumentError('It must be a date, such as 2026-03-01.');
}

/** Minutes up to two days. */
export function minutes(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 2880) return value;
  throw new InvalidArgumentError('It must be a whole number from 1 to 2880.');
}

/** An AWS account's id. */
export function accountId(text: string): string {
  if (!/^\d{12}$/.test(text)) throw new InvalidArgumentError('It must have twelve digits.');
  return text;
}

/** A port, after which others may be tried. */
export function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_515)
    throw new InvalidArgumentError('It must be a number from 0 (any) to 65515.');
  return value;
}

/** An environment's name. */
export function environment(text: string): string {
  if (new RegExp(ENVIRONMENT_PATTERN).test(text)) return text;
  throw new InvalidArgumentError(
    'It must be 1 to 12 lower-case letters, digits and hyphens, from a letter to a letter or digit, such as dev or prod-eu.',
  );
}

/** A region's name. */
export function region(text: string): string {
  if (isRegion(text)) return text;
  throw new InvalidArgumentError(`It must be ${REGION_RULE}.`);
}

/** A value as Terraform would take it: a number or a truth value where it looks like one. */
export function variable(text: string, before: Variables): Variables {
  const [, name, value] = /^(\w+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError('It must be like history_days=30.');
  const isTyped = value === 'true' || value === 'false' || /^-?\d+(\.\d+)?$/.test(value!);
  return { ...before, [name]: isTyped ? JSON.parse(value!) : value! };
}

/** A name and its value, behind those before. */
export function pair(text: string, before: readonly Pair[]): readonly Pair[] {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError('It must be NAME=VALUE.');
  return [...before, [name, value]];
}

/** Reads what may be given several times, each by `parse`, whose errors are told as the argument's. */
export function appended<T>(parse: (text: string) => T): (text: string, before: readonly T[]) => T[] {
  return (text, before) => {
    try {
      return [...before, parse(text)];
    } catch (error) {
      throw new InvalidArgumentError((error as Error).message);
    }
  };
}
