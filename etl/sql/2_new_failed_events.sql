-- One row per line that breaks a rule.
SELECT source_file, reasons, raw
FROM validated_events
WHERE reasons <> ''
