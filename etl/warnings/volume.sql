-- Yesterday's events (UTC), if they are less than half or more than twice those of an average day of the week before.
SELECT event_count, usual_count
FROM (
  SELECT
    COUNT(*) FILTER (WHERE click_date >= CURRENT_DATE - INTERVAL '1' DAY) AS event_count,
    CAST(COUNT(*) FILTER (WHERE click_date < CURRENT_DATE - INTERVAL '1' DAY) AS DOUBLE) / 7 AS usual_count,
    COUNT(DISTINCT CASE WHEN click_date < CURRENT_DATE - INTERVAL '1' DAY THEN CAST(click_date AS DATE) END) AS day_count
  FROM recent_events
  WHERE click_date >= CURRENT_DATE - INTERVAL '8' DAY
    AND click_date < CURRENT_DATE
) AS counts
WHERE day_count = 7
  AND event_count NOT BETWEEN usual_count / 2 AND usual_count * 2
