import { useEffect, useRef, useState } from 'preact/hooks';
import type { DataSpan, PageContext } from '../protocol';
import { type Dates, daysOf, formatDates, type State } from '../state';
import { useControl } from './data';
import { labelOf } from './label';

interface ControlsProps {
  readonly context: PageContext;
  readonly state: State;
  /** Undefined as long as it isn't known. */
  readonly span: DataSpan | undefined;
  readonly change: (change: Partial<State>) => void;
}

const RANGES: readonly (readonly [days: number, label: string])[] = [
  [1, 'Last day'],
  [7, 'Last 7 days'],
  [30, 'Last 30 days'],
  [90, 'Last 90 days'],
  [365, 'Last 365 days'],
];

/** Between a popover and the edge of the window. */
const MARGIN_PX = 12;

export function Controls({ context, state, span, change }: ControlsProps) {
  const hasFilters = Object.keys(state.filters).length > 0;
  return (
    <section class="controls" aria-label="Filters">
      <DateRange state={state} span={span} change={(dates) => change({ dates })} />
      {context.dashboard.controls.map((control) => (
        <Choice
          key={control.id}
          id={control.id}
          context={context}
          state={state}
          choose={(values) => {
            const { [control.id]: _, ...others } = state.filters;
            change({ filters: values.length > 0 ? { ...others, [control.id]: values } : others });
          }}
        />
      ))}
      <TimeZone zone={state.timeZone} change={(timeZone) => change({ timeZone })} />
      <label
        class="switch"
        title="Excludes all events in the country, event type, and hours of a spike. Drops cannot be corrected."
      >
        <input
          type="checkbox"
          checked={state.isWithoutSpikes ?? false}
          onChange={({ currentTarget }) => change({ isWithoutSpikes: currentTarget.checked })}
        />
        <span>Exclude spikes</span>
      </label>
      {hasFilters && (
        <button type="button" class="quiet" onClick={() => change({ filters: {} })}>
          Clear filters
        </button>
      )}
    </section>
  );
}

function DateRange({
  state,
  span,
  change,
}: Pick<ControlsProps, 'state' | 'span'> & { readonly change: (dates: Dates) => void }) {
  const { dates } = state;
  const isCustom = 'from' in dates;
  const known = RANGES.some(([days]) => formatDates({ last: days }) === formatDates(dates));
  return (
    <>
      <label>
        <span>Dates</span>
        <select
          value={isCustom ? 'custom' : formatDates(dates)}
          onChange={({ currentTarget: { value } }) =>
            change(value === 'custom' ? (span ? daysOf(state, span) : dates) : { last: Number.parseInt(value, 10) })
          }
        >
          {RANGES.map(([days, label]) => (
            <option key={days} value={`${days}d`}>
              {label}
            </option>
          ))}
          {!isCustom && !known && <option value={formatDates(dates)}>{`Last ${dates.last} days`}</option>}
          <option value="custom">From … to …</option>
        </select>
      </label>
      {'from' in dates && (
        <>
          <label>
            <span>From</span>
            <input
              type="date"
              value={dates.from}
              max={dates.to}
              onChange={({ currentTarget: { value } }) => value && change({ from: value, to: maxOf(value, dates.to) })}
            />
          </label>
          <label>
            <span>To</span>
            <input
              type="date"
              value={dates.to}
              min={dates.from}
              onChange={({ currentTarget: { value } }) =>
                value && change({ from: minOf(value, dates.from), to: value })
              }
            />
          </label>
        </>
      )}
    </>
  );
}

interface ChoiceProps {
  readonly id: string;
  readonly context: PageContext;
  readonly state: State;
  readonly choose: (values: readonly string[]) => void;
}

/** Some of the values of a control, none chosen being all. */
function Choice({ id, context, state, choose }: ChoiceProps) {
  const control = context.dashboard.controls.find((candidate) => candidate.id === id)!;
  const [isOpen, setOpen] = useState(false);
  const [search, setSearch] = useState('');
  const element = useRef<HTMLDetailsElement>(null);
  const { data, error } = useControl(id, state, isOpen, context);
  const chosen = state.filters[id] ?? [];
  const values = [...new Set([...chosen, ...(data ?? []).map(([value]) => value)])];
  const label = (value: string): string => labelOf(value, control);
  const found = values.filter((value) => label(value).toLowerCase().includes(search.toLowerCase()));
  const counts = new Map(data);
  useEffect(() => {
    if (!isOpen) return undefined;
    const close = (event: Event): void => {
      const isAway =
        event instanceof KeyboardEvent ? event.key === 'Escape' : !element.current?.contains(event.target as Node);
      if (!isAway || !element.current) return;
      element.current.open = false;
      if (event instanceof KeyboardEvent) element.current.querySelector('summary')?.focus();
    };
    addEventListener('pointerdown', close);
    addEventListener('keydown', close);
    return () => {
      removeEventListener('pointerdown', close);
      removeEventListener('keydown', close);
    };
  }, [isOpen]);
  return (
    <details class="choice" ref={element} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        <span>{control.label}</span>
        <b>{chosen.length === 0 ? 'All' : chosen.length === 1 ? label(chosen[0]!) : `${chosen.length} chosen`}</b>
      </summary>
      {isOpen && (
        <div class="popover" ref={intoWindow}>
          {values.length > 8 && (
            <input
              type="search"
              placeholder="Find"
              aria-label={`Find a ${control.label}`}
              value={search}
              onInput={({ currentTarget }) => setSearch(currentTarget.value)}
            />
          )}
          {error && <p class="error">{error}</p>}
          <ul>
            {found.map((value) => (
              <li key={value}>
                <label>
                  <input
                    type="checkbox"
                    checked={chosen.includes(value)}
                    onChange={({ currentTarget }) =>
                      choose(currentTarget.checked ? [...chosen, value] : chosen.filter((other) => other !== value))
                    }
                  />
                  <span>{label(value)}</span>
                  <small>{counts.get(value)?.toLocaleString('en') ?? ''}</small>
                </label>
              </li>
            ))}
          </ul>
          {data && values.length === 0 && <p>There are no events in these dates.</p>}
          {chosen.length > 0 && (
            <button type="button" class="quiet" onClick={() => choose([])}>
              All
            </button>
          )}
        </div>
      )}
    </details>
  );
}

/** Moves a popover to the left by as much as it would leave the window. */
function intoWindow(popover: HTMLElement | null): void {
  if (!popover) return;
  const room = document.documentElement.clientWidth - MARGIN_PX - popover.getBoundingClientRect().right;
  popover.style.left = `${Math.min(0, room)}px`;
}

function TimeZone({ zone, change }: { readonly zone: string; readonly change: (zone: string) => void }) {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const first = [...new Set([here, 'UTC', zone])];
  return (
    <label>
      <span>Time zone</span>
      <select value={zone} onChange={({ currentTarget }) => change(currentTarget.value)}>
        {[...first, ...Intl.supportedValuesOf('timeZone').filter((name) => !first.includes(name))].map((name) => (
          <option key={name} value={name}>
            {name === here ? `${name} (local)` : name}
          </option>
        ))}
      </select>
    </label>
  );
}

function maxOf(a: string, b: string): string {
  return a > b ? a : b;
}

function minOf(a: string, b: string): string {
  return a < b ? a : b;
}
