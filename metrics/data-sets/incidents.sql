-- One row per incident: anomalies of a country, event type and direction that follow each other within a day
WITH found AS (
{{anomalies}}
),
known AS ( -- hours; days only where their hours stand out in no way
  SELECT
    country_code, event_type, direction, event_count, expected, z_score,
    period_start AS started_at,
    period_start + CASE period WHEN 'day' THEN INTERVAL '24' HOUR ELSE INTERVAL '1' HOUR END AS ended_at,
    CASE period WHEN 'day' THEN 24 ELSE 1 END AS hour_count
  FROM found AS one
  WHERE period = 'hour' OR NOT EXISTS (
    SELECT 1 FROM found AS other
    WHERE other.period = 'hour' AND other.country_code = one.country_code AND other.event_type = one.event_type
      AND other.direction = one.direction AND CAST(other.period_start AS DATE) = CAST(one.period_start AS DATE)
  )
),
apart AS (
  SELECT known.*,
    CASE
      WHEN started_at <= INTERVAL '24' HOUR + MAX(ended_at) OVER (
        PARTITION BY country_code, event_type, direction ORDER BY started_at
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
      ) THEN 0
      ELSE 1
    END AS is_first
  FROM known
),
numbered AS (
  SELECT apart.*, SUM(is_first) OVER (PARTITION BY country_code, event_type, direction ORDER BY started_at) AS number
  FROM apart
)
SELECT
  country_code,
  event_type,
  direction,
  MIN(started_at) AS started_at,
  MAX(ended_at) AS ended_at,
  CAST(SUM(event_count) AS BIGINT) AS event_count,
  SUM(expected) AS expected,
  CAST(SUM(hour_count) AS BIGINT) AS hour_count,
  ABS(SUM(event_count) - SUM(expected)) AS weight,
  MAX(ABS(z_score)) AS z_score
FROM numbered
GROUP BY country_code, event_type, direction, number
