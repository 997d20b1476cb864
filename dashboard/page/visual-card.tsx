import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Dimension } from '../../metrics/measure';
import { formatValue } from '../format';
import { incidentsIn, marksOn } from '../incidents';
import { levelsOf } from '../kinds/kind';
import { kindOf, type Visual } from '../kinds/registry';
import { type Cell, type DataSpan, type Incident, MOST_ROWS, type PageContext, type VisualData } from '../protocol';
import { axisOf } from '../spec';
import { drillPath, type State } from '../state';
import type { Theme } from '../theme';
import { timeAxis } from '../time-axis';
import { bodyOf } from './bodies';
import { CardHeader } from './card-header';
import { Chart } from './chart';
import { isChart } from './charts';
import { useVisual } from './data';
import { Details } from './details';
import { changeByGoingUp, changeByMark, selectedIn } from './marking';

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

export function VisualCard(props: VisualCardProps) {
  const { context, visual, state, version, change, onEmpty } = props;
  const { data, error, isLoading } = useVisual(context, visual.id, state, version);
  const [isOpen, setOpen] = useState(false);
  const png = useRef<(() => string) | undefined>(undefined);
  const opener = useRef<HTMLButtonElement>(null);
  const axis = axisOf(visual);
  const levels = axis ? levelsOf(axis) : [];
  const path = drillPath(state, visual.id);
  const shownLevel = levels.find(({ id }) => data?.main.columns.includes(id));
  const canMark = !context.exported;
  const onMark = (values: Readonly<Record<string, Cell>>): void => {
    if (!canMark || shownLevel !== levels[path.length]) return; // the rows of the level are still to come
    change(changeByMark(visual, state, values));
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
      <CardHeader
        visual={visual}
        levels={levels}
        path={path}
        hasData={data !== undefined}
        opener={opener}
        onOpen={() => setOpen(true)}
        onGoUp={(depth) => change(changeByGoingUp(visual, state, depth))}
      />
      <Notes visual={visual} data={data} />
      <CardBody {...props} data={data} error={error} isEmpty={isEmpty} png={png} onMark={onMark} level={shownLevel} />
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
}

/** What one should know to read a visual. */
function Notes({ visual, data }: { readonly visual: Visual; readonly data: VisualData | undefined }) {
  return (
    <>
      {visual.note && <p class="note">{visual.note}</p>}
      {data && data.unfilteredBy.length > 0 && (
        <p class="note">Not affected by these filters: {data.unfilteredBy.join(', ').toLowerCase()}</p>
      )}
      {data && data.main.rows.length >= MOST_ROWS && (
        <p class="note">
          Showing the first {formatValue(MOST_ROWS, 'integer')} rows. Use filters to narrow the results.
        </p>
      )}
    </>
  );
}

interface CardBodyProps extends VisualCardProps {
  readonly data: VisualData | undefined;
  readonly error: string | undefined;
  readonly isEmpty: boolean;
  /** Level of the axis that the rows are of; none as long as there are no rows, or no axis. */
  readonly level: Dimension | undefined;
  /** Receives a way to draw a chart as a PNG. */
  readonly png: { current: (() => string) | undefined };
  readonly onMark: (values: Readonly<Record<string, Cell>>) => void;
}

/** A visual, or why there is none. The axis and marks of a time are kept also while there is no data. */
function CardBody(props: CardBodyProps) {
  const { visual, data, error, isEmpty } = props;
  const drawn = useDrawn(props);
  return (
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
      {!error && data && !isEmpty && <Drawing {...props} {...drawn} data={data} />}
    </div>
  );
}

type Drawn = ReturnType<typeof useDrawn>;

/** The periods and the incidents that a visual shows. */
function useDrawn({ context, visual, state, span, incidents, level }: CardBodyProps) {
  const kind = kindOf(visual);
  const timeLevel = kind.trendOf ? kind.trendOf(visual) : level;
  const ticks = useMemo(
    () => (span && timeLevel ? timeAxis(context.dashboard, visual, timeLevel, state, span) : undefined),
    [span, timeLevel, state],
  );
  const shownIncidents = useMemo(() => incidentsIn(visual, state, incidents), [state, incidents]);
  const marks = useMemo(
    () => (kind.isMarked && ticks ? marksOn(ticks, shownIncidents, state.timeZone) : []),
    [ticks, shownIncidents],
  );
  return { ticks, shownIncidents, marks };
}

interface DrawingProps extends CardBodyProps, Drawn {
  readonly data: VisualData;
}

function Drawing({ visual, state, span, theme, data, png, level, ticks, shownIncidents, marks, onMark }: DrawingProps) {
  if (isChart(visual))
    return (
      <Chart
        visual={visual}
        rows={data.main}
        theme={theme}
        level={level}
        selected={selectedIn(visual, state)}
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

function isWithoutRows(visual: Visual, { main }: VisualData): boolean {
  return main.rows.length === 0 || (kindOf(visual).isNumber === true && main.rows[0]![0] === null);
}
