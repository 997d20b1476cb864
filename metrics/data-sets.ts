import { DATABASE } from '../core/names';
import { analysis } from './analyses';
import { dataSet, dataSetSql, queryRelation } from './data-set';

const place = {
  country_code: { type: 'string', label: 'Country code' },
  country_name: { type: 'string', label: 'Country' },
  continent: { type: 'string', label: 'Continent' },
} as const;

export const events = dataSet('events', {
  label: 'Events',
  description: 'One row per event, from the moment at which it has landed',
  relation: `${DATABASE}.clickstream_live`,
  time: 'click_date',
  fields: {
    event_id: { type: 'string', label: 'Event id' },
    event_type: { type: 'string', label: 'Event type' },
    user_id: { type: 'string', label: 'User' },
    user_action: { type: 'string', label: 'Page' },
    product_category: { type: 'string', label: 'Category', isOptional: true },
    user_age: { type: 'integer', label: 'Age', isOptional: true },
    ...place,
    click_date: { type: 'timestamp', label: 'Time' },
  },
});

export const sessions = dataSet('sessions', {
  label: 'Sessions',
  description: "One row per session: a user's events with no gap over 30 minutes; as of the last run of the job",
  relation: `${DATABASE}.sessions`,
  time: 'session_start',
  fields: {
    session_id: { type: 'string', label: 'Session' },
    user_id: { type: 'string', label: 'User' },
    ...place,
    session_start: { type: 'timestamp', label: 'Start' },
    duration_s: { type: 'integer', label: 'Duration in seconds' },
    event_count: { type: 'integer', label: 'Events' },
    purchase_count: { type: 'integer', label: 'Purchases' },
    is_engaged: { type: 'boolean', label: 'Engaged' },
  },
});

export const funnelSteps = dataSet('funnel_steps', {
  label: 'Steps to purchase',
  description: 'One row per user and step of the way home, product, cart, checkout that the user took in this order',
  relation: queryRelation('funnel_steps'),
  isMaterialized: true,
  time: 'entered_at',
  fields: {
    user_id: { type: 'string', label: 'User' },
    ...place,
    step: { type: 'integer', label: 'Step', description: '1 to 4, in the order of the way' },
    step_name: { type: 'string', label: 'Step name', description: 'The page that the step leads to' },
    entered_at: { type: 'timestamp', label: 'Entered', description: "Time of the user's first visit of the home page" },
  },
});

export const userWeeks = dataSet('user_weeks', {
  label: 'Weeks of users',
  description: "One row per user and week from that of the user's first event on, whether with events or not",
  relation: queryRelation('user_weeks'),
  isMaterialized: true,
  fields: {
    user_id: { type: 'string', label: 'User' },
    ...place,
    cohort_week: { type: 'date', label: 'Cohort', description: "Monday of the week of the user's first event" },
    week_start: { type: 'date', label: 'Week', description: 'Monday of the week' },
    week_n: { type: 'integer', label: 'Weeks since', description: 'Weeks since the first one, which is 0' },
    is_active: { type: 'boolean', label: 'Active', description: 'Whether the user has events in the week' },
    is_observed: { type: 'boolean', label: 'Observed', description: 'Whether there is data up to the end of the week' },
    has_history: {
      type: 'boolean',
      label: 'Has history',
      description: 'Whether there is data of the week before from its first day on: without, everybody would look new',
    },
    is_new_cohort: {
      type: 'boolean',
      label: 'New cohort',
      description:
        "Whether there is data of the week before the cohort's from its first day on: else its users are first seen, not new",
    },
    state: {
      type: 'string',
      label: 'State',
      description: 'new, retained (as in the week before), resurrected, churned (since the week before) or dormant',
    },
  },
});

/** The query of the data set `incidents`, of the result tables alone, so with the country's code but not its name and continent. */
export const INCIDENTS_SQL = dataSetSql('incidents').replace('{{anomalies}}', () => analysis('anomalies').trim());

export const incidents = dataSet('incidents', {
  label: 'Incidents',
  description: 'One row per incident: anomalous hours or days of a country and event type, at most a day apart',
  relation: withPlaces(INCIDENTS_SQL, 'incidents'),
  isMaterialized: true,
  time: 'started_at',
  fields: {
    ...place,
    event_type: { type: 'string', label: 'Event type' },
    direction: { type: 'string', label: 'Direction', description: 'spike or drop' },
    started_at: { type: 'timestamp', label: 'From', description: 'Start of its first hour or day' },
    ended_at: { type: 'timestamp', label: 'To', description: 'End of its last hour or day' },
    event_count: { type: 'integer', label: 'Events', description: 'Events in its anomalous hours or days' },
    expected: { type: 'decimal', label: 'Expected', description: 'Events expected in its anomalous hours or days' },
    hour_count: { type: 'integer', label: 'Hours', description: 'Anomalous hours; a day has 24' },
    weight: {
      type: 'decimal',
      label: 'Difference',
      description: 'Absolute difference between actual and expected events',
    },
    z_score: {
      type: 'decimal',
      label: 'z-score',
      description: 'Largest deviation of any hour or day from its expected count, in standard deviations',
    },
  },
});

export const dailyVolume = dataSet('daily_volume', {
  label: 'Volume by day',
  description:
    'One row per day (UTC) from the first with events to the last: how many, and those of an average day of the seven before',
  relation: queryRelation('daily_volume'),
  isMaterialized: true,
  time: 'day_start',
  fields: {
    day_start: { type: 'date', label: 'Day', description: 'The day (UTC)' },
    event_count: { type: 'integer', label: 'Events' },
    usual_count: {
      type: 'decimal',
      label: 'Usual',
      description: 'Events of an average day of the seven before; null for the first seven days',
    },
  },
});

export const failedEvents = dataSet('failed_events', {
  label: 'Failed events',
  description: 'One row per line that could not become an event',
  relation: queryRelation('failed_events'),
  time: 'landed_at',
  goesPastData: true,
  isMaterialized: true,
  fields: {
    source_file: { type: 'string', label: 'File' },
    reasons: { type: 'string', label: 'Reasons' },
    example: {
      type: 'string',
      label: 'Example',
      description: 'The most recent line that failed for these reasons: file, line number, and first 160 characters',
    },
    landed_at: { type: 'timestamp', label: 'Landed' },
  },
});

export const hourlyLines = dataSet('hourly_lines', {
  label: 'Lines by hour',
  description: 'One row per hour in which lines failed or events happened',
  relation: queryRelation('hourly_lines'),
  isMaterialized: true,
  time: 'hour_start',
  goesPastData: true,
  fields: {
    hour_start: {
      type: 'timestamp',
      label: 'Hour',
      description: 'Of an event, when it happened; of a failed line, when it landed',
    },
    line_count: {
      type: 'integer',
      label: 'Lines',
      description: 'Events and failed lines; duplicates are not counted',
    },
    failed_count: { type: 'integer', label: 'Failed', description: 'Lines that could not become events' },
  },
});

export const dataSpan = dataSet('data_span', {
  label: 'Span of data',
  description: 'One row: from when to when there is complete data',
  relation: `${DATABASE}.data_span`,
  fields: {
    data_from: { type: 'timestamp', label: 'Data from' },
    data_to: { type: 'timestamp', label: 'Data to' },
  },
});

export const landedLines = dataSet('landed_lines', {
  label: 'Pending lines',
  description: 'One row per line in raw/ that has an id, which is what has landed since the last run of the job',
  relation: queryRelation('landed_lines'),
  fields: {
    event_id: { type: 'string', label: 'Event id' },
    source_file: { type: 'string', label: 'File' },
  },
});

export const dataSets = [
  events,
  sessions,
  funnelSteps,
  userWeeks,
  incidents,
  dailyVolume,
  failedEvents,
  hourlyLines,
  landedLines,
  dataSpan,
] as const;

export type DataSetName = (typeof dataSets)[number]['name'];

/** A query with a `country_code`, as a relation that has the country's name and continent too. */
function withPlaces(sql: string, name: string): string {
  return `(
SELECT found.*, countries.country_name, countries.continent
FROM (
${sql.trim()}
) AS found
JOIN ${DATABASE}.countries AS countries ON countries.country_code = found.country_code
) AS ${name}`;
}

/** The data set of a name; throws if there is none. */
export function dataSetOf(name: string): (typeof dataSets)[number] {
  const found = dataSets.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`there is no data set ${name}`);
  return found;
}
