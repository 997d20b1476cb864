import { DateTime } from 'luxon';
import type { Dimension, Grain } from '../metrics/measure';
import type { Period } from '../metrics/period';
import { levelsOf } from './kinds/kind';
import type { Visual } from './kinds/registry';
import type { DataSpan } from './protocol';
import { axisOf, type Dashboard, dimensionsOf, visualOf } from './spec';
import { drillPath, periodPastData, periodsOf, type State } from './state';

/** A period of a time axis. */
export interface Tick {
  /** Its start by the clocks of the state's zone, as rows have it: `YYYY-MM-DD HH:MM:SS`. */
  readonly start: string;
  /** `complete`; `so far`, if data ends within it; `no data`, if there is none, neither of what is shown nor of anything else. */
  readonly coverage: 'complete' | 'so far' | 'no data';
}

/**
 * The periods of a time axis, without gaps: those of the range of dates, within what was drilled down to and what is selected. Undefined
 * if only some of them are selected, such as Mondays: then rows alone say which there are.
 */
export function timeAxis(
  dashboard: Dashboard,
  visual: Visual,
  level: Dimension,
  state: State,
  span: DataSpan,
): Tick[] | undefined {
  if (level.kind !== 'time') return undefined;
  const { timeZone } = state;
  const drilled = drillPath(state, visual.id).map((text, n) => ({ dimension: levelsOf(axisOf(visual)!)[n]!, text }));
  const source = state.selection && visualOf(dashboard, state.selection.visual);
  const selected =
    source && source.id !== visual.id
      ? Object.entries(state.selection!.values).map(([id, text]) => ({
          dimension: dimensionsOf(source).find((each) => each.id === id)!,
          text,
        }))
      : [];
  if (selected.some(({ dimension }) => dimension.kind === 'part')) return undefined;
  // Of what goes past the last event, everything is known up to now.
  const isPast = visual.dataSet.goesPastData === true;
  const shown = isPast ? periodPastData(state, span) : periodsOf(state, span).current;
  const known = isPast ? { from: shown.from, to: span.now, gaps: [] } : span;
  let [from, to] = bounds(isPast && shown.to > span.now ? { ...shown, to: span.now } : shown, timeZone);
  for (const { dimension, text } of [...drilled, ...selected]) {
    if (dimension.kind !== 'time') continue;
    const first = DateTime.fromSQL(text, { zone: timeZone });
    const end = first.plus({ [dimension.grain]: 1 });
    if (first > from) from = first;
    if (end < to) to = end;
  }
  return ticks(from, to, level.grain, timeZone, known);
}

function ticks(
  from: DateTime,
  to: DateTime,
  grain: Grain,
  timeZone: string,
  span: Pick<DataSpan, 'from' | 'to' | 'gaps'>,
): Tick[] {
  const [first, last] = bounds(span, timeZone);
  const empty = span.gaps.map((gap) => bounds(gap, timeZone));
  const found = new Map<string, Tick>();
  for (let start = from.startOf(grain); start < to; start = start.plus({ [grain]: 1 })) {
    const end = start.plus({ [grain]: 1 });
    const isWithout =
      end <= first || start >= last || empty.some(([gapFrom, gapTo]) => gapFrom <= start && end <= gapTo);
    const coverage = isWithout ? 'no data' : end > last ? 'so far' : 'complete';
    const text = start.toFormat('yyyy-MM-dd HH:mm:ss');
    if (!found.has(text)) found.set(text, { start: text, coverage }); // an hour that clocks show twice
  }
  return [...found.values()];
}

function bounds({ from, to }: Period, zone: string): [DateTime, DateTime] {
  return [from, to].map((text) => DateTime.fromSQL(text, { zone: 'UTC' }).setZone(zone)) as [DateTime, DateTime];
}
