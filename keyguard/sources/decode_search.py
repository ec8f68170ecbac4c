"""Finds the triggers of `sources.decode_triggers` where no vector engine does: by runs of letters and by literals."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keyguard.sources.decode_triggers import (
    BASE64,
    GZIP64,
    HEX,
    JOINED,
    LEAD,
    LED,
    QUADS,
    TEXT_PAIRS,
    TEXT_QUADS,
    TRIGGERS,
    WIDE64,
)

_RUN = bytes(0x41 if (chr(byte).isalnum() and byte < 128) or byte in b"+/_-" else 0x20 for byte in range(256))
_LETTERS = 4 * QUADS
_LEAD = re.compile(rb"(?:%s)\Z" % LEAD.encode())
_LONGEST_LEAD = 8
_IN_RUNS = [
    (number, re.compile(rb"(?=(%s))" % (TEXT_PAIRS if trigger.coding == HEX else trigger.pattern).encode()))
    for number, trigger in enumerate(TRIGGERS)
    if trigger.coding in (WIDE64, HEX, GZIP64)
]
_IN_LINES = [
    (number, re.compile(LED.get(number) or trigger.pattern.encode()))
    for number, trigger in enumerate(TRIGGERS)
    if trigger.coding == JOINED
]
# The rest ends in an escape: that is looked for, then the whole trigger up to there.
_ESCAPE = re.compile(rb"\\(?:u00[2-7][0-9a-fA-F]|x[2-7][0-9a-fA-F]|[\"'])|%(?:[2-7][0-9a-fA-F])")
_AT_ESCAPE = [
    (number, re.compile(rb"(?:%s)\Z" % trigger.pattern.encode()), trigger.width)
    for number, trigger in enumerate(TRIGGERS)
    if trigger.coding not in (BASE64, WIDE64, HEX, GZIP64, JOINED)
]


def search(text: bytes) -> Iterator[tuple[int, int]]:
    """Trigger numbers and ends. Each trigger that occurs is reported, though not every overlapping one."""
    runs = text.translate(_RUN)
    start = runs.find(b"A" * _LETTERS)
    while start >= 0:
        end = runs.find(b" ", start)
        end = end if end >= 0 else len(text)
        yield from _in_run(text, start, end)
        start = runs.find(b"A" * _LETTERS, end)
    for number, pattern in _IN_LINES:
        for found in pattern.finditer(text):
            yield number, found.end()
    for found in _ESCAPE.finditer(text):
        end = found.end()
        for number, pattern, width in _AT_ESCAPE:
            if pattern.search(text, max(0, end - width), end):
                yield number, end


def _in_run(text: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    if TEXT_QUADS.match(text, start, end) and (not start or _LEAD.search(text, max(0, start - _LONGEST_LEAD), start)):
        yield 0, start + _LETTERS
    for number, pattern in _IN_RUNS:
        for found in pattern.finditer(text, start, end):
            yield number, found.end(1)
