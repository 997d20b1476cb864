"""Lines of raw files as rows of the transformation's `raw_events`: every known field as text, the others as JSON in `extra`.

A line that can't be an event's text (not UTF-8, control characters, too long) and the rest of a file that can't be read come with
the reason, as in the embedded lake.
"""

import base64
import itertools
import json
import re
import zlib

PIECE = 1 << 12
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f]")


def rows(key, chunks, fields, max_bytes):
    """Rows (fields…, extra, raw, source_file, source_line, reason) of a file given as chunks of bytes, in bounded memory."""
    known = set(fields)
    for number, line, reason in numbered_lines(chunks):
        if reason is None:
            reason = unreadable(line, max_bytes)
        if reason is not None:
            yield (*[None] * len(fields), None, raw_text(line), key, number, reason)
            continue
        text = line.decode()
        event = parsed(text)
        values = [field_text(event.get(name)) for name in fields]
        yield (*values, extra_of(text, event, known), text, key, number, None)


def numbered_lines(chunks):
    """(number, bytes, reason) of each line that is not blank; the rest of a broken file has the reason `unreadable_file`."""
    number, held = 1, b""
    try:
        for content in contents(chunks):
            *lines, held = (held + content).split(b"\n")
            for line in lines:
                yield from line_unless_blank(number, line)
                number += 1
    except (zlib.error, EOFError):
        yield number, held, "unreadable_file"
        return
    yield from line_unless_blank(number, held)


def contents(chunks):
    """The file's bytes, unpacked if it is gzipped. What comes before an error is given before it is raised."""
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
                yield unpacker.decompress(piece)
                piece = unpacker.unused_data
                if piece:
                    unpacker = gunzip()  # one gzip file may follow another
    if not unpacker.eof:
        raise EOFError("the gzip file is cut off")


def gunzip():
    return zlib.decompressobj(zlib.MAX_WBITS | 16)


def line_unless_blank(number, line):
    if number == 1:
        line = line.removeprefix(BYTE_ORDER_MARK)
    line = line.removesuffix(b"\r")
    if line.strip(b" \t\r"):
        yield number, line, None


def unreadable(line, max_bytes):
    if len(line) > max_bytes:
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
