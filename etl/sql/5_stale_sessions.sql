-- One row per session that new events may extend or join: its user has new events less than 30 minutes away.
SELECT
  existing_sessions.session_id,
  existing_sessions.user_id,
  existing_sessions.session_start,
  existing_sessions.session_end
FROM existing_sessions
JOIN (
  SELECT
    user_id,
    MIN(click_date) - INTERVAL '30' MINUTE AS touched_from,
    MAX(click_date) + INTERVAL '30' MINUTE AS touched_to
  FROM new_events
  GROUP BY user_id
) AS touched
  ON touched.user_id = existing_sessions.user_id
  AND existing_sessions.session_end >= touched.touched_from
  AND existing_sessions.session_start <= touched.touched_to
