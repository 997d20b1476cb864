-- One row per session to be found anew: its user has new or withdrawn events in it or less than 30 minutes away.
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
  FROM (
    SELECT user_id, click_date FROM new_events
    UNION ALL
    SELECT user_id, click_date FROM withdrawn_events
  ) AS changed_events
  GROUP BY user_id
) AS touched
  ON touched.user_id = existing_sessions.user_id
  AND existing_sessions.session_end >= touched.touched_from
  AND existing_sessions.session_start <= touched.touched_to
