import type { CustomSeriesRenderItem } from 'echarts';
import type { EChartsCoreOption } from 'echarts/core';
import type { Dimension, Measure } from '../../metrics/measure';
import { forecastOf } from '../forecast';
import { formatLabel, formatShort, formatValue, shortenTime } from '../format';
import { type IncidentGroup, type IncidentMark, incidentSentence } from '../incidents';
import type { Bar } from '../kinds/bar/kind';
import type { HeatMap } from '../kinds/heat-map/kind';
import type { Histogram } from '../kinds/histogram/kind';
import type { Line } from '../kinds/line/kind';
import type { WorldMap } from '../kinds/map/kind';
import type { Pie } from '../kinds/pie/kind';
import type { Visual } from '../kinds/registry';
import type { Cell, Rows } from '../protocol';
import { fontFamily, type Theme } from '../theme';
import type { Tick } from '../time-axis';
import { lineTooltip, weekBefore, weekChange } from './line-tooltip';

/** What ECharts draws for a visual; other visuals are drawn as HTML. */
export type ChartVisual = Line | Bar | Pie | WorldMap | HeatMap | Histogram;

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

type Datum = { readonly value: unknown; readonly mark?: Mark; readonly itemStyle?: object; readonly name?: string };

const OTHERS_AFTER = 7;

/** A legend's symbol of a dashed line. */
const DASHES = 'path://M0 3h4v2h-4zM6 3h4v2h-4zM12 3h4v2h-4z';

/** Size of text that lengths in `px` are meant for. */
const USUAL_TEXT = 12;

/** A length in pixels beside text of 12 pixels, as it is beside the text of a drawing. */
function px(length: number, { textSize }: Drawing): number {
  return (length * textSize) / USUAL_TEXT;
}

export function isChart(visual: Visual): visual is ChartVisual {
  return ['line', 'bar', 'pie', 'map', 'heat-map', 'histogram'].includes(visual.kind);
}

export function chartOption(visual: ChartVisual, rows: Rows, drawing: Drawing): EChartsCoreOption {
  return { ...frame(drawing, visual), ...parts(visual, rows, drawing) };
}

function parts(visual: ChartVisual, rows: Rows, drawing: Drawing): EChartsCoreOption {
  switch (visual.kind) {
    case 'line':
      return lineOption(visual, rows, drawing);
    case 'bar':
      return barOption(visual, rows, drawing);
    case 'pie':
      return pieOption(visual, rows, drawing);
    case 'map':
      return mapOption(visual, rows, drawing);
    case 'heat-map':
      return heatMapOption(visual, rows, drawing);
    case 'histogram':
      return histogramOption(visual, rows, drawing);
  }
}

function frame(drawing: Drawing, { title }: Visual): EChartsCoreOption {
  const { theme, textSize, isAnimated } = drawing;
  const { text, line, surface } = theme.inks;
  return {
    color: [...theme.series],
    textStyle: { fontFamily: fontFamily(theme), fontSize: textSize, color: text },
    animation: isAnimated,
    animationDuration: 250,
    animationDurationUpdate: 200,
    aria: { enabled: true, label: { description: `${title}. Its rows are behind the button beside the title.` } },
    tooltip: {
      renderMode: 'richText', // as HTML it would carry styles that the content security policy forbids
      confine: true,
      backgroundColor: surface,
      borderColor: line,
      borderWidth: px(1, drawing),
      padding: px(8, drawing),
      textStyle: { color: text, fontSize: px(13, drawing) },
      position: tooltipPosition(drawing),
    },
  };
}

/** A tooltip as ECharts hands it over. */
interface RichText {
  setStyle(style: object): void;
  getBoundingRect(): { readonly width: number; readonly height: number };
}

/** Sets a tooltip's text, which ECharts (6.1) draws in 12 pixels if a formatter wrote it, and puts it beside the pointer, where there is room. */
function tooltipPosition(drawing: Drawing) {
  const style = { fontFamily: fontFamily(drawing.theme), fontSize: px(13, drawing), lineHeight: px(20, drawing) };
  const gap = px(16, drawing);
  return (
    pointer: readonly [number, number],
    _: unknown,
    text: RichText,
    __: unknown,
    { viewSize }: { readonly viewSize: readonly [number, number] },
  ): number[] => {
    text.setStyle(style);
    const { width, height } = text.getBoundingRect();
    return [width, height].map((size, n) => {
      const after = pointer[n]! + gap;
      return after + size < viewSize[n]! ? after : pointer[n]! - gap - size;
    });
  };
}

function axes(drawing: Drawing) {
  const { theme, textSize: fontSize } = drawing;
  const { muted, line } = theme.inks;
  const [lineStyle, margin] = [{ color: line, width: px(1, drawing) }, px(8, drawing)];
  return {
    category: {
      type: 'category',
      axisTick: { show: false },
      axisLine: { lineStyle },
      axisLabel: {
        color: muted,
        fontSize,
        margin,
        hideOverlap: true,
        formatter: shortenTime,
      },
    },
    value: (format: Measure['format']) => ({
      type: 'value',
      splitNumber: 4,
      ...(format === 'integer' ? { minInterval: 1 } : {}),
      splitLine: { lineStyle },
      axisLabel: {
        color: muted,
        fontSize,
        margin,
        hideOverlap: true,
        formatter: (value: number) => formatShort(value, format),
      },
    }),
  };
}

const legend = (drawing: Drawing, data: readonly string[]) => ({
  show: data.length > 1,
  type: 'plain',
  top: 0,
  left: 0,
  padding: px(5, drawing),
  itemGap: px(10, drawing),
  icon: 'roundRect',
  itemWidth: drawing.textSize,
  itemHeight: (2 / 3) * drawing.textSize,
  textStyle: {
    color: drawing.theme.inks.text,
    fontSize: drawing.textSize,
    lineHeight: px(14, drawing),
    padding: [0, 0, 0, px(5, drawing) - 5], // ECharts has 5 pixels there, whatever the size of text
  },
  data,
});

/** In how many rows of a width items fit that follow each other. */
function rowsIn(width: number, items: readonly number[]): number {
  let [rows, used] = [1, 0];
  for (const item of items) {
    if (used > 0 && used + item > width) [rows, used] = [rows + 1, 0];
    used += item;
  }
  return rows;
}

/** The room that a grid and its labels leave around them. */
const margins = (drawing: Drawing) => ({
  left: px(8, drawing),
  right: px(16, drawing),
  top: px(12, drawing),
  bottom: px(8, drawing),
  containLabel: true,
});

/** The room that a grid leaves above itself for a legend of these names, in one row or more. */
function legendHeight(names: readonly string[], drawing: Drawing): number {
  const widths = names.map((name) => 2.6 * drawing.textSize + textWidth(name, drawing));
  return px(8 + 24 * rowsIn(drawing.width, widths), drawing);
}

/** About as wide as a text is drawn, rather more than less. */
function textWidth(text: string, { textSize }: Drawing): number {
  return 0.6 * textSize * text.length;
}

function lineOption(visual: Line, rows: Rows, drawing: Drawing): EChartsCoreOption {
  const { theme, level } = drawing;
  const dimension = level!;
  const records = recordsOf(rows);
  const ticks = ticksOf(distinct(records.map((record) => String(record[dimension.id]))), drawing.ticks);
  const times = ticks.map(({ start }) => start);
  const { category, value } = axes(drawing);
  const [measure] = visual.measures;
  const bySeries = visual.series;
  const keys = bySeries ? ranked(records, bySeries.id, measure.id) : [];
  const courses = bySeries
    ? keys.map((key) => ({
        name: formatLabel(key, bySeries),
        measure,
        records: records.filter((record) => record[bySeries.id] === key),
        extra: { [bySeries.id]: key },
      }))
    : visual.measures.map((each) => ({ name: each.label, measure: each, records, extra: {} }));
  const series = courses.flatMap(({ name, measure: own, records: ownRecords, extra }, n) => {
    const byTime = new Map(ownRecords.map((record) => [String(record[dimension.id]), record[own.id]]));
    const values = ticks.map(
      ({ start, coverage }) => byTime.get(start) ?? (isCount(own) && coverage !== 'no data' ? 0 : null),
    );
    const marks = times.map((time): Mark => ({ values: { [dimension.id]: time, ...extra } }));
    const line = {
      name,
      type: 'line',
      color: theme.series[n % theme.series.length],
      showSymbol: times.length < 3,
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
    const ownMarks = drawing.marks.filter(({ incident }) => courseOf(incident, bySeries, keys) === n);
    return [
      { ...line, data: complete, ...incidentPoints(ownMarks, values, line.color, drawing) },
      { ...line, data: soFar, lineStyle: { ...line.lineStyle, type: 'dotted' }, silent: true },
    ];
  });
  const ahead =
    visual.forecast && !bySeries && dimension.id === 'day_start'
      ? forecast(visual, records, drawing, ticks)
      : undefined;
  const names = distinct(series.map(({ name }) => name));
  const legendOf = {
    ...legend(drawing, names),
    ...(ahead ? { show: true, data: [...names, { name: 'Forecast', icon: DASHES }] } : {}),
  };
  const top = legendOf.show ? { top: legendHeight([...names, ...(ahead ? ['Forecast'] : [])], drawing) } : {};
  const [first, ...others] = series;
  const labels = [...times, ...(ahead?.times ?? [])].map((time) => formatLabel(time, dimension));
  // Without gaps between them, the same weekday is seven days before.
  const isDaily = ticks === drawing.ticks && dimension.kind === 'time' && dimension.grain === 'day';
  const comparable = new Map(
    courses
      .filter(({ measure: { expression } }) => isDaily && ['count', 'countDistinct', 'ratio'].includes(expression.kind))
      .map(({ name }) => [
        name,
        series.find((each) => each.name === name)!.data.map(({ value: each }) => each as Cell),
      ]),
  );
  return {
    grid: { ...margins(drawing), ...top },
    legend: legendOf,
    tooltip: {
      ...(frame(drawing, visual).tooltip as object),
      trigger: 'axis',
      axisPointer: { lineStyle: { width: px(1, drawing) } },
      formatter: (shown: readonly Hovered[]) => {
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
          text: formatValue(each, measure.format),
          change: weekChange(comparable.get(name) ?? [], dataIndex, measure.format),
        }));
        const incidents = drawing.marks
          .filter(({ first, last }) => first <= dataIndex && dataIndex <= last)
          .map(({ number, incident }) => `${number}  ${incidentSentence(incident, drawing.timeZone)}`);
        return [lineTooltip(`${labels[dataIndex]}${note}`, items, weekBefore(labels, dataIndex)), ...incidents].join(
          '\n',
        );
      },
    },
    xAxis: {
      ...category,
      boundaryGap: false,
      axisLabel: {
        ...category.axisLabel,
        interval: evenly(labels.map(shortenTime), drawing),
        alignMinLabel: 'left',
        alignMaxLabel: 'right',
      },
      data: [
        ...times.map((time, n) => ({ value: labels[n], mark: { values: { [dimension.id]: time } } })),
        ...labels.slice(times.length),
      ],
    },
    yAxis: value(measure.format),
    series: [...(first ? [{ ...first, ...withoutData(ticks, drawing) }] : []), ...others, ...(ahead?.series ?? [])],
  };
}

/** Which line an incident belongs to: that of its value, where there is one for each, and else the first. */
function courseOf(incident: IncidentGroup, series: Dimension | undefined, keys: readonly Cell[]): number {
  const { name } = series?.field ?? {};
  return name === 'continent' || name === 'country_name' ? keys.indexOf(incident[name]) : 0;
}

/** Numbers on a line where incidents begin; the tooltip says what they are. */
function incidentPoints(
  marks: readonly IncidentMark[],
  values: readonly (Cell | undefined)[],
  color: string | undefined,
  { theme, textSize }: Drawing,
) {
  if (marks.length === 0) return {};
  const { surface, text } = theme.inks;
  return {
    markPoint: {
      silent: true,
      symbol: 'circle',
      symbolSize: 1.5 * textSize,
      symbolOffset: [0, -textSize],
      itemStyle: { color: text, borderColor: color, borderWidth: 2 },
      label: { color: surface, fontSize: textSize - 1, fontWeight: 'bold' },
      data: marks.map(({ number, first }) => ({
        coord: [first, values[first] ?? 0],
        value: number,
        label: { formatter: String(number) },
      })),
    },
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

interface Hovered {
  readonly seriesName: string;
  readonly value?: Cell;
  readonly dataIndex: number;
}

/** Whether there being no rows means 0. */
export function isCount({ expression }: Measure): boolean {
  return expression.kind === 'count' || expression.kind === 'countDistinct';
}

/** The periods of an axis; those that have rows, where nothing else says which there are. */
function ticksOf(times: readonly string[], ticks: readonly Tick[] | undefined): readonly Tick[] {
  const known = new Set(ticks?.map(({ start }) => start));
  if (ticks && times.every((time) => known.has(time))) return ticks;
  return times.map((start) => ({ start, coverage: 'complete' }));
}

/** The days of an axis on which there is no data, shaded. */
function withoutData(ticks: readonly Tick[], { theme, textSize: fontSize }: Drawing) {
  const areas: [number, number][] = [];
  for (const [n, { coverage }] of ticks.entries()) {
    if (coverage !== 'no data') continue;
    const last = areas.at(-1);
    if (last && last[1] === n) last[1] = n + 1;
    else areas.push([Math.max(0, n - 1), n + 1]);
  }
  if (areas.length === 0) return {};
  const { muted, line } = theme.inks;
  return {
    markArea: {
      silent: true,
      itemStyle: { color: line, opacity: 0.4 },
      label: { show: true, position: 'insideTop', color: muted, fontSize },
      data: areas.map(([from, to]) => [{ name: 'No data', xAxis: from }, { xAxis: Math.min(to, ticks.length - 1) }]),
    },
  };
}

/** Names of the two lines that a forecast's band lies between. */
const BAND = ['from', 'to'];

/** A dashed line for the days to come, and the band in which they should be; from the last day that is complete. */
function forecast(visual: Line, records: readonly Record<string, Cell>[], drawing: Drawing, ticks: readonly Tick[]) {
  const { theme } = drawing;
  const [measure] = visual.measures;
  const byDay = new Map(records.map((record) => [String(record.day_start), Number(record[measure.id])]));
  const lastComplete = ticks.findLastIndex(({ coverage }) => coverage === 'complete');
  const values = ticks
    .slice(0, lastComplete + 1)
    .map(({ start, coverage }) => (coverage === 'no data' ? null : (byDay.get(start) ?? 0)));
  const points = forecastOf(values.slice(values.findIndex((each) => each !== null)), visual.forecast!);
  if (points.length === 0) return undefined;
  const gap: null[] = Array(lastComplete).fill(null);
  const shownAfter = ticks.length - 1 - lastComplete;
  const times = points.map((_, n) => dayAfter(ticks[lastComplete]!.start, n + 1)).slice(shownAfter);
  const start = values[lastComplete]!;
  const band = {
    type: 'line',
    stack: 'band',
    silent: true,
    showSymbol: false,
    lineStyle: { opacity: 0 },
  };
  return {
    times,
    series: [
      {
        name: 'Forecast',
        type: 'line',
        showSymbol: false,
        lineStyle: { width: px(2, drawing), type: 'dashed' },
        color: theme.series[0],
        data: [...gap, start, ...points.map(({ value }) => Math.round(value))],
      },
      { ...band, name: 'from', data: [...gap, start, ...points.map(({ low }) => low)] },
      {
        ...band,
        name: 'to',
        areaStyle: { color: theme.series[0], opacity: 0.15 },
        data: [...gap, 0, ...points.map(({ low, high }) => high - low)],
      },
    ],
  };
}

function barOption(visual: Bar, rows: Rows, drawing: Drawing): EChartsCoreOption {
  const { theme, level, selected } = drawing;
  const dimension = level!;
  const records = recordsOf(rows);
  const { measure, series: stack, below = [] } = visual;
  const total = new Map<Cell, number>();
  for (const record of records)
    total.set(record[dimension.id]!, (total.get(record[dimension.id]!) ?? 0) + Number(record[measure.id] ?? 0));
  const keys = [...total.keys()];
  if (!visual.isInOrderOfCategory) keys.sort((a, b) => total.get(b)! - total.get(a)!);
  const { category, value } = axes(drawing);
  const bar = (
    name: string,
    of: (key: Cell) => Record<string, Cell> | undefined,
    extra: Readonly<Record<string, Cell>> = {},
    sign: 1 | -1 = 1,
  ) => ({
    name,
    type: 'bar',
    stack: 'all',
    barMaxWidth: 2.3 * drawing.textSize,
    emphasis: { focus: stack ? 'series' : 'none' },
    data: keys.map((key): Datum => {
      const values = { [dimension.id]: key, ...extra };
      return {
        value: sign * Number(of(key)?.[measure.id] ?? 0),
        mark: { values },
        itemStyle: { opacity: faded(selected, values) },
      };
    }),
  });
  const parts = stack ? ranked(records, stack.id, measure.id) : [];
  const series = stack
    ? parts.map((part) => {
        const own = new Map<Cell, Record<string, Cell>>(
          records.filter((record) => record[stack.id] === part).map((record) => [record[dimension.id]!, record]),
        );
        const sign = below.includes(String(part)) ? -1 : 1;
        return bar(formatLabel(part, stack), (key) => own.get(key), { [stack.id]: part }, sign);
      })
    : [bar(measure.label, (key) => records.find((record) => record[dimension.id] === key))];
  const isHorizontal = visual.orientation === 'horizontal';
  const categories = {
    ...category,
    axisLine: { ...category.axisLine, onZero: below.length === 0 },
    data: keys.map((key) => formatLabel(key, dimension)),
    ...(isHorizontal
      ? { inverse: true, axisLabel: { ...category.axisLabel, width: 10 * drawing.textSize, overflow: 'truncate' } }
      : {}),
  };
  const names = series.map(({ name }) => name);
  const isLabelled = isHorizontal && !stack;
  return {
    grid: {
      ...margins(drawing),
      ...(isLabelled ? { right: 5 * drawing.textSize } : {}),
      ...(names.length > 1 ? { top: legendHeight(names, drawing) } : {}),
    },
    legend: legend(drawing, names),
    tooltip: {
      ...(frame(drawing, visual).tooltip as object),
      trigger: 'axis',
      axisPointer: { type: 'shadow' },
      valueFormatter: (shown: unknown) =>
        formatValue(below.length > 0 ? Math.abs(Number(shown)) : (shown as Cell), measure.format),
    },
    xAxis: isHorizontal ? { ...value(measure.format), show: !isLabelled } : categories,
    yAxis: isHorizontal ? categories : value(measure.format),
    series: isLabelled
      ? series.map((each) => ({
          ...each,
          label: {
            show: true,
            position: 'right',
            distance: px(5, drawing),
            color: theme.inks.text,
            fontSize: drawing.textSize,
            formatter: ({ value: shown }: { readonly value: number }) => formatValue(shown, measure.format),
          },
        }))
      : series,
  };
}

function pieOption(visual: Pie, rows: Rows, drawing: Drawing): EChartsCoreOption {
  const { theme, textSize, level, selected } = drawing;
  const dimension = level!;
  const { measure } = visual;
  const records = recordsOf(rows);
  const shown = records.length > OTHERS_AFTER + 1 ? records.slice(0, OTHERS_AFTER) : records;
  const others = records.slice(shown.length).reduce((sum, record) => sum + Number(record[measure.id]), 0);
  const { muted, surface, text } = theme.inks;
  const data: Datum[] = shown.map((record) => {
    const values = { [dimension.id]: record[dimension.id]! };
    return {
      name: formatLabel(record[dimension.id], dimension),
      value: record[measure.id],
      mark: { values },
      itemStyle: { opacity: faded(selected, values) },
    };
  });
  if (others > 0)
    data.push({ name: `${records.length - shown.length} others`, value: others, itemStyle: { color: muted } });
  return {
    tooltip: {
      ...(frame(drawing, visual).tooltip as object),
      trigger: 'item',
      formatter: ({
        name,
        value,
        percent,
      }: {
        readonly name: string;
        readonly value: number;
        readonly percent: number;
      }) => `${name}\n${formatValue(value, measure.format)} (${percent.toFixed(1)}%)`,
    },
    series: [
      {
        type: 'pie',
        radius: data.length > 5 ? ['34%', '54%'] : ['42%', '64%'],
        center: ['50%', '52%'],
        itemStyle: { borderColor: surface, borderWidth: px(2, drawing) },
        label: {
          color: text,
          fontSize: textSize,
          lineHeight: px(17, drawing),
          formatter: ({ name, percent }: { readonly name: string; readonly percent: number }) =>
            `${name}\n${percent.toFixed(1)}%`,
        },
        labelLine: { length: px(8, drawing), length2: px(4, drawing), lineStyle: { width: px(1, drawing) } },
        data,
      },
    ],
  };
}

function mapOption(visual: WorldMap, rows: Rows, drawing: Drawing): EChartsCoreOption {
  const { theme, textSize, selected, points } = drawing;
  const { measure, country, name } = visual;
  const records = recordsOf(rows);
  const { line, muted } = theme.inks;
  const strength = (record: Record<string, Cell>): number => Math.log10(Math.max(1, Number(record[measure.id])));
  const most = Math.max(1, ...records.map(strength));
  const scaleLength = px(180, drawing);
  const datum = (record: Record<string, Cell>, style: object = {}) => {
    const values = { [country.id]: record[country.id]!, [name.id]: record[name.id]! };
    return {
      mark: { values: { [name.id]: record[name.id]! } },
      shown: `${record[name.id]}\n${formatValue(record[measure.id], measure.format)} ${measure.unit}`,
      itemStyle: { ...style, opacity: faded(selected, values) },
    };
  };
  const small = records.filter((record) => points.has(String(record[country.id])));
  return {
    tooltip: {
      ...(frame(drawing, visual).tooltip as object),
      trigger: 'item',
      formatter: ({ data }: { readonly data?: { readonly shown?: string } }) => data?.shown ?? '',
    },
    geo: {
      map: 'world',
      roam: false,
      left: px(8, drawing),
      right: px(8, drawing),
      top: px(8, drawing),
      bottom: px(44, drawing),
      itemStyle: { areaColor: line, borderColor: theme.inks.surface, borderWidth: px(0.5, drawing) },
      emphasis: { disabled: true },
      tooltip: { show: false },
    },
    visualMap: {
      type: 'continuous',
      min: 0,
      max: most,
      calculable: false,
      orient: 'horizontal',
      left: px(8, drawing),
      bottom: px(20, drawing),
      padding: 0,
      itemWidth: px(10, drawing),
      itemHeight: scaleLength,
      textStyle: { color: muted, fontSize: textSize },
      formatter: (power: number) => formatShort(Math.round(10 ** power), measure.format), // beside what is pointed at
      inRange: { color: theme.scale },
    },
    graphic: {
      type: 'group',
      left: px(8, drawing),
      bottom: px(4, drawing),
      silent: true,
      children: powersOfTen(most).map((power) => ({
        type: 'text',
        x: (power / most) * scaleLength,
        style: {
          text: formatShort(10 ** power, measure.format),
          align: power === 0 ? 'left' : 'center',
          fill: muted,
          fontSize: textSize,
          fontFamily: fontFamily(theme),
        },
      })),
    },
    series: [
      {
        type: 'map',
        geoIndex: 0,
        emphasis: { label: { show: false } },
        select: { disabled: true },
        data: records
          .filter((record) => !points.has(String(record[country.id])))
          .map((record) => ({ name: String(record[country.id]), value: strength(record), ...datum(record) })),
      },
      {
        type: 'scatter',
        coordinateSystem: 'geo',
        symbolSize: px(8, drawing),
        data: small.map((record) => ({
          value: [...points.get(String(record[country.id]))!, strength(record)],
          ...datum(record, { borderColor: muted, borderWidth: px(1, drawing) }),
        })),
      },
    ],
  };
}

/** Exponents along a scale of logarithms up to one, four or five at most. */
function powersOfTen(most: number): number[] {
  const step = Math.ceil((Math.floor(most) + 1) / 5);
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, n) => n * step);
}

function heatMapOption(visual: HeatMap, rows: Rows, drawing: Drawing): EChartsCoreOption {
  const { theme, selected } = drawing;
  const { measure, rows: down, columns: across } = visual;
  const records = recordsOf(rows);
  const downs = distinct(records.map((record) => record[down.id]!)).sort(byValue);
  const acrosses = distinct(records.map((record) => record[across.id]!)).sort(byValue);
  const { category } = axes(drawing);
  const values = records.map((record) => Number(record[measure.id] ?? 0));
  const isPercent = measure.format === 'percent';
  const { muted } = theme.inks;
  const most = Math.max(...values, isPercent ? 0.01 : 1);
  const cells = records.map((record) => {
    const mark = { values: { [down.id]: record[down.id]!, [across.id]: record[across.id]! } };
    const shown = formatValue(record[measure.id], measure.format);
    return {
      value: [acrosses.indexOf(record[across.id]!), downs.indexOf(record[down.id]!), Number(record[measure.id] ?? 0)],
      mark,
      shown: `${formatLabel(record[down.id], down)}, ${formatLabel(record[across.id], across)}\n${shown} ${measure.unit}`,
      itemStyle: { opacity: faded(selected, mark.values) },
    };
  });
  const isNumbered = across.kind === 'part' || across.field.type === 'integer';
  const widest = (labels: readonly string[]): number => Math.max(...labels.map((text) => textWidth(text, drawing)));
  const room = drawing.width - widest(downs.map((key) => formatLabel(key, down))) - px(40, drawing);
  const isCramped = widest(acrosses.flatMap((key) => formatLabel(key, across).split(' '))) > room / acrosses.length;
  const nameGap = 2.4 * drawing.textSize;
  return {
    grid: {
      ...margins(drawing),
      top: isNumbered ? px(4, drawing) + nameGap : px(16, drawing),
      bottom: px(40, drawing),
    },
    xAxis: {
      ...category,
      position: 'top',
      ...(isNumbered
        ? {
            name: across.label,
            nameLocation: 'middle',
            nameGap,
            nameTextStyle: { color: muted, fontSize: drawing.textSize },
          }
        : {}),
      data: acrosses.map((key) => formatLabel(key, across)),
      axisLine: { show: false },
      axisLabel: {
        ...category.axisLabel,
        interval: 0,
        lineHeight: px(14, drawing),
        ...(isCramped && !isNumbered ? { rotate: 45 } : { formatter: (name: string) => name.replace(' ', '\n') }),
      },
    },
    yAxis: { ...category, inverse: true, data: downs.map((key) => formatLabel(key, down)), axisLine: { show: false } },
    tooltip: {
      ...(frame(drawing, visual).tooltip as object),
      formatter: ({ data }: { readonly data: { readonly shown: string } }) => data.shown,
    },
    visualMap: {
      type: 'continuous',
      min: Math.min(0, ...values),
      max: most,
      calculable: false,
      orient: 'horizontal',
      left: px(8, drawing),
      bottom: 0,
      padding: px(5, drawing),
      itemWidth: px(10, drawing),
      itemHeight: px(140, drawing),
      textGap: px(10, drawing),
      inRange: { color: theme.scale },
      text: [formatShort(Math.max(...values, 0), measure.format), formatShort(0, measure.format)],
      textStyle: { color: muted, fontSize: drawing.textSize },
    },
    series: [
      {
        // ECharts' own heat map takes several frames to draw, and a page that is printed has one.
        type: 'custom',
        renderItem: heatMapCell(drawing, isPercent, most, cells),
        encode: { x: 0, y: 1, tooltip: 2 },
        data: cells,
      },
    ],
  };
}

/** Draws a cell with a gap around it, and with its value where there is room for it. */
function heatMapCell(
  drawing: Drawing,
  isLabelled: boolean,
  most: number,
  cells: readonly { readonly itemStyle: { readonly opacity: number } }[],
): CustomSeriesRenderItem {
  const { theme, textSize } = drawing;
  const { surface, text } = theme.inks;
  const gap = px(2, drawing);
  return ({ dataIndex }, api) => {
    const value = Number(api.value(2));
    const [x, y] = api.coord([api.value(0), api.value(1)]) as [number, number];
    const [width, height] = api.size!([1, 1]) as [number, number];
    const label = isLabelled ? cellLabel(value, width, height, textSize) : '';
    return {
      type: 'rect',
      shape: {
        x: x - (width - gap) / 2,
        y: y - (height - gap) / 2,
        width: width - gap,
        height: height - gap,
        r: px(2, drawing),
      },
      style: { fill: api.visual('color') as string, opacity: cells[dataIndex]!.itemStyle.opacity },
      textContent: {
        type: 'text',
        style: { text: label, fontSize: textSize, fill: value > most / 2 ? surface : text },
      },
      textConfig: { position: 'inside' },
    };
  };
}

/** A share as it fits into a cell of so many pixels: with decimals, without, without the sign, or not at all. */
export function cellLabel(value: number, width: number, height: number, textSize: number): string {
  if (height < 1.2 * textSize || width < 2 * textSize) return '';
  if (width >= 4 * textSize) return formatValue(value, 'percent');
  return `${Math.round(value * 100)}${width < 2.8 * textSize ? '' : '%'}`;
}

function histogramOption(visual: Histogram, rows: Rows, drawing: Drawing): EChartsCoreOption {
  const { selected } = drawing;
  const { bin, measure } = visual;
  const records = recordsOf(rows);
  const width = bin.kind === 'bin' ? bin.width : 1;
  const [first, last] = [Number(records[0]?.[bin.id] ?? 0), Number(records.at(-1)?.[bin.id] ?? 0)];
  const bins = Array.from({ length: Math.round((last - first) / width) + 1 }, (_, n) => first + n * width);
  const counts = new Map(records.map((record) => [Number(record[bin.id]), record[measure.id]]));
  const { category, value } = axes(drawing);
  return {
    grid: margins(drawing),
    tooltip: {
      ...(frame(drawing, visual).tooltip as object),
      trigger: 'axis',
      axisPointer: { type: 'shadow' },
      valueFormatter: (shown: unknown) => formatValue(shown as Cell, measure.format),
    },
    xAxis: { ...category, data: bins.map((each) => formatLabel(each, bin)) },
    yAxis: value(measure.format),
    series: [
      {
        name: measure.label,
        type: 'bar',
        barCategoryGap: '6%',
        data: bins.map((each): Datum => {
          const values = { [bin.id]: each };
          return { value: counts.get(each) ?? 0, mark: { values }, itemStyle: { opacity: faded(selected, values) } };
        }),
      },
    ],
  };
}

export function recordsOf({ columns, rows }: Rows): Record<string, Cell>[] {
  return rows.map((row) => Object.fromEntries(columns.map((name, n) => [name, row[n]!])));
}

/** Values of a column by the sum of another, the largest first. */
function ranked(records: readonly Record<string, Cell>[], column: string, by: string): Cell[] {
  const sums = new Map<Cell, number>();
  for (const record of records) sums.set(record[column]!, (sums.get(record[column]!) ?? 0) + Number(record[by] ?? 0));
  return [...sums.keys()].sort((a, b) => sums.get(b)! - sums.get(a)!);
}

function faded(selected: Drawing['selected'], values: Readonly<Record<string, Cell>>): number {
  if (!selected) return 1;
  const isSelected = Object.entries(selected).every(([name, text]) => name in values && String(values[name]) === text);
  return isSelected ? 1 : 0.3;
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}

function byValue(a: Cell, b: Cell): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : String(a) < String(b) ? -1 : 1;
}

function dayAfter(text: string, days: number): string {
  const date = new Date(`${text.slice(0, 10)}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return `${date.toISOString().slice(0, 10)} 00:00:00`;
}
