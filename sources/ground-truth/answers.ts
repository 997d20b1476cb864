import { DAY_S } from '../../core/time';
import { activeUsers, cohortRetention, funnel, lifecycle, nDayRetention, sessionStatistics } from './answers-by-user';
import { type Answer, compare, tallied } from './tally';
import { dateOf, dayOf, hourOfWeek } from './user-history';

/**
 * The analyses by the name of their file in metrics/, each computed from its definition and not from its SQL. `asOf` is the day
 * that current_date stands for, since the epoch.
 */
export const ANSWERS: Readonly<Record<string, (asOf: number) => Answer>> = {
  customer_behavior: (asOf) =>
    tallied(
      (event) => (event.time >= (asOf - 7) * DAY_S ? `${event.country.continent}/${event.type}` : null),
      ({ sample, ages, events, users }) => ({
        continent: sample.country.continent,
        event_type: sample.type,
        avg_customer_age: ages / events,
        event_volume: events,
        unique_users: users.count,
      }),
      (a, b) =>
        b.events - a.events ||
        compare(a.sample.country.continent, b.sample.country.continent) ||
        compare(a.sample.type, b.sample.type),
    ),
  events_over_time: () =>
    tallied(
      (event) => dayOf(event.time),
      ({ sample, events, users, purchases }) => ({
        event_date: dateOf(dayOf(sample.time)),
        event_count: events,
        unique_users: users.count,
        purchase_count: purchases,
      }),
      (a, b) => dayOf(a.sample.time) - dayOf(b.sample.time),
    ),
  top_countries: () => {
    const countries = tallied(
      (event) => event.country,
      ({ sample, events, users }, total) => ({
        country_code: sample.country.code,
        country_name: sample.country.name,
        event_count: events,
        unique_users: users.count,
        event_share: events / total,
      }),
      (a, b) => b.events - a.events || compare(a.sample.country.code, b.sample.country.code),
    );
    return { visit: countries.visit, rows: (lastDay) => countries.rows(lastDay).slice(0, 10) };
  },
  conversion_by_country: () =>
    tallied(
      (event) => event.country,
      ({ sample, users, buyers }) => ({
        country_code: sample.country.code,
        country_name: sample.country.name,
        unique_users: users.count,
        buyers: buyers.count,
        conversion_rate: buyers.count / users.count,
      }),
      (a, b) => b.users.count - a.users.count || compare(a.sample.country.code, b.sample.country.code),
    ),
  product_category_performance: () =>
    tallied(
      (event) => event.category,
      ({ sample, events, users, productViews, cartAdds, purchases, buyers }) => ({
        product_category: sample.category,
        event_count: events,
        unique_users: users.count,
        product_views: productViews,
        cart_adds: cartAdds,
        purchases,
        buyers: buyers.count,
        conversion_rate: buyers.count / users.count,
      }),
      (a, b) => b.events - a.events || compare(a.sample.category!, b.sample.category!),
    ),
  hourly_heat_map: () =>
    tallied(
      (event) => hourOfWeek(event.time),
      ({ sample, events, users }) => ({
        weekday: Math.floor(hourOfWeek(sample.time) / 24) + 1,
        hour: hourOfWeek(sample.time) % 24,
        event_count: events,
        unique_users: users.count,
      }),
      (a, b) => hourOfWeek(a.sample.time) - hourOfWeek(b.sample.time),
    ),
  funnel,
  session_statistics: sessionStatistics,
  active_users: activeUsers,
  cohort_retention: cohortRetention,
  n_day_retention: nDayRetention,
  lifecycle,
};
