-- The time of the newest event, if it is more than a day and two hours old, or no event is of the last week.
SELECT newest_event
FROM (SELECT MAX(click_date) AS newest_event FROM recent_events) AS newest
WHERE newest_event IS NULL
  OR newest_event < CAST(CURRENT_TIMESTAMP AS TIMESTAMP) - INTERVAL '26' HOUR
