"""Prints, as JSON, what Iceberg's own client sees of the deployed tables: layout, rows, files."""

import json
import os
import sys

from pyiceberg.catalog import load_catalog


def main(database):
    endpoint = os.environ["AWS_ENDPOINT_URL"]
    properties = {
        "type": "glue",
        "glue.endpoint": endpoint,
        "s3.endpoint": endpoint,
        "s3.region": os.environ["AWS_REGION"],
        "py-io-impl": "pyiceberg.io.pyarrow.PyArrowFileIO",
    }
    catalog = load_catalog("glue", **properties)
    names = ("clickstream_table", "sessions", "failed_events")
    print(json.dumps({name: described(catalog.load_table(f"{database}.{name}")) for name in names}))


def described(table):
    return {
        "format": table.format_version,
        "partition": str(table.spec()),
        "order": str(table.sort_order()),
        "rows": table.scan().count(),
        "sources": sorted(set(table.scan().to_arrow()["source_file"].to_pylist())) if "source_file" in table.schema().column_names else [],
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
