-- One row per day (UTC) from the first with events to the last, with the events of an average day of the seven before it
WITH days AS (
  SELECT CAST(date_trunc('day', click_date) AS TIMESTAMP) AS day_start, COUNT(*) AS event_count
  FROM clickstream_db.clickstream_live
  GROUP BY 1
),
reached AS (
  SELECT MIN(day_start) AS first_day, MAX(day_start) AS last_day FROM days
),
digits AS (
  SELECT digit FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS t (digit)
),
numbers AS (
  SELECT 1000 * k.digit + 100 * h.digit + 10 * t.digit + u.digit AS n
  FROM digits AS k CROSS JOIN digits AS h CROSS JOIN digits AS t CROSS JOIN digits AS u
),
calendar AS (
  SELECT CAST(first_day + INTERVAL '1' DAY * n AS TIMESTAMP) AS day_start, n
  FROM reached CROSS JOIN numbers
  WHERE first_day + INTERVAL '1' DAY * n <= last_day
),
compared AS (
  SELECT
    calendar.day_start,
    calendar.n,
    COALESCE(days.event_count, 0) AS event_count,
    AVG(COALESCE(days.event_count, 0)) OVER (ORDER BY calendar.day_start ROWS BETWEEN 7 PRECEDING AND 1 PRECEDING) AS usual_count
  FROM calendar
  LEFT JOIN days ON days.day_start = calendar.day_start
)
SELECT day_start, event_count, CASE WHEN n >= 7 THEN CAST(usual_count AS DOUBLE) END AS usual_count
FROM compared
