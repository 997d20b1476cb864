-- Files whose lines, counted apart from what read them, are not all judged, and then either valid or among the failed events.
SELECT source_file, SUM(line_count) AS line_count, SUM(judged) AS judged_count, SUM(kept) AS kept_count
FROM (
  SELECT source_file, line_count, 0 AS judged, 0 AS kept FROM counted_lines
  UNION ALL
  SELECT source_file, 0 AS line_count, 1 AS judged, CASE WHEN reasons = '' THEN 1 ELSE 0 END AS kept FROM validated_events
  UNION ALL
  SELECT source_file, 0 AS line_count, 0 AS judged, 1 AS kept FROM new_failed_events
  UNION ALL
  SELECT source_file, 0 AS line_count, 1 AS judged, 1 AS kept FROM rejected_lines
) AS lines
GROUP BY source_file
HAVING SUM(line_count) <> SUM(judged) OR SUM(line_count) <> SUM(kept)
