-- One row per user and week from that of the user's first event to the last week with events
WITH active_weeks AS (
  SELECT user_id, CAST(date_trunc('week', click_date) AS DATE) AS week_start, MIN(country_code) AS country_code
  FROM clickstream_db.clickstream_live
  GROUP BY 1, 2
),
users AS (
  SELECT user_id, MIN(week_start) AS cohort_week, MIN(country_code) AS country_code
  FROM active_weeks
  GROUP BY user_id
),
weeks AS (
  SELECT DISTINCT week_start FROM active_weeks
),
grid AS (
  SELECT
    u.user_id,
    u.country_code,
    u.cohort_week,
    w.week_start,
    a.user_id IS NOT NULL AS is_active,
    LAG(a.user_id IS NOT NULL) OVER (PARTITION BY u.user_id ORDER BY w.week_start) AS was_active
  FROM users AS u
  JOIN weeks AS w ON w.week_start >= u.cohort_week
  LEFT JOIN active_weeks AS a ON a.user_id = u.user_id AND a.week_start = w.week_start
)
SELECT
  g.user_id,
  g.country_code,
  countries.country_name,
  countries.continent,
  g.cohort_week,
  g.week_start,
  CAST((DATE_DIFF('day', g.cohort_week, g.week_start)) / 7 AS BIGINT) AS week_n,
  g.is_active,
  CAST(g.week_start AS TIMESTAMP) + INTERVAL '7' DAY <= s.data_to AS is_observed,
  CAST(g.week_start - INTERVAL '7' DAY AS DATE) >= CAST(s.data_from AS DATE) AS has_history,
  CAST(g.cohort_week - INTERVAL '7' DAY AS DATE) >= CAST(s.data_from AS DATE) AS is_new_cohort,
  CASE
    WHEN g.is_active AND g.week_start = g.cohort_week THEN 'new'
    WHEN g.is_active AND g.was_active THEN 'retained'
    WHEN g.is_active THEN 'resurrected'
    WHEN g.was_active THEN 'churned'
    ELSE 'dormant'
  END AS state
FROM grid AS g
CROSS JOIN clickstream_db.data_span AS s
JOIN clickstream_db.countries AS countries ON countries.country_code = g.country_code
