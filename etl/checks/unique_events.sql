-- New events that come twice.
SELECT event_id, MIN(click_date) AS click_date, COUNT(*) AS copies
FROM new_events
GROUP BY event_id, CAST(click_date AS DATE)
HAVING COUNT(*) > 1
