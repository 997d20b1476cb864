import type { Measure } from '../../metrics/measure';
import { changeOf, directionOf, formatChange, NOTHING } from '../format';
import type { Cell } from '../protocol';

/** How a measure changed, and whether that is for the better. */
export function Change({
  measure,
  value,
  before,
}: {
  readonly measure: Measure;
  readonly value?: Cell;
  readonly before?: Cell;
}) {
  const change = changeOf(value, before, measure.format);
  if (change === undefined) return <span class="muted">{NOTHING}</span>;
  const direction = directionOf(change);
  const tone = direction === 0 ? 'muted' : toneOf(measure, direction);
  return (
    <span class={tone}>
      <span aria-hidden="true">{direction > 0 ? '▲ ' : direction < 0 ? '▼ ' : ''}</span>
      {formatChange(value, before, measure.format)}
    </span>
  );
}

/** Whether a change is for the better, as a class of `page.css`. */
export function toneOf({ isNeutral, isLessBetter = false }: Measure, change: number): 'neutral' | 'good' | 'bad' {
  if (isNeutral) return 'neutral';
  return change > 0 !== isLessBetter ? 'good' : 'bad';
}
