import { type Answer, type AnswerRow, at, compare, Users } from './tally';
import { dateOf, mondayOf, weekOf } from './user-history';

const FUNNEL = ['home_page', 'product_page', 'cart_page', 'checkout_page'];
const RETENTION_DAYS = [1, 7, 14, 30];

export function funnel(): Answer {
  const users = FUNNEL.map(() => 0);
  return {
    visit({ events }) {
      let step = 0;
      let reachedAt = -1;
      for (const { time, action } of events) {
        if (action !== FUNNEL[step] || time <= reachedAt) continue;
        reachedAt = time;
        users[step++]!++;
      }
    },
    rows: () =>
      FUNNEL.map((step_name, n) => ({
        step: n + 1,
        step_name,
        users: users[n]!,
        step_conversion: n === 0 ? null : ratio(users[n]!, users[n - 1]!),
        drop_off: n === 0 ? null : users[n - 1]! - users[n]!,
        overall_conversion: ratio(users[n]!, users[0]!),
      })),
  };
}

export function sessionStatistics(): Answer {
  const groups = new Map<
    string,
    { sessions: number; users: Users; events: number; durationS: number; engaged: number }
  >();
  return {
    visit({ user, sessions }) {
      for (const { first, eventCount, durationS, isEngaged } of sessions)
        for (const continent of ['All', first.country.continent]) {
          const group = at(groups, continent, () => ({
            sessions: 0,
            users: new Users(),
            events: 0,
            durationS: 0,
            engaged: 0,
          }));
          group.sessions++;
          group.users.add(user);
          group.events += eventCount;
          group.durationS += durationS;
          if (isEngaged) group.engaged++;
        }
    },
    rows: () =>
      [...groups]
        .sort(([a], [b]) => Number(b === 'All') - Number(a === 'All') || compare(a, b))
        .map(([continent, { sessions, users, events, durationS, engaged }]) => ({
          continent,
          sessions,
          unique_users: users.count,
          events_per_session: events / sessions,
          average_duration_s: durationS / sessions,
          engaged_sessions: engaged,
          engagement_rate: engaged / sessions,
          bounce_rate: 1 - engaged / sessions,
        })),
  };
}

export function activeUsers(): Answer {
  const byDay = new Map<number, { dau: Users; wau: Users; mau: Users }>();
  return {
    visit({ user, days: active }) {
      for (const day of active)
        for (let later = 0; later < 30; later++) {
          const { dau, wau, mau } = at(byDay, day + later, () => ({
            dau: new Users(),
            wau: new Users(),
            mau: new Users(),
          }));
          if (later < 1) dau.add(user);
          if (later < 7) wau.add(user);
          mau.add(user);
        }
    },
    rows: () =>
      sorted(byDay)
        .filter(([, { dau }]) => dau.count > 0)
        .map(([day, { dau, wau, mau }]) => ({
          event_date: dateOf(day),
          dau: dau.count,
          wau: wau.count,
          mau: mau.count,
          stickiness: dau.count / mau.count,
        })),
  };
}

export function cohortRetention(): Answer {
  /** Users of a cohort by the week in which they were active; the cohort's own week has all of them. */
  const cohorts = new Map<number, Map<number, number>>();
  return {
    visit({ weeks }) {
      const active = at(cohorts, weeks[0]!, () => new Map<number, number>());
      for (const week of weeks) active.set(week, (active.get(week) ?? 0) + 1);
    },
    rows: (lastDay) =>
      sorted(cohorts).flatMap(([cohort, active]) => {
        const rows: AnswerRow[] = [];
        const users = active.get(cohort)!;
        for (let week = cohort; mondayOf(week) + 6 <= lastDay; week++) {
          const retained = active.get(week) ?? 0;
          rows.push({
            cohort_week: dateOf(mondayOf(cohort)),
            week_n: week - cohort,
            cohort_users: users,
            active_users: retained,
            retention_rate: retained / users,
            churn_rate: 1 - retained / users,
          });
        }
        return rows;
      }),
  };
}

export function nDayRetention(): Answer {
  const none = () => ({ users: 0, onDay: 0, onOrAfter: 0 });
  /** Counts for each of the days, by users' first day: only the end tells which of them have passed. */
  const firstDays = new Map<number, ReturnType<typeof none>[]>();
  return {
    visit({ days }) {
      const [first, last] = [days[0]!, days.at(-1)!];
      const counts = at(firstDays, first, () => RETENTION_DAYS.map(none));
      for (const [n, later] of RETENTION_DAYS.entries()) {
        counts[n]!.users++;
        if (days.includes(first + later)) counts[n]!.onDay++;
        if (last >= first + later) counts[n]!.onOrAfter++;
      }
    },
    rows(lastDay) {
      const cohorts = new Map<number, Map<number, ReturnType<typeof none>>>();
      for (const [first, counts] of firstDays)
        for (const [n, later] of RETENTION_DAYS.entries()) {
          if (first + later > lastDay) continue;
          const group = at(
            at(cohorts, weekOf(first), () => new Map()),
            later,
            none,
          );
          group.users += counts[n]!.users;
          group.onDay += counts[n]!.onDay;
          group.onOrAfter += counts[n]!.onOrAfter;
        }
      return sorted(cohorts).flatMap(([cohort, groups]) =>
        sorted(groups).map(([day_n, { users, onDay, onOrAfter }]) => ({
          cohort_week: dateOf(mondayOf(cohort)),
          day_n,
          cohort_users: users,
          returned_users: onDay,
          retention_rate: onDay / users,
          returned_on_or_after: onOrAfter,
          unbounded_retention_rate: onOrAfter / users,
          churn_rate: 1 - onDay / users,
        })),
      );
    },
  };
}

export function lifecycle(): Answer {
  const states = new Map<number, { new: number; retained: number; resurrected: number; churned: number }>();
  const none = () => ({ new: 0, retained: 0, resurrected: 0, churned: 0 });
  return {
    visit({ weeks }) {
      for (const [n, week] of weeks.entries()) {
        const state = n === 0 ? 'new' : weeks[n - 1] === week - 1 ? 'retained' : 'resurrected';
        at(states, week, none)[state]++;
        if (weeks[n + 1] !== week + 1) at(states, week + 1, none).churned++;
      }
    },
    rows: () =>
      sorted(states)
        .filter(([, state]) => state.new + state.retained + state.resurrected > 0)
        .map(([week, state]) => ({
          week_start: dateOf(mondayOf(week)),
          new_users: state.new,
          retained_users: state.retained,
          resurrected_users: state.resurrected,
          churned_users: state.churned,
        })),
  };
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

function sorted<V>(map: ReadonlyMap<number, V>): [number, V][] {
  return [...map].sort(([a], [b]) => a - b);
}
