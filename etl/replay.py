"""Failed events that are valid now, or become so by a correction, land again."""

import gzip
import hashlib
import itertools
import json

import raw_lines
from pyspark.sql.functions import array, arrays_overlap, col, lit, split

#: What `raw` begins with where it is not the text of a line.
NOT_TEXT = "base64:"


def land_again(spark, files, tables, staging, reasons, replacements, is_dry):
    """Lands in raw/ the failed events that are valid now, then forgets that they failed. Returns the counts.

    `reasons` limits which are tried, if there are any. What lands follows from what has failed alone, an object for each day, so a
    run that is killed in between is made good by the same again.
    """
    failed = spark.table(tables.name("failed_events")).select("source_file", "source_line", "reasons", "raw")
    chosen = failed.where(arrays_overlap(split("reasons", ","), array(*map(lit, reasons)))) if reasons else failed
    staging.provide_lines(chosen.where(~col("raw").startswith(NOT_TEXT)), lambda row: (origin(row), [corrected(row, replacements)]))
    staging.validate()
    valid = spark.sql("""
        SELECT DISTINCT CAST(click_date AS DATE) AS day, lines.raw, source_file AS origin
        FROM validated_events JOIN lines USING (source_file)
        WHERE reasons = ''""").cache()
    counts = {"chosen": chosen.count(), "valid": valid.count(), "failed": staging.failed()}
    if not is_dry:
        in_order = valid.orderBy("day", "raw").toLocalIterator()
        for day, rows in itertools.groupby(in_order, key=lambda row: row["day"]):
            land(files, day, [row["raw"] for row in rows])
        valid.selectExpr(
            "CAST(split_part(origin, ':', 1) AS BIGINT) AS source_line", "SUBSTR(origin, INSTR(origin, ':') + 1) AS source_file"
        ).createOrReplaceTempView("landed_again")
        tables.delete_failed_events("landed_again")
    return counts


def land(files, day, lines):
    content = "".join(f"{line}\n" for line in lines).encode()
    digest = hashlib.sha256(content).hexdigest()[:16]
    files.put(f"raw/date={day}/replay-{digest}-0000.ndjson.gz", gzip.compress(content, mtime=0))


def origin(row):
    """One name for what is known by file and line."""
    return f"{row['source_line']}:{row['source_file']}"


def corrected(row, replacements):
    """The bytes of a line after its replacements: triples of a field, its text, and another. An empty text is no value."""
    event = raw_lines.parsed(row["raw"])
    changes = {}
    for field, text, other in replacements if event else ():
        if changes.get(field, raw_lines.field_text(event.get(field)) or "") == text:
            changes[field] = other
    if not changes:
        return row["raw"].encode()
    merged = json.loads(row["raw"], object_pairs_hook=raw_lines.first_of_each) | changes
    kept = {name: value for name, value in merged.items() if changes.get(name) != ""}
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode()
