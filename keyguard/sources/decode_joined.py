"""Joins what a string was split into around places in a text: added or adjacent literals, and continued lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from keyguard.sources.decode import Decoded
from keyguard.sources.decode_escapes import Segments
from keyguard.sources.decode_triggers import JOINED, LONGEST_JOINED, NAMES, Reach

_SIGN = rb"(?:\+|\.\.?|&|~|\|\|)?"
_OVER = rb"[ \t]*(?:[\\_]?\r?\n[ \t]*)?"
# From the quote that ends one literal to the one that begins the next, of the same kind; a line that ends in a
# backslash; and from a sign to the literal on the next line.
_JOINT = re.compile(
    rb"([\"'`])(?=[ \t+.&~|\\\r\n])[ \t]*%b%b%b[ \t]*[bfruLU@$]{0,2}\1|\\\r?\n[ \t]*|" % (_SIGN, _OVER, _SIGN)
    + rb"(?:(?<==)[ \t]*\([ \t]*(?:\r?\n[ \t]*)?|(?<=[=(])[ \t]*\r?\n[ \t]*)(?=[A-Za-z@$]{0,2}[\"'`])"
)
_LEFT_OPEN = re.compile(rb"[\"'`+.&~|\\_=(][ \t]*\r?$")
_TAKEN_UP = re.compile(rb"[ \t]{0,64}(?:(?:\+|\.\.?|&|~|\|\|)[ \t]*)?[A-Za-z@$]{0,2}[\"'`]")
_BACK, _TAIL = 512, 16


def decode_joined(_coding: int, content: bytes, hits: Sequence[int], _reach: Reach) -> Iterator[Decoded]:
    """The lines of the hits (ascending), with those that go on what they began."""
    place = 0
    while place < len(hits):
        first = hits[place]
        floor = max(0, first - _BACK)
        low = content.rfind(b"\n", floor, first) + 1 or floor
        high = _end(content, first, min(len(content), first + LONGEST_JOINED))
        following = place + 1
        while following < len(hits) and hits[following] <= high:
            following += 1
        encoded = content[low:high]
        cut_left = low == floor > 0 and content[low - 1] != 0x0A
        cut_right = high < len(content) and content[high] != 0x0A
        segments = Segments(encoded, low, _JOINT, _nothing)
        text = _JOINT.sub(b"", encoded)
        if len(text) < len(encoded):
            mine = hits[place:following]
            yield Decoded((NAMES[JOINED],), text, segments, low, high, cut_left, cut_right, mine)
        place = following


def _end(content: bytes, at: int, ceiling: int) -> int:
    """Where the statement ends whose string is at `at`: the first line that leaves nothing open."""
    while True:
        newline = content.find(b"\n", at, ceiling)
        if newline < 0:
            return ceiling
        tail = _LEFT_OPEN.search(content, max(0, newline - _TAIL), newline)
        if not tail or not (tail[0][:1] == b"\\" or _TAKEN_UP.match(content, newline + 1, ceiling)):
            return newline
        at = newline + 1


def _nothing(_joint: re.Match[bytes]) -> bytes:
    return b""
