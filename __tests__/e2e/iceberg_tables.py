"""Uses the deployed tables as an engine does, by a client of Iceberg's own: appends rows, adds a column, reads back; prints what it saw as JSON."""

import datetime
import json
import os
import sys

import pyarrow
from pyiceberg.catalog import load_catalog
from pyiceberg.types import StringType


def main(database):
    endpoint = os.environ["AWS_ENDPOINT_URL"]
    catalog = load_catalog(
        "glue",
        **{
            "type": "glue",
            "glue.endpoint": endpoint,
            "s3.endpoint": endpoint,
            "s3.region": os.environ["AWS_REGION"],
            "py-io-impl": "pyiceberg.io.pyarrow.PyArrowFileIO",
        },
    )
    print(json.dumps({name: use(catalog.load_table(f"{database}.{name}")) for name in ("clickstream_table", "sessions", "failed_events")}))


def use(table):
    described = {
        "format": table.format_version,
        "partition": str(table.spec()),
        "order": str(table.sort_order()),
        "rows_at_birth": table.scan().count(),
    }
    table.append(rows(table))
    with table.update_schema() as update:
        update.add_column("added_later", StringType())
    table.refresh()
    files = table.inspect.files().to_pylist()
    return {
        **described,
        "rows": table.scan().count(),
        "files": len(files),
        "columns": table.scan().to_arrow().column_names,
    }


def rows(table):
    """Two rows two days apart, with a value in every column."""
    schema = table.schema().as_arrow()
    values = {
        pyarrow.int64(): [1, 2],
        pyarrow.bool_(): [True, False],
        pyarrow.timestamp("us"): [datetime.datetime(2026, 3, 1, 12), datetime.datetime(2026, 3, 3, 12)],
    }
    return pyarrow.table({field.name: values.get(field.type, ["a", "b"]) for field in schema}, schema=schema)


if __name__ == "__main__":
    main(*sys.argv[1:])
