-- One row per continent, and one for All of them
WITH continents AS (
  SELECT
    CASE WHEN GROUPING(continent) = 1 THEN 'All' ELSE continent END AS continent_name,
    GROUPING(continent) AS is_total,
    COUNT(*) AS sessions,
    COUNT(DISTINCT user_id) AS unique_users,
    SUM(event_count) AS event_count,
    AVG(duration_s) AS average_duration_s,
    COUNT(*) FILTER (WHERE is_engaged) AS engaged_sessions
  FROM clickstream_db.sessions
  GROUP BY GROUPING SETS ((), (continent))
  HAVING COUNT(*) > 0
)
SELECT
  continent_name AS continent,
  sessions,
  unique_users,
  CAST(event_count AS DOUBLE) / NULLIF(sessions, 0) AS events_per_session,
  average_duration_s,
  engaged_sessions,
  CAST(engaged_sessions AS DOUBLE) / NULLIF(sessions, 0) AS engagement_rate,
  1 - CAST(engaged_sessions AS DOUBLE) / NULLIF(sessions, 0) AS bounce_rate
FROM continents
ORDER BY is_total DESC, continent_name
