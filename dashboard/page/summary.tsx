import { useRef } from 'preact/hooks';
import { beforeOf } from '../../metrics/names';
import { areWhole, excessOf, incidentsIn, overlap } from '../incidents';
import { moversOf } from '../movers';
import type { DataSpan, Incident, PageContext } from '../protocol';
import { type Sheet, visualOf } from '../spec';
import { periodsOf, type State } from '../state';
import { summaryOf } from '../summary';
import { useVisual } from './data';
import { recordsOf } from './records';

/** Movers that sentences choose from. */
const MOST_MOVERS = 5;

interface SummaryProps {
  readonly context: PageContext;
  readonly summary: NonNullable<Sheet['summary']>;
  readonly state: State;
  readonly version: string;
  readonly span: DataSpan;
  readonly incidents: readonly Incident[];
}

/** Says on top of a sheet what happened. */
export function Summary({ context, summary, state, version, span, incidents }: SummaryProps) {
  const { data: total, isLoading: isTotalLoading } = useVisual(context, summary.total, state, version);
  const { data: moved, isLoading: isMovedLoading } = useVisual(context, summary.movers, state, version);
  const said = useRef<readonly string[]>([]);
  const [kpi, movers] = [summary.total, summary.movers].map((id) => visualOf(context.dashboard, id));
  const { current, before: earlier } = periodsOf(state, span);
  const isReady = total && moved && !isTotalLoading && !isMovedLoading;
  if (kpi?.kind !== 'kpi' || movers?.kind !== 'movers' || !overlap(current, span)) return null;
  if (!areWhole({ filters: {}, selection: state.selection })) return null; // a day may be selected, or an hour
  if (isReady) {
    const { measure } = kpi;
    const [record = {}] = recordsOf(total.main);
    const before = record[beforeOf(measure.id)];
    const touching = areWhole(state) ? incidentsIn(movers, state, incidents) : [];
    said.current = summaryOf({
      measure,
      value: Number(record[measure.id] ?? 0),
      before: typeof before === 'number' ? before : undefined,
      current,
      earlier,
      movers: moversOf(movers, moved.main, MOST_MOVERS),
      incidents: touching.filter(({ from }) => current.from <= from && from < current.to),
      excess: excessOf(touching, current),
      excessBefore: earlier ? excessOf(touching, earlier) : 0,
      timeZone: state.timeZone,
    });
  }
  return (
    <div class="summary" aria-busy={!isReady}>
      {said.current.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
    </div>
  );
}
