"""Lines that were scanned and held nothing: where one stands again in a history, it need not be scanned again.

A line counts for what it says alone, so this changes no report. A table holds keyed hashes of 64 bits, a later one in
the place of an earlier. Exists twice like the functions of `keyguard.odb.delta`: in `_delta_lines.h`, and here.
"""

from __future__ import annotations

import os
from array import array
from bisect import bisect_left
from hashlib import blake2b

_KEY = 16
_HASH = 8


def new_table(places: int = 1 << 21) -> bytearray:
    """An empty table for so many lines (a power of two), with a key that nobody knows."""
    return bytearray(os.urandom(_KEY)) + bytearray(_HASH * places)


def learn(table: bytearray, fresh: bytes, places: bytes) -> None:
    """Adds lines of a text to a table, those excepted in which something was found.

    `fresh` is what `stride` tells of the complete lines in a text: native uint64 pairs of hash and start, by start.
    `places` are sorted native int64: offsets in the same text. One behind a line and before the next excepts it too.
    """
    pairs, found = array("Q", fresh), array("q", places)
    starts = pairs[1::2]
    for hashed, start, behind in zip(pairs[::2], starts, [*starts[1:], 1 << 62]):
        place = bisect_left(found, start)
        if place == len(found) or found[place] >= behind:
            slot = _slot(table, hashed)
            table[slot : slot + _HASH] = array("Q", (hashed,)).tobytes()


def _slot(table: bytearray, hashed: int) -> int:
    return _KEY + _HASH * (hashed % ((len(table) - _KEY) // _HASH))


def hash_of(table: bytearray, line: bytes) -> int:
    """The hash of a line under the key of a table (SipHash in C, which hashlib does not have)."""
    return int.from_bytes(blake2b(line, digest_size=_HASH, key=bytes(table[:_KEY])).digest(), "little")


def is_known(table: bytearray, hashed: int) -> bool:
    slot = _slot(table, hashed)
    return table[slot : slot + _HASH] == array("Q", (hashed,)).tobytes()


python_learn = learn
try:
    from keyguard.odb import _delta
except ImportError:
    pass
else:
    learn = _delta.learn
