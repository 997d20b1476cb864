import type { EChartsCoreOption } from 'echarts/core';
import type { Dimension } from '../../metrics/measure';
import type { IncidentMark } from '../incidents';
import type { Cell, Rows } from '../protocol';
import type { Theme } from '../theme';
import type { Tick } from '../time-axis';

/** How ECharts draws a kind of visual. */
export interface ChartKind<V> {
  optionOf(visual: V, rows: Rows, drawing: Drawing): EChartsCoreOption;
  /** Whether it is drawn on the map `world`. @default false */
  readonly needsWorld?: boolean;
}

/** Points of countries too small for a shape, by their codes. */
export type Points = ReadonlyMap<string, readonly [longitude: number, latitude: number]>;

export interface Drawing {
  readonly theme: Theme;
  /** The dimension that an axis shows, after drilling. */
  readonly level: Dimension | undefined;
  /** Values that are selected in this visual, by dimension. */
  readonly selected: Readonly<Record<string, string>> | undefined;
  readonly points: Points;
  /** Size of text, in pixels. */
  readonly textSize: number;
  /** Width of the chart, in pixels. */
  readonly width: number;
  /** The periods of a time axis; undefined if rows alone say which there are. */
  readonly ticks: readonly Tick[] | undefined;
  /** Incidents to mark on a time axis. */
  readonly marks: readonly IncidentMark[];
  readonly timeZone: string;
  readonly isAnimated: boolean;
}

/** What a click on a mark means, which each datum carries, and each time of a line's axis. */
export interface Mark {
  readonly values: Readonly<Record<string, Cell>>;
}

export type Datum = {
  readonly value: unknown;
  readonly mark?: Mark;
  readonly itemStyle?: object;
  readonly name?: string;
};

/** Size of text that lengths in `px` are meant for. */
const USUAL_TEXT = 12;

/** A length in pixels beside text of 12 pixels, as it is beside the text of a drawing. */
export function px(length: number, { textSize }: Drawing): number {
  return (length * textSize) / USUAL_TEXT;
}

/** About as wide as a text is drawn, rather more than less. */
export function textWidth(text: string, { textSize }: Drawing): number {
  return 0.6 * textSize * text.length;
}

/** The opacity of a mark beside what is selected. */
export function faded(selected: Drawing['selected'], values: Readonly<Record<string, Cell>>): number {
  if (!selected) return 1;
  const isSelected = Object.entries(selected).every(([name, text]) => name in values && String(values[name]) === text);
  return isSelected ? 1 : 0.3;
}
