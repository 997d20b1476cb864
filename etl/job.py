"""Glue entry point: what waits in raw/ is validated, deduplicated and enriched into the Iceberg tables, then archived.

Nothing leaves raw/ before its rows are committed, and every step can be repeated: a run that is killed anywhere is made good by the
next one.
"""

import argparse
import json
import sys
import time

from lake_files import LakeFiles
from pyspark.sql import SparkSession
from result_tables import ResultTables
from staging import Staging

#: What errors say when another run has committed, or archived, in the meantime; and how often to start anew.
OVERTAKEN = ("ValidationException", "CommitFailedException", "NoSuchKey")
ATTEMPTS = 5


def main(argv):
    started = time.time()
    arguments = parse(argv)
    spark = SparkSession.builder.getOrCreate()
    files = LakeFiles(arguments.lake)
    definition = json.loads(files.text("glue-script/schema.json"))
    tables = ResultTables(spark, arguments.database, definition["tables"])
    staging = Staging(spark, files, tables, definition)

    tables.evolve()
    objects, counts = commit(files, staging, tables, arguments.max_files)
    files.archive(objects)
    tables.maintain()
    log("transformed", job=arguments.JOB_NAME, lake=arguments.lake, **counts, seconds=round(time.time() - started, 3))


def parse(argv):
    """Arguments as Glue passes them; Glue adds some of its own, which are left alone."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--JOB_NAME", default="by hand")
    parser.add_argument("--lake", required=True, help="where the lake is, such as s3://bucket")
    parser.add_argument("--database", required=True, help="Glue database of the result tables")
    parser.add_argument("--max_files", type=int, default=10_000, help="most files of a run, the oldest first")
    return parser.parse_known_args(argv)[0]


def commit(files, staging, tables, max_files):
    """Lists, stages, checks and publishes; all of it again if another run was faster. Returns the objects and the counts."""
    for attempt in range(1, ATTEMPTS + 1):
        objects = files.waiting()[:max_files]
        try:
            if not objects:
                return [], described([], {"accepted": 0, "duplicates": 0, "failed": {}})
            staging.stage([item["Key"] for item in objects])
            staging.require_checks()
            counts = staging.counts()
            log("staged", **counts)
            for table in tables.publish():
                log("published", table=table)
            return objects, described(objects, counts)
        except Exception as error:
            if attempt == ATTEMPTS or not any(sign in str(error) for sign in OVERTAKEN):
                raise
            log("another run was faster", attempt=attempt)
            time.sleep(attempt)
        finally:
            staging.forget()


def described(objects, counts):
    """The counts with those of the files, and the ids under which the generator's log has them (the first and last of many)."""
    ids = sorted({item["Key"].rpartition("/")[2].rpartition("-")[0] for item in objects})
    size = sum(item["Size"] for item in objects)
    return {"files": len(objects), "bytes": size, **counts, "correlation_ids": ids if len(ids) <= 100 else [ids[0], ids[-1]]}


def log(message, **fields):
    print(json.dumps({"message": message, **fields}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
