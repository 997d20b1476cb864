-- One row per line in raw/ that has an id: what has landed since the last run of the job
SELECT event_id, "$path" AS source_file
FROM clickstream_db.raw_events
WHERE event_id <> ''
