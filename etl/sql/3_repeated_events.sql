-- One row per id and day that more than one valid event of the batch has.
SELECT event_id, CAST(click_date AS DATE) AS click_day
FROM validated_events
WHERE reasons = ''
GROUP BY event_id, CAST(click_date AS DATE)
HAVING COUNT(*) > 1
