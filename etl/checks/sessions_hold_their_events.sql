-- The batch, if its sessions don't hold exactly its session events.
SELECT *
FROM (
  SELECT
    (SELECT COUNT(*) FROM session_events) AS event_count,
    (SELECT COALESCE(SUM(event_count), 0) FROM new_sessions) AS events_in_sessions
) AS totals
WHERE event_count <> events_in_sessions
