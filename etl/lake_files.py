"""The files of the lake in S3."""

import functools
import itertools
from concurrent.futures import ThreadPoolExecutor

import boto3
from botocore.exceptions import ClientError
from stored_files import StoredFiles, archive_name, stem_of

CHUNK_BYTES = 1 << 18

#: What S3 says of an object that is not there (any more), or not as it was.
CHANGED = {"404", "NoSuchKey", "NotFound", "412", "PreconditionFailed"}

#: As many keys as S3 takes at once.
KEYS_PER_REQUEST = 1000

COPIES_AT_ONCE = 16


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
        there = self.etags([archive_name(item["Key"]) for item in objects])
        targets = [(item, self.archive_key(item, there)) for item in objects]
        with ThreadPoolExecutor(COPIES_AT_ONCE) as pool:
            list(pool.map(lambda pair: self.copy(*pair), (pair for pair in targets if pair[1])))

    def archive_key(self, item, there):
        """Where a file goes; None if it is there."""
        usual = archive_name(item["Key"])
        if usual not in there:
            return usual
        stem, rest = stem_of(usual)
        return None if there[usual] == item["ETag"] else f"{stem}.{item['ETag'][1:9]}{rest}"

    def copy(self, item, target):
        source = {"Bucket": self.bucket, "Key": item["Key"]}
        try:
            self.s3.copy_object(Bucket=self.bucket, Key=target, CopySource=source, CopySourceIfMatch=item["ETag"])
        except ClientError as error:
            if error.response["Error"]["Code"] not in CHANGED:  # replaced since it was read, or archived by another run
                raise

    def remove(self, objects):
        """Removes from raw/ what is in processed/; what has been replaced since it was read is left to the next run."""
        for some in chunked(objects, KEYS_PER_REQUEST):
            there = self.etags([item["Key"] for item in some])
            same = [{"Key": item["Key"]} for item in some if there.get(item["Key"]) == item["ETag"]]
            if same:
                self.delete(same)

    def delete(self, keys):
        errors = self.s3.delete_objects(Bucket=self.bucket, Delete={"Objects": keys, "Quiet": True}).get("Errors")
        if errors:
            raise OSError(f"{len(errors)} of {len(keys)} files could not be removed from raw/: {errors[0]}")

    def etags(self, keys):
        """Entity tags of those of the keys that there are; by listings, of which one tells a thousand."""
        wanted = set(keys)
        return {item["Key"]: item["ETag"] for first, last in ranges(keys) for item in self.between(first, last) if item["Key"] in wanted}

    def between(self, first, last):
        """What a folder holds from one key to another."""
        folder = first[: first.rindex("/") + 1]
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=folder, StartAfter=first[:-1])
        for item in objects_of(pages):
            if item["Key"] > last:
                return
            yield item

    def listing(self, prefix):
        return objects_of(self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix))

    def table_folder(self, _database, table):
        return f"results/{table}/"

    def url(self, key):
        return f"s3://{self.bucket}/{key}"


def objects_of(pages):
    for page in pages:
        yield from (item for item in page.get("Contents", []) if not item["Key"].endswith("/"))


def ranges(keys):
    """The first and the last key of each folder."""
    for _, group in itertools.groupby(sorted(keys, key=by_folder), key=lambda key: by_folder(key)[0]):
        first, *others = group
        yield first, (others or [first])[-1]


def by_folder(key):
    folder, _, name = key.rpartition("/")
    return folder, name


def chunked(items, size):
    return [items[start : start + size] for start in range(0, len(items), size)]
