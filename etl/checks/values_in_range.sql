-- New events with a number or a time outside its range.
SELECT *
FROM new_events
WHERE {{is_out_of_range}}
