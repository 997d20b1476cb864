import { useState } from 'preact/hooks';
import type { Measure } from '../../metrics/measure';
import { beforeOf } from '../../metrics/names';
import type { Definition } from '../definitions';
import { changeOf, directionOf, formatChange, formatLabel, formatValue, NOTHING } from '../format';
import { insightsOf } from '../insight';
import type { Funnel } from '../kinds/funnel/kind';
import type { Insight } from '../kinds/insight/kind';
import type { Kpi } from '../kinds/kpi/kind';
import type { Movers } from '../kinds/movers/kind';
import type { Table } from '../kinds/table/kind';
import type { Mover } from '../movers';
import { ageWords, hoursBetween, momentWords, utcOf } from '../period-words';
import type { Cell, Rows, VisualData } from '../protocol';
import { comparedMeasures } from '../spec';
import type { Tick } from '../time-axis';
import { Defined } from './defined';
import { isCount, recordsOf } from './records';
import { BOX, type Place, sparklinePlaces, type TrendPoint } from './sparkline';

type Fields = Readonly<Record<string, Cell>>;
type OnMark = (values: Fields) => void;

/** A number, how it compares, and its course. */
export function KpiBody({
  visual,
  data,
  ticks,
  timeZone,
  now,
}: {
  readonly visual: Kpi;
  readonly data: VisualData;
  readonly ticks: readonly Tick[] | undefined;
  readonly timeZone: string;
  /** When the data was asked for, in UTC; undefined where that isn't known. */
  readonly now: string | undefined;
}) {
  const { measure, freshHours } = visual;
  const [record] = recordsOf(data.main) as [Fields];
  const [value, before] = [record[measure.id], record[beforeOf(measure.id)]];
  if (freshHours !== undefined && now !== undefined && typeof value === 'string')
    return <Age time={utcOf(value, timeZone)} freshHours={freshHours} timeZone={timeZone} now={now} />;
  const hasBefore = data.main.columns.includes(beforeOf(measure.id));
  return (
    <div class="kpi">
      <p class={measure.format === 'time' ? 'value text' : 'value'}>{formatValue(value, measure.format)}</p>
      {hasBefore ? (
        <p class="compared">
          {value === before ? (
            <span class="muted">unchanged</span>
          ) : (
            <>
              <Change measure={measure} value={value} before={before} />
              <span class="muted"> from {formatValue(before, measure.format)}</span>
            </>
          )}
        </p>
      ) : (
        <p class="compared muted">
          {comparedMeasures(visual).length > 0 ? 'No earlier period to compare with' : measure.description}
        </p>
      )}
      {data.trend && <Sparkline points={trendPoints(data.trend, measure, ticks)} />}
    </div>
  );
}

/** How long ago something was, in UTC, and whether that is as it should be. */
function Age({
  time,
  freshHours,
  timeZone,
  now,
}: {
  readonly time: string;
  readonly freshHours: number;
  readonly timeZone: string;
  readonly now: string;
}) {
  const isFresh = hoursBetween(time, now) <= freshHours;
  return (
    <div class="kpi">
      <p class={`value ${isFresh ? 'good' : 'bad'}`}>{ageWords(time, now)}</p>
      <p class="compared">
        {momentWords(time, timeZone, now)}
        <span class="muted"> · {isFresh ? `fresh (limit ${freshHours} h)` : `late (limit ${freshHours} h)`}</span>
      </p>
    </div>
  );
}

function Change({
  measure,
  value,
  before,
}: {
  readonly measure: Measure;
  readonly value?: Cell;
  readonly before?: Cell;
}) {
  const change = changeOf(value, before, measure.format);
  if (change === undefined) return <span class="muted">{NOTHING}</span>;
  const direction = directionOf(change);
  const tone = direction === 0 ? 'muted' : toneOf(measure, direction);
  return (
    <span class={tone}>
      <span aria-hidden="true">{direction > 0 ? '▲ ' : direction < 0 ? '▼ ' : ''}</span>
      {formatChange(value, before, measure.format)}
    </span>
  );
}

/** Whether a change is for the better, as a class of `page.css`. */
function toneOf({ isNeutral, isLessBetter = false }: Measure, change: number): 'neutral' | 'good' | 'bad' {
  if (isNeutral) return 'neutral';
  return change > 0 !== isLessBetter ? 'good' : 'bad';
}

function trendPoints({ rows }: Rows, measure: Measure, ticks: readonly Tick[] | undefined): TrendPoint[] {
  const known = new Map(rows.map(([time, value]) => [String(time), value]));
  const point = (value: Cell | undefined, coverage: Tick['coverage']): TrendPoint => ({
    value: typeof value === 'number' ? value : isCount(measure) && coverage !== 'no data' ? 0 : null,
    isSoFar: coverage === 'so far',
  });
  const all = ticks ?? [...known.keys()].map((start): Tick => ({ start, coverage: 'complete' }));
  return all.map(({ start, coverage }) => point(known.get(start), coverage));
}

/** The course of a number: broken where there is no data, and dotted where the last period isn't complete. */
function Sparkline({ points }: { readonly points: readonly TrendPoint[] }) {
  const places = sparklinePlaces(points);
  if (places.length === 0) return null;
  const runs: Place[][] = [];
  for (const [n, place] of places.entries()) {
    if (!place || place.isSoFar) continue;
    if (n > 0 && places[n - 1]) runs.at(-1)!.push(place);
    else runs.push([place]);
  }
  const path = (run: readonly Place[]): string => run.map(({ x, y }) => `${x.toFixed(2)},${y.toFixed(2)}`).join(' ');
  const [before, last] = places.slice(-2);
  return (
    <svg class="sparkline" viewBox={`0 0 ${BOX.width} ${BOX.height}`} preserveAspectRatio="none" aria-hidden="true">
      {runs.map((run) => (
        <polygon key={run[0]!.x} points={`${run[0]!.x},${BOX.height} ${path(run)} ${run.at(-1)!.x},${BOX.height}`} />
      ))}
      {runs.map((run) => (
        <polyline key={run[0]!.x} points={path(run)} />
      ))}
      {before && last?.isSoFar && <polyline class="so-far" points={path([before, last])} />}
    </svg>
  );
}

/** Rows of a table on paper, which `page.css` cuts there: half a page. */
const MOST_PRINTED = 20;

/** Whether a text is to be wrapped. */
function isLong(value: Cell | undefined): boolean {
  return typeof value === 'string' && value.length > 40;
}

/** Rows of which a click on the first column filters the other visuals. */
export function TableBody({
  visual,
  data,
  onMark,
}: {
  readonly visual: Table;
  readonly data: VisualData;
  readonly onMark: OnMark;
}) {
  const { rows: dimensions, measures, changes = [] } = visual;
  const [order, setOrder] = useState<{ readonly column: string; readonly isDescending: boolean }>();
  const records = recordsOf(data.main).map(
    (record): Fields => ({
      ...record,
      ...Object.fromEntries(
        changes.map(({ id, format }) => [`${id}_change`, changeOf(record[id], record[beforeOf(id)], format) ?? null]),
      ),
    }),
  );
  const shown = order
    ? [...records].sort((a, b) => (order.isDescending ? -1 : 1) * compare(a[order.column], b[order.column]))
    : records;
  const header = (id: string, definition: Definition, isNumber: boolean) => (
    <th
      key={id}
      scope="col"
      class={isNumber ? 'number' : ''}
      aria-sort={order?.column === id ? (order.isDescending ? 'descending' : 'ascending') : undefined}
    >
      <Defined
        definitions={[definition]}
        onClick={() => setOrder({ column: id, isDescending: order?.column === id ? !order.isDescending : isNumber })}
      >
        {definition.label}
      </Defined>
    </th>
  );
  return (
    <div class="scroll">
      <table>
        <thead>
          <tr>
            {dimensions.map((dimension) => header(dimension.id, dimension, false))}
            {measures.map((measure) => header(measure.id, measure, true))}
            {changes.map(({ id, label }) =>
              header(
                `${id}_change`,
                { label: `${label}, change`, description: 'Compared with the previous period' },
                true,
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {shown.map((record) => {
            const values = Object.fromEntries(dimensions.map(({ id }) => [id, record[id]!]));
            return (
              <tr key={JSON.stringify(values)}>
                {dimensions.map((dimension, n) => (
                  <td key={dimension.id} class={isLong(record[dimension.id]) ? 'long' : ''}>
                    {n === 0 ? (
                      <button type="button" class="mark" onClick={() => onMark(values)}>
                        {formatLabel(record[dimension.id], dimension)}
                      </button>
                    ) : (
                      formatLabel(record[dimension.id], dimension)
                    )}
                  </td>
                ))}
                {measures.map(({ id, format }) => (
                  <td key={id} class="number">
                    {formatValue(record[id], format)}
                  </td>
                ))}
                {changes.map((measure) => (
                  <td key={measure.id} class="number">
                    <Change measure={measure} value={record[measure.id]} before={record[beforeOf(measure.id)]} />
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
      {shown.length > MOST_PRINTED && (
        <p class="printed muted">
          The first {MOST_PRINTED} of {shown.length} rows
        </p>
      )}
    </div>
  );
}

/** Steps with the share that takes each. */
export function FunnelBody({ visual, data }: { readonly visual: Funnel; readonly data: VisualData }) {
  const records = recordsOf(data.main);
  const count = (record: Fields | undefined): number => Number(record?.[visual.measure.id] ?? 0);
  const first = count(records[0]);
  return (
    <ol class="funnel">
      {records.map((record, n) => (
        <li key={String(record[visual.step.id])}>
          <span class="name">{formatLabel(record[visual.name.id], visual.name)}</span>
          <span class="track">
            <span class="bar" style={{ width: `${(count(record) / (first || 1)) * 100}%` }} />
          </span>
          <span class="count">{formatValue(count(record), visual.measure.format)}</span>
          <span class="share">
            {n === 0
              ? ''
              : `${formatValue(count(record) / (count(records[n - 1]) || 1), 'percent')} of the step before`}
          </span>
        </li>
      ))}
    </ol>
  );
}

/** The last period against the one before, in words, and what moved most. */
export function InsightBody({
  visual,
  data,
  onMark,
}: {
  readonly visual: Insight;
  readonly data: VisualData;
  readonly onMark: OnMark;
}) {
  const { time, measure } = visual;
  const { last, before, total, totalBefore, movers } = insightsOf(visual, data.main);
  return (
    <>
      <p class="sentence">
        {formatLabel(last, time)}: <strong>{formatValue(total, measure.format)}</strong> {measure.label.toLowerCase()}
        {before !== undefined && (
          <>
            , <Change measure={measure} value={total} before={totalBefore} /> from{' '}
            {formatValue(totalBefore, measure.format)} on {formatLabel(before, time)}
          </>
        )}
      </p>
      <MoversBody visual={visual} movers={movers} onMark={onMark} />
    </>
  );
}

/** What changed most, up and down, as bars from the middle. */
export function MoversBody({
  visual: { by, measure },
  movers,
  explanations,
  isCompared = true,
  onMark,
}: {
  readonly visual: Pick<Movers, 'by' | 'measure'>;
  readonly movers: readonly Mover[];
  /** What of a change incidents explain, by its value. @default nothing */
  readonly explanations?: ReadonlyMap<unknown, string>;
  readonly isCompared?: boolean;
  readonly onMark: OnMark;
}) {
  if (movers.length === 0) return <p class="empty">{isCompared ? 'No change' : 'No earlier period to compare with'}</p>;
  const most = Math.max(...movers.map(({ change }) => Math.abs(change)), 1);
  return (
    <ul class="movers">
      {movers.map(({ key, value, before, change }) => {
        const tone = toneOf(measure, change);
        return (
          <li key={String(key)}>
            <button type="button" class="mark" onClick={() => onMark({ [by.id]: key })}>
              {formatLabel(key, by)}
            </button>
            <span class="track" aria-hidden="true">
              <span
                class={`bar ${tone}`}
                style={{ width: `${(Math.abs(change) / most) * 50}%`, [change > 0 ? 'left' : 'right']: '50%' }}
              />
            </span>
            <span class={`count ${tone}`}>
              {change > 0 ? '+' : '−'}
              {formatValue(Math.abs(change), measure.format)}
            </span>
            <span class="share">{formatChange(value, before, measure.format)}</span>
            {explanations?.has(key) && <span class="explained muted">{explanations.get(key)}</span>}
          </li>
        );
      })}
    </ul>
  );
}

function compare(a: Cell | undefined, b: Cell | undefined): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (a === null || a === undefined) return -1;
  if (b === null || b === undefined) return 1;
  return String(a).localeCompare(String(b));
}
