-- One row per failed line, with its line number and landing time.
SELECT source_file, source_line, reasons, raw, raw_bytes, {{landed_at}} AS landed_at
FROM (
  SELECT failed.source_file, source_line, reasons, failed.raw, CAST(NULL AS BIGINT) AS raw_bytes
  FROM (SELECT DISTINCT source_file, reasons, raw FROM new_failed_events) AS failed
  LEFT JOIN numbered_lines ON numbered_lines.source_file = failed.source_file AND numbered_lines.raw = failed.raw
  UNION ALL
  SELECT source_file, source_line, reasons, raw, raw_bytes FROM rejected_lines
) AS lines
