-- One row per cohort (the week of its users' first event) and day N, over the users whose day N was observed
WITH user_days AS (
  SELECT DISTINCT user_id, CAST(click_date AS DATE) AS event_date
  FROM clickstream_db.clickstream_table
),
users AS (
  SELECT user_id, MIN(event_date) AS first_date, MAX(event_date) AS last_date
  FROM user_days
  GROUP BY user_id
),
days AS (
  SELECT CAST(n AS BIGINT) AS day_n FROM (VALUES (1), (7), (14), (30)) AS t (n)
),
last_day AS (
  SELECT MAX(last_date) AS data_end FROM users
),
targets AS (
  SELECT
    u.user_id,
    CAST(date_trunc('week', u.first_date) AS DATE) AS cohort_week,
    d.day_n,
    CAST(u.first_date + INTERVAL '1' DAY * d.day_n AS DATE) AS target_date,
    u.last_date
  FROM users AS u
  CROSS JOIN days AS d
),
returns AS (
  SELECT
    t.cohort_week,
    t.day_n,
    COUNT(*) AS cohort_users,
    COUNT(e.user_id) AS returned_users,
    COUNT(*) FILTER (WHERE t.last_date >= t.target_date) AS returned_on_or_after
  FROM targets AS t
  JOIN last_day AS l ON t.target_date <= l.data_end
  LEFT JOIN user_days AS e ON e.user_id = t.user_id AND e.event_date = t.target_date
  GROUP BY t.cohort_week, t.day_n
)
SELECT
  cohort_week,
  day_n,
  cohort_users,
  returned_users,
  CAST(returned_users AS DOUBLE) / NULLIF(cohort_users, 0) AS retention_rate,
  returned_on_or_after,
  CAST(returned_on_or_after AS DOUBLE) / NULLIF(cohort_users, 0) AS unbounded_retention_rate,
  1 - CAST(returned_users AS DOUBLE) / NULLIF(cohort_users, 0) AS churn_rate
FROM returns
ORDER BY cohort_week, day_n
