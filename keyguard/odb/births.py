"""The entries that are born in the trees of a pack, many at once: found by their keys, and told by file name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from keyguard.odb.filenames import FileNames, Spots
from keyguard.odb.pack import Ints
from keyguard.odb.trees import Births, SmallInts

_BLOCK = 1 << 16
_MOST_BITS = 22
_SPARSE = 5

Keys = npt.NDArray[np.uint64]


class Born(NamedTuple):
    """Some births, parallel: number of the tree, offset in it of the NUL before the object name, and label.

    A label is a key and a file name: `keys` are parallel to the labels, so are `names`, the numbers of file names in
    `texts`.
    """

    trees: SmallInts
    offsets: Ints
    labels: Ints
    keys: Keys
    names: Ints
    texts: list[bytes]


class Sieve:
    """Finds some keys (sorted) among very many: most are told by a bit for the first bits of each."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        bits = min(len(keys).bit_length() + _SPARSE, _MOST_BITS)
        self._shift = np.uint64(64 - bits)
        self._bits = np.zeros(1 << bits, np.bool_)
        self._bits[keys >> self._shift] = True

    def places(self, among: Keys) -> Ints:
        """Where one of the keys stands, in order."""
        blocks = [self._among(among[start : start + _BLOCK]) + start for start in range(0, len(among), _BLOCK)]
        return np.concatenate([np.zeros(0, np.int64), *blocks])

    def _among(self, keys: Keys) -> Ints:
        likely = np.flatnonzero(self._bits.take((keys >> self._shift).view(np.int64)))
        found = keys[likely]
        sure: Ints = likely[self._keys[np.searchsorted(self._keys, found).clip(max=len(self._keys) - 1)] == found]
        return sure


class AllBirths:
    """All births of a pack. They are numbered as they come, slab by slab."""

    def __init__(self, births: Sequence[Births], hash_size: int) -> None:
        self._hash_size = hash_size
        self._texts = [each.text for each in births]
        self._firsts = _before([len(each.ats) for each in births])
        self._bases = _before([len(text) for text in self._texts])  # these tell the texts apart
        none = np.zeros(0, np.int32)
        self._ats = np.concatenate([none, *(each.ats for each in births)])
        self._keys: Keys = np.empty(len(self._ats), np.uint64)
        for each, first in zip(births, self._firsts.tolist()):
            self._keys[first : first + len(each.ats)] = each.keys()
        self._starts = np.concatenate([none, *(each.starts + base for each, base in zip(births, self._bases))])
        self._origins = np.concatenate([none, *(each.origins for each in births)])
        self._trees = np.concatenate([none, *(each.trees for each in births)])

    def of(self, keys: Keys) -> Born:
        """The births of some keys (sorted, some)."""
        births = Sieve(keys).places(self._keys)
        spots, pieces = self._spots(births)
        names = FileNames(self._texts, spots, self._hash_size)
        births, pieces = births[names.rows], pieces[names.rows]
        ats, floors = spots.nuls[names.rows], spots.floors[names.rows]
        _, firsts, labels = np.unique(self._keys[births] ^ names.tags, return_index=True, return_inverse=True)
        _, shown, numbers = np.unique(names.tags[firsts], return_index=True, return_inverse=True)
        where = self._trees[pieces], ats - floors + self._origins[pieces]
        return Born(*where, labels, self._keys[births[firsts]], numbers, names.read(firsts[shown]))

    def _spots(self, births: Ints) -> tuple[Spots, Ints]:
        """Where some births stand, and in which pieces."""
        slabs = np.searchsorted(self._firsts, births, side="right") - 1
        ats, before = self._ats[births].astype(np.int64), self._ats[births - 1].astype(np.int64)
        pieces = np.searchsorted(self._starts, ats + self._bases[slabs], side="right") - 1
        floors = self._starts[pieces] - self._bases[slabs]
        is_first = (births == self._firsts[slabs]) | (before < floors)
        return Spots(slabs, ats, floors, np.where(is_first, floors, before + 1 + self._hash_size)), pieces


def _before(sizes: list[int]) -> Ints:
    """How much comes before each."""
    return np.cumsum([0, *sizes], dtype=np.int64)[:-1]
