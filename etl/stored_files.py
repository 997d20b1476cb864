"""The files of a lake, wherever they lie."""

import re


def files_of(lake):
    """The files of a lake such as s3://bucket, or of a folder of this machine, which this run then has for itself."""
    if lake.startswith("s3://"):
        from lake_files import LakeFiles

        return LakeFiles(lake)
    from folder_files import FolderFiles, hold

    hold(lake)
    return FolderFiles(lake)


class StoredFiles:
    """What follows from `listing(prefix)`, which yields dicts as S3 does (Key, Size, ETag, LastModified), and `chunks(key)`."""

    def waiting(self):
        """Objects in raw/, oldest key first."""
        return sorted(self.listing("raw/"), key=lambda item: item["Key"])

    def passed_over(self):
        """What is in raw/ and is no file of events; nothing where there are only objects."""
        return []

    def archived(self, key):
        """Keys in processed/ of what was archived of a raw key: more than one if it had other content at other times."""
        stem, rest = stem_of(archive_name(key))
        versions = re.compile(re.escape(stem) + r"(\.[0-9a-f]{8})?" + re.escape(rest))
        return [item["Key"] for item in self.listing(stem) if versions.fullmatch(item["Key"])]

    def text(self, key):
        return b"".join(self.chunks(key)).decode()

    def queries(self, folder):
        """(name, SQL) of the files of a folder of the job's, in the order of their numbers."""
        keys = [item["Key"] for item in self.listing(f"glue-script/{folder}/")]
        numbered = sorted((int(number), name, key) for key in keys for number, name in [parts(key)])
        return [(name, self.text(key)) for _, name, key in numbered]


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
