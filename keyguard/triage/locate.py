"""Turns byte offsets into lines and columns, for many spans of one text at once."""

from __future__ import annotations

from collections.abc import Sequence

from keyguard.model.namedtuple import NamedTuple


class Span(NamedTuple):
    """Lines and columns from 1; columns count Unicode code points; the end column is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


def locate(content: bytes, spans: Sequence[tuple[int, int]]) -> list[Span]:
    """The lines and columns of (start, end) byte offsets, in the order given."""
    places = sorted({offset for span in spans for offset in span})
    known: dict[int, tuple[int, int]] = {}
    line, counted = 1, 0
    for place in places:
        line += content.count(b"\n", counted, place)
        counted = place
        line_start = content.rfind(b"\n", 0, place) + 1
        known[place] = (line, len(content[line_start:place].decode("utf-8", "replace")) + 1)
    return [Span(*known[start], *known[end]) for start, end in spans]
