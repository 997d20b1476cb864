"""Splits a file into records, as `raw-records.ts` does for the embedded lake: its lines, or the elements of JSON documents.

A record is a line with text; where a line begins a JSON array of objects, each element is one; and so is an object that is
pretty-printed over several lines, whose newlines become spaces. Memory is bounded by the size of an event, and time is linear,
whatever a file holds.
"""

import json
import re
from typing import Iterable, Iterator, NamedTuple

BLANK = b" \t\r"
SPACE = b" \t\r\n"
BLANKS = re.compile(rb"[ \t\r]*")
SPACES = re.compile(rb"[ \t\r\n]*")
TEXT_LINE = re.compile(rb"[^ \t\r\n][^\n]*")
TOKEN = re.compile(rb'[ \t\r\n]+|["{}\[\],:]|[^ \t\r\n"{}\[\],:]+')
STRING_END = re.compile(rb'["\\\n]')
NEWLINE = re.compile(rb"\r?\n")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"

#: What may stand before a string, an object or an array.
BEFORE_VALUE = b"{[,:"
PAIRS = {ord("}"): ord("{"), ord("]"): ord("[")}


class Limits(NamedTuple):
    """Of `schema/event.ts`, under the names that the job's definition has them."""

    max_event_bytes: int
    head_bytes: int
    max_document_depth: int
    max_document_attempts: int


class Record(NamedTuple):
    """A record of a file."""

    #: Number of its first line, from 1; of an array's element, its number among the elements of the file.
    number: int
    #: Its bytes; of one that is longer than an event may be, the first.
    data: bytes
    #: Bytes of the whole.
    size: int
    #: Whether the file ends within it.
    is_cut_off: bool


class Documents:
    """Of what has been split: lines with text that belong to documents, and the records that came of these."""

    def __init__(self) -> None:
        self.lines = 0
        self.records = 0


class LineCounter:
    """Counts lines with text in chunks that may be cut anywhere, independently of what splits them."""

    def __init__(self) -> None:
        self.lines = 0
        self.has_text = False

    def counted(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """The same chunks, counted as they pass. Where they break off, that counts as a line in any case."""
        try:
            for chunk in chunks:
                self.add(chunk)
                yield chunk
        except Broken:
            if not self.has_text:
                self.lines += 1
            raise

    def add(self, chunk: bytes) -> None:
        first, newline, _ = chunk.partition(b"\n")
        begins_with_text = bool(first.strip(BLANK))
        self.lines += len(TEXT_LINE.findall(chunk)) - (self.has_text and begins_with_text)
        if newline:
            self.has_text = bool(chunk[chunk.rindex(b"\n") + 1 :].strip(BLANK))
        else:
            self.has_text = self.has_text or begins_with_text


class Broken(Exception):
    """Chunks end in this where the rest of a file can't be read."""


def without_mark(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The chunks without a byte order mark at their beginning."""
    chunks = iter(chunks)
    start = b""
    try:
        while len(start) < len(BYTE_ORDER_MARK) and (chunk := next(chunks, None)) is not None:
            start += chunk
    except Broken:
        yield start
        raise
    yield start.removeprefix(BYTE_ORDER_MARK)
    yield from chunks


def split(chunks: Iterable[bytes], limits: Limits, documents: Documents) -> Iterator[Record]:
    """The records of a file without a byte order mark. If the chunks end in Broken, the last record is cut off."""
    text = Text(chunks, limits)
    attempts = limits.max_document_attempts
    elements = 0
    is_cut_off = False
    while True:
        yield from text.take_objects()
        if not text.fill_line():
            break
        number, text_lines = text.line, text.text_lines
        found = find_document(text) if attempts else None
        if found is None or found == REFUSED:
            attempts -= found == REFUSED
            piece = text.take_line()
            is_cut_off = piece.is_cut_off
            if is_cut_off or piece.has_text:
                yield Record(number, piece.data, piece.size, is_cut_off)
            continue
        for piece in take_elements(text) if found == ARRAY else take_object(text, found):
            documents.records += 1
            is_cut_off = piece.is_cut_off
            if found == ARRAY:
                elements += 1
            yield Record(elements if found == ARRAY else number, piece.data, piece.size, is_cut_off)
        documents.lines += text.text_lines - text_lines
        if is_cut_off and text.is_broken and text.ends_in_blank:
            documents.lines += 1  # as whoever counts lines has it
    if text.is_broken and not is_cut_off:
        documents.records += not text.ends_in_blank  # the line that the file breaks off in is the last of an object
        yield Record(text.line, b"", 0, True)


class Piece(NamedTuple):
    """A record without its number."""

    data: bytes
    size: int
    has_text: bool
    is_cut_off: bool
    #: Whether it goes up to the end of its line, whatever is in it.
    ends_line: bool


class Text:
    """The bytes of a file that have been read and not yet taken: `rest` from `at` on."""

    def __init__(self, chunks: Iterable[bytes], limits: Limits) -> None:
        self.chunks = iter(chunks)
        self.limits = limits
        self.rest = b""
        self.at = 0
        #: Number of the line that `at` is in, and how many lines with text have ended.
        self.line = 1
        self.text_lines = 0
        self.has_text = False
        self.is_at_end = False
        self.is_over = False
        self.is_broken = False
        self.ends_in_blank = False

    def more(self) -> bool:
        """Adds a chunk to `rest`; false at the end of the file."""
        if self.is_at_end:
            return False
        try:
            self.rest = self.rest[self.at :] + next(self.chunks)
            self.at = 0
            return True
        except StopIteration:
            pass
        except Broken:
            self.is_broken = True
        self.is_at_end = True
        self.end_file()
        return False

    def take(self, count: int) -> bytes:
        data = self.rest[self.at : self.at + count]
        self.at += len(data)
        *ended, last = data.split(b"\n")
        for line in ended:
            self.text_lines += self.has_text or bool(line.strip(BLANK))
            self.has_text = False
        self.line += len(ended)
        self.has_text = self.has_text or bool(last.strip(BLANK))
        self.end_file()
        return data

    def end_file(self) -> None:
        if self.is_at_end and not self.is_over and self.at == len(self.rest):
            self.is_over = True
            self.ends_in_blank = not self.has_text
            self.text_lines += self.has_text

    def fill_line(self) -> bool:
        """Reads on until there is a whole line, or more than an event may have, or all there is. False if that is nothing."""
        start = 0
        while len(self.rest) - self.at <= self.limits.max_event_bytes and self.rest.find(b"\n", self.at + start) < 0:
            start = len(self.rest) - self.at
            if not self.more():
                break
        return self.at < len(self.rest)

    def take_objects(self) -> Iterator[Record]:
        """Takes lines that hold an object each, as most do, as far as they are whole and not too long."""
        while (end := self.rest.find(b"\n", self.at)) >= 0:
            line = self.rest[self.at : end]
            if not line.startswith(b"{") or not line.endswith(b"}") or len(line) > self.limits.max_event_bytes:
                return
            number = self.line
            self.at = end + 1
            self.line += 1
            self.text_lines += 1
            yield Record(number, line, len(line), False)
        self.end_file()

    def take_line(self, parts: "Parts | None" = None) -> Piece:
        """Takes the rest of a line, and its newline."""
        parts = parts or Parts(self.limits)
        while True:
            end = self.rest.find(b"\n", self.at)
            parts.add(self.take((len(self.rest) if end < 0 else end) - self.at))
            if end >= 0:
                self.take(1)
                return parts.piece(False, True)
            if not self.more():
                return parts.piece(self.is_broken, True)

    def take_value(self) -> Piece:
        """Takes an element of an array; with the rest of its line if it is broken."""
        parts = Parts(self.limits)
        scanner = Scanner(self.limits.max_document_depth)
        while True:
            end = scanner.scan(self.rest, self.at)
            parts.add(self.take(end - self.at))
            if scanner.is_broken:
                return self.take_line(parts)
            if scanner.is_closed:
                return parts.piece(False, False)
            if not self.more():
                return parts.piece(True, True)

    def value_end(self, start: int) -> "int | None":
        """Where a value ends, from `at`; None if it is broken, too long, or the file ends before."""
        scanner = Scanner(self.limits.max_document_depth)
        end = start
        while True:
            end = scanner.scan(self.rest, self.at + end) - self.at
            if scanner.is_broken or end - start > self.limits.max_event_bytes:
                return None
            if scanner.is_closed:
                return end
            if not self.more():
                return None

    def skip(self, start: int, skipped: "re.Pattern[bytes]", most: int) -> int:
        """Where, from `at`, bytes of a kind end that begin at `start`; none are read beyond `most`."""
        end = start
        while True:
            end = run_end(skipped, self.rest, self.at + end) - self.at
            if self.at + end < len(self.rest) or end > most or not self.more():
                return end

    def byte(self, offset: int) -> bytes:
        return self.rest[self.at + offset : self.at + offset + 1]


class Parts:
    """The parts of a record, of which no more is held than an event may have."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.parts: list[bytes] = []
        self.size = 0
        self.has_text = False

    def add(self, part: bytes) -> None:
        if self.size <= self.limits.max_event_bytes:
            self.parts.append(part)
        self.size += len(part)
        self.has_text = self.has_text or bool(part.strip(BLANK))

    def piece(self, is_cut_off: bool, ends_line: bool) -> Piece:
        data = b"".join(self.parts)
        if self.size > self.limits.max_event_bytes + 1:  # and one for what CRLF adds
            return Piece(data[: self.limits.head_bytes], self.size, self.has_text, is_cut_off, ends_line)
        data = on_one_line(data).removesuffix(b"\r")
        return Piece(data, len(data), self.has_text, is_cut_off, ends_line)


ARRAY, REFUSED = "array", "refused"


def find_document(text: Text) -> "str | int | None":
    """What begins at a line: ARRAY, the size of an object on several lines, or None; REFUSED where it took a look ahead."""
    end = text.rest.find(b"\n", text.at)
    line = text.rest[text.at :] if end < 0 else text.rest[text.at : end]
    if not may_be_document(line):
        return None
    first = len(line) - len(line.lstrip(BLANK))
    if line[first : first + 1] == b"[":
        return ARRAY if begins_array(text, first + 1) else REFUSED
    return None if end < 0 else object_size(text, first) or REFUSED


def may_be_document(line: bytes) -> bool:
    """Whether a line may be part of a document, so that lines are not records."""
    if line.startswith(b"{") and line.endswith(b"}"):
        return False
    line = line.strip(BLANK)
    if line.startswith(b"{"):
        return not line.endswith(b"}")
    return line.startswith(b"[") and line[1:].lstrip(BLANK)[:1] in (b"", b"{")


def begins_array(text: Text, start: int) -> bool:
    """Whether a bracket is followed by an object, and that by a comma or another bracket."""
    most = 3 * text.limits.max_event_bytes  # for white space, an object, and white space again
    first = text.skip(start, SPACES, most)
    if text.byte(first) != b"{" or first > text.limits.max_event_bytes:
        return False
    end = text.value_end(first)
    if end is None:
        return False
    behind = text.skip(end, SPACES, most)
    return behind <= most and text.byte(behind) in (b",", b"]")


def object_size(text: Text, start: int) -> "int | None":
    """Size of an object that is JSON and has its last line for itself; None if it is none."""
    end = text.value_end(start)
    if end is None:
        return None
    behind = text.byte(text.skip(end, BLANKS, end + text.limits.head_bytes - 1))
    if behind not in (b"", b"\n"):
        return None
    try:
        json.loads(text.rest[text.at + start : text.at + end].decode(errors="replace"), parse_int=str, parse_constant=refuse)
    except ValueError:
        return None
    return end


def refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def take_object(text: Text, size: int) -> Iterator[Piece]:
    yield Piece(on_one_line(text.take(size)), size, True, False, False)
    text.take_line()


def take_elements(text: Text) -> Iterator[Piece]:
    """Takes an array of objects, and whatever stands behind it on its last line."""
    text.take(text.rest.index(b"[", text.at) + 1 - text.at)
    expected = "element"
    while True:
        text.take(run_end(SPACES, text.rest, text.at) - text.at)
        following = text.byte(0)
        if not following:
            if text.more():
                continue
            yield Piece(b"", 0, False, True, True)
            return
        if following == b"]":
            break
        if following == b"," and expected != "element":
            text.take(1)
            expected = "element"
            continue
        piece = text.take_line() if following == b"," or expected == "comma" else text.take_value()
        yield piece
        if piece.is_cut_off:
            return
        expected = "either" if piece.ends_line else "comma"
    text.take(1)
    behind = text.take_line()
    if behind.has_text or behind.is_cut_off:
        yield behind


class Scanner:
    """Finds the end of a JSON value by its strings and brackets, over as many pieces of text as it takes."""

    def __init__(self, max_depth: int) -> None:
        self.max_depth = max_depth
        self.open = bytearray()
        self.before: "int | None" = None
        self.in_string = False
        self.is_escaped = False
        self.is_closed = False
        self.is_broken = False

    def scan(self, text: bytes, at: int) -> int:
        """Where the scan has come to: behind the value if it is closed, before what breaks it if it is broken."""
        while at < len(text):
            at = self.in_text(text, at) if self.in_string else self.outside(text, at)
            if self.is_closed or self.is_broken:
                break
        return at

    def in_text(self, text: bytes, at: int) -> int:
        if self.is_escaped:
            self.is_broken = text[at] == 10
            self.is_escaped = False
            return at if self.is_broken else at + 1
        found = STRING_END.search(text, at)
        if not found:
            return len(text)
        if found[0] == b"\n":
            self.is_broken = True
            return found.start()
        if found[0] == b"\\":
            self.is_escaped = True
        else:
            self.in_string = False
            self.is_closed = not self.open
        return found.end()

    def outside(self, text: bytes, at: int) -> int:
        token = TOKEN.match(text, at)
        assert token  # every byte is of a token
        byte = text[at]
        if byte in SPACE:
            self.is_closed = not self.open and self.before is not None
            return at if self.is_closed else token.end()
        if byte in b'{["':
            if self.before is not None and self.before not in BEFORE_VALUE:
                self.is_broken = True
                return at
            if byte == ord('"'):
                self.in_string = True
            else:
                self.open.append(byte)
                if len(self.open) > self.max_depth:
                    self.is_broken = True
                    return at
        elif byte in b"}],":
            if not self.open:
                self.is_broken = self.before is None
                self.is_closed = not self.is_broken
                return at
            if byte != ord(","):
                if self.open.pop() != PAIRS[byte]:
                    self.is_broken = True
                    return at
                if not self.open:
                    self.is_closed = True
                    return at + 1
        self.before = byte
        return token.end()


def run_end(pattern: "re.Pattern[bytes]", text: bytes, start: int) -> int:
    """Where what a pattern matches, be it nothing, ends."""
    found = pattern.match(text, start)
    return found.end() if found else start


def on_one_line(data: bytes) -> bytes:
    """A record as a line: newlines, which can only stand between its tokens, become spaces."""
    return NEWLINE.sub(b" ", data) if b"\n" in data else data
