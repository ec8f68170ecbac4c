"""Lines that were scanned and held nothing: where one stands again in a history, it need not be scanned again.

A line counts for what it says alone, so this changes no report. A table holds keyed hashes of 64 bits, a later one in
the place of an earlier one; it is filled and asked in `_delta_lines.h`. Without the C extension there is none: Python
takes longer to know a line than to scan it.
"""

from __future__ import annotations

import os

from keyguard.odb.delta import IMPLEMENTATION

_KEY = 32
_HASH = 8
_MOST = 1 << 21


def new_table(lines: int) -> bytearray | None:
    """An empty table for about so many lines, with a key that nobody knows. It takes at most 16 MiB."""
    if IMPLEMENTATION != "C":
        return None
    table = bytearray(_KEY + _HASH * min(1 << lines.bit_length(), _MOST))
    table[:_KEY] = os.urandom(_KEY)
    return table


def learn(table: bytearray, fresh: bytes, places: bytes) -> None:
    """Adds lines of a text to a table, those excepted in which something was found.

    `fresh` is what `stride` tells of the complete lines in a text: native uint64 pairs of hash and start, by start.
    `places` are sorted native int64: offsets in the same text. One behind a line and before the next excepts it too.
    Raises ValueError for what is no table.
    """
    from keyguard.odb import _delta

    _delta.learn(table, fresh, places)
