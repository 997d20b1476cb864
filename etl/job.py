"""Glue entry point: what waits in raw/ is validated, deduplicated and enriched into the Iceberg tables, then archived.

Nothing leaves raw/ before its rows are committed, and every step can be repeated: a run that is killed anywhere is made good by the
next one. On demand, failed events land again first, or days are rebuilt from the archive instead.
"""

import argparse
import json
import re
import sys
import time
from datetime import date, timedelta

from maintenance import maintain
from pyspark.sql import SparkSession
from replay import land_again
from result_tables import ResultTables, is_commit_conflict
from staging import Staging
from stored_files import files_of, raw_name

#: How often to start anew when another run was faster.
ATTEMPTS = 5


def main(argv):
    started = time.time()
    arguments = parse(argv)
    spark = SparkSession.builder.getOrCreate()
    files = files_of(arguments.lake)
    definition = json.loads(files.text("glue-script/schema.json"))
    tables = ResultTables(spark, arguments.database, definition["tables"])
    staging = Staging(spark, files, tables, definition)

    tables.evolve()
    if arguments.replay is not None:
        replay(spark, files, tables, staging, arguments)
        if arguments.dry_run == "true":
            return
    if arguments.day_from is not None:
        objects, counts = [], rebuild(spark, files, tables, staging, arguments.day_from, arguments.day_to)
    else:
        objects, counts = retry_on_conflict(spark, lambda: commit(files, staging, tables, arguments.max_files))
    committed = time.time()
    files.copy_to_archive(objects)
    log("archived", files=len(objects))
    for name, rows in staging.warnings().items():
        log("warning", name=name, rows=rows)
    is_maintained = maintain(spark, files, tables)
    # Queries that began before the commit may still read these files, in the place of the rows that they don't see.
    time.sleep(max(0, committed + arguments.grace_s - time.time()) if objects else 0)
    files.remove(objects)
    seconds = round(time.time() - started, 3)
    log("transformed", job=arguments.JOB_NAME, lake=arguments.lake, **counts, is_maintained=is_maintained, seconds=seconds)


def parse(argv):
    """Arguments as Glue passes them; Glue adds some of its own, which are left alone."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--JOB_NAME", default="by hand")
    parser.add_argument("--lake", required=True, help="where the lake is, such as s3://bucket or /a/folder")
    parser.add_argument("--database", required=True, help="Glue database of the result tables")
    parser.add_argument("--max_files", type=int, default=10_000, help="most files of a run, the oldest first")
    parser.add_argument("--grace_s", type=float, default=10, help="seconds that committed files stay in raw/ for queries that run")
    parser.add_argument("--replay", type=words, help="first land again what failed for these reasons, such as unknown_country,… or all")
    parser.add_argument("--replace", type=replacements, default=[], help='with --replay: ["FIELD:FROM=TO", …]')
    parser.add_argument("--dry_run", default="false", help="with --replay: true only counts")
    parser.add_argument("--from", dest="day_from", type=date.fromisoformat, help="rebuild the days from this one on …")
    parser.add_argument("--to", dest="day_to", type=date.fromisoformat, help="… to this one, from processed/")
    arguments = parser.parse_known_args(argv)[0]
    if (arguments.day_from is None) != (arguments.day_to is None):
        parser.error("--from and --to go together")
    return arguments


def words(text):
    return [] if text == "all" else text.split(",")


def replacements(text):
    """Triples of field, text and other text."""
    triples = [re.fullmatch(r"(\w+):([^=]*)=(.*)", rule, re.DOTALL) for rule in json.loads(text)]
    if not all(triples):
        raise ValueError(text)
    return [triple.groups() for triple in triples]


def retry_on_conflict(spark, action):
    """Does something, and again from its start if another run was faster."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return action()
        except Exception as error:
            if attempt == ATTEMPTS or not is_commit_conflict(error):
                raise
            log("another run was faster", attempt=attempt)
            time.sleep(attempt)
        finally:
            spark.catalog.clearCache()


def commit(files, staging, tables, max_files):
    """Lists, stages, checks and publishes. Returns the objects and the counts."""
    objects = files.waiting()[:max_files]
    passed_over = files.passed_over()
    if passed_over:
        log("passed over", entries=passed_over)
    if not objects:
        return [], described([], {"accepted": 0, "duplicates": 0, "failed": {}})
    staging.stage([(item["Key"], item["Key"]) for item in objects])
    return objects, described(objects, published(staging, tables.publish))


def rebuild(spark, files, tables, staging, first, last):
    """Makes days anew from what is archived of them, one after the other. Returns the counts of all."""
    if first > last:
        raise SystemExit(f"--from {first} is after --to {last}")
    counts = {"days": 0, "accepted": 0}
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        rebuilt = retry_on_conflict(spark, lambda: rebuild_day(files, tables, staging, day))
        log("rebuilt", day=str(day), **rebuilt)
        counts = {"days": counts["days"] + 1, "accepted": counts["accepted"] + rebuilt["accepted"]}
    return counts


def rebuild_day(files, tables, staging, day):
    snapshot = tables.snapshot("clickstream_table")
    sources = archived_sources(files, tables, day)
    if not sources:
        return {"accepted": 0, "duplicates": 0, "failed": {}}
    staging.stage(sources, day)
    return published(staging, lambda: tables.replace(day, [name for _, name in sources], snapshot))


def archived_sources(files, tables, day):
    """Keys in processed/ of what landed on a day, and of whatever else its events came from; with their names in raw/."""
    keys = {item["Key"] for item in files.listing(f"processed/date={day}/")}
    missing = []
    for source in sorted(tables.sources_of(day) - {raw_name(key) for key in keys}):
        found = files.archived(source)
        keys.update(found)
        if not found:
            missing.append(source)
    if missing:
        raise SystemExit(
            f"{day} can't be rebuilt, its rows would be lost: {', '.join(missing[:5])} and what else of {len(missing)} files its events"
            " came from is not in processed/ (any more); nothing was changed"
        )
    return [(key, raw_name(key)) for key in sorted(keys)]


def published(staging, publish):
    """Checks what is staged, and publishes it. Returns the counts."""
    staging.require_checks()
    counts = staging.counts()
    log("staged", **counts)
    for table in publish():
        log("published", table=table)
    return counts


def replay(spark, files, tables, staging, arguments):
    is_dry = arguments.dry_run == "true"
    counts = retry_on_conflict(
        spark, lambda: land_again(spark, files, tables, staging, arguments.replay, arguments.replace, is_dry)
    )
    log("replayed", **counts, is_dry=is_dry)


def described(objects, counts):
    """The counts with those of the files, and the ids under which the generator's log has them (the first and last of many)."""
    ids = sorted({item["Key"].rpartition("/")[2].rpartition("-")[0] for item in objects})
    size = sum(item["Size"] for item in objects)
    return {"files": len(objects), "bytes": size, **counts, "correlation_ids": ids if len(ids) <= 100 else [ids[0], ids[-1]]}


def log(message, **fields):
    print(json.dumps({"message": message, **fields}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
