"""The job that the original's article describes, over its layout: an object of JSON for each event in, CSV out.

Neither archives nor deduplicates, which the original only promises. Reads by the client that our job reads by, which saves it the
requests that Spark's own file system would add. Prints how many requests to S3 it took.
"""

import json
import sys
import tempfile
from pathlib import Path

import boto3
from pyspark.sql import SparkSession
from pyspark.sql.functions import broadcast, col, timestamp_seconds

RAW = "original/raw/"
RESULTS = "original/results/"


def main(bucket):
    spark = SparkSession.builder.getOrCreate()
    s3 = boto3.client("s3")
    pages = list(s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=RAW))
    keys = [item["Key"] for page in pages for item in page.get("Contents", [])]
    slices = 4 * spark.sparkContext.defaultParallelism
    lines = spark.sparkContext.parallelize(keys, slices).mapPartitions(lambda some: contents(bucket, some)).cache()
    countries = s3.get_object(Bucket=bucket, Key="reference/countries.csv")["Body"].read().decode().splitlines()
    places = spark.read.csv(spark.sparkContext.parallelize(countries), header=True)
    events = spark.read.json(lines).join(broadcast(places), col("location") == col("country_code"), "left")
    columns = ["user_age", "continent", "country_name", "user_action", "product_category", "event_type", "click_date", "user_id"]
    with tempfile.TemporaryDirectory() as folder:
        rows = events.withColumn("click_date", timestamp_seconds("timestamp")).select(*columns)
        rows.write.csv(f"file:{folder}/results", header=True)
        files = list(Path(folder).glob("results/*.csv"))
        for file in files:
            s3.put_object(Bucket=bucket, Key=RESULTS + file.name, Body=file.read_bytes())
    print(json.dumps({"events": len(keys), "requests": len(pages) + len(keys) + 1 + len(files)}), flush=True)


def contents(bucket, keys):
    s3 = boto3.client("s3")
    for key in keys:
        yield s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode()


if __name__ == "__main__":
    main(sys.argv[1])
