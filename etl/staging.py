"""The transformation, run into temporary views of its relations' names."""

import csv
import io
import itertools
from datetime import date, timedelta

import pyarrow
import raw_lines
from raw_records import Limits
from result_tables import literal, midnight, of_day, span

GAP = "INTERVAL '30' MINUTE"

#: Time before today that warnings look at.
RECENT = timedelta(days=8)

#: Relations that more than one query reads.
KEPT = {"validated_events", "new_events", "stale_sessions", "new_sessions", "new_failed_events"}

ROWS_PER_BATCH = 10_000

#: Columns of what is read of a file that are numbers; the others are texts.
BIGINTS = {name: "bigint" for name in ("source_line", "raw_bytes", "line_count")}


class Staging:
    def __init__(self, spark, files, tables, definition):
        self.spark = spark
        self.files = files
        self.tables = tables
        self.fields = definition["fields"]
        self.limits = Limits(**definition["limits"])
        self.queries = files.queries("sql")
        self.checks = files.queries("checks")

    def stage(self, sources, day=None):
        """Runs the transformation on files, given as pairs of a key and the name under which rows know it.

        With a day, the table is taken as if it did not hold that day's events.
        """
        files = self.files
        slices = min(len(sources), 4 * self.spark.sparkContext.defaultParallelism)
        frame = self.spark.sparkContext.parallelize(sources, slices).toDF("key string, name string")
        self.provide_lines(frame, lambda row: (row["name"], files.chunks(row["key"])))
        self.validate()
        provide = {
            "new_events": self.provide_events_of_same_days,
            "stale_sessions": self.provide_existing_sessions,
            "session_events": self.provide_events_of_stale_sessions,
        }
        for name, sql in self.queries[1:]:
            if name in provide:
                provide[name](day)
            self.relate(name, sql)

    def provide_lines(self, frame, contents):
        """Reads lines, and provides them as `raw_events` and `numbered_lines`, or as `rejected_lines` where they can't be text.

        `counted_lines` says how many each file has. `contents` gives, on the executors, a name and chunks of bytes for a row of
        the frame.
        """
        fields, limits = self.fields, self.limits

        def read(batches):
            return read_lines(batches, contents, fields, limits)

        schema = ", ".join(f"`{name}` {BIGINTS.get(name, 'string')}" for name in columns(fields))
        frame = frame.mapInArrow(read, schema).cache()
        lines = frame.where("line_count IS NULL").drop("line_count")
        frame.where("line_count IS NOT NULL").select("source_file", "line_count").createOrReplaceTempView("counted_lines")
        texts = lines.where("reasons IS NULL")
        texts.drop(*BIGINTS, "reasons").createOrReplaceTempView("raw_events")
        texts.select("source_file", "source_line", "raw").createOrReplaceTempView("numbered_lines")
        lines.where("reasons IS NOT NULL").createOrReplaceTempView("rejected_lines")

    def validate(self):
        """Judges `raw_events` by the first query of the transformation."""
        self.provide_countries()
        self.relate(*self.queries[0])

    def require_checks(self):
        """Stops, and names rows, if a check finds any."""
        found = self.found(self.checks)
        if found:
            raise SystemExit(f"checks found rows, so nothing was published: {found}")

    def warnings(self):
        """Rows, by query, of what a person should look into in the table."""
        since = literal(midnight(date.today() - RECENT))
        self.provide("recent_events", f"SELECT * FROM {self.tables.name('clickstream_table')} WHERE click_date >= {since}")
        return self.found(self.files.queries("warnings"))

    def found(self, queries):
        """Some rows of each query that has any, as JSON."""
        some = "SELECT '{}' AS name, to_json(struct(*)) AS row FROM (SELECT * FROM ({}) AS found LIMIT 5) AS some"
        rows = self.spark.sql(" UNION ALL ".join(some.format(name, sql) for name, sql in queries)).collect()
        return {name: [row.row for row in group] for name, group in itertools.groupby(rows, key=lambda row: row.name)}

    def counts(self):
        accepted, valid = self.spark.sql(
            "SELECT (SELECT COUNT(*) FROM new_events), (SELECT COUNT(*) FROM validated_events WHERE reasons = '')"
        ).first()
        return {"accepted": accepted, "duplicates": valid - accepted, "failed": self.failed()}

    def failed(self):
        """How many lines fail for which reasons."""
        return dict(
            self.spark.sql(
                "SELECT reasons, COUNT(*) FROM validated_events WHERE reasons <> '' GROUP BY reasons"
                " UNION ALL SELECT reasons, COUNT(*) FROM rejected_lines GROUP BY reasons"
            ).collect()
        )

    def provide_countries(self):
        names = ("country_code", "country_name", "continent")
        rows = csv.DictReader(io.StringIO(self.files.text("reference/countries.csv")))
        values = [tuple(row[name] for name in names) for row in rows]
        schema = ", ".join(f"{name} string" for name in names)
        self.spark.createDataFrame(values, schema).createOrReplaceTempView("countries")

    def provide_events_of_same_days(self, day):
        start = "date_trunc('day', {}(click_date))"
        valid = "validated_events WHERE reasons = ''"
        self.provide_events(*self.span(start.format("MIN"), f"{start.format('MAX')} + INTERVAL '1' DAY", valid), day)

    def provide_events_of_stale_sessions(self, day):
        self.provide_events(*self.span("MIN(session_start)", "MAX(session_end)", "stale_sessions"), day)

    def provide_events(self, low, high, day):
        within = f"click_date BETWEEN {low} AND {high}"
        kept = within if day is None else f"{within} AND NOT ({of_day('click_date', day)})"
        self.provide("existing_events", f"SELECT * FROM {self.tables.name('clickstream_table')} WHERE {kept}")

    def provide_existing_sessions(self, day):
        withdrawn = "FALSE" if day is None else of_day("click_date", day)
        self.provide("withdrawn_events", f"SELECT * FROM {self.tables.name('clickstream_table')} WHERE {withdrawn}")
        changed = "(SELECT click_date FROM new_events UNION ALL SELECT click_date FROM withdrawn_events) AS changed_events"
        low, high = self.span(f"MIN(click_date) - {GAP}", f"MAX(click_date) + {GAP}", changed)
        near = f"session_end >= {low} AND session_start <= {high}"
        self.provide("existing_sessions", f"SELECT * FROM {self.tables.name('sessions')} WHERE {near}")

    def relate(self, name, sql):
        relation = self.spark.sql(sql)
        (relation.cache() if name in KEPT else relation).createOrReplaceTempView(name)

    def provide(self, name, sql):
        self.spark.sql(sql).createOrReplaceTempView(name)

    def span(self, low, high, relation):
        return span(self.spark, low, high, relation)


def columns(fields):
    return [*fields, "extra", "raw", "source_file", "source_line", "reasons", "raw_bytes", "line_count"]


def read_lines(batches, contents, fields, limits):
    """Runs on the executors: turns rows of a frame into rows of their lines, in bounded memory."""
    names = columns(fields)
    types = [pyarrow.int64() if name in BIGINTS else pyarrow.string() for name in names]
    named = (contents(row) for batch in batches for row in batch.to_pylist())
    lines = itertools.chain.from_iterable(raw_lines.rows(name, chunks, fields, limits) for name, chunks in named)
    while rows := list(itertools.islice(lines, ROWS_PER_BATCH)):
        arrays = [pyarrow.array(values, kind) for values, kind in zip(zip(*rows), types)]
        yield pyarrow.RecordBatch.from_arrays(arrays, names)
