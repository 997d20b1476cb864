-- The batch, if its lines are not all either valid or among the failed events.
SELECT *
FROM (
  SELECT
    (SELECT COUNT(*) FROM validated_events WHERE reasons <> '' OR reasons IS NULL) AS invalid_count,
    (SELECT COUNT(*) FROM new_failed_events) AS failed_count
) AS counts
WHERE invalid_count <> failed_count
