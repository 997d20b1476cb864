-- One row per hour in which lines failed or events happened: how many landed or became events, and how many of them failed
SELECT hour_start, CAST(SUM(line_count) AS BIGINT) AS line_count, CAST(SUM(failed_count) AS BIGINT) AS failed_count
FROM (
  SELECT CAST(date_trunc('hour', click_date) AS TIMESTAMP) AS hour_start, COUNT(*) AS line_count, 0 AS failed_count
  FROM clickstream_db.clickstream_live
  GROUP BY 1
  UNION ALL
  SELECT CAST(date_trunc('hour', landed_at) AS TIMESTAMP), COUNT(*), COUNT(*)
  FROM clickstream_db.failed_events
  GROUP BY 1
) AS counted
GROUP BY 1
