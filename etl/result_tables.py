"""The Iceberg tables of results: their schema, and what is published into them."""

from datetime import datetime, timedelta

from pyspark.sql.functions import expr

CATALOG = "glue_catalog"

#: Never true. Without a clause for what matches, Iceberg would only append, and not refuse what another run was faster with.
GUARD = "WHEN MATCHED AND s.source_file IS NULL THEN DELETE"

#: A failed event is known by its text too: a file's name may have come again with another content.
LINE = ("source_file", "source_line", "raw")
SAME_LINE = " AND ".join(f"t.{name} <=> s.{name}" for name in LINE)

#: What errors say when another run has committed, or archived, in the meantime.
OVERTAKEN = ("ValidationException", "CommitFailedException", "NoSuchKey", "FileNotFoundError")


class ResultTables:
    def __init__(self, spark, database, definition):
        self.spark = spark
        self.database = database
        self.definition = definition

    def evolve(self):
        """Adds the columns that the schema has gained and widens integers; anything else stops before any write."""
        changes = [change for table in self.definition for change in self.evolution(table)]
        for change in changes:
            self.spark.sql(change)
        self.backfill()

    def backfill(self):
        """Gives rows that are older than a column its value; again, where a run was killed before it did."""
        for table, columns in self.definition.items():
            for name, value in ((column["name"], column["backfill"]) for column in columns if "backfill" in column):
                if self.spark.table(self.name(table)).where(f"{name} IS NULL").limit(1).count():
                    self.spark.sql(f"UPDATE {self.name(table)} SET {name} = {value} WHERE {name} IS NULL")

    def evolution(self, table):
        existing = self.columns(table)
        wanted = {column["name"]: spark_type(column["type"]) for column in self.definition[table]}
        gone = existing.keys() - wanted.keys()
        if gone:
            raise SystemExit(
                f"{table} has {', '.join(sorted(gone))}, which the schema has not: a column can't be renamed or lost by a run;"
                f" name it in schema/event.ts, or drop it by hand (ALTER TABLE {self.database}.{table} DROP COLUMN …)"
            )
        for column, kind in wanted.items():
            if column not in existing:
                yield f"ALTER TABLE {self.name(table)} ADD COLUMN {column} {kind}"
            elif (existing[column], kind) == ("int", "bigint"):
                yield f"ALTER TABLE {self.name(table)} ALTER COLUMN {column} TYPE {kind}"
            elif existing[column] != kind:
                raise SystemExit(
                    f"{table}.{column} is {existing[column]}, and the schema wants {kind}: only int can become bigint;"
                    " give the field a new name"
                )

    def columns(self, table):
        try:
            fields = self.spark.table(self.name(table)).schema.fields
        except Exception as error:
            raise SystemExit(
                f"{self.database}.{table} can't be read as an Iceberg table ({str(error).splitlines()[0]}):"
                " deploy the stack, which makes it, and first remove what is there in its place"
            ) from error
        return {field.name: field.dataType.simpleString() for field in fields}

    def publish(self):
        """Commits to one table after the other, and yields its name. Events last: a run that starts anew finds the others done."""
        self.publish_failed_events(GUARD)
        yield "failed_events"
        self.publish_sessions()
        yield "sessions"
        self.publish_events("new_events")
        yield "clickstream_table"

    def replace(self, day, sources, snapshot):
        """As `publish`, but puts the day's events, in one commit, in the place of those of a snapshot.

        What no longer fails leaves the failed events of these sources last, so that no line is in neither table at any time.
        """
        self.publish_failed_events("WHEN MATCHED AND t.reasons <> s.reasons THEN UPDATE SET t.reasons = s.reasons")
        yield "failed_events"
        self.publish_sessions()
        yield "sessions"
        self.publish_events(f"(SELECT * FROM new_events WHERE NOT ({of_day('click_date', day)}))")
        events = self.spark.table("new_events").where(of_day("click_date", day)).select(*self.names("clickstream_table"))
        writer = events.writeTo(self.name("clickstream_table")).option("isolation-level", "serializable")
        (writer.option("validate-from-snapshot-id", snapshot) if snapshot else writer).overwrite(expr(of_day("click_date", day)))
        yield "clickstream_table"
        self.withdraw_failed_events(sources)
        yield "failed_events"

    def publish_failed_events(self, when_matched):
        self.spark.sql(f"""
            MERGE INTO {self.name('failed_events')} AS t
            USING failed_lines AS s
            ON {SAME_LINE}
            {when_matched}
            WHEN NOT MATCHED THEN {insert(self.spark.table('failed_lines').columns)}""")

    def withdraw_failed_events(self, sources):
        self.spark.createDataFrame([(source,) for source in sources], "source_file string").createOrReplaceTempView("sources")
        line = ", ".join(LINE)
        failed = f"SELECT {line} FROM {self.name('failed_events')} LEFT SEMI JOIN sources USING (source_file)"
        self.delete_failed_events(f"(SELECT * FROM ({failed}) LEFT ANTI JOIN failed_lines USING ({line}))")

    def delete_failed_events(self, rows):
        """Deletes the failed events of a relation with the columns of LINE."""
        self.spark.sql(f"""
            MERGE INTO {self.name('failed_events')} AS t
            USING {rows} AS s
            ON {SAME_LINE}
            WHEN MATCHED THEN DELETE""")

    def publish_sessions(self):
        names = self.names("sessions")
        key = ("session_id", "session_start")
        nulls = ", ".join(name if name in key else f"NULL AS {name}" for name in names)
        starts = "SELECT session_start AS t FROM stale_sessions UNION ALL SELECT session_start FROM new_sessions"
        self.spark.sql(f"""
            MERGE INTO {self.name('sessions')} AS t
            USING (
              SELECT {', '.join(names)}, FALSE AS is_gone FROM new_sessions
              UNION ALL
              SELECT {nulls}, TRUE FROM stale_sessions LEFT ANTI JOIN new_sessions USING ({', '.join(key)})
            ) AS s
            ON t.session_id = s.session_id AND t.session_start = s.session_start AND {self.within('t.session_start', starts)}
            WHEN MATCHED AND s.is_gone THEN DELETE
            WHEN MATCHED THEN UPDATE SET {', '.join(f't.{name} = s.{name}' for name in names)}
            WHEN NOT MATCHED AND NOT s.is_gone THEN {insert(names)}""")

    def publish_events(self, events):
        self.spark.sql(f"""
            MERGE INTO {self.name('clickstream_table')} AS t
            USING {events} AS s
            ON t.event_id = s.event_id
              AND CAST(t.click_date AS DATE) = CAST(s.click_date AS DATE)
              AND {self.within('t.click_date', f'SELECT click_date AS t FROM {events}')}
            {GUARD}
            WHEN NOT MATCHED THEN {insert(self.names('clickstream_table'))}""")

    def within(self, column, times):
        """A condition that limits a table to the days of some times, in literals, so that nothing else of it is read."""
        first, last = "date_trunc('day', MIN(t))", "date_trunc('day', MAX(t)) + INTERVAL '1' DAY"
        low, high = span(self.spark, first, last, f"({times}) AS times")
        return f"{column} >= {low} AND {column} < {high}"

    def snapshot(self, table):
        """Id of the table's newest snapshot; None if it has none."""
        newest = self.spark.sql(f"SELECT snapshot_id FROM {self.name(table)}.refs WHERE name = 'main'").first()
        return newest and newest[0]

    def sources_of(self, day):
        """Raw keys of the files that the table's events of a day came from."""
        rows = self.spark.table(self.name("clickstream_table")).where(of_day("click_date", day)).select("source_file").distinct()
        return {source for source, in rows.collect()}

    def name(self, table):
        return f"{CATALOG}.{self.database}.{table}"

    def names(self, table):
        return [column["name"] for column in self.definition[table]]


def is_commit_conflict(error):
    return any(sign in str(error) for sign in OVERTAKEN)


def insert(names):
    return f"INSERT ({', '.join(names)}) VALUES ({', '.join(f's.{name}' for name in names)})"


def of_day(column, day):
    return f"{column} >= {literal(midnight(day))} AND {column} < {literal(midnight(day) + timedelta(days=1))}"


def midnight(day):
    return datetime(day.year, day.month, day.day)


def span(spark, low, high, relation):
    """The least and the greatest time of a relation as literals, so that no more than what they span is read.

    As texts, since Python would have times with a zone, as date_trunc gives them, in this machine's.
    """
    times = spark.sql(f"SELECT CAST({low} AS STRING), CAST({high} AS STRING) FROM {relation}").first()
    return [literal(time or datetime(1970, 1, 1)) for time in times]


def literal(time):
    return f"TIMESTAMP_NTZ '{time}'"


def spark_type(kind):
    return "timestamp_ntz" if kind == "timestamp" else kind
