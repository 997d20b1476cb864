-- One row per day (UTC) that has events
SELECT
  CAST(click_date AS DATE) AS event_date,
  COUNT(*) AS event_count,
  COUNT(DISTINCT user_id) AS unique_users,
  COUNT(*) FILTER (WHERE event_type = 'purchase') AS purchase_count
FROM clickstream_db.clickstream_table
GROUP BY 1
ORDER BY 1
