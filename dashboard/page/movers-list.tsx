import { formatChange, formatLabel, formatValue } from '../format';
import type { Movers } from '../kinds/movers/kind';
import type { Mover } from '../movers';
import type { Cell } from '../protocol';
import { toneOf } from './change';

/** What changed most, up and down, as bars from the middle. */
export function MoversList({
  visual: { by, measure },
  movers,
  explanations,
  isCompared = true,
  onMark,
}: {
  readonly visual: Pick<Movers, 'by' | 'measure'>;
  readonly movers: readonly Mover[];
  /** What of a change incidents explain, by its value. @default nothing */
  readonly explanations?: ReadonlyMap<unknown, string>;
  readonly isCompared?: boolean;
  readonly onMark: (values: Readonly<Record<string, Cell>>) => void;
}) {
  if (movers.length === 0) return <p class="empty">{isCompared ? 'No change' : 'No earlier period to compare with'}</p>;
  const most = Math.max(...movers.map(({ change }) => Math.abs(change)), 1);
  return (
    <ul class="movers">
      {movers.map(({ key, value, before, change }) => {
        const tone = toneOf(measure, change);
        return (
          <li key={String(key)}>
            <button type="button" class="mark" onClick={() => onMark({ [by.id]: key })}>
              {formatLabel(key, by)}
            </button>
            <span class="track" aria-hidden="true">
              <span
                class={`bar ${tone}`}
                style={{ width: `${(Math.abs(change) / most) * 50}%`, [change > 0 ? 'left' : 'right']: '50%' }}
              />
            </span>
            <span class={`count ${tone}`}>
              {change > 0 ? '+' : '−'}
              {formatValue(Math.abs(change), measure.format)}
            </span>
            <span class="share">{formatChange(value, before, measure.format)}</span>
            {explanations?.has(key) && <span class="explained muted">{explanations.get(key)}</span>}
          </li>
        );
      })}
    </ul>
  );
}
