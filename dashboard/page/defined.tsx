import type { ComponentChildren } from 'preact';
import { useCallback, useId, useRef } from 'preact/hooks';
import type { Definition } from '../definitions';

interface DefinedProps {
  readonly definitions: readonly Definition[];
  readonly children: ComponentChildren;
  readonly onClick?: () => void;
}

/** Between a definition and the edge of the window. */
const MARGIN_PX = 8;

/** A word with its definition, which pointing at it, the keyboard's focus and a tap show, and Escape hides. */
export function Defined({ definitions, children, onClick }: DefinedProps) {
  const id = useId();
  const word = useRef<HTMLButtonElement>(null);
  const tip = useRef<HTMLSpanElement>(null);
  const place = useCallback((): void => {
    if (tip.current && word.current) placeBelow(tip.current, word.current.getBoundingClientRect());
  }, []);
  const show = (): void => {
    if (!tip.current || tip.current.matches(':popover-open')) return;
    tip.current.showPopover();
    place();
    addEventListener('scroll', place, true);
  };
  const hide = (): void => {
    tip.current?.hidePopover();
    removeEventListener('scroll', place, true);
  };
  return (
    <span class="defined" onPointerEnter={show} onPointerLeave={hide} onFocusOut={hide}>
      <button
        type="button"
        ref={word}
        aria-describedby={id}
        onFocus={show}
        onClick={() => {
          show();
          onClick?.();
        }}
        onKeyDown={({ key }) => key === 'Escape' && hide()}
      >
        {children}
      </button>
      <span class="definition" popover="manual" role="tooltip" id={id} ref={tip}>
        {definitions.map(({ label, description, source }) => (
          <span key={label}>
            <b>{label}</b> {description}
            {source && <small>{source}</small>}
          </span>
        ))}
      </span>
    </span>
  );
}

/** In the window, and touching the word, so that the pointer can go from one to the other. */
function placeBelow({ style, offsetWidth, offsetHeight }: HTMLElement, word: DOMRect): void {
  const { clientWidth, clientHeight } = document.documentElement;
  const below = word.bottom + offsetHeight + MARGIN_PX <= clientHeight;
  style.left = `${Math.max(MARGIN_PX, Math.min(word.left, clientWidth - offsetWidth - MARGIN_PX))}px`;
  style.top = `${below ? word.bottom : word.top - offsetHeight}px`;
}
