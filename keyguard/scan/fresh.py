"""Tells which parts of a changed text stand on lines that are new."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from keyguard.git.added import Lines


class FreshLines:
    """`lines` says which lines of the text are new, in order; it is called at the first question."""

    def __init__(self, text: bytes, lines: Callable[[], Sequence[Lines]]) -> None:
        self._text, self._lines = text, lines
        self._edges: list[int] | None = None

    def touch(self, start: int, end: int) -> bool:
        """Whether one of the bytes from `start` to `end` is on a line that is new."""
        if self._edges is None:
            self._edges = list(_edges(self._text, self._lines()))
        behind = bisect_right(self._edges, start)
        return behind % 2 == 1 or (behind < len(self._edges) and self._edges[behind] < end)


def _edges(text: bytes, lines: Sequence[Lines]) -> Iterator[int]:
    """Where the lines start and end in the text, with their line breaks: by turns."""
    at, number = 0, 1
    for first, last in lines:
        start = _step(text, at, first - number)
        at = _step(text, start, last + 1 - first)
        number = last + 1
        yield start
        yield at


def _step(text: bytes, at: int, count: int) -> int:
    """Where the text goes on after so many line breaks."""
    for _ in range(count):
        at = text.find(b"\n", at) + 1
        if not at:
            return len(text)
    return at
