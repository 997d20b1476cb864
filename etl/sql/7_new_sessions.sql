-- One row per session of the session events: a user's events with no gap over 30 minutes.
WITH gaps AS (
  SELECT
    session_events.*,
    CASE
      WHEN click_date <= LAG(click_date) OVER (PARTITION BY user_id ORDER BY click_date, event_id) + INTERVAL '30' MINUTE
        THEN LAG(click_date) OVER (PARTITION BY user_id ORDER BY click_date, event_id)
    END AS previous_date
  FROM session_events
),
numbered AS (
  SELECT
    gaps.*,
    COUNT(CASE WHEN previous_date IS NULL THEN 1 END)
      OVER (PARTITION BY user_id ORDER BY click_date, event_id ROWS UNBOUNDED PRECEDING) AS session_number,
    -- Seconds of the hour tell a gap of up to 30 minutes, and every engine has them.
    (EXTRACT(MINUTE FROM click_date) * 60 + EXTRACT(SECOND FROM click_date)
      - EXTRACT(MINUTE FROM previous_date) * 60 - EXTRACT(SECOND FROM previous_date) + 3600) % 3600 AS gap_s
  FROM gaps
),
found AS (
  SELECT
    MAX(CASE WHEN previous_date IS NULL THEN event_id END) AS session_id,
    user_id,
    MAX(CASE WHEN previous_date IS NULL THEN country_code END) AS country_code,
    MIN(click_date) AS session_start,
    MAX(click_date) AS session_end,
    CAST(COALESCE(SUM(gap_s), 0) AS BIGINT) AS duration_s,
    COUNT(*) AS event_count,
    COUNT(*) FILTER (WHERE event_type = 'purchase') AS purchase_count
  FROM numbered
  GROUP BY user_id, session_number
)
SELECT
  found.*,
  countries.country_name,
  countries.continent,
  event_count >= 2 OR purchase_count > 0 OR duration_s >= 10 AS is_engaged
FROM found
JOIN countries ON countries.country_code = found.country_code
