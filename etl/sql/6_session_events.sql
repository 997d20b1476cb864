-- One row per event whose session is to be found: the new events, and those of stale sessions.
SELECT event_id, event_type, user_id, country_code, click_date
FROM new_events
UNION ALL
SELECT
  existing_events.event_id,
  existing_events.event_type,
  existing_events.user_id,
  existing_events.country_code,
  existing_events.click_date
FROM existing_events
JOIN stale_sessions
  ON stale_sessions.user_id = existing_events.user_id
  AND existing_events.click_date BETWEEN stale_sessions.session_start AND stale_sessions.session_end
