import { beforeOf } from '../../../metrics/names';
import { areWhole, explanations } from '../../incidents';
import { type Mover, moversOf } from '../../movers';
import type { BodyProps } from '../../page/body';
import { MoversList } from '../../page/movers-list';
import { periodsOf } from '../../state';
import type { Movers } from './kind';

/** What changed most, and how much of that incidents explain. */
export function MoversBody(props: BodyProps<Movers>) {
  const { visual, data, onMark } = props;
  const movers = moversOf(visual, data.main, visual.count);
  return (
    <MoversList
      visual={visual}
      movers={movers}
      explanations={explain(movers, props)}
      isCompared={data.main.columns.includes(beforeOf(visual.measure.id))}
      onMark={onMark}
    />
  );
}

function explain(
  movers: readonly Mover[],
  { visual, state, span, incidents }: BodyProps<Movers>,
): ReadonlyMap<unknown, string> {
  if (!span || !areWhole(state)) return new Map();
  const { current, before } = periodsOf(state, span);
  return before ? explanations(visual, movers, incidents, current, before, state.timeZone) : new Map();
}
