import { analysis } from '../../metrics/analyses';
import { DATA_TO } from './dashboard-lake';

/**
 * What each visual must show, in SQL written by hand from the visual's title and the metrics' definitions, without anything of the
 * dashboard's own. Columns are in the order of the page's.
 */

/** What a viewer has chosen, by hand. */
export interface Choice {
  readonly name: string;
  /** The page's address. */
  readonly query: string;
  /** Half-open, in UTC. */
  readonly from: string;
  readonly to: string;
  /** The time before, if there is data for all of it. */
  readonly before?: { readonly from: string; readonly to: string };
  /** Where the last complete day ends. @default to */
  readonly completeTo?: string;
  /** What the zone's clocks are ahead of UTC in these weeks, in minutes. @default 0 */
  readonly ahead?: number;
  /** Conditions by the column that they are on. */
  readonly where?: Readonly<Record<string, string>>;
  /** A condition on the time of events, such as an hour of the day, in terms of {t}. */
  readonly moment?: string;
  /** The visual in which it was clicked, which shows all. */
  readonly clickedIn?: string;
  /** Conditions on one visual, and the column that it shows instead, because its viewer has gone down. */
  readonly down?: Readonly<Record<string, { readonly where: string; readonly shows: string }>>;
}

/** The same time of another day. */
const on = (date: string): string => DATA_TO.replace(/^\S+/, date);

const SO_FAR = { to: DATA_TO, completeTo: '2026-02-15' } as const;
const LAST_30 = { from: '2026-01-17', ...SO_FAR } as const;
const LAST_14 = { from: '2026-02-02', ...SO_FAR, before: { from: '2026-01-19', to: on('2026-02-01') } } as const;
const LAST_7 = { from: '2026-02-09', ...SO_FAR, before: { from: '2026-02-02', to: on('2026-02-08') } } as const;
const ALL = { from: '2026-01-05', ...SO_FAR } as const;
/** A whole week of data lies before it. */
const FIRST_NEW_WEEK = '2026-01-12';

export const CHOICES: readonly Choice[] = [
  { name: 'as it opens', query: '', ...LAST_30 },
  { name: 'a week', query: 'dates=7d', ...LAST_7 },
  {
    name: 'ten days that are over',
    query: 'dates=2026-02-01..2026-02-10',
    from: '2026-02-01',
    to: '2026-02-11',
    before: { from: '2026-01-22', to: '2026-02-01' },
  },
  { name: 'all dates', query: 'dates=2026-01-05..2026-02-15', ...ALL },
  {
    name: 'a day without events',
    query: 'dates=2025-06-01..2025-06-01',
    from: '2025-06-01',
    to: '2025-06-02',
  },
  {
    name: 'clocks of New York',
    query: 'tz=America%2FNew_York',
    from: '2026-01-17 05:00:00',
    to: DATA_TO,
    completeTo: '2026-02-15 05:00:00',
    ahead: -300,
  },
  {
    name: 'a week by clocks of Kolkata',
    query: 'dates=2026-02-01..2026-02-07&tz=Asia%2FKolkata',
    from: '2026-01-31 18:30:00',
    to: '2026-02-07 18:30:00',
    before: { from: '2026-01-24 18:30:00', to: '2026-01-31 18:30:00' },
    ahead: 330,
  },
  {
    name: 'a continent',
    query: 'dates=14d&continent=Europe',
    ...LAST_14,
    where: { continent: "continent = 'Europe'" },
  },
  {
    name: 'two continents, and clicks alone',
    query: 'dates=14d&continent=Asia&continent=Africa&event_type=click',
    ...LAST_14,
    where: { continent: "continent IN ('Asia', 'Africa')", event_type: "event_type = 'click'" },
  },
  {
    name: 'two countries',
    query: 'dates=14d&country_name=India&country_name=Brazil',
    ...LAST_14,
    where: { country_name: "country_name IN ('India', 'Brazil')" },
  },
  {
    name: 'purchases of a week',
    query: 'dates=7d&event_type=purchase',
    ...LAST_7,
    where: { event_type: "event_type = 'purchase'" },
  },
  {
    name: 'books, and events without a category',
    query: `product_category=books&product_category=${encodeURIComponent('∅')}`,
    ...LAST_30,
    where: { product_category: "(product_category = 'books' OR product_category IS NULL)" },
  },
  {
    name: 'a country that is clicked',
    query: 'dates=14d&select=top-countries.country_name%3DIndia',
    ...LAST_14,
    where: { country_name: "country_name = 'India'" },
    clickedIn: 'top-countries',
  },
  {
    name: 'a day that is clicked',
    query: `select=${encodeURIComponent('events-over-time.day_start=2026-02-03 00:00:00')}`,
    ...LAST_30,
    moment: "CAST({t} AS DATE) = DATE '2026-02-03'",
    clickedIn: 'events-over-time',
  },
  {
    name: 'a bar of a stack that is clicked',
    query: 'select=product-categories.product_category%3Dtoys&select=product-categories.event_type%3Dclick',
    ...LAST_30,
    where: { product_category: "product_category = 'toys'", event_type: "event_type = 'click'" },
    clickedIn: 'product-categories',
  },
  {
    name: 'down to countries and hours',
    query: `drill.events-by-country=Asia&drill.purchases-over-time=${encodeURIComponent('2026-02-03 00:00:00')}`,
    ...LAST_30,
    down: {
      'events-by-country': { where: "continent = 'Asia'", shows: 'country_name' },
      'purchases-over-time': { where: "CAST(click_date AS DATE) = '2026-02-03'", shows: 'hour' },
    },
  },
];

const PLACES = ['continent', 'country_name'];
const OF_EVENTS = [...PLACES, 'event_type', 'product_category'];

/** The query for a visual in a choice. */
export function plainSql(visual: string, choice: Choice): string {
  const {
    from,
    to,
    before,
    completeTo = to,
    ahead = 0,
    where = {},
    moment,
    down = {},
  } = choice.clickedIn === visual ? unclicked(choice) : choice;
  const clock = (time: string): string => (ahead === 0 ? time : `(${time} + INTERVAL '${ahead}' MINUTE)`);
  const conditions = (columns: readonly string[], time?: string): string =>
    [
      ...columns.flatMap((column) => where[column] ?? []),
      ...(moment && time ? [moment.replace('{t}', clock(time))] : []),
      ...(down[visual] ? [down[visual].where] : []),
      'TRUE',
    ].join(' AND ');
  const rows = (table: string, time: string | undefined, columns: readonly string[], first = from, end = to): string =>
    `FROM clickstream_db.${table} WHERE ${time ? `${time} >= '${first}' AND ${time} < '${end}' AND ` : ''}${conditions(columns, time)}`;
  const events = rows('clickstream_live', 'click_date', OF_EVENTS);
  const eventsBefore = before && rows('clickstream_live', 'click_date', OF_EVENTS, before.from, before.to);
  const sessions = rows('sessions', 'session_start', PLACES);
  const sessionsBefore = before && rows('sessions', 'session_start', PLACES, before.from, before.to);
  const twice = (value: string, now: string, earlier: string | undefined): string =>
    `SELECT (SELECT ${value} ${now})${earlier ? `, (SELECT ${value} ${earlier})` : ''}`;
  // What failed since the last event is of a range that reaches as far as data does.
  const failedTo = to === DATA_TO ? '2100-01-01' : to;
  const failed = rows('failed_events', 'landed_at', [], from, failedTo);
  const day = `CAST(CAST(${clock('click_date')} AS DATE) AS TIMESTAMP)`;
  const isPurchase = "event_type = 'purchase'";
  const buyers = `COUNT(DISTINCT CASE WHEN ${isPurchase} THEN user_id END)`;
  const conversion = `${buyers} / NULLIF(COUNT(DISTINCT user_id), 0)`;
  const pageCount = (page: string): string => `SUM(CASE WHEN user_action = '${page}' THEN 1 ELSE 0 END)`;
  switch (visual) {
    case 'total-events':
      return twice('COUNT(*)', events, eventsBefore);
    case 'unique-users':
      return twice('COUNT(DISTINCT user_id)', events, eventsBefore);
    case 'total-sessions':
      return twice('COUNT(*)', sessions, sessionsBefore);
    case 'purchase-conversion':
      return twice(conversion, events, eventsBefore);
    case 'engagement-rate':
      return twice('AVG(CASE WHEN is_engaged THEN 1 ELSE 0 END)', sessions, sessionsBefore);
    case 'events-over-time':
      return `SELECT ${day}, COUNT(*) ${events} GROUP BY 1`;
    case 'event-types':
      return `SELECT event_type, COUNT(*) ${events} GROUP BY 1`;
    case 'pages':
      return `SELECT user_action, COUNT(*) ${events} GROUP BY 1`;
    case 'top-countries':
      return `SELECT country_name, COUNT(*) AS n ${events} GROUP BY 1 ORDER BY n DESC, country_name LIMIT 10`;
    case 'top-movers':
      if (!eventsBefore) return `SELECT country_name, COUNT(*) ${events} GROUP BY 1`;
      return `
        SELECT country_name, SUM(now), SUM(before) FROM (
          SELECT country_name, 1 AS now, 0 AS before ${events} UNION ALL SELECT country_name, 0, 1 ${eventsBefore})
        GROUP BY 1`;
    case 'movers-by-type':
    case 'movers-by-category': {
      const [by, known] =
        visual === 'movers-by-type' ? ['event_type', ''] : ['product_category', ' AND product_category IS NOT NULL'];
      if (!eventsBefore) return `SELECT ${by}, COUNT(*) ${events}${known} GROUP BY 1`;
      return `
        SELECT ${by}, SUM(now), SUM(before) FROM (
          SELECT ${by}, 1 AS now, 0 AS before ${events}${known} UNION ALL SELECT ${by}, 0, 1 ${eventsBefore}${known})
        GROUP BY 1`;
    }
    case 'latest-day':
      return `SELECT ${day} AS day, country_name, COUNT(*) ${events} AND click_date < '${completeTo}' GROUP BY 1, 2 ORDER BY day DESC, country_name LIMIT 1000`;
    case 'incidents':
      // In the weeks that are looked at, an incident is within a day: what is a day apart is another one, whichever way it is found.
      return `
        WITH a AS (SELECT *, period_start::DATE AS d, bool_or(period = 'hour') OVER (PARTITION BY country_code, event_type, direction, period_start::DATE) AS h
          FROM (${analysis('anomalies')}))
        SELECT country_name, event_type, ${clock('t')}, ${clock('u')}, n, e, abs(n - e) AS w, z
        FROM (
          SELECT country_code, event_type, direction, d, MIN(period_start) AS t, SUM(event_count) AS n, SUM(expected) AS e, MAX(abs(z_score)) AS z,
            MAX(period_start + CASE WHEN h THEN INTERVAL 1 HOUR ELSE INTERVAL 1 DAY END) AS u
          FROM a WHERE h = (period = 'hour') GROUP BY ALL)
        JOIN clickstream_db.countries USING (country_code)
        WHERE t >= '${from}' AND t < '${to}' AND ${conditions([...PLACES, 'event_type'], 't')}
        ORDER BY w DESC`;
    case 'global-event-distribution':
      return `SELECT country_code, country_name, COUNT(*) ${events} GROUP BY 1, 2`;
    case 'events-by-country':
      return `SELECT ${down[visual]?.shows ?? 'continent'} AS place, COUNT(*) AS n ${events} GROUP BY 1 ORDER BY n DESC, place LIMIT 15`;
    case 'regional-trends':
      return `SELECT ${day}, continent, COUNT(*) ${events} GROUP BY 1, 2`;
    case 'country-performance':
      if (!eventsBefore)
        return `SELECT country_name, COUNT(*), COUNT(DISTINCT user_id), ${conversion}, AVG(user_age) ${events} GROUP BY 1`;
      return `
        SELECT COALESCE(now.country_name, before.country_name), COALESCE(n, 0), COALESCE(before_n, 0), COALESCE(users, 0), conversion, age FROM (
          SELECT country_name, COUNT(*) AS n, COUNT(DISTINCT user_id) AS users, ${conversion} AS conversion, AVG(user_age) AS age ${events} GROUP BY 1) AS now
        FULL JOIN (SELECT country_name, COUNT(*) AS before_n ${eventsBefore} GROUP BY 1) AS before USING (country_name)`;
    case 'purchase-funnel':
      return `
        WITH e AS (SELECT user_id, user_action AS page, click_date AS t FROM clickstream_db.clickstream_live),
        h AS (SELECT user_id, MIN(t) AS t FROM e WHERE page = 'home_page' GROUP BY 1),
        p AS (SELECT user_id, MIN(e.t) AS t FROM e JOIN h USING (user_id) WHERE page = 'product_page' AND e.t > h.t GROUP BY 1),
        c AS (SELECT user_id, MIN(e.t) AS t FROM e JOIN p USING (user_id) WHERE page = 'cart_page' AND e.t > p.t GROUP BY 1),
        o AS (SELECT user_id, MIN(e.t) AS t FROM e JOIN c USING (user_id) WHERE page = 'checkout_page' AND e.t > c.t GROUP BY 1),
        s AS (SELECT 1 AS step, 'home_page' AS page, user_id FROM h UNION ALL SELECT 2, 'product_page', user_id FROM p
          UNION ALL SELECT 3, 'cart_page', user_id FROM c UNION ALL SELECT 4, 'checkout_page', user_id FROM o),
        u AS (SELECT user_id, ANY_VALUE(continent) AS continent, ANY_VALUE(country_name) AS country_name FROM clickstream_db.clickstream_live GROUP BY 1)
        SELECT step, page, COUNT(*) FROM s JOIN u USING (user_id) JOIN h USING (user_id)
        WHERE h.t >= '${from}' AND h.t < '${to}' AND ${conditions(PLACES, 'h.t')} GROUP BY 1, 2`;
    case 'age-distribution':
      return `SELECT user_age - user_age % 5, COUNT(DISTINCT user_id) ${events} AND user_age IS NOT NULL GROUP BY 1`;
    case 'product-categories':
      return `SELECT product_category, event_type, COUNT(*) ${events} AND product_category IS NOT NULL GROUP BY 1, 2`;
    case 'hours-and-weekdays':
      return `SELECT isodow(${clock('click_date')}), hour(${clock('click_date')}), COUNT(*) ${events} GROUP BY 1, 2`;
    case 'cohort-retention':
      return `
        WITH e AS (SELECT DISTINCT user_id, CAST(date_trunc('week', click_date) AS DATE) AS week FROM clickstream_db.clickstream_live),
        u AS (SELECT user_id, MIN(week) AS cohort FROM e GROUP BY 1),
        p AS (SELECT user_id, ANY_VALUE(continent) AS continent, ANY_VALUE(country_name) AS country_name FROM clickstream_db.clickstream_live GROUP BY 1),
        w AS (SELECT DISTINCT week FROM e WHERE week + 7 <= TIMESTAMP '${DATA_TO}')
        SELECT cohort, (w.week - cohort) // 7, COUNT(e.user_id) / COUNT(*)
        FROM u JOIN p USING (user_id) JOIN w ON w.week >= cohort LEFT JOIN e ON e.user_id = u.user_id AND e.week = w.week
        WHERE cohort >= '${FIRST_NEW_WEEK}' AND ${conditions(PLACES)} GROUP BY 1, 2`;
    case 'lifecycle':
      return `
        WITH e AS (SELECT DISTINCT user_id, CAST(date_trunc('week', click_date) AS DATE) AS week FROM clickstream_db.clickstream_live),
        p AS (SELECT user_id, ANY_VALUE(continent) AS continent, ANY_VALUE(country_name) AS country_name FROM clickstream_db.clickstream_live GROUP BY 1),
        s AS (
          SELECT user_id, week, CASE
            WHEN NOT EXISTS (SELECT 1 FROM e AS o WHERE o.user_id = e.user_id AND o.week < e.week) THEN 'new'
            WHEN EXISTS (SELECT 1 FROM e AS o WHERE o.user_id = e.user_id AND o.week = e.week - 7) THEN 'retained'
            ELSE 'resurrected' END AS state FROM e
          UNION ALL
          SELECT user_id, week + 7, 'churned' FROM e
          WHERE week + 7 <= (SELECT MAX(week) FROM e) AND NOT EXISTS (SELECT 1 FROM e AS o WHERE o.user_id = e.user_id AND o.week = e.week + 7))
        SELECT week, state, COUNT(*) FROM s JOIN p USING (user_id)
        WHERE week >= '${FIRST_NEW_WEEK}' AND week + 7 <= TIMESTAMP '${DATA_TO}' AND ${conditions(PLACES)} GROUP BY 1, 2`;
    case 'product-views':
      return twice(`COUNT(CASE WHEN user_action = 'product_page' THEN 1 END)`, events, eventsBefore);
    case 'cart-rate':
      return twice(
        `COUNT(CASE WHEN user_action = 'cart_page' THEN 1 END) / NULLIF(COUNT(CASE WHEN user_action = 'product_page' THEN 1 END), 0)`,
        events,
        eventsBefore,
      );
    case 'purchases':
      return twice(`COUNT(CASE WHEN ${isPurchase} THEN 1 END)`, events, eventsBefore);
    case 'buyers':
      return twice(buyers, events, eventsBefore);
    case 'category-performance': {
      const known = 'AND product_category IS NOT NULL GROUP BY 1';
      const bought = `SUM(CASE WHEN ${isPurchase} THEN 1 ELSE 0 END)`;
      if (!eventsBefore)
        return `SELECT product_category, COUNT(*), ${pageCount('product_page')}, ${pageCount('cart_page')}, ${bought}, ${conversion} ${events} ${known}`;
      return `
        SELECT COALESCE(now.product_category, before.product_category), COALESCE(n, 0), COALESCE(views, 0), COALESCE(carts, 0),
          COALESCE(bought, 0), COALESCE(bought_before, 0), conversion FROM (
            SELECT product_category, COUNT(*) AS n, ${pageCount('product_page')} AS views, ${pageCount('cart_page')} AS carts,
              ${bought} AS bought, ${conversion} AS conversion ${events} ${known}) AS now
        FULL JOIN (SELECT product_category, ${bought} AS bought_before ${eventsBefore} ${known}) AS before
          USING (product_category)`;
    }
    case 'purchases-by-category':
      return `SELECT product_category, SUM(CASE WHEN ${isPurchase} THEN 1 ELSE 0 END) ${events} AND product_category IS NOT NULL GROUP BY 1`;
    case 'purchases-over-time': {
      const shown = down[visual] ? `CAST(date_trunc('hour', ${clock('click_date')}) AS TIMESTAMP)` : day;
      return `SELECT ${shown}, SUM(CASE WHEN ${isPurchase} THEN 1 ELSE 0 END) ${events} GROUP BY 1`;
    }
    case 'categories-by-continent':
      return `SELECT continent, product_category, SUM(CASE WHEN ${isPurchase} THEN 1 ELSE 0 END) ${events} AND product_category IS NOT NULL GROUP BY 1, 2`;
    case 'freshness':
      return `SELECT ${clock('MAX(click_date)')} FROM clickstream_db.clickstream_live WHERE ${conditions(OF_EVENTS, 'click_date')}`;
    case 'failed-events':
      return `SELECT COUNT(*) ${failed}`;
    case 'failed-over-time':
      return `SELECT CAST(date_trunc('day', ${clock('landed_at')}) AS TIMESTAMP), COUNT(*) ${failed} GROUP BY 1`;
    case 'failed-by-reason':
      return `
        SELECT reasons, (
          SELECT source_file || ', line ' || source_line || ': ' || left(raw, 160) FROM clickstream_db.failed_events AS same
          WHERE same.reasons = failed.reasons ORDER BY landed_at DESC, source_file, source_line LIMIT 1), COUNT(*)
        FROM (SELECT reasons ${failed}) AS failed GROUP BY 1, 2`;
    case 'failed-share': {
      const hours = `hour >= '${from}' AND hour < '${failedTo}' AND ${conditions([], 'hour')}`;
      return `
        SELECT SUM(failed) / SUM(n) FROM (
          SELECT date_trunc('hour', click_date) AS hour, 1 AS n, 0 AS failed FROM clickstream_db.clickstream_live
          UNION ALL SELECT date_trunc('hour', landed_at), 1, 1 FROM clickstream_db.failed_events)
        WHERE ${hours}`;
    }
    case 'duplicates':
      return `SELECT COUNT(*) - COUNT(DISTINCT event_id) FROM clickstream_db.raw_events`;
    case 'repeated-ids':
      return twice('COUNT(*) - COUNT(DISTINCT event_id)', events, eventsBefore);
    case 'volume':
      return `
        WITH d AS (SELECT CAST(click_date AS DATE) AS d, COUNT(*) AS n FROM clickstream_db.clickstream_live GROUP BY 1)
        SELECT CAST(d.d AS TIMESTAMP), SUM(n),
          SUM((SELECT CASE WHEN COUNT(*) = 7 THEN SUM(o.n) / 7 END FROM d AS o WHERE o.d < d.d AND o.d >= d.d - 7))
        FROM d WHERE CAST(d.d AS TIMESTAMP) >= '${from}' AND CAST(d.d AS TIMESTAMP) < '${to}' AND ${conditions([], 'CAST(d.d AS TIMESTAMP)')} GROUP BY 1`;
    default:
      throw new Error(`there is no query for the visual ${visual}: write one into __tests__/dashboard/plain-sql.ts`);
  }
}

function unclicked(choice: Choice): Choice {
  const { where: _, moment: __, ...rest } = choice;
  return rest;
}
