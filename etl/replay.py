"""Failed events that are valid now, or become so by a correction, land again."""

import gzip
import hashlib
import itertools
import json

import raw_lines
from pyspark.sql.functions import array, arrays_overlap, col, lit, split
from result_tables import LINE

#: What `raw` begins with where it is not text, and reasons for which it is not a whole line.
NOT_TEXT = "base64:"
NO_LINE = ("unreadable_file", "line_too_long", "not_text")


def land_again(spark, files, tables, staging, reasons, replacements, is_dry):
    """Lands in raw/ the failed events that are valid now, then forgets that they failed. Returns the counts.

    `reasons` limits which are tried, if there are any. What lands follows from what has failed alone, an object for each day, so a
    run that is killed in between is made good by the same again.
    """
    failed = spark.table(tables.name("failed_events")).select(*LINE, "reasons")
    chosen = failed.where(arrays_overlap(split("reasons", ","), array(*map(lit, reasons)))) if reasons else failed
    is_line = ~(col("raw").startswith(NOT_TEXT) | col("reasons").isin(*NO_LINE))
    staging.provide_lines(chosen.where(is_line), lambda row: (origin(row), [corrected(row, replacements)]))
    staging.validate()
    valid = spark.sql("""
        SELECT DISTINCT CAST(click_date AS DATE) AS day, numbered_lines.raw, source_file AS origin
        FROM validated_events JOIN numbered_lines USING (source_file)
        WHERE reasons = ''""").cache()
    left_out = dict(chosen.where(~is_line).groupBy("reasons").count().collect())
    counts = {"chosen": chosen.count(), "valid": valid.count(), "failed": staging.failed() | left_out}
    if not is_dry:
        in_order = valid.orderBy("day", "raw").toLocalIterator()
        for day, rows in itertools.groupby(in_order, key=lambda row: row["day"]):
            land(files, day, [row["raw"] for row in rows])
        line = "FROM_JSON(origin, 'source_file STRING, source_line BIGINT, raw STRING')"
        valid.selectExpr(f"INLINE(ARRAY({line}))").createOrReplaceTempView("landed_again")
        tables.delete_failed_events("landed_again")
    return counts


def land(files, day, lines):
    content = "".join(f"{line}\n" for line in lines).encode()
    digest = hashlib.sha256(content).hexdigest()[:16]
    files.put(f"raw/date={day}/replay-{digest}-0000.ndjson.gz", gzip.compress(content, mtime=0))


def origin(row):
    """One name for a failed event."""
    return json.dumps({name: row[name] for name in LINE}, ensure_ascii=False)


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
