import type { EChartsType } from 'echarts/core';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Dimension } from '../../metrics/measure';
import type { Cell, Rows } from '../protocol';
import type { Theme } from '../theme';
import { type ChartVisual, chartOption, type Mark } from './charts';
import { init, loadWorld, type Points } from './echarts';

interface ChartProps {
  readonly visual: ChartVisual;
  readonly rows: Rows;
  readonly theme: Theme;
  readonly level: Dimension | undefined;
  readonly selected: Readonly<Record<string, string>> | undefined;
  readonly unfinished: string | undefined;
  readonly onMark: (values: Readonly<Record<string, Cell>>) => void;
  /** Gives a way to draw it as a PNG. */
  readonly onDrawn: (png: () => string) => void;
}

const NO_POINTS: Points = new Map();

export function Chart({ visual, rows, theme, level, selected, unfinished, onMark, onDrawn }: ChartProps) {
  const element = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType | undefined>(undefined);
  const mark = useRef(onMark);
  mark.current = onMark;
  const [points, setPoints] = useState<Points>();
  useEffect(() => {
    if (visual.kind === 'map') loadWorld().then(setPoints);
    else setPoints(NO_POINTS);
  }, [visual.kind]);
  useEffect(() => {
    const drawn = init(element.current!);
    chart.current = drawn;
    drawn.on('click', ({ data }) => {
      const { mark: clicked } = (data ?? {}) as { readonly mark?: Mark };
      if (clicked) mark.current(clicked.values);
    });
    const size = new ResizeObserver(() => drawn.resize());
    size.observe(element.current!);
    return () => {
      size.disconnect();
      drawn.dispose();
    };
  }, []);
  useEffect(() => {
    if (!points) return;
    const textSize = Math.round((12 / 14) * Number.parseFloat(getComputedStyle(document.documentElement).fontSize));
    const drawing = { theme, textSize, level, selected, points, unfinished };
    chart.current!.setOption(chartOption(visual, rows, drawing), { replaceMerge: ['series'] });
    onDrawn(() => chart.current!.getDataURL({ pixelRatio: 2, backgroundColor: theme.inks.surface }));
  }, [rows, theme, level, selected, points]);
  return <div class="chart" ref={element} role="img" aria-label={visual.title} />;
}
