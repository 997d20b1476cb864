"""The files of a lake in a folder of this machine."""

import fcntl
import hashlib
import json
import os
from datetime import datetime, timezone
from pathlib import Path

from stored_files import StoredFiles, archive_name, stem_of

CHUNK_BYTES = 1 << 18


class FolderFiles(StoredFiles):
    """What lies in a folder with the layout of the bucket. Keys are paths in it, with slashes; hidden and partial files are left alone."""

    def __init__(self, lake):
        self.root = Path(lake)

    def listing(self, prefix):
        for path in sorted((self.root / prefix.rpartition("/")[0]).rglob("*")):
            key = path.relative_to(self.root).as_posix()
            if not key.startswith(prefix) or is_unfinished(key) or path.is_symlink() or not path.is_file():
                continue
            status = status_of(path)
            if status:
                modified = datetime.fromtimestamp(status.st_mtime, timezone.utc)
                yield {"Key": key, "Size": status.st_size, "ETag": identity(status), "LastModified": modified}

    def chunks(self, key):
        with open(self.root / key, "rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk

    def put(self, key, content):
        path = self.root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
        partial.write_bytes(content)
        partial.replace(path)

    def copy_to_archive(self, objects):
        """Nothing: here a file can be moved to processed/ as it leaves raw/, in one step."""

    def remove(self, objects):
        """Moves committed files to processed/, beside an earlier one of the same name and other content if there is one.

        What has been replaced since it was listed is left to the next run.
        """
        for item in objects:
            path = self.root / item["Key"]
            status = status_of(path)
            if status and identity(status) == item["ETag"]:
                target = self.archive_path(item["Key"])
                target.parent.mkdir(parents=True, exist_ok=True)
                path.replace(target)

    def archive_path(self, key):
        usual = archive_name(key)
        if not (self.root / usual).exists():
            return self.root / usual
        digest = self.digest(key)
        stem, rest = stem_of(usual)
        return self.root / (usual if self.digest(usual) == digest else f"{stem}.{digest[:8]}{rest}")

    def digest(self, key):
        content = hashlib.sha256()
        for chunk in self.chunks(key):
            content.update(chunk)
        return content.hexdigest()

    def table_folder(self, database, table):
        return f"results/{database}/{table}/"

    def url(self, key):
        return f"file:{self.root / key}"


def hold(lake):
    """Waits for other runs on a folder to end. The lock ends with this process, however it ends."""
    global held
    held = open(Path(lake) / "results" / ".run.lock", "w")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print(json.dumps({"message": "waiting for another run"}), flush=True)
        fcntl.flock(held, fcntl.LOCK_EX)


#: The open file that bears the lock.
held = None


def is_unfinished(key):
    return key.endswith(".partial") or any(name.startswith(".") for name in key.split("/"))


def status_of(path):
    """None if the file has gone since it was listed."""
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def identity(status):
    """What changes when a file is written to or replaced."""
    return f"{status.st_ino}-{status.st_size}-{status.st_mtime_ns}"
