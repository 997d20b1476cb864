import { levelsOf } from '../kinds/kind';
import type { Visual } from '../kinds/registry';
import type { Cell } from '../protocol';
import { axisOf } from '../spec';
import { drillPath, type State, textOf } from '../state';

/** What a click on values changes: it goes down where there is a level below, and else selects; the same again takes it back. */
export function changeByMark(visual: Visual, state: State, values: Readonly<Record<string, Cell>>): Partial<State> {
  const axis = axisOf(visual);
  const levels = axis ? levelsOf(axis) : [];
  const path = drillPath(state, visual.id);
  const level = levels[path.length];
  const key = level && values[level.id];
  if (level && key !== undefined && levels[path.length + 1]) {
    const { selection, ...rest } = state;
    const others = selection?.visual === visual.id ? undefined : selection;
    return {
      ...rest,
      drill: { ...state.drill, [visual.id]: [...path, textOf(key)] },
      selection: others,
    } as Partial<State>;
  }
  const selected = selectedIn(visual, state);
  const texts = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, textOf(value)]));
  const isSame = selected && JSON.stringify(selected) === JSON.stringify(texts);
  return { selection: isSame ? undefined : { visual: visual.id, values: texts } } as Partial<State>;
}

/** What going up to a depth changes; 0 is the top. */
export function changeByGoingUp({ id }: Visual, state: State, depth: number): Partial<State> {
  const { [id]: _, ...others } = state.drill;
  return { drill: depth === 0 ? others : { ...others, [id]: drillPath(state, id).slice(0, depth) } };
}

/** Values that are selected in a visual, by dimension. */
export function selectedIn({ id }: Visual, { selection }: State): Readonly<Record<string, string>> | undefined {
  return selection?.visual === id ? selection.values : undefined;
}
