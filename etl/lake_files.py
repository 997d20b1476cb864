"""The files of the lake in S3."""

import boto3
from botocore.exceptions import ClientError


class LakeFiles:
    """What lies in the bucket of a lake such as s3://bucket."""

    def __init__(self, lake):
        self.bucket = lake.removeprefix("s3://")
        self.s3 = boto3.client("s3")

    def waiting(self):
        """Objects in raw/, oldest key first."""
        return sorted(self.listing("raw/"), key=lambda item: item["Key"])

    def text(self, key):
        return self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read().decode()

    def queries(self, folder):
        """(name, SQL) of the files of a folder of the job's, in the order of their numbers."""
        keys = [item["Key"] for item in self.listing(f"glue-script/{folder}/")]
        numbered = sorted((int(number), name, key) for key in keys for number, name in [parts(key)])
        return [(name, self.text(key)) for _, name, key in numbered]

    def archive(self, objects):
        """Moves committed files to processed/, beside an earlier one of the same name and other content if there is one."""
        for item in objects:
            key, etag = item["Key"], item["ETag"].strip('"')
            source = {"Bucket": self.bucket, "Key": key}
            try:
                target = self.archive_key(key, etag)
                if target:
                    self.s3.copy_object(Bucket=self.bucket, Key=target, CopySource=source, CopySourceIfMatch=etag)
                self.s3.delete_object(**source)
            except ClientError as error:
                # Replaced since it was read, or archived by another run: the next run sees to what is there.
                if code(error) not in ("PreconditionFailed", "NoSuchKey", "404", "412"):
                    raise

    def archive_key(self, key, etag):
        """Where a file goes; None if it is there."""
        usual = key.replace("raw/", "processed/", 1)
        there = self.etag(usual)
        if there == etag:
            return None
        if there is None:
            return usual
        folder, _, name = usual.rpartition("/")
        stem, dot, rest = name.partition(".")
        return f"{folder}/{stem}.{etag[:8]}{dot}{rest}"

    def etag(self, key):
        try:
            return self.s3.head_object(Bucket=self.bucket, Key=key)["ETag"].strip('"')
        except ClientError as error:
            if code(error) in ("404", "NoSuchKey", "NotFound"):
                return None
            raise

    def listing(self, prefix):
        for page in self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix):
            yield from (item for item in page.get("Contents", []) if not item["Key"].endswith("/"))


def parts(key):
    number, _, name = key.rpartition("/")[2].partition("_")
    return number, name.removesuffix(".sql")


def code(error):
    return error.response["Error"]["Code"]
