-- One row per valid event that the table does not hold yet: an event is known by its id and its day.
SELECT {{valid_columns}}
FROM validated_events
LEFT JOIN repeated_events
  ON repeated_events.event_id = validated_events.event_id
  AND repeated_events.click_day = CAST(validated_events.click_date AS DATE)
LEFT JOIN existing_events
  ON existing_events.event_id = validated_events.event_id
  AND CAST(existing_events.click_date AS DATE) = CAST(validated_events.click_date AS DATE)
WHERE validated_events.reasons = ''
  AND repeated_events.event_id IS NULL
  AND existing_events.event_id IS NULL
UNION ALL
-- Only repeated events are put in order: sorting all of them for the few would cost more than everything else here.
SELECT {{columns}}
FROM (
  SELECT
    {{valid_columns}},
    ROW_NUMBER() OVER (
      PARTITION BY repeated_events.event_id, repeated_events.click_day
      ORDER BY {{copies_in_order}}
    ) AS copy
  FROM validated_events
  JOIN repeated_events
    ON repeated_events.event_id = validated_events.event_id
    AND repeated_events.click_day = CAST(validated_events.click_date AS DATE)
  LEFT JOIN existing_events
    ON existing_events.event_id = validated_events.event_id
    AND CAST(existing_events.click_date AS DATE) = CAST(validated_events.click_date AS DATE)
  WHERE validated_events.reasons = ''
    AND existing_events.event_id IS NULL
) AS copies
WHERE copy = 1
