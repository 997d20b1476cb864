import type { Field } from './data-set';
import { dailyVolume, events, failedEvents, funnelSteps, incidents, sessions, userWeeks } from './data-sets';
import type { Dimension, Grain, Hierarchy } from './measure';

export const eventDimensions = {
  continent: value(events.fields.continent),
  country: value(events.fields.country_name),
  country_code: value(events.fields.country_code),
  event_type: value(events.fields.event_type),
  page: value(events.fields.user_action),
  category: value(events.fields.product_category),
  age: bin(events.fields.user_age, 5),
  weekday: part(events.fields.click_date, 'weekday'),
  hour_of_day: part(events.fields.click_date, 'hour'),
  ...times(events.fields.click_date),
} as const;

export const sessionDimensions = {
  continent: value(sessions.fields.continent),
  country: value(sessions.fields.country_name),
  ...times(sessions.fields.session_start),
} as const;

export const funnelDimensions = {
  step: value(funnelSteps.fields.step),
  step_name: value(funnelSteps.fields.step_name),
} as const;

export const userWeekDimensions = {
  cohort: value(userWeeks.fields.cohort_week),
  week: value(userWeeks.fields.week_start),
  week_n: value(userWeeks.fields.week_n),
  state: value(userWeeks.fields.state),
  is_observed: value(userWeeks.fields.is_observed),
  has_history: value(userWeeks.fields.has_history),
  is_new_cohort: value(userWeeks.fields.is_new_cohort),
} as const;

export const incidentDimensions = {
  country: value(incidents.fields.country_name),
  country_code: value(incidents.fields.country_code),
  continent: value(incidents.fields.continent),
  event_type: value(incidents.fields.event_type),
  direction: value(incidents.fields.direction),
  started_at: value(incidents.fields.started_at),
  ended_at: value(incidents.fields.ended_at),
} as const;

export const volumeDimensions = { ...times(dailyVolume.fields.day_start) } as const;

export const failedDimensions = {
  reasons: value(failedEvents.fields.reasons),
  example: value(failedEvents.fields.example),
  ...times(failedEvents.fields.landed_at),
} as const;

/** Every dimension there is. */
export const dimensions: readonly Dimension[] = [
  eventDimensions,
  sessionDimensions,
  funnelDimensions,
  userWeekDimensions,
  incidentDimensions,
  volumeDimensions,
  failedDimensions,
].flatMap((group) => Object.values<Dimension>(group));

/** Continent, country. */
export const places: Hierarchy<'events'> = {
  label: 'Place',
  levels: [eventDimensions.continent, eventDimensions.country],
};

/** Year, month, day, hour. */
export const calendar: Hierarchy<'events'> = {
  label: 'Time',
  levels: [eventDimensions.year, eventDimensions.month, eventDimensions.day, eventDimensions.hour],
};

/** The levels of a hierarchy from one of them on. */
export function below<D extends string>({ label, levels }: Hierarchy<D>, first: Dimension<D>): Hierarchy<D> {
  const [top, ...others] = levels.slice(levels.indexOf(first));
  if (!levels.includes(first) || !top) throw new Error(`${first.label} is no level of ${label}`);
  return { label, levels: [top, ...others] };
}

/** A field's values as they are. */
export function value<D extends string>(field: Field<D>): Dimension<D> {
  const { dataSet, name, label, description } = field;
  return { dataSet, id: name, label, description, field, kind: 'value' };
}

function bin<D extends string>(field: Field<D>, width: number): Dimension<D> {
  const { dataSet, name, label } = field;
  const description = `${label} in intervals of ${width}, by their lower ends`;
  return { dataSet, id: `${name}_from`, label, description, field, kind: 'bin', width };
}

function part<D extends string>(field: Field<D>, name: 'weekday' | 'hour'): Dimension<D> {
  const label = name === 'hour' ? 'Hour of the day' : 'Weekday';
  const description = name === 'hour' ? '0 to 23' : '1 (Monday) to 7 (Sunday), ISO 8601';
  const id = name === 'hour' ? 'hour_of_day' : 'weekday';
  return { dataSet: field.dataSet, id, label, description, field, kind: 'part', part: name };
}

function times<D extends string>(field: Field<D>): Readonly<Record<Grain, Dimension<D>>> {
  const of = (grain: Grain): Dimension<D> => time(field, grain);
  return { hour: of('hour'), day: of('day'), week: of('week'), month: of('month'), year: of('year') };
}

/** A timestamp by the start of its hour, day …. */
export function time<D extends string>(field: Field<D>, grain: Grain): Dimension<D> {
  return {
    dataSet: field.dataSet,
    id: `${grain}_start`,
    label: `${grain.charAt(0).toUpperCase()}${grain.slice(1)}`,
    description: `Start of the ${grain}`,
    field,
    kind: 'time',
    grain,
  };
}
