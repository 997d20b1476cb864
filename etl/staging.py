"""The transformation, run into temporary views of its relations' names."""

import csv
import io
import itertools

import boto3
import pyarrow
import raw_lines
from result_tables import span

GAP = "INTERVAL '30' MINUTE"

#: Relations that more than one query reads.
KEPT = {"validated_events", "new_events", "stale_sessions", "new_sessions", "new_failed_events"}

ROWS_PER_BATCH = 10_000
CHUNK_BYTES = 1 << 18


class Staging:
    def __init__(self, spark, files, tables, definition):
        self.spark = spark
        self.files = files
        self.tables = tables
        self.fields = definition["fields"]
        self.max_event_bytes = definition["max_event_bytes"]
        self.queries = files.queries("sql")
        self.checks = files.queries("checks")

    def stage(self, keys):
        """Runs the transformation on raw files; provides beside its relations `lines`, what was read, with line numbers."""
        provide = {
            "new_events": self.provide_events_of_same_days,
            "stale_sessions": self.provide_existing_sessions,
            "session_events": self.provide_events_of_stale_sessions,
        }
        self.provide_countries()
        self.provide_lines(keys)
        for name, sql in self.queries:
            provide.get(name, lambda: None)()
            relation = self.spark.sql(sql)
            (relation.cache() if name in KEPT else relation).createOrReplaceTempView(name)

    def require_checks(self):
        """Stops, and names rows, if a check finds any."""
        for name, sql in self.checks:
            rows = self.spark.sql(f"SELECT * FROM ({sql}) AS found LIMIT 5").toJSON().collect()
            if rows:
                raise SystemExit("\n".join([f"check {name} found rows, so nothing was published:", *rows]))

    def counts(self):
        accepted, valid = self.spark.sql(
            "SELECT (SELECT COUNT(*) FROM new_events), (SELECT COUNT(*) FROM validated_events WHERE reasons = '')"
        ).first()
        failed = self.spark.sql(
            "SELECT reasons, COUNT(*) FROM new_failed_events GROUP BY reasons"
            " UNION ALL SELECT reason, COUNT(*) FROM lines WHERE reason IS NOT NULL GROUP BY reason"
        ).collect()
        return {"accepted": accepted, "duplicates": valid - accepted, "failed": dict(failed)}

    def forget(self):
        self.spark.catalog.clearCache()

    def provide_countries(self):
        names = ("country_code", "country_name", "continent")
        rows = csv.DictReader(io.StringIO(self.files.text("reference/countries.csv")))
        values = [tuple(row[name] for name in names) for row in rows]
        schema = ", ".join(f"{name} string" for name in names)
        self.spark.createDataFrame(values, schema).createOrReplaceTempView("countries")

    def provide_lines(self, keys):
        bucket, fields, max_event_bytes = self.files.bucket, self.fields, self.max_event_bytes

        def read(batches):
            return read_files(batches, bucket, fields, max_event_bytes)

        texts = ", ".join(f"`{name}` string" for name in columns(fields)[:-2])
        slices = min(len(keys), 4 * self.spark.sparkContext.defaultParallelism)
        files = self.spark.sparkContext.parallelize([(key,) for key in keys], slices).toDF("key string")
        lines = files.mapInArrow(read, f"{texts}, source_line bigint, reason string").cache()
        lines.createOrReplaceTempView("lines")
        lines.where("reason IS NULL").drop("source_line", "reason").createOrReplaceTempView("raw_events")

    def provide_events_of_same_days(self):
        day = "date_trunc('day', {}(click_date))"
        valid = "validated_events WHERE reasons = ''"
        self.provide_events(*self.span(day.format("MIN"), f"{day.format('MAX')} + INTERVAL '1' DAY", valid))

    def provide_events_of_stale_sessions(self):
        self.provide_events(*self.span("MIN(session_start)", "MAX(session_end)", "stale_sessions"))

    def provide_events(self, low, high):
        events = self.tables.name("clickstream_table")
        self.provide("existing_events", f"SELECT * FROM {events} WHERE click_date BETWEEN {low} AND {high}")

    def provide_existing_sessions(self):
        low, high = self.span(f"MIN(click_date) - {GAP}", f"MAX(click_date) + {GAP}", "new_events")
        self.provide("withdrawn_events", f"SELECT * FROM {self.tables.name('clickstream_table')} WHERE FALSE")
        near = f"session_end >= {low} AND session_start <= {high}"
        self.provide("existing_sessions", f"SELECT * FROM {self.tables.name('sessions')} WHERE {near}")

    def provide(self, name, sql):
        self.spark.sql(sql).createOrReplaceTempView(name)

    def span(self, low, high, relation):
        return span(self.spark, low, high, relation)


def columns(fields):
    return [*fields, "extra", "raw", "source_file", "source_line", "reason"]


def read_files(batches, bucket, fields, max_event_bytes):
    """Runs on the executors: turns keys into rows of their lines, in bounded memory."""
    s3 = boto3.client("s3")
    names = columns(fields)
    types = [pyarrow.int64() if name == "source_line" else pyarrow.string() for name in names]
    for key in (key for batch in batches for key in batch.column(0).to_pylist()):
        chunks = s3.get_object(Bucket=bucket, Key=key)["Body"].iter_chunks(CHUNK_BYTES)
        lines = raw_lines.rows(key, chunks, fields, max_event_bytes)
        while rows := list(itertools.islice(lines, ROWS_PER_BATCH)):
            arrays = [pyarrow.array(values, kind) for values, kind in zip(zip(*rows), types)]
            yield pyarrow.RecordBatch.from_arrays(arrays, names)
