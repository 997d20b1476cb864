-- One row per cohort (the week of its users' first event) and week since then that was observed to its end
WITH user_weeks AS (
  SELECT DISTINCT user_id, CAST(date_trunc('week', click_date) AS DATE) AS week_start
  FROM clickstream_db.clickstream_table
),
user_cohorts AS (
  SELECT user_id, MIN(week_start) AS cohort_week
  FROM user_weeks
  GROUP BY user_id
),
cohorts AS (
  SELECT cohort_week, COUNT(*) AS cohort_users
  FROM user_cohorts
  GROUP BY cohort_week
),
activity AS (
  SELECT c.cohort_week, w.week_start, COUNT(*) AS active_users
  FROM user_weeks AS w
  JOIN user_cohorts AS c ON c.user_id = w.user_id
  GROUP BY c.cohort_week, w.week_start
),
digits AS (
  SELECT digit FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS t (digit)
),
weeks AS (
  SELECT CAST(1000 * k.digit + 100 * h.digit + 10 * t.digit + u.digit AS BIGINT) AS week_n
  FROM digits AS k CROSS JOIN digits AS h CROSS JOIN digits AS t CROSS JOIN digits AS u
),
last_day AS (
  SELECT CAST(MAX(click_date) AS DATE) AS last_date FROM clickstream_db.clickstream_table
),
observed AS (
  SELECT c.cohort_week, w.week_n, c.cohort_users, CAST(c.cohort_week + INTERVAL '7' DAY * w.week_n AS DATE) AS week_start
  FROM cohorts AS c
  CROSS JOIN weeks AS w
  CROSS JOIN last_day AS l
  WHERE CAST(c.cohort_week + INTERVAL '1' DAY * (7 * w.week_n + 6) AS DATE) <= l.last_date
)
SELECT
  o.cohort_week,
  o.week_n,
  o.cohort_users,
  COALESCE(a.active_users, 0) AS active_users,
  CAST(COALESCE(a.active_users, 0) AS DOUBLE) / NULLIF(o.cohort_users, 0) AS retention_rate,
  1 - CAST(COALESCE(a.active_users, 0) AS DOUBLE) / NULLIF(o.cohort_users, 0) AS churn_rate
FROM observed AS o
LEFT JOIN activity AS a ON a.cohort_week = o.cohort_week AND a.week_start = o.week_start
ORDER BY o.cohort_week, o.week_n
