import type { Field } from './data-set';
import {
  dailyVolume,
  dataSpan,
  events,
  funnelSteps,
  hourlyLines,
  incidents,
  landedLines,
  sessions,
  userWeeks,
} from './data-sets';
import type { Aggregate, Condition, Measure } from './measure';

const { fields: e } = events;
const { fields: s } = sessions;

const isPurchase: Condition<'events'> = { field: e.event_type, equals: 'purchase' };
const users = countDistinct(e.user_id);
const buyers = countDistinct(e.user_id, isPurchase);
const page = (name: string): Aggregate<'events'> => ({ kind: 'count', where: { field: e.user_action, equals: name } });

export const eventMeasures = defined('events', {
  events: {
    label: 'Events',
    description: 'Events, each counted once',
    unit: 'events',
    format: 'integer',
    isNeutral: true,
    expression: { kind: 'count' },
  },
  unique_users: {
    label: 'Users',
    description: 'Distinct users with events',
    unit: 'users',
    format: 'integer',
    source: 'GA4: total users',
    expression: users,
  },
  purchases: {
    label: 'Purchases',
    description: 'Purchase events',
    unit: 'events',
    format: 'integer',
    source: 'GA4: key events',
    expression: { kind: 'count', where: isPurchase },
  },
  buyers: {
    label: 'Buyers',
    description: 'Distinct users with a purchase',
    unit: 'users',
    format: 'integer',
    source: 'GA4: total purchasers',
    expression: buyers,
  },
  purchase_conversion: {
    label: 'Conversion',
    description: 'Share of the users who bought',
    unit: 'of users',
    format: 'percent',
    source: 'GA4: user key event rate, of purchases',
    expression: { kind: 'ratio', numerator: buyers, denominator: users },
  },
  events_per_user: {
    label: 'Events per user',
    description: 'Events for each user with events',
    unit: 'events',
    format: 'decimal',
    source: 'GA4: event count per user',
    expression: { kind: 'ratio', numerator: { kind: 'count' }, denominator: users },
  },
  average_age: {
    label: 'Average age',
    description: "Mean of the events' ages of users, where known",
    unit: 'years',
    format: 'decimal',
    isNeutral: true,
    expression: { kind: 'avg', field: e.user_age },
  },
  product_views: {
    label: 'Product views',
    description: 'Events on product pages',
    unit: 'events',
    format: 'integer',
    source: 'GA4: view_item',
    expression: page('product_page'),
  },
  cart_adds: {
    label: 'Cart adds',
    description: 'Events on cart pages',
    unit: 'events',
    format: 'integer',
    source: 'GA4: add_to_cart',
    expression: page('cart_page'),
  },
  cart_rate: {
    label: 'View to cart',
    description: 'Events on cart pages for each on product pages',
    unit: 'of product views',
    format: 'percent',
    source: 'GA4: cart-to-view rate, of events',
    expression: { kind: 'ratio', numerator: page('cart_page'), denominator: page('product_page') },
  },
  latest_event: {
    label: 'Latest event',
    description: 'Time of the latest event',
    unit: '',
    format: 'time',
    expression: { kind: 'max', field: e.click_date },
  },
  repeated_events: {
    label: 'Repeated ids',
    description: 'Events beyond the first with their id; 0 unless an id came on more than one day',
    unit: 'events',
    format: 'integer',
    isLessBetter: true,
    expression: { kind: 'difference', minuend: { kind: 'count' }, subtrahend: countDistinct(e.event_id) },
  },
});

export const sessionMeasures = defined('sessions', {
  sessions: {
    label: 'Sessions',
    description: "A user's events with no gap over 30 minutes make a session",
    unit: 'sessions',
    format: 'integer',
    source: 'GA4: sessions (without its split at midnight)',
    expression: { kind: 'count' },
  },
  engagement_rate: {
    label: 'Engagement rate',
    description: 'Share of the sessions of 10 seconds or more, 2 page views or more, or a purchase',
    unit: 'of sessions',
    format: 'percent',
    source: 'GA4: engagement rate',
    expression: {
      kind: 'ratio',
      numerator: { kind: 'count', where: { field: s.is_engaged, equals: true } },
      denominator: { kind: 'count' },
    },
  },
  average_duration: {
    label: 'Average session',
    description: 'Mean time from the first to the last event of a session',
    unit: 'seconds',
    format: 'duration',
    source: 'GA4: average session duration',
    expression: { kind: 'avg', field: s.duration_s },
  },
  events_per_session: {
    label: 'Events per session',
    description: 'Mean events of a session',
    unit: 'events',
    format: 'decimal',
    source: 'GA4: events per session',
    expression: { kind: 'avg', field: s.event_count },
  },
});

export const funnelMeasures = defined('funnel_steps', {
  users_at_step: {
    label: 'Users',
    description: 'Distinct users who came so far',
    unit: 'users',
    format: 'integer',
    source: 'GA4: closed funnel',
    expression: countDistinct(funnelSteps.fields.user_id),
  },
});

const isActive: Condition<'user_weeks'> = { field: userWeeks.fields.is_active, equals: true };

export const userWeekMeasures = defined('user_weeks', {
  users_in_state: {
    label: 'Users',
    description: 'Users in the week, by what they did in it and the one before',
    unit: 'users',
    format: 'integer',
    expression: { kind: 'count', where: { field: userWeeks.fields.state, isNot: 'dormant' } },
  },
  cohort_users: {
    label: 'Users of the cohort',
    description: 'Users with their first event in the week',
    unit: 'users',
    format: 'integer',
    expression: { kind: 'count' },
  },
  retention: {
    label: 'Retention',
    description: "Share of the cohort's users with events in the week",
    unit: 'of users',
    format: 'percent',
    source: 'GA4: cohort exploration, standard',
    expression: { kind: 'ratio', numerator: { kind: 'count', where: isActive }, denominator: { kind: 'count' } },
  },
});

export const incidentMeasures = defined('incidents', {
  incident_events: {
    label: 'Events',
    description: 'Events in the anomalous hours or days of an incident',
    unit: 'events',
    format: 'integer',
    expression: { kind: 'sum', field: incidents.fields.event_count },
  },
  expected_events: {
    label: 'Expected',
    description: 'Events expected in the anomalous hours or days of an incident',
    unit: 'events',
    format: 'decimal',
    expression: { kind: 'sum', field: incidents.fields.expected },
  },
  incident_weight: {
    label: 'Difference',
    description: 'Absolute difference between actual and expected events',
    unit: 'events',
    format: 'integer',
    expression: { kind: 'sum', field: incidents.fields.weight },
  },
  incident_hours: {
    label: 'Hours',
    description: 'Anomalous hours of an incident; a day has 24',
    unit: 'hours',
    format: 'integer',
    expression: { kind: 'sum', field: incidents.fields.hour_count },
  },
  deviation: {
    label: 'z-score',
    description: 'Largest deviation of any hour or day from its expected count, in standard deviations',
    unit: 'σ',
    format: 'decimal',
    expression: { kind: 'max', field: incidents.fields.z_score },
  },
});

export const volumeMeasures = defined('daily_volume', {
  volume: {
    label: 'Events',
    description: 'Events of the day',
    unit: 'events',
    format: 'integer',
    expression: { kind: 'sum', field: dailyVolume.fields.event_count },
  },
  usual_volume: {
    label: 'Usual',
    description: 'Events of an average day of the seven before',
    unit: 'events',
    format: 'decimal',
    expression: { kind: 'sum', field: dailyVolume.fields.usual_count },
  },
});

export const failedMeasures = defined('failed_events', {
  failed_events: {
    label: 'Failed events',
    description: 'Lines that could not become events',
    unit: 'lines',
    format: 'integer',
    source: 'Snowplow: failed events',
    isLessBetter: true,
    expression: { kind: 'count' },
  },
});

export const lineMeasures = defined('hourly_lines', {
  lines: {
    label: 'Lines',
    description: 'Events and failed lines; duplicates are not counted',
    unit: 'lines',
    format: 'integer',
    isNeutral: true,
    expression: { kind: 'sum', field: hourlyLines.fields.line_count },
  },
  failed_lines: {
    label: 'Failed lines',
    description: 'Lines that could not become events',
    unit: 'lines',
    format: 'integer',
    source: 'Snowplow: failed events',
    isLessBetter: true,
    expression: { kind: 'sum', field: hourlyLines.fields.failed_count },
  },
  failed_share: {
    label: 'Failed share',
    description: 'Failed lines as a share of all lines; duplicates are not counted',
    unit: 'of lines',
    format: 'percent',
    isLessBetter: true,
    expression: {
      kind: 'ratio',
      numerator: { kind: 'sum', field: hourlyLines.fields.failed_count },
      denominator: { kind: 'sum', field: hourlyLines.fields.line_count },
    },
  },
});

export const landedMeasures = defined('landed_lines', {
  waiting_lines: {
    label: 'Pending lines',
    description: 'Lines that have landed since the last run of the job',
    unit: 'lines',
    format: 'integer',
    expression: { kind: 'count' },
  },
  duplicates: {
    label: 'Duplicates',
    description: 'Pending lines that repeat an event id; each id is counted once',
    unit: 'lines',
    format: 'integer',
    isLessBetter: true,
    expression: {
      kind: 'difference',
      minuend: { kind: 'count' },
      subtrahend: countDistinct(landedLines.fields.event_id),
    },
  },
});

export const dataSpanMeasures = defined('data_span', {
  data_from: {
    label: 'Data from',
    description: 'Time from which there is data',
    unit: '',
    format: 'time',
    expression: { kind: 'min', field: dataSpan.fields.data_from },
  },
  data_to: {
    label: 'Data to',
    description: 'Time up to which data is complete',
    unit: '',
    format: 'time',
    expression: { kind: 'max', field: dataSpan.fields.data_to },
  },
});

/** Every measure there is. */
export const measures: readonly Measure[] = [
  eventMeasures,
  sessionMeasures,
  funnelMeasures,
  userWeekMeasures,
  incidentMeasures,
  volumeMeasures,
  failedMeasures,
  lineMeasures,
  landedMeasures,
  dataSpanMeasures,
].flatMap((group) => Object.values<Measure>(group));

function countDistinct<D extends string>(field: Field<D>, where?: Condition<D>): Aggregate<D> {
  return { kind: 'countDistinct', field, ...(where ? { where } : {}) };
}

function defined<D extends string, const N extends string>(
  dataSet: D,
  definitions: Readonly<Record<N, Omit<Measure<D>, 'id' | 'dataSet'>>>,
): Readonly<Record<N, Measure<D>>> {
  return Object.fromEntries(
    Object.entries<Omit<Measure<D>, 'id' | 'dataSet'>>(definitions).map(([id, rest]) => [id, { dataSet, id, ...rest }]),
  ) as Record<N, Measure<D>>;
}
