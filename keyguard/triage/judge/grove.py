"""The trees of a forest as arrays of numpy: many rows walk down many trees at once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from keyguard.triage.judge.forest import Rows, Tree

_AT_ONCE = 1 << 10  # rows: the arrays of a step stay in the processor's cache
_NO_LIMIT = np.iinfo(np.intp).max


class Grove:
    """All nodes of all trees in a row. A leaf leads to itself, so that short ways may go on."""

    def __init__(self, trees: Sequence[Tree]) -> None:
        sizes = [len(tree.feature) for tree in trees]
        self._roots = np.cumsum([0, *sizes[:-1]], dtype=np.intp)
        feature, limit, left, value = (_flat([tree[part] for tree in trees]) for part in range(4))
        leaf = feature < 0
        self._feature = np.where(leaf, 0, feature)
        self._limit = np.where(leaf, _NO_LIMIT, limit)
        self._left = np.where(leaf, np.arange(len(leaf)), left + np.repeat(self._roots, sizes))
        self._value = value
        self._depth = self._deepest(leaf)

    def add(self, totals: Sequence[int], rows: Rows, first: int, last: int) -> list[int]:
        """The totals with what the trees from `first` to before `last` add to each row of measured features."""
        out: list[int] = []
        for start in range(0, len(rows), _AT_ONCE):
            some = rows[start : start + _AT_ONCE]
            out += (np.array(totals[start : start + _AT_ONCE]) + self._sums(some, first, last)).tolist()
        return out

    def _sums(self, rows: Rows, first: int, last: int) -> NDArray[np.intp]:
        width = len(rows[0])
        measured = _flat(rows)
        row = np.arange(0, len(rows) * width, width)
        node = np.repeat(self._roots[first:last, None], len(rows), axis=1)
        for _ in range(self._depth):
            values = measured.take(self._feature.take(node) + row)
            node = self._left.take(node) + (values > self._limit.take(node))
        sums: NDArray[np.intp] = self._value.take(node).sum(axis=0)
        return sums

    def _deepest(self, leaf: NDArray[np.bool_]) -> int:
        """The most steps from a root to a leaf."""
        level, depth = self._roots, 0
        while (inner := level[~leaf[level]]).size:
            level, depth = np.concatenate((self._left[inner], self._left[inner] + 1)), depth + 1
        return depth


def _flat(rows: Rows) -> NDArray[np.intp]:
    return np.fromiter(chain.from_iterable(rows), np.intp, sum(map(len, rows)))
