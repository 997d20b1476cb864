import type { Ref } from 'preact';
import type { Dimension } from '../../metrics/measure';
import { definitionsOf } from '../definitions';
import type { Visual } from '../kinds/registry';
import { Defined } from './defined';
import { labelOf } from './label';

interface CardHeaderProps {
  readonly visual: Visual;
  readonly levels: readonly Dimension[];
  /** Values on the way down through the levels. */
  readonly path: readonly string[];
  readonly hasData: boolean;
  readonly opener: Ref<HTMLButtonElement>;
  readonly onOpen: () => void;
  readonly onGoUp: (depth: number) => void;
}

/** A visual's title with its definitions, the way down, and the button of its details. */
export function CardHeader({ visual, levels, path, hasData, opener, onOpen, onGoUp }: CardHeaderProps) {
  return (
    <header>
      <h2>
        <Defined definitions={definitionsOf(visual)}>{visual.title}</Defined>
      </h2>
      {path.length > 0 && (
        <nav class="crumbs" aria-label={`Way down in ${visual.title}`}>
          <button type="button" onClick={() => onGoUp(0)}>
            All
          </button>
          {path.map((text, n) => (
            <button type="button" key={text} disabled={n === path.length - 1} onClick={() => onGoUp(n + 1)}>
              {labelOf(text, levels[n]!)}
            </button>
          ))}
        </nav>
      )}
      <button
        type="button"
        class="more"
        ref={opener}
        disabled={!hasData}
        aria-label={`Data, SQL and downloads of ${visual.title}`}
        title="Data, SQL, CSV, PNG"
        onClick={onOpen}
      >
        ⋯
      </button>
    </header>
  );
}
