-- One row per day (UTC) that has events, with those of an average day of the seven with events before it
WITH days AS (
  SELECT CAST(date_trunc('day', click_date) AS TIMESTAMP) AS day_start, COUNT(*) AS event_count
  FROM clickstream_db.clickstream_live
  GROUP BY 1
),
compared AS (
  SELECT
    day_start,
    event_count,
    AVG(event_count) OVER (ORDER BY day_start ROWS BETWEEN 7 PRECEDING AND 1 PRECEDING) AS usual_count,
    ROW_NUMBER() OVER (ORDER BY day_start) AS day_n
  FROM days
)
SELECT day_start, event_count, CASE WHEN day_n > 7 THEN CAST(usual_count AS DOUBLE) END AS usual_count
FROM compared
