"""Splits contents into records and rows: reads {"contents": [base64, …], "limits": {…}} and prints, for each, its records and count."""

import base64
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "etl"))

from raw_lines import contents, rows  # noqa: E402
from raw_records import Broken, Documents, Limits, split, without_mark  # noqa: E402

CHUNK_SIZES = (1 << 18, 1, 7)

#: Larger contents are not cut into the smallest chunks.
SMALL = 10_000


def main():
    request = json.load(sys.stdin)
    limits = Limits(**request["limits"])
    for text in request["contents"]:
        content = base64.b64decode(text)
        found = [records(content, size, limits) for size in CHUNK_SIZES if size > 7 or len(content) < SMALL]
        if found[1:] != found[:-1]:
            raise SystemExit(f"{content!r} depends on its chunks: {found}")
        *lines, counted = rows("key", iter([content]), ["event_id"], limits)
        judged = [[number, reason, raw_bytes] for *_, number, reason, raw_bytes, _ in lines]
        print(json.dumps({"records": found[0], "judged": judged, "count": counted[-1]}))


def records(content, size, limits):
    # Compressed chunks stay as they are, since an altered byte costs what its piece would have given.
    is_gzip = content.startswith(b"\x1f\x8b")
    chunks = [content] if is_gzip else [content[start : start + size] for start in range(0, len(content), size)]
    found = split(without_mark(contents(iter(chunks))), limits, Documents())
    return [[number, base64.b64encode(data).decode(), size, is_cut_off] for number, data, size, is_cut_off in found]


if __name__ == "__main__":
    main()
