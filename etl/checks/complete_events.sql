-- New events without a value in a required column.
SELECT *
FROM new_events
WHERE {{is_incomplete}}
