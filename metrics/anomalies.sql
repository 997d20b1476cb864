-- One row per day or hour, country and event type outside its expected band, where hours are judged in runs (CUSUM, Page 1954)
WITH hourly AS (
  SELECT date_trunc('hour', click_date) AS hour_start, country_code, event_type, COUNT(*) AS event_count,
    MIN(click_date) AS first_click, MAX(click_date) AS last_click FROM clickstream_db.clickstream_table GROUP BY 1, 2, 3
), calendar AS ( -- whole hours, give or take five minutes, of the last 92 days
  SELECT to_hour - INTERVAL '1' HOUR * n AS hour_start, CAST(to_hour - INTERVAL '1' HOUR * n AS DATE) AS day_start
  FROM (SELECT CAST(date_trunc('hour', MIN(first_click) + INTERVAL '55' MINUTE) AS TIMESTAMP) AS from_hour,
    CAST(date_trunc('hour', MAX(last_click) + INTERVAL '5' MINUTE) AS TIMESTAMP) AS to_hour FROM hourly) AS observed
  CROSS JOIN (SELECT ROW_NUMBER() OVER (ORDER BY hour_start) AS n FROM hourly) AS numbers
  WHERE n <= 92 * 24 AND to_hour - INTERVAL '1' HOUR * n >= from_hour
), grid AS ( -- hours without events included, series too small to judge left out
  SELECT s.country_code, s.event_type, c.hour_start, c.day_start, EXTRACT(HOUR FROM c.hour_start) AS hour_of_day,
    EXTRACT(DAY FROM c.hour_start - CAST(date_trunc('week', c.hour_start) AS TIMESTAMP)) AS weekday,
    COALESCE(h.event_count, 0) AS event_count,
    SUM(COALESCE(h.event_count, 0)) OVER (PARTITION BY s.country_code, s.event_type, c.day_start) AS day_count
  FROM calendar AS c
  CROSS JOIN (SELECT country_code, event_type FROM hourly GROUP BY 1, 2 HAVING SUM(event_count) >= 50) AS s
  LEFT JOIN hourly AS h ON h.hour_start = c.hour_start AND h.country_code = s.country_code AND h.event_type = s.event_type
), trimmed AS ( -- without each weekday's lowest and highest day, so that an incident can't move its own band
  SELECT *, CASE WHEN DENSE_RANK() OVER (PARTITION BY country_code, event_type, weekday ORDER BY day_count, day_start) > 1
    AND DENSE_RANK() OVER (PARTITION BY country_code, event_type, weekday ORDER BY day_count DESC, day_start DESC) > 1
    THEN CAST(event_count AS DOUBLE) END AS usual FROM grid
), modelled AS ( -- mean by hour of the day times the country's weekday factor, which nears 1 where events are few
  SELECT *, (SUM(usual) OVER by_hour + 0.5) / NULLIF(COUNT(usual) OVER by_hour, 0)
    * (AVG(usual) OVER (PARTITION BY country_code, weekday) + 1) / (AVG(usual) OVER (PARTITION BY country_code) + 1) AS expected
  FROM trimmed WINDOW by_hour AS (PARTITION BY country_code, event_type, hour_of_day)
), dispersed AS ( -- variance over mean: 1 is Poisson, but events come in sessions
  SELECT *, GREATEST(1, AVG((usual - expected) * (usual - expected)) OVER own / AVG(expected) OVER own,
    AVG((usual - expected) * (usual - expected)) OVER pooled / AVG(expected) OVER pooled) AS dispersion
  FROM modelled WINDOW own AS (PARTITION BY country_code, event_type), pooled AS (PARTITION BY event_type)
), evidence AS ( -- summed log likelihood ratio of three times, or a tenth of, what is expected, less 0.5 an hour
  SELECT d.*, direction, SUM(CASE direction WHEN 'spike' THEN event_count * LN(3) - 2 * expected
    ELSE 0.9 * expected - event_count * LN(10) END / dispersion - 0.5)
    OVER (PARTITION BY country_code, event_type, direction ORDER BY hour_start) AS level
  FROM dispersed AS d CROSS JOIN (VALUES ('spike'), ('drop')) AS t (direction)
), based AS ( -- a run rises from the lowest level so far ...
  SELECT *, LEAST(0, MIN(level) OVER (PARTITION BY country_code, event_type, direction ORDER BY hour_start)) AS base FROM evidence
), risen AS ( -- ... to its highest
  SELECT *, MAX(level) OVER (PARTITION BY country_code, event_type, direction, base) AS peak,
    MAX(level) OVER (PARTITION BY country_code, event_type, direction, base ORDER BY hour_start DESC) AS ahead
  FROM based WHERE level > base
), judged AS ( -- counts with one more session in both, so that a first one is no spike
  SELECT 'hour' AS period, hour_start AS period_start, country_code, event_type, event_count, expected, dispersion,
    SUM(event_count) OVER run + dispersion AS run_count, SUM(expected) OVER run + dispersion AS run_expected
  FROM risen WHERE ahead = peak WINDOW run AS (PARTITION BY country_code, event_type, direction, base)
  UNION ALL
  SELECT 'day', CAST(day_start AS TIMESTAMP), country_code, event_type, SUM(event_count), SUM(expected), dispersion,
    SUM(event_count) + dispersion, SUM(expected) + dispersion
  FROM dispersed GROUP BY day_start, country_code, event_type, dispersion HAVING COUNT(*) = 24
), scaled AS ( -- Anscombe's residual, nearly normal
  SELECT *, CBRT(run_count * run_count) AS score, CBRT(run_expected * run_expected) AS centre,
    SQRT(CBRT(run_expected) * dispersion) / 1.5 AS deviation, expected / (run_expected - dispersion) AS share FROM judged
), banded AS (
  SELECT *, (score - centre) / deviation AS z_score, share * (POWER(centre + 5.6 * deviation, 1.5) - dispersion) AS upper_bound,
    share * GREATEST(0, POWER(GREATEST(0, centre - 4.8 * deviation), 1.5) - dispersion) AS lower_bound FROM scaled
)
SELECT period, period_start, country_code, event_type, CAST(event_count AS BIGINT) AS event_count, expected,
  lower_bound, upper_bound, z_score, CASE WHEN z_score > 0 THEN 'spike' ELSE 'drop' END AS direction
FROM banded WHERE z_score > 5.6 AND event_count > upper_bound OR z_score < -4.8 AND event_count < lower_bound
ORDER BY period_start, period, country_code, event_type
