import type { Measure } from '../../../metrics/measure';
import { beforeOf } from '../../../metrics/names';
import { formatValue } from '../../format';
import type { BodyProps } from '../../page/body';
import { Change } from '../../page/change';
import { isCount, recordsOf } from '../../page/records';
import { BOX, type Place, sparklinePlaces, type TrendPoint } from '../../page/sparkline';
import { ageWords, hoursBetween, momentWords, utcOf } from '../../period-words';
import type { Cell, Rows } from '../../protocol';
import { comparedMeasures } from '../../spec';
import type { Tick } from '../../time-axis';
import type { Kpi } from './kind';

/** A number, how it compares, and its course. */
export function KpiBody({ visual, data, ticks, state: { timeZone }, span }: BodyProps<Kpi>) {
  const { measure, freshHours } = visual;
  const now = span?.now;
  const [record] = recordsOf(data.main) as [Readonly<Record<string, Cell>>];
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
