import type { Dimension } from '../../metrics/measure';
import { formatLabel } from '../format';
import { NULL } from '../state';

/** A dimension's value for people, from its text in an address. */
export function labelOf(text: string, dimension: Dimension): string {
  return formatLabel(text === NULL ? null : text, dimension);
}
