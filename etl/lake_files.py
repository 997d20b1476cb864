"""The files of the lake in S3."""

import functools

import boto3
from botocore.exceptions import ClientError
from stored_files import StoredFiles, archive_name, stem_of

CHUNK_BYTES = 1 << 18

#: What S3 says of an object that is not there, or not as it was.
ABSENT = {"404", "NoSuchKey", "NotFound"}
CHANGED = {*ABSENT, "412", "PreconditionFailed"}


@functools.cache
def client():
    """One of a process: it takes a tenth of a second or more to make."""
    return boto3.client("s3")


class LakeFiles(StoredFiles):
    """What lies in the bucket of a lake such as s3://bucket."""

    def __init__(self, lake):
        self.bucket = lake.removeprefix("s3://")
        self.s3 = client()

    def __reduce__(self):
        return LakeFiles, (self.bucket,)

    def chunks(self, key):
        return self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].iter_chunks(CHUNK_BYTES)

    def put(self, key, content):
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=content)

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

    def table_folder(self, _database, table):
        return f"results/{table}/"

    def url(self, key):
        return f"s3://{self.bucket}/{key}"


def code(error):
    return error.response["Error"]["Code"]
