-- New events whose country is not in the reference.
SELECT new_events.*
FROM new_events
LEFT JOIN countries ON countries.country_code = new_events.country_code
WHERE countries.country_code IS NULL
