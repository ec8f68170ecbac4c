"""Tree objects: their entries, and the entries that stand in windows of trees, many at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from keyguard.model import Slab


class Entry(NamedTuple):
    """One entry of a tree; `at` is the offset of the NUL before the object name."""

    mode: bytes
    name: bytes
    child: bytes
    at: int


class Births(NamedTuple):
    """Object names that stand in some trees, one row each: the number of the tree, the offset in it of the NUL before
    the name, and the name's key (see `pack.name_keys`).

    Some rows are none: a byte of another name can look like that NUL. A key tells them apart for all that matters.
    """

    trees: npt.NDArray[np.int64]
    places: npt.NDArray[np.int64]
    keys: npt.NDArray[np.uint64]


class WindowBirths(NamedTuple):
    """The same for windows of trees; the rows count in the text of `slab`, which still holds the file names."""

    slab: Slab
    hash_size: int
    places: npt.NDArray[np.int64]
    keys: npt.NDArray[np.uint64]


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


def births_of_wholes(slab: Slab, hash_size: int) -> Births:
    """All entries in a slab of whole trees."""
    places, keys = _candidates(slab.text, hash_size)
    starts = np.array(slab.starts, np.int64)
    number = np.searchsorted(starts, places, side="right") - 1
    return Births(np.array(slab.owners, np.int64)[number], places - starts[number], keys)


def births_of_windows(slab: Slab, hash_size: int) -> WindowBirths:
    """All entries in a slab of windows of trees."""
    return WindowBirths(slab, hash_size, *_candidates(slab.text, hash_size))


def _candidates(text: bytes, hash_size: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint64]]:
    """Every NUL that an object name and then a mode, or the end of a piece, may follow; and the name's key."""
    data = np.frombuffer(text, np.uint8)
    places = np.flatnonzero(data == 0)
    places = places[places + hash_size + 1 < len(data)]
    after = data[places + hash_size + 1]
    places = places[(after == 0x31) | (after == 0x34) | (after == 0x0A) | (after == 0x30)]
    keys = np.zeros(len(places), np.uint64)
    for offset in range(1, 9):
        keys = (keys << np.uint64(8)) | data[places + offset]
    return places, keys


def window_entry(births: WindowBirths, row: int) -> tuple[int, int, bytes]:
    """One row of window births: the number of the tree, the offset in it of the NUL, and the file name."""
    at = int(births.places[row])
    piece = births.slab.piece(at)
    text = births.slab.text
    start = piece.start
    while 0 <= (nul := text.find(b"\0", start)) < at:
        start = nul + 1 + births.hash_size
    return piece.owner, at - piece.start + piece.origin, text[start:at].partition(b" ")[2]
