-- One row per country: the share of its users who bought at least once
WITH countries AS (
  SELECT
    country_code,
    country_name,
    COUNT(DISTINCT user_id) AS unique_users,
    COUNT(DISTINCT user_id) FILTER (WHERE event_type = 'purchase') AS buyers
  FROM clickstream_db.clickstream_table
  GROUP BY country_code, country_name
)
SELECT
  country_code,
  country_name,
  unique_users,
  buyers,
  CAST(buyers AS DOUBLE) / NULLIF(unique_users, 0) AS conversion_rate
FROM countries
ORDER BY unique_users DESC, country_code
