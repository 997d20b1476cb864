import type { VNode } from 'preact';
import type { Cell, DataSpan, Incident, VisualData } from '../protocol';
import type { State } from '../state';
import type { Tick } from '../time-axis';

/** What a visual that is drawn as HTML is drawn from. */
export interface BodyProps<V> {
  readonly visual: V;
  readonly data: VisualData;
  readonly state: State;
  /** Undefined as long as it isn't known. */
  readonly span: DataSpan | undefined;
  /** The periods of a course. */
  readonly ticks: readonly Tick[] | undefined;
  /** Incidents among what it shows, the heaviest first. */
  readonly incidents: readonly Incident[];
  readonly onMark: (values: Readonly<Record<string, Cell>>) => void;
}

/** A component of a kind: as a method, so that one of a kind can stand for one of any. */
export type Body<V> = { draw(props: BodyProps<V>): VNode | null }['draw'];
