-- One row per failed event, with the newest line that failed for the same reasons as an example
SELECT
  source_file,
  reasons,
  landed_at,
  FIRST_VALUE(source_file || COALESCE(', line ' || CAST(source_line AS VARCHAR), '') || ': ' || SUBSTR(raw, 1, 160))
    OVER (PARTITION BY reasons ORDER BY landed_at DESC, source_file, source_line) AS example
FROM clickstream_db.failed_events
