import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { definitionsOf } from '../definitions';
import { formatValue } from '../format';
import { incidentsIn, marksOn } from '../incidents';
import { levelsOf } from '../kinds/kind';
import { kindOf, type Visual } from '../kinds/registry';
import { type Cell, type DataSpan, type Incident, MOST_ROWS, type PageContext, type VisualData } from '../protocol';
import { axisOf } from '../spec';
import { drillPath, type State, textOf } from '../state';
import type { Theme } from '../theme';
import { timeAxis } from '../time-axis';
import { bodyOf } from './bodies';
import { Chart } from './chart';
import { isChart } from './charts';
import { useVisual } from './data';
import { Defined } from './defined';
import { Details } from './details';
import { labelOf } from './label';

interface VisualCardProps {
  readonly context: PageContext;
  readonly visual: Visual;
  readonly state: State;
  readonly version: string;
  /** Undefined as long as it isn't known. */
  readonly span: DataSpan | undefined;
  /** Every incident, the heaviest first. */
  readonly incidents: readonly Incident[];
  readonly theme: Theme;
  readonly change: (change: Partial<State>) => void;
  readonly onEmpty: (visual: string, isEmpty: boolean) => void;
}

/** Of the grid's columns, so many are few: on paper, two such cards go side by side. */
const NARROW_COLUMNS = 16;

export function VisualCard({
  context,
  visual,
  state,
  version,
  span,
  incidents,
  theme,
  change,
  onEmpty,
}: VisualCardProps) {
  const { data, error, isLoading } = useVisual(context, visual.id, state, version);
  const [isOpen, setOpen] = useState(false);
  const png = useRef<(() => string) | undefined>(undefined);
  const opener = useRef<HTMLButtonElement>(null);
  const kind = kindOf(visual);
  const axis = axisOf(visual);
  const levels = axis ? levelsOf(axis) : [];
  const path = drillPath(state, visual.id);
  const level = levels[path.length];
  const shownLevel = levels.find(({ id }) => data?.main.columns.includes(id));
  const timeLevel = kind.trendOf ? kind.trendOf(visual) : shownLevel;
  const ticks = useMemo(
    () => (span && timeLevel ? timeAxis(context.dashboard, visual, timeLevel, state, span) : undefined),
    [span, timeLevel, state],
  );
  const shownIncidents = useMemo(() => incidentsIn(visual, state, incidents), [state, incidents]);
  const marks = useMemo(
    () => (kind.isMarked && ticks ? marksOn(ticks, shownIncidents, state.timeZone) : []),
    [ticks, shownIncidents],
  );
  const selected = state.selection?.visual === visual.id ? state.selection.values : undefined;
  const canMark = !context.exported;

  /** Goes down where there is a level below, and else selects; the same again takes it back. */
  const onMark = (values: Readonly<Record<string, Cell>>): void => {
    if (!canMark || shownLevel !== level) return; // the rows of the level are still to come
    const key = level && values[level.id];
    if (level && key !== undefined && levels[path.length + 1]) {
      const { selection, ...rest } = state;
      const others = selection?.visual === visual.id ? undefined : selection;
      change({
        ...rest,
        drill: { ...state.drill, [visual.id]: [...path, textOf(key)] },
        selection: others,
      } as Partial<State>);
      return;
    }
    const texts = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, textOf(value)]));
    const isSame = selected && JSON.stringify(selected) === JSON.stringify(texts);
    change({ selection: isSame ? undefined : { visual: visual.id, values: texts } } as Partial<State>);
  };
  const goUp = (depth: number): void => {
    const { [visual.id]: _, ...others } = state.drill;
    change({ drill: depth === 0 ? others : { ...others, [visual.id]: path.slice(0, depth) } });
  };
  const { column, row, columns, rows } = visual.position;
  const isEmpty = data !== undefined && isWithoutRows(visual, data);
  useEffect(() => onEmpty(visual.id, isEmpty), [isEmpty]);
  return (
    <article
      class={`card ${visual.kind}${columns <= NARROW_COLUMNS ? ' narrow' : ''}`}
      aria-busy={isLoading}
      aria-label={visual.title}
      data-visual={visual.id}
      style={{ '--place': `${row + 1} / ${column + 1} / span ${rows} / span ${columns}` }}
    >
      <header>
        <h2>
          <Defined definitions={definitionsOf(visual)}>{visual.title}</Defined>
        </h2>
        {path.length > 0 && (
          <nav class="crumbs" aria-label={`Way down in ${visual.title}`}>
            <button type="button" onClick={() => goUp(0)}>
              All
            </button>
            {path.map((text, n) => (
              <button type="button" key={text} disabled={n === path.length - 1} onClick={() => goUp(n + 1)}>
                {labelOf(text, levels[n]!)}
              </button>
            ))}
          </nav>
        )}
        <button
          type="button"
          class="more"
          ref={opener}
          disabled={!data}
          aria-label={`Data, SQL and downloads of ${visual.title}`}
          title="Data, SQL, CSV, PNG"
          onClick={() => setOpen(true)}
        >
          ⋯
        </button>
      </header>
      {visual.note && <p class="note">{visual.note}</p>}
      {data && data.unfilteredBy.length > 0 && (
        <p class="note">Not affected by these filters: {data.unfilteredBy.join(', ').toLowerCase()}</p>
      )}
      {data && data.main.rows.length >= MOST_ROWS && (
        <p class="note">
          Showing the first {formatValue(MOST_ROWS, 'integer')} rows. Use filters to narrow the results.
        </p>
      )}
      <div class="body">
        {error && (
          <p class="error" role="alert">
            {error}
          </p>
        )}
        {!error && !data && (
          <div class="skeleton" role="status">
            <span class="unseen">Loading</span>
          </div>
        )}
        {!error && data && isEmpty && <p class="empty">{visual.emptyText ?? 'No data'}</p>}
        {!error && data && !isEmpty && body()}
      </div>
      {isOpen && data && (
        <Details
          visual={visual}
          rows={data.main}
          png={png.current}
          onMark={canMark ? onMark : undefined}
          onClose={() => {
            setOpen(false);
            opener.current?.focus();
          }}
        />
      )}
    </article>
  );

  function body() {
    if (!data) return null;
    if (isChart(visual))
      return (
        <Chart
          visual={visual}
          rows={data.main}
          theme={theme}
          level={shownLevel}
          selected={selected}
          ticks={ticks}
          marks={marks}
          timeZone={state.timeZone}
          onMark={onMark}
          onDrawn={(draw) => {
            png.current = draw;
          }}
        />
      );
    const Body = bodyOf(visual);
    return (
      <Body
        visual={visual}
        data={data}
        state={state}
        span={span}
        ticks={ticks}
        incidents={shownIncidents}
        onMark={onMark}
      />
    );
  }
}

function isWithoutRows(visual: Visual, { main }: VisualData): boolean {
  return main.rows.length === 0 || (kindOf(visual).isNumber === true && main.rows[0]![0] === null);
}
