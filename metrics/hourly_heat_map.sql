-- One row per weekday (1 = Monday to 7 = Sunday) and hour of the day (UTC) that has events
SELECT
  CAST(EXTRACT(DAY FROM click_date - CAST(date_trunc('week', click_date) AS TIMESTAMP)) + 1 AS BIGINT) AS weekday,
  CAST(EXTRACT(HOUR FROM click_date) AS BIGINT) AS hour,
  COUNT(*) AS event_count,
  COUNT(DISTINCT user_id) AS unique_users
FROM clickstream_db.clickstream_table
GROUP BY 1, 2
ORDER BY 1, 2
