"""The Iceberg tables of results: their schema, what is published into them, and their upkeep."""

from datetime import datetime, timedelta, timezone

CATALOG = "glue_catalog"

#: Never true. Without a clause for what matches, Iceberg would only append, and not refuse what another run was faster with.
GUARD = "WHEN MATCHED AND s.source_file IS NULL THEN DELETE"

#: Files of a day from which on they are made into fewer.
FILES_TO_COMPACT = 5


class ResultTables:
    def __init__(self, spark, database, definition):
        self.spark = spark
        self.database = database
        self.definition = definition

    def evolve(self):
        """Adds the columns that the schema has gained and widens integers; anything else stops before any write."""
        for table, columns in self.definition.items():
            existing = self.columns(table)
            gone = existing.keys() - {column["name"] for column in columns}
            if gone:
                raise SystemExit(
                    f"{table} has {', '.join(sorted(gone))}, which the schema has not: a column can't be renamed or lost by a run;"
                    f" name it in schema/event.ts, or drop it by hand (ALTER TABLE {self.database}.{table} DROP COLUMN …)"
                )
            for column in columns:
                self.evolve_column(table, column["name"], existing.get(column["name"]), spark_type(column["type"]))

    def evolve_column(self, table, column, existing, wanted):
        if existing is None:
            self.spark.sql(f"ALTER TABLE {self.name(table)} ADD COLUMN {column} {wanted}")
        elif (existing, wanted) == ("int", "bigint"):
            self.spark.sql(f"ALTER TABLE {self.name(table)} ALTER COLUMN {column} TYPE {wanted}")
        elif existing != wanted:
            raise SystemExit(
                f"{table}.{column} is {existing}, and the schema wants {wanted}: only int can become bigint; give the field a new name"
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
        self.publish_failed_events()
        yield "failed_events"
        self.publish_sessions()
        yield "sessions"
        self.publish_events()
        yield "clickstream_table"

    def publish_failed_events(self):
        self.spark.sql(f"""
            MERGE INTO {self.name('failed_events')} AS t
            USING (
              SELECT DISTINCT source_file, source_line, reasons, raw
              FROM new_failed_events
              JOIN (SELECT source_file, source_line, raw FROM lines WHERE reason IS NULL) AS numbered USING (source_file, raw)
              UNION ALL
              SELECT source_file, source_line, reason, raw FROM lines WHERE reason IS NOT NULL
            ) AS s
            ON t.source_file = s.source_file AND t.source_line = s.source_line
            {GUARD}
            WHEN NOT MATCHED THEN {insert(['source_file', 'source_line', 'reasons', 'raw'])}""")

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

    def publish_events(self):
        self.spark.sql(f"""
            MERGE INTO {self.name('clickstream_table')} AS t
            USING new_events AS s
            ON t.event_id = s.event_id
              AND CAST(t.click_date AS DATE) = CAST(s.click_date AS DATE)
              AND {self.within('t.click_date', 'SELECT click_date AS t FROM new_events')}
            {GUARD}
            WHEN NOT MATCHED THEN {insert(self.names('clickstream_table'))}""")

    def within(self, column, times):
        """A condition that limits a table to the days of some times, in literals, so that nothing else of it is read."""
        first, last = "date_trunc('day', MIN(t))", "date_trunc('day', MAX(t)) + INTERVAL '1' DAY"
        low, high = span(self.spark, first, last, f"({times}) AS times")
        return f"{column} >= {low} AND {column} < {high}"

    def maintain(self):
        """Compacts days of many files, and forgets snapshots older than a week but ten."""
        a_week_ago = datetime.now(timezone.utc).replace(tzinfo=None) - timedelta(days=7)
        for table in self.definition:
            name = f"{self.database}.{table}"
            self.spark.sql(
                f"CALL {CATALOG}.system.rewrite_data_files(table => '{name}',"
                f" options => map('min-input-files', '{FILES_TO_COMPACT}', 'partial-progress.enabled', 'true'))"
            )
            self.spark.sql(
                f"CALL {CATALOG}.system.expire_snapshots(table => '{name}', retain_last => 10,"
                f" older_than => TIMESTAMP '{a_week_ago:%Y-%m-%d %H:%M:%S}')"
            )

    def name(self, table):
        return f"{CATALOG}.{self.database}.{table}"

    def names(self, table):
        return [column["name"] for column in self.definition[table]]


def insert(names):
    return f"INSERT ({', '.join(names)}) VALUES ({', '.join(f's.{name}' for name in names)})"


def span(spark, low, high, relation):
    """The least and the greatest time of a relation as literals, so that no more than what they span is read."""
    times = spark.sql(f"SELECT {low}, {high} FROM {relation}").first()
    return [f"TIMESTAMP_NTZ '{time or datetime(1970, 1, 1)}'" for time in times]


def spark_type(kind):
    return "timestamp_ntz" if kind == "timestamp" else kind
