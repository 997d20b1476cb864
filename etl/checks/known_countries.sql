-- New events whose country is not in the reference.
SELECT *
FROM new_events
WHERE NOT EXISTS (SELECT 1 FROM countries WHERE countries.country_code = new_events.country_code)
