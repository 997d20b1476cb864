import type { EChartsCoreOption } from 'echarts/core';
import type { Dimension, Format, Measure } from '../../../metrics/measure';
import { formatLabel, formatValue, shortenTime } from '../../format';
import { type IncidentGroup, incidentSentence } from '../../incidents';
import { axes, legend, legendHeight, margins } from '../../page/axes';
import { type ChartKind, type Datum, type Drawing, type Mark, px, textWidth } from '../../page/drawing';
import { frame } from '../../page/frame';
import { lineTooltip, weekBefore, weekChange } from '../../page/line-tooltip';
import { distinct, isCount, ranked, recordsOf } from '../../page/records';
import type { Cell, Rows } from '../../protocol';
import type { Tick } from '../../time-axis';
import { courseOf, incidentPoints, withoutData } from './chart-annotations';
import { BAND, forecast } from './chart-forecast';
import type { Line } from './kind';

export const lineChart: ChartKind<Line> = { optionOf: lineOption };

/** A legend's symbol of a dashed line. */
const DASHES = 'path://M0 3h4v2h-4zM6 3h4v2h-4zM12 3h4v2h-4z';

function lineOption(visual: Line, rows: Rows, drawing: Drawing): EChartsCoreOption {
  const dimension = drawing.level!;
  const records = recordsOf(rows);
  const ticks = ticksOf(distinct(records.map((record) => String(record[dimension.id]))), drawing.ticks);
  const courses = coursesOf(visual, records);
  const series = courses.flatMap((course, n) => linesOf(course, n, ticks, drawing));
  const ahead =
    visual.forecast && !visual.series && dimension.id === 'day_start'
      ? forecast(visual, records, drawing, ticks)
      : undefined;
  const times = [...ticks.map(({ start }) => start), ...(ahead?.times ?? [])];
  const labels = times.map((time) => formatLabel(time, dimension));
  const [measure] = visual.measures;
  const [first, ...others] = series;
  return {
    ...legendAbove(distinct(series.map(({ name }) => name)), ahead !== undefined, drawing),
    tooltip: {
      ...(frame(drawing, visual).tooltip as object),
      trigger: 'axis',
      axisPointer: { lineStyle: { width: px(1, drawing) } },
      formatter: tooltipOf(ticks, labels, comparableOf(courses, series, ticks, drawing), measure.format, drawing),
    },
    xAxis: timeScale(ticks, labels, dimension, drawing),
    yAxis: axes(drawing).value(measure.format),
    series: [...(first ? [{ ...first, ...withoutData(ticks, drawing) }] : []), ...others, ...(ahead?.series ?? [])],
  };
}

/** What a line shows. */
interface Course {
  readonly name: string;
  readonly measure: Measure;
  readonly records: readonly Record<string, Cell>[];
  /** The value that it is of, where there is a line for each. */
  readonly extra: Readonly<Record<string, Cell>>;
  /** Whether an incident is marked on it. */
  has(incident: IncidentGroup): boolean;
}

/** A course for each measure, or for each value of the series' dimension, the largest first. */
function coursesOf({ series, measures }: Line, records: readonly Record<string, Cell>[]): Course[] {
  const [measure] = measures;
  const keys = series ? ranked(records, series.id, measure.id) : [];
  const has = (n: number) => (incident: IncidentGroup) => courseOf(incident, series, keys) === n;
  if (!series) return measures.map((each, n) => ({ name: each.label, measure: each, records, extra: {}, has: has(n) }));
  return keys.map((key, n) => ({
    name: formatLabel(key, series),
    measure,
    records: records.filter((record) => record[series.id] === key),
    extra: { [series.id]: key },
    has: has(n),
  }));
}

/** The line of a course, and the dotted one of periods that data ends within. */
function linesOf({ name, measure, records, extra, has }: Course, n: number, ticks: readonly Tick[], drawing: Drawing) {
  const { theme, level } = drawing;
  const { id } = level!;
  const byTime = new Map(records.map((record) => [String(record[id]), record[measure.id]]));
  const values = ticks.map(
    ({ start, coverage }) => byTime.get(start) ?? (isCount(measure) && coverage !== 'no data' ? 0 : null),
  );
  const marks = ticks.map(({ start }): Mark => ({ values: { [id]: start, ...extra } }));
  const line = {
    name,
    type: 'line',
    color: theme.series[n % theme.series.length],
    showSymbol: ticks.length < 3,
    symbolSize: px(7, drawing),
    lineStyle: { width: px(2, drawing) },
    emphasis: { focus: 'series' },
    triggerLineEvent: false,
  };
  const isSoFar = (tick: number): boolean => ticks[tick]?.coverage === 'so far';
  const complete = values.map((each, tick): Datum => ({ value: isSoFar(tick) ? null : each, mark: marks[tick]! }));
  // Also if there is none: a tooltip that is open when a series vanishes throws (ECharts 6.1).
  const soFar = values.map(
    (each, tick): Datum => ({ value: isSoFar(tick) || isSoFar(tick + 1) ? each : null, mark: marks[tick]! }),
  );
  const ownMarks = drawing.marks.filter(({ incident }) => has(incident));
  return [
    { ...line, data: complete, ...incidentPoints(ownMarks, values, line.color, drawing) },
    { ...line, data: soFar, lineStyle: { ...line.lineStyle, type: 'dotted' }, silent: true },
  ];
}

/** A legend of lines, and the room above the grid that it takes. */
function legendAbove(names: readonly string[], hasForecast: boolean, drawing: Drawing) {
  const shown = {
    ...legend(drawing, names),
    ...(hasForecast ? { show: true, data: [...names, { name: 'Forecast', icon: DASHES }] } : {}),
  };
  const top = shown.show ? { top: legendHeight([...names, ...(hasForecast ? ['Forecast'] : [])], drawing) } : {};
  return { grid: { ...margins(drawing), ...top }, legend: shown };
}

/** Values of courses that a day can be compared by with the same weekday before: without gaps between them, seven days earlier. */
function comparableOf(
  courses: readonly Course[],
  series: readonly { readonly name: string; readonly data: readonly Datum[] }[],
  ticks: readonly Tick[],
  { level, ticks: known }: Drawing,
): ReadonlyMap<string, readonly Cell[]> {
  const isDaily = ticks === known && level!.kind === 'time' && level!.grain === 'day';
  return new Map(
    courses
      .filter(({ measure: { expression } }) => isDaily && ['count', 'countDistinct', 'ratio'].includes(expression.kind))
      .map(({ name }) => [
        name,
        series.find((each) => each.name === name)!.data.map(({ value: each }) => each as Cell),
      ]),
  );
}

interface Hovered {
  readonly seriesName: string;
  readonly value?: Cell;
  readonly dataIndex: number;
}

/** Writes the tooltip of a period. */
function tooltipOf(
  ticks: readonly Tick[],
  labels: readonly string[],
  comparable: ReadonlyMap<string, readonly Cell[]>,
  format: Format,
  { marks, timeZone }: Drawing,
) {
  return (shown: readonly Hovered[]): string => {
    const [{ dataIndex } = { dataIndex: 0 }] = shown;
    const coverage = ticks[dataIndex]?.coverage;
    const note = coverage === 'so far' ? ' so far' : coverage === 'no data' ? ': no data' : '';
    const values = new Map(
      shown.flatMap(({ seriesName, value: each }) =>
        BAND.includes(seriesName) || each === null || each === undefined ? [] : [[seriesName, each]],
      ),
    );
    const items = [...values].map(([name, each]) => ({
      name,
      text: formatValue(each, format),
      change: weekChange(comparable.get(name) ?? [], dataIndex, format),
    }));
    const incidents = marks
      .filter(({ first, last }) => first <= dataIndex && dataIndex <= last)
      .map(({ number, incident }) => `${number}  ${incidentSentence(incident, timeZone)}`);
    return [lineTooltip(`${labels[dataIndex]}${note}`, items, weekBefore(labels, dataIndex)), ...incidents].join('\n');
  };
}

/** The axis of times, of which those that have rows can be clicked. */
function timeScale(ticks: readonly Tick[], labels: readonly string[], { id }: Dimension, drawing: Drawing) {
  const { category } = axes(drawing);
  return {
    ...category,
    boundaryGap: false,
    axisLabel: {
      ...category.axisLabel,
      interval: evenly(labels.map(shortenTime), drawing),
      alignMinLabel: 'left',
      alignMaxLabel: 'right',
    },
    data: [
      ...ticks.map(({ start }, n) => ({ value: labels[n], mark: { values: { [id]: start } } })),
      ...labels.slice(ticks.length),
    ],
  };
}

/** Which labels of an axis are shown: the last one and, counted from it, as many others as there is room for. */
function evenly(labels: readonly string[], drawing: Drawing): (label: number) => boolean {
  const last = labels.length - 1;
  const widest = Math.max(...labels.map((label) => textWidth(label, drawing)));
  const room = (drawing.width - px(70, drawing)) / Math.max(1, last);
  const step = Math.max(1, Math.ceil((1.5 * widest + px(8, drawing)) / room)); // half of the outer ones' width is moved inward
  return (label) => (last - label) % step === 0;
}

/** The periods of an axis; those that have rows, where nothing else says which there are. */
function ticksOf(times: readonly string[], ticks: readonly Tick[] | undefined): readonly Tick[] {
  const known = new Set(ticks?.map(({ start }) => start));
  if (ticks && times.every((time) => known.has(time))) return ticks;
  return times.map((start) => ({ start, coverage: 'complete' }));
}
