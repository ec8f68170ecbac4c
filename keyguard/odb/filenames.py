"""The file names of tree entries, many at once."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from keyguard.odb.pack import Ints
from keyguard.odb.trees import name_before

_WORD = 8
_SEEN = 4 * _WORD  # bytes before a NUL
_LOW_BYTES = np.array([(1 << 8 * size) - 1 for size in range(_WORD + 1)], np.uint64)
# Five or six octal digits and a space, the digits without what makes them different.
_FIVE, _OF_FIVE = np.uint64(0x3030303030200000), np.uint64(0xF8F8F8F8F8FF0000)
_SIX, _OF_SIX = np.uint64(0x3030303030302000), np.uint64(0xF8F8F8F8F8F8FF00)
_ONES, _TOPS = np.uint64(0x0101010101010101), np.uint64(0x8080808080808080)

Words = npt.NDArray[np.uint64]


class Spots(NamedTuple):
    """Where some names of objects stand, parallel: the numbers of texts, in order, the offsets there of the NULs before
    the names, of where the pieces of trees begin, and of where the entries begin if the one before is what it seems."""

    texts: Ints
    nuls: Ints
    floors: Ints
    entries: Ints


class FileNames:
    """File names by the object names behind them, as `trees.name_before` tells them.

    `rows` are the numbers of the spots that have one; `tags` are parallel to them. Equal names have equal tags,
    different ones all but surely have not.
    """

    def __init__(self, texts: Sequence[bytes], spots: Spots, hash_size: int) -> None:
        self._texts, self._spots = texts, spots
        self._lengths = self._plain_lengths(hash_size)
        words = self._windows(spots.nuls - _SEEN, _SEEN).view(np.uint64)
        if sys.byteorder == "little":
            words.byteswap(inplace=True)
        is_odd = (self._lengths < 0) | (self._lengths > _SEEN) | (spots.nuls < _SEEN)
        for column, after in zip(words.T, range(_SEEN - _WORD, -1, -_WORD)):  # one by one: there may be a million rows
            mask = _LOW_BYTES[(self._lengths - after).clip(0, _WORD)]
            is_odd |= _has_nul(column | ~mask)
            np.bitwise_and(column, mask, out=column)
        odd = np.flatnonzero(is_odd)
        where = zip(odd.tolist(), spots.texts[odd].tolist(), spots.floors[odd].tolist(), spots.nuls[odd].tolist())
        self._odd = {row: name_before(texts[text], floor, nul) for row, text, floor, nul in where}
        ends = b"".join(name[-_SEEN:].rjust(_SEEN, b"\0") for name in self._odd.values())
        words[odd] = np.frombuffer(ends, ">u8").reshape(-1, _SEEN // _WORD)
        tags = _tags(words)
        tags[odd] ^= np.array([hash(name[:-_SEEN]) for name in self._odd.values()], np.int64).view(np.uint64)
        self.rows = np.flatnonzero(words[:, -1])
        self.tags: Words = tags[self.rows]

    def read(self, which: Ints) -> list[bytes]:
        """Some of the names, given their places among `rows`."""
        rows = self.rows[which]
        starts = (self._spots.nuls - self._lengths)[rows].tolist()
        where = zip(rows.tolist(), self._spots.texts[rows].tolist(), starts, self._spots.nuls[rows].tolist())
        return [self._odd.get(row) or self._texts[text][start:nul] for row, text, start, nul in where]

    def _plain_lengths(self, hash_size: int) -> Ints:
        """How long the names are, -1 where that is not sure."""
        nuls, floors, entries = self._spots[1:]
        seen = self._windows(entries - hash_size, hash_size + _WORD)
        heads = np.ascontiguousarray(seen[:, hash_size:]).view(">u8").astype(np.uint64)[:, 0]
        five, six = heads & _OF_FIVE == _FIVE, heads & _OF_SIX == _SIX
        lengths = nuls - entries - np.where(five, 6, 7)
        # A digit and a space in the object name before may look like the end of a mode.
        ends_mode = ((seen[:, : hash_size - 1] & 0xF8 == ord("0")) & (seen[:, 1:hash_size] == ord(" "))).any(axis=1)
        is_seen = (entries >= hash_size) & (lengths >= 0)
        return np.where((five | six) & is_seen & ((entries == floors) | ~ends_mode), lengths, -1)

    def _windows(self, offsets: Ints, width: int) -> npt.NDArray[np.uint8]:
        """Some bytes from some offsets on; what is outside of a text is any."""
        seen = np.empty((len(offsets), width), np.uint8)
        cuts = np.searchsorted(self._spots.texts, np.arange(len(self._texts) + 1)).tolist()
        for text, low, high in zip(self._texts, cuts, cuts[1:]):
            if low < high:
                last = max(len(text) - width, 0)
                rows = np.ndarray((last + 1, width), np.uint8, text.ljust(width), strides=(1, 1))
                seen[low:high] = rows[offsets[low:high].clip(0, last)]
        return seen


def _tags(rows: Words) -> Words:
    """Hashes of rows, different in every run."""
    seed, factor = np.frombuffer(os.urandom(2 * _WORD), np.uint64) | np.uint64(1)
    tags = np.full(len(rows), seed)
    for words in rows.T:
        tags = (tags ^ words) * factor
        tags ^= tags >> np.uint64(32)
    return tags


def _has_nul(words: Words) -> npt.NDArray[np.bool_]:
    """Which words have a zero byte."""
    is_there: npt.NDArray[np.bool_] = (words - _ONES) & ~words & _TOPS != 0
    return is_there
