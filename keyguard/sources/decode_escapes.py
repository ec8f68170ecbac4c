"""Decodes hex runs, and lines with percent signs or backslash escapes, around places in a text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import overload

from keyguard.sources.decode import Decoded, Segment
from keyguard.sources.decode_triggers import ESCAPES, HEX, NAMES, Reach

_HEX_DIGITS = b"0123456789abcdefABCDEF"
_HEX_RUN = re.compile(rb"[0-9a-fA-F]*")
_HEX_TRIGGER = 28
_ESCAPE = re.compile(rb"\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[\"'\\/bfnrt])")
_PERCENT = re.compile(rb"%[0-9a-fA-F]{2}")
_SHORT = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t"}


def decode_hex(_coding: int, content: bytes, hits: Sequence[int], reach: Reach) -> Iterator[Decoded]:
    """The runs of hex digits that hold the hits (ends of triggers, ascending), in step with each of them."""
    for odd in (0, 1):
        mine = [hit for hit in hits if hit % 2 == odd]
        place = 0
        while place < len(mine):
            decoded, place = _run(content, mine, place, reach)
            yield decoded


def _run(content: bytes, hits: Sequence[int], place: int, reach: Reach) -> tuple[Decoded, int]:
    """The run around one hit, as far as it may be looked at from that and those behind it, and the next hit's place."""
    size, first = len(content), hits[place]
    floor = max(0, first - 2 * reach.back)
    low = floor + len(content[floor : first - _HEX_TRIGGER].rstrip(_HEX_DIGITS))
    low += (first - low) % 2
    following, high, ceiling = place, first, first
    while following < len(hits) and hits[following] <= high:
        following += 1
        if high == ceiling:
            ceiling = min(size, hits[following - 1] + reach.back + reach.ahead)
            run = _HEX_RUN.match(content, high, ceiling)
            high = run.end() if run else high
    cut_right = high == ceiling < size
    high -= (high - low) % 2
    text = bytes.fromhex(content[low:high].decode("ascii"))
    segments = [Segment(0, len(text), low, high - low)]
    cut_left = low - floor < 2 and floor > 0
    return Decoded((NAMES[HEX],), text, segments, low, high, cut_left, cut_right, hits[place:following]), following


def decode_escapes(coding: int, content: bytes, hits: Sequence[int], reach: Reach) -> Iterator[Decoded]:
    """The lines around the hits (ascending), or as much of a long one as may be looked at."""
    pattern = _ESCAPE if coding == ESCAPES else _PERCENT
    place = 0
    while place < len(hits):
        mine = [hits[place]]
        floor = max(0, mine[0] - 2 * reach.back)
        low = content.rfind(b"\n", floor, mine[0]) + 1 or floor
        while True:
            ceiling = min(len(content), mine[-1] + reach.back + reach.ahead)
            newline = content.find(b"\n", mine[-1], ceiling)
            high = newline if newline >= 0 else ceiling
            following = place + len(mine)
            if following == len(hits) or hits[following] > high:
                break
            mine.append(hits[following])
        place += len(mine)
        encoded = content[low:high]
        text, segments = pattern.sub(_plain, encoded), Segments(encoded, low, pattern, _plain)
        cut_left = low == floor > 0 and content[low - 1] != 0x0A
        yield Decoded((NAMES[coding],), text, segments, low, high, cut_left, newline < 0 and high < len(content), mine)


class Segments(Sequence[Segment]):
    """Where the bytes of a text came from in which `pattern` is replaced by what `plain` makes of it; worked out when
    it is asked for, which is where something was found."""

    def __init__(
        self, encoded: bytes, origin: int, pattern: re.Pattern[bytes], plain: Callable[[re.Match[bytes]], bytes]
    ) -> None:
        self._encoded, self._origin, self._pattern, self._plain = encoded, origin, pattern, plain
        self._known: list[Segment] = []

    def __len__(self) -> int:
        return len(self._all())

    @overload
    def __getitem__(self, place: int) -> Segment: ...
    @overload
    def __getitem__(self, place: slice) -> list[Segment]: ...
    def __getitem__(self, place: int | slice) -> Segment | list[Segment]:
        return self._all()[place]

    def _all(self) -> list[Segment]:
        if not self._known:
            at = last = 0
            for found in self._pattern.finditer(self._encoded):
                start, end = found.span()
                at = self._add(at, start - last, last, start - last)
                at = self._add(at, len(self._plain(found)), start, end - start)
                last = end
            self._add(at, len(self._encoded) - last, last, len(self._encoded) - last)
        return self._known

    def _add(self, at: int, size: int, start: int, length: int) -> int:
        if size:
            self._known.append(Segment(at, size, self._origin + start, length))
        return at + size


def _plain(found: re.Match[bytes]) -> bytes:
    return _PLAIN.get(found[0]) or _decoded(found[0])


def _decoded(escape: bytes) -> bytes:
    if escape[:1] == b"%" or escape[1:2] == b"x":
        return bytes((int(escape[-2:], 16),))
    # Halves of a pair are no part of any secret.
    return chr(int.from_bytes(bytes.fromhex(escape[2:].decode()), "big")).encode("utf-8", "replace")


_PLAIN = {b"\\" + key: value for key, value in {**_SHORT, **{sign: sign for sign in (b'"', b"'", b"\\", b"/")}}.items()}
_PLAIN |= {
    lead + digits: bytes((number,))
    for number in range(128)
    for lead in (b"%", b"\\x", b"\\u00")
    for digits in (b"%02x" % number, b"%02X" % number)
}
