"""What Iceberg's own client sees of a table in the Glue catalog: its layout and all of its rows, as JSON, or its rows as Parquet."""

import datetime
import json
import os
import sys

import pyarrow.parquet
from pyiceberg.catalog import load_catalog


def main(name, path=None):
    endpoint = os.environ["AWS_ENDPOINT_URL"]
    properties = {
        "type": "glue",
        "glue.endpoint": endpoint,
        "s3.endpoint": endpoint,
        "s3.region": os.environ["AWS_REGION"],
        "py-io-impl": "pyiceberg.io.pyarrow.PyArrowFileIO",
    }
    table = load_catalog("glue", **properties).load_table(name)
    rows = table.scan().to_arrow()
    if path:
        pyarrow.parquet.write_table(rows, path)
        rows = rows.slice(0, 0)
    described = {
        "format": table.format_version,
        "partition": str(table.spec()),
        "order": str(table.sort_order()),
        "rows": rows.to_pylist(),
    }
    json.dump(described, sys.stdout, default=text)


def text(value):
    """Times as YYYY-MM-DD HH:MM:SS."""
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    raise TypeError(type(value))


if __name__ == "__main__":
    main(*sys.argv[1:])
