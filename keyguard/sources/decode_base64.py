"""Decodes base64 (RFC 4648, both alphabets) around places in a text: one run, or a block of wrapped lines."""

from __future__ import annotations

import re
import zlib
from base64 import b64decode
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from keyguard.sources.decode import Decoded, Segment
from keyguard.sources.decode_triggers import BASE64, GZIP64, QUADS, WIDE64, Reach
from keyguard.sources.text import coding_of

_TO_STANDARD = bytes.maketrans(b"-_", b"+/")
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-"
_RUN = re.compile(rb"[A-Za-z0-9+/_-]*")
_LEAST = 4 * QUADS
# Between two lines of one block: what ends a piece of a string, and what indents, quotes or comments out a line.
_BREAK = re.compile(rb"(?:[\"'][ +,.\\]{0,5}|[ ,.\\]{0,3})\r?\n[ \t\"'#*>]{0,32}(?=[A-Za-z0-9+/])")
_TAIL = re.compile(rb"[\"'][ +,.\\]{0,5}\r?\Z")
_LONGEST_LINE = 4096
_LEAD = re.compile(rb"[ \t\"'#*>]{0,32}")
_LINE_END = re.compile(rb"={0,2}[\"' +,.\\;)\]}]{0,6}(?:\r?\n|\Z)")
_BACK = {BASE64: _LEAST, WIDE64: 40, GZIP64: 5}
_GZIP_PIECE = 1 << 10
_MOST_INFLATED = 1 << 20


class _Line(NamedTuple):
    """One run of letters."""

    start: int
    end: int


def decode_base64(coding: int, content: bytes, hits: Sequence[int], reach: Reach) -> Iterator[Decoded]:
    """The blocks that hold the hits (ends of triggers, ascending), each once."""
    starts = sorted({max(0, hit - _BACK[coding]) for hit in hits})
    place = 0
    while place < len(starts):
        first = starts[place]
        floor = max(0, first - 2 * reach.back)
        begin, cut_left = (first, False) if coding == GZIP64 else _begin(content, first, floor)
        lines, mine, cut_right = _lines(content, begin, starts[place:], reach)
        place += max(1, len(mine))
        if lines:
            decoded = _decoded(coding, content, lines, mine or [first], cut_left, cut_right)
            if decoded:
                yield decoded


def _begin(content: bytes, start: int, floor: int) -> tuple[int, bool]:
    """Where the block begins that has a group of four letters at `start`; True where it may begin before `floor`."""
    before = content[floor:start]
    low = floor + len(before.rstrip(_LETTERS))
    if low == floor > 0:
        return start - (start - low) // 4 * 4, True
    low = start - (start - low) // 4 * 4
    while True:
        newline = content.rfind(b"\n", floor, low)
        if newline < 0:
            return low, floor > 0 and low - floor < 64
        if not _LEAD.fullmatch(content, newline + 1, low):
            return low, False
        line_start = max(content.rfind(b"\n", floor, newline) + 1, floor, newline - _LONGEST_LINE)
        line = content[line_start:newline]
        tail = _TAIL.search(line)
        line = line[: tail.start()] if tail else line.rstrip(b" ,.\\\r")
        run = line_start + len(line.rstrip(_LETTERS))
        if _following(content, run, line_start + len(line), len(content)) != low:
            return low, False
        low = run


def _lines(content: bytes, begin: int, starts: Sequence[int], reach: Reach) -> tuple[list[_Line], list[int], bool]:
    """The runs of a block, which of `starts` lie in it, and whether it goes on beyond the reach of the last of them."""
    size = len(content)
    lines: list[_Line] = []
    mine: list[int] = []
    ceiling = min(size, starts[0] + reach.back + reach.ahead)
    at = begin
    while True:
        end, known = _run_end(content, at, ceiling), -1
        while known != len(mine):
            known = len(mine)
            while len(mine) < len(starts) and starts[len(mine)] < max(end, at + 1):
                mine.append(starts[len(mine)])
            if mine:
                ceiling = min(size, mine[-1] + reach.back + reach.ahead)
            end = _run_end(content, at, ceiling)
        lines.append(_Line(at, end))
        if end == ceiling:
            return lines, mine, ceiling < size
        following = _following(content, at, end, ceiling)
        if not following:
            return lines, mine, False
        at = following


def _run_end(content: bytes, start: int, ceiling: int) -> int:
    run = _RUN.match(content, start, ceiling)
    return run.end() if run else start


def _following(content: bytes, start: int, end: int, ceiling: int) -> int:
    """Where the block goes on in the next line; 0 where it does not."""
    if (end - start) % 4 or end - start < _LEAST:
        return 0
    wrap = _BREAK.match(content, end, ceiling)
    if not wrap:
        return 0
    after = _run_end(content, wrap.end(), ceiling)
    is_last_of_line = after == ceiling or _LINE_END.match(content, after)
    return wrap.end() if is_last_of_line else 0


def _decoded(
    coding: int, content: bytes, lines: list[_Line], hits: Sequence[int], cut_left: bool, cut_right: bool
) -> Decoded | None:
    parts: list[bytes] = []
    segments: list[Segment] = []
    at = 0
    for line in lines:
        letters = content[line.start : line.end]
        letters = letters[: len(letters) - (len(letters) % 4 == 1)]
        raw = b64decode(letters.translate(_TO_STANDARD) + b"=" * (-len(letters) % 4))
        if raw:
            parts.append(raw)
            segments.append(Segment(at, len(raw), line.start, len(letters)))
            at += len(raw)
    decoded = Decoded(("base64",), b"".join(parts), segments, lines[0].start, lines[-1].end, cut_left, cut_right, hits)
    if coding == GZIP64:
        return _inflated(decoded)
    return _narrowed(decoded) if coding == WIDE64 else decoded


def _narrowed(decoded: Decoded) -> Decoded | None:
    """Text that was UTF-16 before it was encoded, as UTF-8; only where all of it is ASCII, as commands are."""
    found = coding_of(decoded.text)
    if found is None or found.unit != 2:
        return None
    text = found.view(decoded.text[found.mark :])
    if not text.isascii():
        return None
    segments = []
    for at, size, origin, length in decoded.segments:
        low = max(0, -((found.mark - at) // 2))
        high = (at + size - found.mark) // 2
        if high > low:
            segments.append(Segment(low, high - low, origin, length))
    return decoded._replace(steps=("base64", "utf-16"), text=text, segments=segments)


def _inflated(decoded: Decoded) -> Decoded | None:
    """What a gzip stream holds, up to a limit, or to where it is broken or cut off."""
    stream = zlib.decompressobj(16 + zlib.MAX_WBITS)
    data, parts, size = decoded.text, [], 0
    end = len(data) // _GZIP_PIECE * _GZIP_PIECE if decoded.cut_right else len(data)
    try:
        for start in range(0, end, _GZIP_PIECE):
            parts.append(stream.decompress(data[start : min(end, start + _GZIP_PIECE)], _MOST_INFLATED - size))
            size += len(parts[-1])
            if stream.eof or size >= _MOST_INFLATED:
                break
    except zlib.error:
        pass
    if not size:
        return None
    return decoded._replace(
        steps=("base64", "gzip"), text=b"".join(parts), segments=(), cut_left=False, cut_right=not stream.eof
    )
