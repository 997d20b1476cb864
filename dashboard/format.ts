import type { Dimension, Format } from '../metrics/measure';
import type { Cell } from './protocol';

const integer = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const decimal = new Intl.NumberFormat('en', { maximumFractionDigits: 1, minimumFractionDigits: 1 });
const percent = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1, minimumFractionDigits: 1 });
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
export const NOTHING = '–';

/** A measure's value for people. */
export function formatValue(value: Cell | undefined, format: Format): string {
  if (value === null || value === undefined) return NOTHING;
  switch (format) {
    case 'integer':
      return signed(integer.format(Number(value)));
    case 'decimal':
      return signed(decimal.format(Number(value)));
    case 'percent':
      return signed(percent.format(Number(value)));
    case 'duration':
      return duration(Number(value));
    case 'time':
      return String(value);
  }
}

/** The same in little room, such as along an axis. */
export function formatShort(value: number, format: Format): string {
  return format === 'integer' || format === 'decimal' ? compact.format(value) : formatValue(value, format);
}

/** A dimension's value for people. */
export function formatLabel(value: Cell | undefined, { kind, ...dimension }: Dimension): string {
  if (value === null || value === undefined) return '(none)';
  const text = String(value);
  if (kind === 'part') return 'part' in dimension && dimension.part === 'weekday' ? WEEKDAYS[Number(value) - 1]! : text;
  if (kind === 'bin') return 'width' in dimension ? `${text}–${Number(value) + dimension.width - 1}` : text;
  if (kind === 'time') return formatTime(text, 'grain' in dimension ? dimension.grain : 'hour');
  if (dimension.field.type === 'timestamp') return text.slice(0, 16);
  return dimension.field.type === 'string' && /^[a-z0-9_,]+$/.test(text) ? words(text) : text;
}

/** A change of a value to another, such as +12.5%; nothing where there was none before. */
export function formatChange(value: Cell | undefined, before: Cell | undefined): string {
  const change = changeOf(value, before);
  if (change === undefined) return NOTHING;
  return directionOf(change) === 0 ? percent.format(0) : `${change > 0 ? '+' : ''}${signed(percent.format(change))}`;
}

/** Where a change points, as far as it is shown: 1 up, -1 down, 0 neither. */
export function directionOf(change: number): number {
  return Math.abs(change) < 0.0005 ? 0 : Math.sign(change);
}

/** With a minus as wide as a plus. */
function signed(text: string): string {
  return text.replace('-', '−');
}

export function changeOf(value: Cell | undefined, before: Cell | undefined): number | undefined {
  if (value === null || value === undefined || !before || !Number.isFinite(Number(before))) return undefined;
  return (Number(value) - Number(before)) / Math.abs(Number(before));
}

function formatTime(text: string, grain: string): string {
  const [date, clock] = text.split(' ') as [string, string | undefined];
  if (grain === 'hour') return `${date} ${clock?.slice(0, 5)}`;
  if (grain === 'month') return date.slice(0, 7);
  return grain === 'year' ? date.slice(0, 4) : date;
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
