"""Tree objects: their entries, and the entries that stand in windows of trees, many at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import compress
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from keyguard.model import Slab
from keyguard.model.slab import ROW_FIELDS
from keyguard.odb.pack import Ints

_MODE = re.compile(rb"[0-7]{5,6} ")  # old tools wrote modes that git of today does not, such as 100600


class Entry(NamedTuple):
    """One entry of a tree; `at` is the offset of the NUL before the object name."""

    mode: bytes
    name: bytes
    child: bytes
    at: int


SmallInts = npt.NDArray[np.int32]


class Births(NamedTuple):
    """Object names that stand in `text`, pieces of some trees: `ats` are where the NUL before each stands.

    Some are none: a byte of another name can look like that NUL. Their keys tell them apart for all that matters.
    `starts` tells where each piece begins in the text, `origins` where in its tree, and `trees` the number of that.
    """

    ats: SmallInts
    text: bytes
    starts: SmallInts
    origins: SmallInts
    trees: SmallInts

    def keys(self) -> npt.NDArray[np.uint64]:
        """The first 8 bytes of each object name as a number (see `pack.name_keys`)."""
        # Read where they stand: eight bytes from every offset on.
        words: npt.NDArray[np.uint64] = np.ndarray(max(len(self.text) - 7, 0), ">u8", self.text, strides=(1,))
        return words[self.ats + 1].astype(np.uint64)


def read_entries(content: bytes, hash_size: int) -> Iterator[Entry]:
    """The entries of a whole tree; stops where it is broken."""
    at = 0
    while at < len(content):
        space = content.find(b" ", at)
        nul = content.find(b"\0", space)
        if space < 0 or nul < 0 or nul + 1 + hash_size > len(content):
            return
        yield Entry(content[at:space], content[space + 1 : nul], content[nul + 1 : nul + 1 + hash_size], nul)
        at = nul + 1 + hash_size


class TreeDeltas(NamedTuple):
    """Deltas of trees as they are stored, one after the other in `data`: numbers of the trees, and where each ends."""

    numbers: SmallInts
    ends: SmallInts
    data: bytes


def gather_deltas(numbers: Ints, payloads: Sequence[bytes], are_deltas: Sequence[bool]) -> TreeDeltas:
    """Packs those of the payloads that are deltas densely: there is one for almost every tree of a history."""
    deltas = [*compress(payloads, are_deltas)]
    ends = np.cumsum([len(delta) for delta in deltas], dtype=np.int64)
    return TreeDeltas(_small(numbers[np.array(are_deltas, np.bool_)]), _small(ends), b"".join(deltas))


def births_of(slab: Slab, hash_size: int) -> Births:
    """All entries in a slab of trees and windows of trees."""
    windows = np.diff(slab.cuts)
    is_whole = windows == 0
    counts = windows + is_whole
    is_window = np.repeat(~is_whole, counts)
    starts = np.zeros(len(is_window), np.int32)
    origins = np.zeros(len(is_window), np.int32)
    starts[~is_window] = np.array(slab.starts, np.int32)[is_whole]
    starts[is_window] = slab.lows
    origins[is_window] = np.frombuffer(slab.rows, np.int32)[::ROW_FIELDS]
    trees = np.repeat(np.array(slab.owners, np.int32), counts)
    return Births(_small(_candidates(slab.text, hash_size)), slab.text, starts, origins, trees)


def _small(offsets: Ints) -> SmallInts:
    """Offsets in one slab, at half the size: there is a row for every entry of every tree."""
    return offsets.astype(np.int32)


def _candidates(text: bytes, hash_size: int) -> Ints:
    """Every NUL that an object name and then a mode, or the end of a piece, may follow."""
    data = np.frombuffer(text, np.uint8)
    places = np.flatnonzero(data == 0)
    places = places[places + hash_size + 1 < len(data)]
    after = data[places + hash_size + 1]
    found: Ints = places[(after == 0x31) | (after == 0x34) | (after == 0x0A) | (after == 0x30)]
    return found


def name_before(text: bytes, floor: int, nul: int) -> bytes:
    """The file name that ends at a NUL in entries from `floor` on; empty where the NUL is part of an object name."""
    start = max(floor, text.rfind(b"\0", floor, nul) + 1)
    mode = _MODE.search(text, start, nul)
    return text[mode.end() : nul] if mode else b""
