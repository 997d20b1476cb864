"""The files of a lake in a folder of this machine."""

import fcntl
import hashlib
import json
import os
import stat
from datetime import datetime, timezone
from pathlib import Path

from stored_files import StoredFiles, archive_name, stem_of

CHUNK_BYTES = 1 << 18


class FolderFiles(StoredFiles):
    """What lies in a folder with the layout of the bucket. Keys are paths in it, with slashes; hidden and partial files are left alone."""

    def __init__(self, lake):
        self.root = Path(lake)

    def listing(self, prefix):
        for path, reason in self.entries(prefix):
            status = status_of(path) if reason is None else None
            if status:
                modified = datetime.fromtimestamp(status.st_mtime, timezone.utc)
                yield {"Key": self.key(path), "Size": status.st_size, "ETag": identity(status), "LastModified": modified}

    def passed_over(self):
        """What is in raw/ and is no file of events, each as a dict of its key and what it is."""
        return [{"key": self.key(path), "reason": reason} for path, reason in self.entries("raw/") if reason]

    def entries(self, prefix):
        """Pairs of a path below a folder, and why it is no file of events; None if it is one."""
        for folder, folders, names in os.walk(self.root / prefix.rpartition("/")[0]):
            hidden = [name for name in folders if name.startswith(".")]
            links = [name for name in folders if os.path.islink(os.path.join(folder, name))]
            folders[:] = sorted(set(folders) - {*hidden, *links})
            paths = [(Path(folder, name), "a hidden folder" if name in hidden else reason_to_pass_over(Path(folder, name))) for name in sorted([*names, *hidden, *links])]
            yield from (pair for pair in paths if self.key(pair[0]).startswith(prefix))

    def key(self, path):
        return path.relative_to(self.root).as_posix()

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


def reason_to_pass_over(path):
    """Why a path is no file of events, in the words of the embedded lake; None if it is one."""
    if path.name.startswith("."):
        return "a hidden file"
    mode = status_of(path, follow_symlinks=False)
    kind = next((kind for is_kind, kind in KINDS if mode and is_kind(mode.st_mode)), None)
    if kind:
        return kind
    if path.name.endswith(".partial"):
        return "an unfinished file"
    return None if os.access(path, os.R_OK) or mode is None else "not readable by you"


KINDS = (
    (stat.S_ISLNK, "a symbolic link"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISCHR, "a device"),
)


def status_of(path, follow_symlinks=True):
    """None if the file has gone since it was listed."""
    try:
        return path.stat(follow_symlinks=follow_symlinks)
    except FileNotFoundError:
        return None


def identity(status):
    """What changes when a file is written to or replaced, even if its time of modification is set back."""
    return f"{status.st_ino}-{status.st_size}-{status.st_mtime_ns}-{status.st_ctime_ns}"
