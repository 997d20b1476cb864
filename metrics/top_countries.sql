-- One row per country: the ten with the most events
SELECT
  country_code,
  country_name,
  COUNT(*) AS event_count,
  COUNT(DISTINCT user_id) AS unique_users,
  CAST(COUNT(*) AS DOUBLE) / NULLIF(SUM(COUNT(*)) OVER (), 0) AS event_share
FROM clickstream_db.clickstream_table
GROUP BY country_code, country_name
ORDER BY event_count DESC, country_code
LIMIT 10
