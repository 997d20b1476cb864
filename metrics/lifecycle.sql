-- One row per week (its Monday, UTC) that has events: users by what they did in that week and the one before
WITH user_weeks AS (
  SELECT DISTINCT user_id, CAST(date_trunc('week', click_date) AS DATE) AS week_start
  FROM clickstream_db.clickstream_table
),
neighbours AS (
  SELECT
    week_start,
    CAST(week_start - INTERVAL '7' DAY AS DATE) AS week_before,
    CAST(week_start + INTERVAL '7' DAY AS DATE) AS week_after,
    LAG(week_start) OVER (PARTITION BY user_id ORDER BY week_start) AS previous_active_week,
    LEAD(week_start) OVER (PARTITION BY user_id ORDER BY week_start) AS next_active_week
  FROM user_weeks
),
states AS (
  SELECT
    week_start,
    CASE
      WHEN previous_active_week IS NULL THEN 'new'
      WHEN previous_active_week = week_before THEN 'retained'
      ELSE 'resurrected'
    END AS state
  FROM neighbours
  UNION ALL
  SELECT week_after AS week_start, 'churned' AS state
  FROM neighbours
  WHERE next_active_week IS DISTINCT FROM week_after
)
SELECT
  week_start,
  COUNT(*) FILTER (WHERE state = 'new') AS new_users,
  COUNT(*) FILTER (WHERE state = 'retained') AS retained_users,
  COUNT(*) FILTER (WHERE state = 'resurrected') AS resurrected_users,
  COUNT(*) FILTER (WHERE state = 'churned') AS churned_users
FROM states
GROUP BY week_start
HAVING COUNT(*) FILTER (WHERE state <> 'churned') > 0
ORDER BY week_start
