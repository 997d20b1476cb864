-- One row per valid event that the table does not hold yet: an event is known by its id and its day.
SELECT {{columns}}
FROM validated_events
WHERE reasons = ''
  AND NOT EXISTS (
    SELECT 1 FROM repeated_events
    WHERE repeated_events.event_id = validated_events.event_id
      AND repeated_events.click_day = CAST(validated_events.click_date AS DATE)
  )
  AND NOT EXISTS (
    SELECT 1 FROM existing_events
    WHERE existing_events.event_id = validated_events.event_id
      AND CAST(existing_events.click_date AS DATE) = CAST(validated_events.click_date AS DATE)
  )
UNION ALL
-- Only repeated events are put in order: sorting all of them for the few would cost more than everything else here.
SELECT {{columns}}
FROM (
  SELECT
    validated_events.*,
    ROW_NUMBER() OVER (
      PARTITION BY validated_events.event_id, repeated_events.click_day
      ORDER BY ingest_time NULLS LAST, source_file, {{columns_in_order}}
    ) AS copy
  FROM validated_events
  JOIN repeated_events
    ON repeated_events.event_id = validated_events.event_id
    AND repeated_events.click_day = CAST(validated_events.click_date AS DATE)
  WHERE reasons = ''
) AS copies
WHERE copy = 1
  AND NOT EXISTS (
    SELECT 1 FROM existing_events
    WHERE existing_events.event_id = copies.event_id
      AND CAST(existing_events.click_date AS DATE) = CAST(copies.click_date AS DATE)
  )
