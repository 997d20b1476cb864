-- One row per raw line: its fields typed, with the country's name, and in `reasons` every rule that it breaks ('' if none).
SELECT
  {{typed_columns}},
  extra,
  source_file,
  reasons,
  CASE WHEN reasons <> '' THEN raw END AS raw
FROM (
  SELECT
    fields.*,
    countries.country_code,
    countries.country_name,
    countries.continent,
    CASE
      WHEN {{is_valid}} THEN ''
      WHEN {{is_empty}} THEN 'not_an_event'
      ELSE SUBSTR({{broken_rules}}, 2)
    END AS reasons
  FROM (SELECT {{raw_fields}}, extra, raw, source_file FROM raw_events) AS fields
  LEFT JOIN countries ON countries.country_code = COALESCE(fields.location, 'ZZ')
) AS judged
