import type { Dimension, Format, Grain } from '../metrics/measure';
import type { Cell } from './protocol';

const integer = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const decimal = new Intl.NumberFormat('en', { maximumFractionDigits: 1, minimumFractionDigits: 1 });
const percent = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1, minimumFractionDigits: 1 });
const shortPercent = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 });
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
export const NOTHING = '–';
/** The smallest share that one decimal of a percentage does not round to zero. */
const LEAST_SHOWN = 0.0005;

/** A measure's value for people. */
export function formatValue(value: Cell | undefined, format: Format): string {
  if (value === null || value === undefined) return NOTHING;
  switch (format) {
    case 'integer':
      return signed(integer.format(Number(value)));
    case 'decimal':
      return signed(decimal.format(Number(value)));
    case 'percent':
      return percentText(Number(value));
    case 'duration':
      return duration(Number(value));
    case 'time':
      return formatTime(String(value), 'minute');
  }
}

/** With one decimal; a share above zero that would round to 0.0% reads `<0.1%`. */
function percentText(value: number): string {
  return value > 0 && value < LEAST_SHOWN ? '<0.1%' : signed(percent.format(value));
}

/** The same in little room, such as along an axis. */
export function formatShort(value: number, format: Format): string {
  if (format === 'percent') return signed(shortPercent.format(value));
  return format === 'integer' || format === 'decimal' ? signed(compact.format(value)) : formatValue(value, format);
}

/** A dimension's value for people. */
export function formatLabel(value: Cell | undefined, { kind, ...dimension }: Dimension): string {
  if (value === null || value === undefined) return '(none)';
  const text = String(value);
  if (kind === 'part') return 'part' in dimension && dimension.part === 'weekday' ? WEEKDAYS[Number(value) - 1]! : text;
  if (kind === 'bin') return 'width' in dimension ? `${text}–${Number(value) + dimension.width - 1}` : text;
  if (kind === 'time') return formatTime(text, 'grain' in dimension ? dimension.grain : 'hour');
  if (dimension.field.type === 'timestamp') return formatTime(text, 'minute');
  if (dimension.field.type === 'date') return formatTime(text, 'week');
  return dimension.field.type === 'string' && /^[a-z0-9_,]+$/.test(text) ? words(text) : text;
}

/** A change of a value to another, such as +12.5%, or +0.5 pp of a share; nothing where there was none before. */
export function formatChange(value: Cell | undefined, before: Cell | undefined, format: Format): string {
  const change = changeOf(value, before, format);
  if (change === undefined) return NOTHING;
  const shown = directionOf(change) === 0 ? 0 : change;
  const text = format === 'percent' ? `${decimal.format(shown * 100)} pp` : percent.format(shown);
  return `${shown > 0 ? '+' : ''}${signed(text)}`;
}

/** Where a change points, as far as it is shown: 1 up, -1 down, 0 neither. */
export function directionOf(change: number): number {
  return Math.abs(change) < LEAST_SHOWN ? 0 : Math.sign(change);
}

/** With a minus as wide as a plus. */
function signed(text: string): string {
  return text.replace('-', '−');
}

/** A change as a share of the value before; of shares, their difference. Undefined where there is nothing to compare with. */
export function changeOf(value: Cell | undefined, before: Cell | undefined, format: Format): number | undefined {
  if (value === null || value === undefined || before === null || before === undefined) return undefined;
  const difference = Number(value) - Number(before);
  const change = format === 'percent' ? difference : difference / Math.abs(Number(before));
  return Number.isFinite(change) ? change : undefined;
}

/** A label of a day or an hour without its weekday and year, as along an axis; other labels as they are. */
export function shortenTime(label: string): string {
  const [, day, clock = ''] = /^(?:[A-Z][a-z]{2}, )?([A-Z][a-z]{2} \d{1,2}), \d{4}(, \d\d:\d\d)?$/.exec(label) ?? [];
  return day === undefined ? label : `${day}${clock}`;
}

const UTC = { timeZone: 'UTC' } as const;
const month = new Intl.DateTimeFormat('en-US', { ...UTC, month: 'short', year: 'numeric' });
const date = new Intl.DateTimeFormat('en-US', { ...UTC, dateStyle: 'medium' });
const weekday = new Intl.DateTimeFormat('en-US', { ...UTC, weekday: 'short' });

/** Of a text such as `2026-10-28 14:00:00`, as much as a grain needs, such as `Wed, Oct 28, 2026`. Other texts stay. */
function formatTime(text: string, grain: Grain | 'minute'): string {
  const time = new Date(`${text.slice(0, 10)}T00:00Z`);
  if (Number.isNaN(time.getTime())) return text;
  const day = date.format(time);
  switch (grain) {
    case 'year':
      return text.slice(0, 4);
    case 'month':
      return month.format(time);
    case 'week':
      return day;
    case 'day':
      return `${weekday.format(time)}, ${day}`;
    case 'hour':
    case 'minute':
      return text.length > 10 ? `${day}, ${text.slice(11, 16)}` : day;
  }
}

function duration(seconds: number): string {
  const rounded = Math.round(seconds);
  const [h, m, s] = [Math.floor(rounded / 3600), Math.floor(rounded / 60) % 60, rounded % 60];
  return h > 0 ? `${h} h ${m} min` : m > 0 ? `${m} min ${s} s` : `${s} s`;
}

/** product_page: Product page; several of them with commas. */
function words(text: string): string {
  const spaced = text.replaceAll('_', ' ').replaceAll(',', ', ');
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}
