"""Lines that were scanned and held nothing: where one stands again in a history, it need not be scanned again.

A line counts for what it says alone, so this changes no report. Without the C extension there is no table: Python takes
longer to know a line than to scan it.
"""

from __future__ import annotations

import mmap
import os

import numpy as np

from keyguard.odb.delta import IMPLEMENTATION

KEY = 32
_HASH = 8
_MOST = 1 << 21


# Where a table lies and its size in bytes; and what must not go away before it.
Place = tuple[int, int, object]


class LineTable:
    """Keyed hashes of 64 bits, a later one in the place of an earlier one; filled and asked in `_delta_lines.h`.

    Processes that are forked share it: a hash is written as one word, so that none reads half of it. One that is
    spawned begins with an empty table. `place` is for the C step.
    """

    def __init__(self, lines: int, key: bytes = b"") -> None:
        """An empty table for about so many lines. It takes at most 16 MiB; by itself it has a key that nobody knows."""
        self._lines = lines
        self._memory = mmap.mmap(-1, KEY + _HASH * min(1 << lines.bit_length(), _MOST))
        self._memory[:KEY] = key or os.urandom(KEY)
        address: int = np.frombuffer(self._memory, np.uint8).ctypes.data
        self.place: Place = (address, len(self._memory), self._memory)

    def __reduce__(self) -> tuple[type[LineTable], tuple[int]]:
        return LineTable, (self._lines,)

    def learn(self, fresh: bytes, places: bytes) -> None:
        """Adds lines of a text, those excepted in which something was found.

        `fresh` is what `stride` tells of the complete lines in a text: native uint64 pairs of hash and start, by start.
        `places` are sorted native int64: offsets in the same text. One before the next line excepts a line too.
        """
        from keyguard.odb import _delta

        _delta.learn(self.place, fresh, places)


def new_table(lines: int) -> LineTable | None:
    """A table for about so many lines; None without the C step."""
    return LineTable(lines) if IMPLEMENTATION == "C" else None
