"""Prints all rows of an Iceberg table in the Glue catalog as JSON."""

import datetime
import json
import os
import sys

from pyiceberg.catalog import load_catalog


def main(name):
    endpoint = os.environ["AWS_ENDPOINT_URL"]
    properties = {
        "type": "glue",
        "glue.endpoint": endpoint,
        "s3.endpoint": endpoint,
        "s3.region": os.environ["AWS_REGION"],
        "py-io-impl": "pyiceberg.io.pyarrow.PyArrowFileIO",
    }
    rows = load_catalog("glue", **properties).load_table(name).scan().to_arrow().to_pylist()
    json.dump(rows, sys.stdout, default=text)


def text(value):
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    raise TypeError(type(value))


if __name__ == "__main__":
    main(sys.argv[1])
