import type { Format } from '../../metrics/measure';
import { formatChange, NOTHING } from '../format';
import type { Cell } from '../protocol';

const WEEK = 7;

/**
 * The change of a day's value against that of the same weekday a week before, such as `+3.1%`. The values are those of consecutive
 * days, null where a day is not complete. Undefined where there is nothing to compare.
 */
export function weekChange(values: readonly Cell[], day: number, format: Format): string | undefined {
  const change = formatChange(values[day], values[day - WEEK], format);
  return change === NOTHING ? undefined : change;
}

/** A day without its year, such as `Wed, Oct 21`. */
export function weekBefore(labels: readonly string[], day: number): string {
  return (labels[day - WEEK] ?? '').replace(/, \d{4}$/, '');
}

/** What a tooltip tells of one line. */
export interface TooltipItem {
  readonly name: string;
  readonly text: string;
  readonly change: string | undefined;
}

/** A line chart's tooltip: a row for each line, with its change since `before`, which is named once. */
export function lineTooltip(heading: string, items: readonly TooltipItem[], before: string): string {
  const isAlone = items.length === 1;
  const rows = items.map(({ name, text, change }) => {
    const compared = change && ` (${change}${isAlone ? ` vs. ${before}` : ''})`;
    return `${name}: ${text}${compared ?? ''}`;
  });
  const isExplained = !isAlone && items.some(({ change }) => change !== undefined);
  return [heading, ...rows, ...(isExplained ? [`Changes vs. ${before}`] : [])].join('\n');
}
