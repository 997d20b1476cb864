import { beforeOf } from '../../metrics/names';
import { areWhole, incidentsIn, overlap } from '../incidents';
import { moversOf } from '../movers';
import type { DataSpan, Incident, PageContext } from '../protocol';
import { type Sheet, visualOf } from '../spec';
import { periodsOf, type State } from '../state';
import { summaryOf } from '../summary';
import { recordsOf } from './charts';
import { useVisual } from './data';

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
  const { data: total } = useVisual(context, summary.total, state, version);
  const { data: moved } = useVisual(context, summary.movers, state, version);
  const [kpi, movers] = [summary.total, summary.movers].map((id) => visualOf(context.dashboard, id));
  const { current, before: earlier } = periodsOf(state, span);
  if (!total || !moved || kpi?.kind !== 'kpi' || movers?.kind !== 'movers' || !overlap(current, span)) return null;
  const { measure } = kpi;
  const [record = {}] = recordsOf(total.main);
  const before = record[beforeOf(measure.id)];
  const touching = !areWhole(state) ? [] : incidentsIn(movers, state, incidents);
  const sentences = summaryOf({
    measure,
    value: Number(record[measure.id] ?? 0),
    before: typeof before === 'number' ? before : undefined,
    current,
    earlier,
    movers: moversOf(movers, moved.main, MOST_MOVERS),
    incidents: touching.filter((incident) => overlap(incident, current)),
    incidentsBefore: earlier ? touching.filter((incident) => overlap(incident, earlier)) : [],
    timeZone: state.timeZone,
  });
  return (
    <div class="summary">
      {sentences.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
    </div>
  );
}
