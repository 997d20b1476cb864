"""Records of raw files as rows of the transformation's `raw_events`: every known field as text, the others as JSON in `extra`.

A record that can't be an event's text (not UTF-8, control characters, too long) and the one that a file which can't be read to its
end breaks off in come with the reason, as in the embedded lake.
"""

import base64
import itertools
import json
import re
import zlib

from raw_records import Broken, Documents, LineCounter, split, without_mark

PIECE = 1 << 12
CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f]")

#: Bytes of the longest character in UTF-8.
LONGEST_CHARACTER = 4


def rows(key, chunks, fields, limits):
    """Rows of a file given as chunks of bytes, in bounded memory: (fields…, extra, raw, source_file, source_line, reason, raw_bytes,
    line_count).

    The last row has nothing but the file and its `line_count`: how many rows must have come before it. It is counted apart from
    what splits the file.
    """
    known = set(fields)
    nothing = [None] * len(fields)
    counter, documents = LineCounter(), Documents()
    for record in split(counter.counted(without_mark(contents(chunks))), limits, documents):
        number, line, size, is_cut_off = record
        reason = "unreadable_file" if is_cut_off else unreadable(line, size, limits.max_event_bytes)
        if reason is not None:
            is_whole = size <= limits.max_event_bytes
            raw = raw_text(line) if is_whole else raw_head(line)
            yield (*nothing, None, raw, key, number, reason, None if is_whole else size, None)
            continue
        text = line.decode()
        event = parsed(text)
        values = [field_text(event.get(name)) for name in fields]
        yield (*values, extra_of(text, event, known), text, key, number, None, None, None)
    yield (*nothing, None, None, key, None, None, None, counter.lines - documents.lines + documents.records)


def contents(chunks):
    """The file's bytes, unpacked if it is gzipped. What comes before the file breaks off is given before Broken is raised."""
    chunks = iter(chunks)
    first = next(chunks, b"")
    chunks = itertools.chain([first], chunks)
    yield from unpacked(chunks) if first.startswith(b"\x1f\x8b") else chunks


def unpacked(chunks):
    unpacker = gunzip()
    for chunk in chunks:
        # In small pieces, since an altered byte costs what its piece would have given.
        for start in range(0, len(chunk), PIECE):
            piece = chunk[start : start + PIECE]
            while piece:
                try:
                    text = unpacker.decompress(piece)
                except zlib.error as error:
                    raise Broken from error
                yield text
                piece = unpacker.unused_data
                if piece.startswith(b"\0"):
                    return  # padding
                if piece:
                    unpacker = gunzip()  # one gzip file may follow another
    if not unpacker.eof:
        raise Broken


def gunzip():
    return zlib.decompressobj(zlib.MAX_WBITS | 16)


def unreadable(line, size, max_bytes):
    if size > max_bytes:
        return "line_too_long"
    if CONTROL.search(line):
        return "not_text"
    try:
        line.decode()
    except UnicodeDecodeError:
        return "not_text"
    return None


def raw_text(line):
    """The bytes as `failed_events.raw` has them."""
    try:
        text = line.decode()
    except UnicodeDecodeError:
        text = "\x00"
    return f"base64:{base64.b64encode(line).decode()}" if "\x00" in text else text


def raw_head(line):
    """The first bytes of a line as `failed_events.raw` has them; a character that is cut in two is left out."""
    for end in range(len(line), len(line) - LONGEST_CHARACTER, -1):
        try:
            line[:end].decode()
        except UnicodeDecodeError:
            continue
        return raw_text(line[:end])
    return raw_text(line)


class Number(str):
    """A number as it is written."""


def parsed(text):
    """The object that a line holds, numbers as they are written and of equal names the first; empty if it holds none."""
    try:
        event = json.loads(
            text, parse_int=Number, parse_float=Number, parse_constant=refuse, object_pairs_hook=first_of_each
        )
        if "\\u" in text or "[" in text or text.count("{") > 1:
            json.dumps(event, ensure_ascii=False).encode()  # half a surrogate pair is no text, nor can too deep a value be written
    except (ValueError, RecursionError):
        return {}
    return event if isinstance(event, dict) else {}


def refuse(constant):
    raise ValueError(f"{constant} is not JSON")


def first_of_each(pairs):
    return dict(reversed(pairs)) if len({name for name, _ in pairs}) < len(pairs) else dict(pairs)


def field_text(value):
    if value is None or type(value) is str:
        return value
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def extra_of(text, event, known):
    if event.keys() <= known:
        return None
    unknown = {name: value for name, value in json.loads(text, object_pairs_hook=first_of_each).items() if name not in known}
    return json.dumps(unknown, ensure_ascii=False, separators=(",", ":"))
