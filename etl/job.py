"""Glue entry point. So far it only says what waits in raw/; nothing is taken from there, so nothing is lost."""

import argparse
import json
import sys
import time

import boto3


def main(argv):
    started = time.time()
    arguments = parse(argv)
    objects = list(waiting(arguments.lake))
    print(
        json.dumps(
            {
                "message": "waiting in raw/",
                "job": arguments.JOB_NAME,
                "lake": arguments.lake,
                "files": len(objects),
                "bytes": sum(item["Size"] for item in objects),
                "seconds": round(time.time() - started, 3),
            }
        )
    )


def parse(argv):
    """Arguments as Glue passes them; Glue adds some of its own, which are left alone."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--JOB_NAME", default="by hand")
    parser.add_argument("--lake", required=True, help="where the lake is, such as s3://bucket")
    parser.add_argument("--database", required=True, help="Glue database of the result tables")
    return parser.parse_known_args(argv)[0]


def waiting(lake):
    """Objects in raw/, oldest key first."""
    pages = boto3.client("s3").get_paginator("list_objects_v2")
    for page in pages.paginate(Bucket=lake.removeprefix("s3://"), Prefix="raw/"):
        yield from page.get("Contents", [])


if __name__ == "__main__":
    main(sys.argv[1:])
