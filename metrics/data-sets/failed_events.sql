-- One row per failed event, with the day of the folder in which it landed
SELECT
  source_file,
  reasons,
  COALESCE(CAST(TRY_CAST(SUBSTR(source_file, 10, 10) AS DATE) AS TIMESTAMP), TIMESTAMP '1970-01-01 00:00:00') AS landed_on
FROM clickstream_db.failed_events
