import type { DataSet, Field } from '../metrics/data-set';
import { eventDimensions, time, value } from '../metrics/dimensions';
import type { Dimension, Measure } from '../metrics/measure';
import type { Period } from '../metrics/period';
import type { Comparison, Filter, Query, Value } from '../metrics/query';
import { hasIncidents, overlap } from './incidents';
import { levelsOf, type VisualQueries } from './kinds/kind';
import { kindOf, type Visual } from './kinds/registry';
import { type Incident, MOST_ROWS } from './protocol';
import { axisOf, comparedMeasures, type Dashboard, dimensionsOf, timeOf, visualOf } from './spec';
import { completePeriods, drillPath, NULL, periodPastData, periodsOf, type State } from './state';

/**
 * Columns of `main` are the visual's dimensions in order, then its measures.
 *
 * @param span from when to when there is data
 * @param incidents those to leave out, if the state says so
 */
export function queriesOf(
  dashboard: Dashboard,
  visual: Visual,
  state: State,
  span: Period,
  incidents: readonly Incident[] = [],
): VisualQueries {
  const field = timeOf(visual);
  const { current, before } = periodsOf(state, span);
  const base = { dataSet: visual.dataSet, timeZone: state.timeZone, limit: MOST_ROWS };
  const periods = before ? [before, current] : [current];
  const everywhere = [
    ...filtersOf(dashboard, visual, state),
    ...(state.isWithoutSpikes && field ? exceptionsOf(visual, field, incidents, periods) : []),
  ];
  const shown = visual.dataSet.goesPastData ? periodPastData(state, span) : current;
  const dated: Filter[] = field ? [{ field, within: shown }, ...everywhere] : everywhere;
  const query = (dimensions: readonly Dimension[], measures: readonly Measure[], more: Partial<Query> = {}): Query => ({
    ...base,
    dimensions,
    measures,
    filters: more.compare ? everywhere : dated,
    ...more,
  });
  const compared = comparedMeasures(visual);
  const compare: Comparison | undefined = field && before && { time: field, current, before, measures: compared };
  return kindOf(visual).queriesOf(visual, {
    query,
    comparing: compare && compared.length > 0 ? { compare } : {},
    level: () => levelOf(visual, state),
    filtersOfComplete: (grain) =>
      field && grain ? [{ field, within: completePeriods(current, grain, state.timeZone) }, ...everywhere] : everywhere,
  });
}

/** Labels of what is filtered by, but of which a visual's data set knows nothing. */
export function unfilteredBy(dashboard: Dashboard, visual: Visual, { filters, isWithoutSpikes }: State): string[] {
  const isWhole = isWithoutSpikes && timeOf(visual) && !hasIncidents(visual) && visual.dataSet.name !== 'incidents';
  const unknown = dashboard.controls
    .filter((control) => filters[control.id] !== undefined && counterpart(visual.dataSet, control) === undefined)
    .map(({ label }) => label);
  return [...unknown, ...(isWhole ? ['Exclude spikes'] : [])];
}

/** The dimension that a visual shows, so far down as its viewer has gone. */
export function levelOf(visual: Visual, state: Pick<State, 'drill'>): Dimension {
  const levels = levelsOf(axisOf(visual)!);
  return levels[drillPath(state, visual.id).length]!;
}

function filtersOf(dashboard: Dashboard, visual: Visual, state: State): Filter[] {
  const { filters, selection } = state;
  const chosen = dashboard.controls.flatMap((control): Filter[] => {
    const values = filters[control.id];
    const dimension = counterpart(visual.dataSet, control);
    return values && dimension ? [{ dimension, in: values.map((text) => valueFrom(dimension, text)) }] : [];
  });
  const way = drillPath(state, visual.id).map((text, n): Filter => {
    const dimension = levelsOf(axisOf(visual)!)[n]!;
    return { dimension, in: [valueFrom(dimension, text)] };
  });
  return [...(visual.where ?? []), ...chosen, ...selected(dashboard, visual, selection), ...way];
}

/** Leaves out what spikes of some periods are made of, as far as a data set can tell it. What a drop is short of can't be put back. */
function exceptionsOf(
  visual: Visual,
  field: Field,
  incidents: readonly Incident[],
  periods: readonly Period[],
): Filter[] {
  const { dataSet } = visual;
  const [country, type] = [eventDimensions.country_code, eventDimensions.event_type].map((each) =>
    counterpart(dataSet, each),
  );
  if (!country || !hasIncidents(visual)) return [];
  return incidents
    .filter(({ direction }) => direction === 'spike')
    .filter((incident) => periods.some((period) => overlap(period, incident)))
    .map(({ country_code, event_type, from, to }) => ({
      not: [
        { dimension: country, in: [country_code] },
        ...(type ? [{ dimension: type, in: [event_type] }] : []),
        { field, within: { from, to } },
      ],
    }));
}

/** What was clicked in another visual. */
function selected(dashboard: Dashboard, visual: Visual, selection: State['selection']): Filter[] {
  const source = selection && visualOf(dashboard, selection.visual);
  if (!source || source.id === visual.id) return [];
  const dimensions = dimensionsOf(source);
  return Object.entries(selection.values).flatMap(([id, text]): Filter[] => {
    const clicked = dimensions.find((dimension) => dimension.id === id)!;
    const dimension = counterpart(visual.dataSet, clicked, timeOf(visual));
    return dimension ? [{ dimension, in: [valueFrom(dimension, text)] }] : [];
  });
}

/** The dimension of a data set that means what one of another does: of the same field, or of the same periods of its time. */
function counterpart(dataSet: DataSet, dimension: Dimension, timeField = dataSet.time): Dimension | undefined {
  if (dimension.dataSet === dataSet.name) return dimension;
  if (dimension.kind === 'time') return timeField && time(timeField, dimension.grain);
  const field: Field | undefined = (dataSet.fields as Readonly<Record<string, Field>>)[dimension.field.name];
  return dimension.kind === 'value' && field ? value(field) : undefined;
}

/** A value of a dimension from its text in an address. */
function valueFrom(dimension: Dimension, text: string): Value {
  if (text === NULL) return null;
  const { kind, field } = dimension;
  if (kind === 'value' && field.type === 'boolean') return text === 'true';
  return kind === 'bin' || kind === 'part' || (kind === 'value' && field.type === 'integer') ? Number(text) : text;
}
