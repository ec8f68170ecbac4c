"""What decoding a part of a text gives: the decoded bytes, and where in the text each of them came from.

A text is decoded around places that `sources.decode_triggers` names. What comes out depends on a bounded stretch of the
content around each of them alone, never on how the content was cut up or packed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from keyguard.sources.decode_triggers import Reach


class Segment(NamedTuple):
    """`size` bytes of decoded text from `at` on, which stand in `length` encoded bytes from `origin` on."""

    at: int
    size: int
    origin: int
    length: int


class Decoded(NamedTuple):
    """A decoded text and where it stands: encoded bytes `low` to `high`.

    `segments` in the order of the text; empty where no single byte has a place (compressed text). `cut_left`,
    `cut_right`: the encoded text goes on there, beyond what may be looked at. `hits`: the places that led here.
    """

    steps: tuple[str, ...]
    text: bytes
    segments: Sequence[Segment]
    low: int
    high: int
    cut_left: bool
    cut_right: bool
    hits: Sequence[int]

    def start_of(self, at: int) -> int:
        """The encoded offset of the byte at `at`."""
        if not self.segments:
            return self.low
        segment = self._segment(at)
        return segment.origin + (at - segment.at) * segment.length // segment.size

    def end_of(self, at: int) -> int:
        """The encoded offset behind the byte before `at`."""
        if not self.segments:
            return self.high
        segment = self._segment(at - 1)
        return segment.origin - (segment.at - at) * segment.length // segment.size

    def line_of(self, at: int) -> int:
        """The encoded offset where the stretch that holds the byte at `at` begins."""
        return self._segment(at).origin if self.segments else self.low

    def _segment(self, at: int) -> Segment:
        place = bisect_right(self.segments, at, key=_at) - 1
        return self.segments[max(0, place)]


def _at(segment: Segment) -> int:
    return segment.at


Decoder = Callable[[int, bytes, Sequence[int], Reach], Iterator[Decoded]]
