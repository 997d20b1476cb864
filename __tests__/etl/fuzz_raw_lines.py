"""Tries `etl/raw_lines.py` with contents that Hypothesis makes up. FUZZ_RUNS multiplies how many."""

import gzip
import json
import os
import sys
from pathlib import Path

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[2] / "etl"))

from raw_lines import extra_of, field_text, parsed, rows  # noqa: E402
from raw_records import Limits  # noqa: E402

RUNS = 1500 * int(os.environ.get("FUZZ_RUNS", "1"))
SEED = int(os.environ.get("FUZZ_SEED", str(int.from_bytes(os.urandom(4), "big"))))
FIELDS = ["event_id", "timestamp"]
#: So small that all that is bounded comes often.
LIMITS = Limits(max_event_bytes=60, head_bytes=10, max_document_depth=4, max_document_attempts=3)

PIECES = [
    *(bytes([byte]) for byte in b'{}[],:"\\ \n\r\t\x00'),
    *(b'{"a":1}', b'{"event_id":"a","x":[1]}\n', b'[{"a":1},', b'[\n{"a":1}\n,\n', b'\n{\n"a": 1\n}\n'),
    *(b'"\\ud800"', b"1e999", b"NaN", b"null", b"words", "ü".encode(), b"\xff", b"\xef\xbb\xbf", b"[" * 6, b" " * 70, b"x" * 70),
]
content = st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=4)), max_size=30).map(b"".join)
many = settings(max_examples=RUNS, deadline=None, database=None, print_blob=True, suppress_health_check=list(HealthCheck))


def chunks_of(data, cuts):
    edges = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[start:end] for start, end in zip(edges, edges[1:])]


def judged(chunks):
    *found, last = rows("key", iter(chunks), FIELDS, LIMITS)
    assert last[-1] == len(found), (last, found)
    for row in found:
        assert row[-1] is None
        assert all(value is None or isinstance(value, (str, int)) for value in row)
        "".join(value for value in row if isinstance(value, str)).encode()
        *_, raw, _, number, reason, raw_bytes, _ = row
        assert number >= 1
        assert raw_bytes is None or (raw_bytes > LIMITS.max_event_bytes and reason in ("line_too_long", "unreadable_file"))
        assert reason is not None or len(raw.encode()) <= LIMITS.max_event_bytes
    return found


@seed(SEED)
@many
@given(content, st.lists(st.integers(0, 10_000), max_size=8))
def every_line_of_a_file_is_a_row_wherever_it_is_cut(data, cuts):
    if not data.startswith(b"\x1f\x8b"):
        assert judged(chunks_of(data, cuts)) == judged([data])


@seed(SEED)
@many
@given(content, st.integers(0, 10_000), st.integers(0, 7), st.sampled_from(["whole", "cut", "altered", "members", "padded"]))
def every_line_of_a_gzip_file_is_a_row(data, at, bit, kind):
    packed = gzip.compress(data, mtime=0)
    if kind == "whole":
        assert judged([packed]) == judged([data]) or data.startswith(b"\x1f\x8b")
    elif kind == "cut":
        assert judged([packed[: 2 + at % (len(packed) - 2)]])[-1][-3] == "unreadable_file"
    elif kind == "altered":
        place = 2 + at % (len(packed) - 2)
        judged([packed[:place] + bytes([packed[place] ^ (1 << bit)]) + packed[place + 1 :]])
    elif kind == "members":
        half = at % (len(data) + 1)
        assert judged([gzip.compress(data[:half]) + gzip.compress(data[half:])]) == judged([packed])
    else:
        assert judged([packed + bytes(at % 100)]) == judged([packed])


@seed(SEED)
@many
@given(st.one_of(st.text(), st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(FIELDS), inner)).map(json.dumps)))
def any_text_gives_fields_and_what_is_left(text):
    event = parsed(text)
    assert all(value is None or isinstance(value, str) for value in map(field_text, event.values()))
    extra = extra_of(text, event, set(FIELDS))
    assert extra is None or not set(json.loads(extra)) & set(FIELDS)


if __name__ == "__main__":
    print(f"FUZZ_SEED={SEED}", file=sys.stderr)
    for attempt in (
        every_line_of_a_file_is_a_row_wherever_it_is_cut,
        every_line_of_a_gzip_file_is_a_row,
        any_text_gives_fields_and_what_is_left,
    ):
        attempt()
        print(f"{attempt.__name__}: {RUNS}")
