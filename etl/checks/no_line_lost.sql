-- Files whose lines, counted apart from what read them, are not all judged, and then either valid or among the failed events.
SELECT
  COALESCE(counted.source_file, taken.source_file) AS source_file,
  COALESCE(line_count, 0) AS line_count,
  COALESCE(judged_count, 0) AS judged_count,
  COALESCE(kept_count, 0) AS kept_count
FROM (SELECT source_file, SUM(line_count) AS line_count FROM counted_lines GROUP BY source_file) AS counted
FULL JOIN (
  SELECT source_file, SUM(judged) AS judged_count, SUM(kept) AS kept_count
  FROM (
    SELECT source_file, 1 AS judged, CASE WHEN reasons = '' THEN 1 ELSE 0 END AS kept FROM validated_events
    UNION ALL
    SELECT source_file, 0 AS judged, 1 AS kept FROM new_failed_events
    UNION ALL
    SELECT source_file, 1 AS judged, 1 AS kept FROM rejected_lines
  ) AS lines
  GROUP BY source_file
) AS taken
  ON taken.source_file = counted.source_file
WHERE COALESCE(line_count, 0) <> COALESCE(judged_count, 0)
  OR COALESCE(line_count, 0) <> COALESCE(kept_count, 0)
