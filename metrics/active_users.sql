-- One row per day (UTC) that has events: distinct users in the 1, 7 and 30 days that end with it
WITH user_days AS (
  SELECT DISTINCT user_id, CAST(click_date AS DATE) AS event_date
  FROM clickstream_db.clickstream_table
),
spans AS (
  SELECT
    event_date,
    LEAD(event_date) OVER (PARTITION BY user_id ORDER BY event_date) AS next_date,
    CAST(event_date + INTERVAL '7' DAY AS DATE) AS week_end,
    CAST(event_date + INTERVAL '30' DAY AS DATE) AS month_end
  FROM user_days
),
-- A user joins a window on an active day and leaves it at its end, or on the next active day only to join again:
-- running sums of these changes count distinct users in one pass, where a join by range would multiply the rows by 30.
changes AS (
  SELECT event_date AS change_date, 1 AS dau, 1 AS wau, 1 AS mau
  FROM spans
  UNION ALL
  SELECT CASE WHEN next_date < week_end THEN next_date ELSE week_end END, 0, -1, 0
  FROM spans
  UNION ALL
  SELECT CASE WHEN next_date < month_end THEN next_date ELSE month_end END, 0, 0, -1
  FROM spans
),
days AS (
  SELECT change_date, SUM(dau) AS dau, SUM(wau) AS wau, SUM(mau) AS mau
  FROM changes
  GROUP BY change_date
),
running AS (
  SELECT
    change_date AS event_date,
    CAST(dau AS BIGINT) AS dau,
    CAST(SUM(wau) OVER (ORDER BY change_date) AS BIGINT) AS wau,
    CAST(SUM(mau) OVER (ORDER BY change_date) AS BIGINT) AS mau
  FROM days
)
SELECT event_date, dau, wau, mau, CAST(dau AS DOUBLE) / NULLIF(mau, 0) AS stickiness
FROM running
WHERE dau > 0
ORDER BY event_date
