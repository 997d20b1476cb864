import type { Dimension, Measure } from '../metrics/measure';
import { kindOf, type Visual } from './kinds/registry';
import { dimensionsOf, measuresOf } from './spec';

/** What a word on the dashboard means. */
export interface Definition {
  readonly label: string;
  readonly description: string;
  /** Whose definition it is, where it is somebody's. */
  readonly source?: string;
}

/** Definitions of what a visual shows: its measures, then what they are shown by, except times. */
export function definitionsOf(visual: Visual): readonly Definition[] {
  const shown: readonly (Measure | Dimension)[] = [
    ...measuresOf(visual),
    ...(kindOf(visual).definesColumns ? [] : dimensionsOf(visual).filter(({ kind }) => kind !== 'time')),
  ];
  return [...new Map(shown.map((each) => [each.id, each])).values()];
}
