import type { EChartsType } from 'echarts/core';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Dimension } from '../../metrics/measure';
import type { IncidentMark } from '../incidents';
import type { Cell, Rows } from '../protocol';
import { lightTheme, type Theme } from '../theme';
import type { Tick } from '../time-axis';
import { type ChartVisual, chartKindOf, chartOption } from './charts';
import type { Drawing, Mark, Points } from './drawing';
import { init, loadWorld } from './echarts';
import { onPrint } from './print';

interface ChartProps {
  readonly visual: ChartVisual;
  readonly rows: Rows;
  readonly theme: Theme;
  readonly level: Dimension | undefined;
  readonly selected: Readonly<Record<string, string>> | undefined;
  readonly ticks: readonly Tick[] | undefined;
  readonly marks: readonly IncidentMark[];
  readonly timeZone: string;
  readonly onMark: (values: Readonly<Record<string, Cell>>) => void;
  /** Gives a way to draw it as a PNG, and takes it back with the chart. */
  readonly onDrawn: (png: (() => string) | undefined) => void;
}

interface Marked {
  readonly mark?: Mark;
}

const NO_POINTS: Points = new Map();

/** Pixels of a chart on paper for each of the page. */
const PRINT_RESOLUTION = 3;

export function Chart({ visual, rows, theme, level, selected, ticks, marks, timeZone, onMark, onDrawn }: ChartProps) {
  const element = useRef<HTMLDivElement>(null);
  const paper = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType | undefined>(undefined);
  const draw = useRef<(() => void) | undefined>(undefined);
  const mark = useRef(onMark);
  mark.current = onMark;
  const [points, setPoints] = useState<Points>();
  useEffect(() => {
    if (chartKindOf(visual).needsWorld) loadWorld().then(setPoints);
    else setPoints(NO_POINTS);
  }, [visual.kind]);
  useEffect(() => {
    const drawn = init(element.current!);
    chart.current = drawn;
    let clicked: Mark | undefined;
    // A click beside all marks, or on a line between them, is one on its column. ECharts' own handler, below, comes after this one.
    drawn.getZr().on('click', ({ offsetX, offsetY }) => {
      clicked = columnAt(drawn, [offsetX, offsetY])?.mark;
      queueMicrotask(() => clicked && mark.current(clicked.values));
    });
    drawn.on('click', ({ data }) => {
      clicked = (data as Marked | undefined)?.mark ?? clicked;
    });
    let width = drawn.getWidth();
    const size = new ResizeObserver(() => {
      drawn.resize();
      if ([width, 0].includes(drawn.getWidth())) return; // 0 while it is not shown, as in print
      width = drawn.getWidth();
      draw.current?.();
    });
    size.observe(element.current!);
    return () => {
      size.disconnect();
      drawn.dispose();
      onDrawn(undefined);
    };
  }, []);
  useEffect(() => {
    if (!points) return undefined;
    const isAnimated = !matchMedia('(prefers-reduced-motion: reduce)').matches;
    const drawing = (on: EChartsType): Drawing => {
      const [textSize, width] = [textSizeOf(), on.getWidth()];
      return { theme, textSize, width, level, selected, points, ticks, marks, timeZone, isAnimated };
    };
    draw.current = () => {
      const drawn = chart.current!;
      drawn.setOption(chartOption(visual, rows, drawing(drawn)), { replaceMerge: ['series'] });
    };
    draw.current();
    onDrawn(() => chart.current!.getDataURL({ pixelRatio: 2, backgroundColor: theme.inks.surface }));
    return onPrint(() => {
      const printed = init(paper.current!, undefined, { devicePixelRatio: PRINT_RESOLUTION });
      printed.setOption(chartOption(visual, rows, { ...drawing(printed), theme: lightTheme, isAnimated: false }));
      printed.getZr().flush();
      return () => printed.dispose();
    });
  }, [rows, theme, level, selected, points, ticks, marks]);
  return (
    <>
      <div class="chart" ref={element} role="img" aria-label={visual.title} />
      <div class="paper" ref={paper} aria-hidden="true" />
    </>
  );
}

/** Size of a chart's text, in pixels. */
function textSizeOf(): number {
  return Math.round((12 / 14) * Number.parseFloat(getComputedStyle(document.documentElement).fontSize));
}

/** What the horizontal axis has at a place in the grid, where it carries marks. */
function columnAt(chart: EChartsType, place: [x: number, y: number]): Marked | undefined {
  const { xAxis } = chart.getOption() as { readonly xAxis?: readonly { readonly data?: readonly Marked[] }[] };
  if (!xAxis?.[0]?.data || !chart.containPixel('grid', place)) return undefined;
  const [column] = chart.convertFromPixel('grid', place) as number[];
  return xAxis[0].data[column!];
}
