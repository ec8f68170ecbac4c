"""The flat types of the hot path."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from keyguard.model.namedtuple import NamedTuple

CLIPPED_LEFT = 1
CLIPPED_RIGHT = 2
FRAGMENT = 4
ROW_FIELDS = 3


class Piece(NamedTuple):
    """One stretch of a slab: bytes `start` to `end` of its text are the bytes from `origin` on of object `owner`.

    `flags` is a set of CLIPPED_LEFT and CLIPPED_RIGHT (it begins or ends inside a line) and FRAGMENT (it is not the
    whole object).
    """

    owner: int
    start: int
    end: int
    origin: int
    flags: int


class Slab(NamedTuple):
    """One buffer that holds many pieces, each followed by a newline.

    Parallel lists, one entry an object: `starts` in `text` and `owners` (any number). `rows` are the windows of all
    objects as native int32 triples (origin, length, flags) in the order of the text, `lows` says where in `text` each
    begins; those of object n are number `cuts[n]` to `cuts[n + 1]`. An object without any stands whole.
    """

    text: bytes
    starts: list[int]
    owners: list[int]
    cuts: list[int]
    rows: bytes
    lows: Sequence[int]

    def piece(self, at: int) -> Piece:
        """The piece that holds the byte at `at`."""
        number = bisect_right(self.starts, at) - 1
        start, owner = self.starts[number], self.owners[number]
        first, end = self.cuts[number], self.cuts[number + 1]
        if first == end:
            behind = self.starts[number + 1] if number + 1 < len(self.starts) else len(self.text)
            return Piece(owner, start, behind - 1, 0, 0)
        row = bisect_right(self.lows, at, first, end) - 1
        origin, length, flags = memoryview(self.rows).cast("i")[row * ROW_FIELDS : (row + 1) * ROW_FIELDS]
        if at > self.lows[row] + length:
            raise IndexError(at)
        return Piece(owner, self.lows[row], self.lows[row] + length, origin, flags)

    def in_windows(self) -> set[int]:
        """The owners of which the slab holds windows only."""
        return {owner for owner, first, end in zip(self.owners, self.cuts, self.cuts[1:]) if first != end}


class Hits(NamedTuple):
    """Trigger matches in one text: parallel lists of rule numbers and match ends."""

    rules: list[int]
    ends: list[int]
