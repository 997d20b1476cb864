"""The files of the lake in S3."""

import re

import boto3
from botocore.exceptions import ClientError

CHUNK_BYTES = 1 << 18

#: What S3 says of an object that is not there, or not as it was.
ABSENT = {"404", "NoSuchKey", "NotFound"}
CHANGED = {*ABSENT, "412", "PreconditionFailed"}


class LakeFiles:
    """What lies in the bucket of a lake such as s3://bucket."""

    def __init__(self, lake):
        self.bucket = lake.removeprefix("s3://")
        self.s3 = boto3.client("s3")

    def __reduce__(self):
        return LakeFiles, (self.bucket,)

    def waiting(self):
        """Objects in raw/, oldest key first."""
        return sorted(self.listing("raw/"), key=lambda item: item["Key"])

    def archived(self, key):
        """Keys in processed/ of what was archived of a raw key: more than one if it had other content at other times."""
        stem, rest = stem_of(archive_name(key))
        versions = re.compile(re.escape(stem) + r"(\.[0-9a-f]{8})?" + re.escape(rest))
        return [item["Key"] for item in self.listing(stem) if versions.fullmatch(item["Key"])]

    def text(self, key):
        return b"".join(self.chunks(key)).decode()

    def chunks(self, key):
        return self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].iter_chunks(CHUNK_BYTES)

    def put(self, key, content):
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=content)

    def queries(self, folder):
        """(name, SQL) of the files of a folder of the job's, in the order of their numbers."""
        keys = [item["Key"] for item in self.listing(f"glue-script/{folder}/")]
        numbered = sorted((int(number), name, key) for key in keys for number, name in [parts(key)])
        return [(name, self.text(key)) for _, name, key in numbered]

    def copy_to_archive(self, objects):
        """Copies committed files to processed/, beside an earlier one of the same name and other content if there is one."""
        for item in objects:
            key, etag = item["Key"], item["ETag"].strip('"')
            target = self.archive_key(key, etag)
            try:
                if target:
                    source = {"Bucket": self.bucket, "Key": key}
                    self.s3.copy_object(Bucket=self.bucket, Key=target, CopySource=source, CopySourceIfMatch=etag)
            except ClientError as error:
                if code(error) not in CHANGED:  # replaced since it was read, or archived by another run
                    raise

    def remove(self, objects):
        """Removes from raw/ what is in processed/; what has been replaced since it was read is left to the next run."""
        for item in objects:
            key, etag = item["Key"], item["ETag"].strip('"')
            if self.etag(key) == etag:
                self.s3.delete_object(Bucket=self.bucket, Key=key)

    def archive_key(self, key, etag):
        """Where a file goes; None if it is there."""
        usual = archive_name(key)
        there = self.etag(usual)
        if there == etag:
            return None
        if there is None:
            return usual
        stem, rest = stem_of(usual)
        return f"{stem}.{etag[:8]}{rest}"

    def etag(self, key):
        try:
            return self.s3.head_object(Bucket=self.bucket, Key=key)["ETag"].strip('"')
        except ClientError as error:
            if code(error) in ABSENT:
                return None
            raise

    def listing(self, prefix):
        for page in self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix):
            yield from (item for item in page.get("Contents", []) if not item["Key"].endswith("/"))

    def url(self, key):
        return f"s3://{self.bucket}/{key}"


def archive_name(key):
    return key.replace("raw/", "processed/", 1)


def raw_name(key):
    """The key under which an archived file had landed."""
    return key.replace("processed/", "raw/", 1)


def stem_of(key):
    """The key up to the first dot of its name, and the rest."""
    folder, slash, name = key.rpartition("/")
    stem, dot, rest = name.partition(".")
    return f"{folder}{slash}{stem}", f"{dot}{rest}"


def parts(key):
    number, _, name = key.rpartition("/")[2].partition("_")
    return number, name.removesuffix(".sql")


def code(error):
    return error.response["Error"]["Code"]
