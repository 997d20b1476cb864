"""Upkeep of the Iceberg tables, within a bounded time: what is not done is left to the next run."""

import time
from datetime import date, datetime, timedelta, timezone
from functools import partial

from result_tables import CATALOG, is_commit_conflict, of_day

#: No further step begins after this time.
MAINTENANCE_S = 180

#: Small files of a partition from which on they are made into fewer, and what is small: Iceberg's own measure for 128 MiB.
FILES_TO_COMPACT = 5
SMALL_BYTES = 96 << 20

#: Snapshots are kept this long, and at least so many (as the tables' properties say); orphans are looked for after as long a time.
A_WEEK = timedelta(days=7)
SNAPSHOTS = 10
ORPHANS_REMOVED = "clickstream.orphans-removed-on"


def maintain(spark, files, tables):
    """Compacts, expires snapshots, and once a week removes orphans. Returns whether there was time for everything."""
    started = time.time()
    for table in tables.definition:
        for step in steps(spark, files, tables, table):
            if time.time() - started > MAINTENANCE_S:
                return False
            try:
                step()
            except Exception as error:
                if is_commit_conflict(error):
                    return False
                raise
    return True


def steps(spark, files, tables, table):
    """What there is to do for a table, each step a function without arguments."""
    for where in partitions_of_small_files(spark, tables, table):
        yield partial(compact, spark, tables, table, where)
    if has_old_snapshots(spark, tables, table):
        yield partial(expire_snapshots, spark, tables, table)
    if not were_orphans_removed(spark, tables, table):
        yield partial(remove_orphans, spark, files, tables, table)


def partitions_of_small_files(spark, tables, table):
    """Conditions on the partitions with many small files, most first. A table without partitions is one."""
    files = f"{tables.name(table)}.files"
    partition = "partition" if "partition" in spark.table(files).columns else "NULL AS partition"
    many = spark.sql(f"""
        SELECT {partition}, COUNT(*) AS file_count
        FROM {files}
        WHERE file_size_in_bytes < {SMALL_BYTES}
        GROUP BY 1
        HAVING COUNT(*) >= {FILES_TO_COMPACT}
        ORDER BY file_count DESC""").collect()
    return [condition(value) for value, _ in many]


def condition(partition):
    """The rows of a partition such as click_date_day=2026-03-01."""
    if partition is None:
        return "TRUE"
    ((name, day),) = partition.asDict().items()
    return of_day(name.removesuffix("_day"), day)


def compact(spark, tables, table, where):
    call(
        spark,
        "rewrite_data_files",
        tables,
        table,
        f"options => map('min-input-files', '{FILES_TO_COMPACT}')",
        f"where => {quoted(where)}",
    )


def has_old_snapshots(spark, tables, table):
    old = f"COUNT(*) > {SNAPSHOTS} AND MIN(committed_at) < {timestamp(a_week_ago())}"
    return spark.sql(f"SELECT {old} FROM {tables.name(table)}.snapshots").first()[0]


def expire_snapshots(spark, tables, table):
    call(spark, "expire_snapshots", tables, table, f"retain_last => {SNAPSHOTS}", f"older_than => {timestamp(a_week_ago())}")


def were_orphans_removed(spark, tables, table):
    properties = dict(spark.sql(f"SHOW TBLPROPERTIES {tables.name(table)}").collect())
    return properties.get(ORPHANS_REMOVED, "") > str(a_week_ago().date())


def remove_orphans(spark, files, tables, table):
    """Removes files that no snapshot knows. They are listed here, since Iceberg would need Hadoop's file system for it."""
    folder = files.table_folder(tables.database, table)
    first = f"{folder}metadata/00000-"  # what the table was born from is the stack's
    listed = [
        (files.url(item["Key"]), item["LastModified"])
        for item in files.listing(folder)
        if not item["Key"].startswith(first)
    ]
    spark.createDataFrame(listed, "file_path string, last_modified timestamp_ltz").createOrReplaceTempView("listed_files")
    call(
        spark, "remove_orphan_files", tables, table, "file_list_view => 'listed_files'", f"older_than => {timestamp(a_week_ago())}"
    )
    spark.sql(f"ALTER TABLE {tables.name(table)} SET TBLPROPERTIES ('{ORPHANS_REMOVED}' = '{date.today()}')")


def call(spark, procedure, tables, table, *arguments):
    spark.sql(f"CALL {CATALOG}.system.{procedure}(table => '{tables.database}.{table}', {', '.join(arguments)})")


def quoted(text):
    escaped = text.replace("'", "\\'")
    return f"'{escaped}'"


def timestamp(time):
    return f"TIMESTAMP '{time:%Y-%m-%d %H:%M:%S}'"


def a_week_ago():
    return datetime.now(timezone.utc).replace(tzinfo=None) - A_WEEK
