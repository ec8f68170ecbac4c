"""Scores what was measured with boosted trees, in whole numbers: thousandths of the log-odds."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import NamedTuple


class Tree(NamedTuple):
    """Parallel lists, one entry a node. In a leaf `feature` is -1; else values of at most `limit` go to the node at
    `left`, others to the one after it. `value`: what a leaf adds; elsewhere the mean of what is below."""

    feature: Sequence[int]
    limit: Sequence[int]
    left: Sequence[int]
    value: Sequence[int]


class Stop(NamedTuple):
    """After so many trees a sum below `least` is without hope."""

    trees: int
    least: int


class Forest(NamedTuple):
    """`guess` is where the sum starts. The trees up to the last of `stops` need a glance only."""

    guess: int
    trees: Sequence[Tree]
    stops: Sequence[Stop]

    def begin(self, measured: Sequence[int]) -> int | None:
        """The sum of the trees that need a glance only, None where there is no hope."""
        total, done = self.guess, 0
        for trees, least in self.stops:
            total = _descend(total, self.trees[done:trees], measured)
            if total < least:
                return None
            done = trees
        return total

    def may_pass(self, measured: Sequence[int], unknown: Container[int]) -> bool:
        """Whether `begin` may give a sum, whatever the features in `unknown` are."""
        total, done = self.guess, 0
        for trees, least in self.stops:
            total += sum([_most(tree, measured, unknown, 0) for tree in self.trees[done:trees]])
            if total < least:
                return False
            done = trees
        return True

    def finish(self, total: int, measured: Sequence[int]) -> int:
        """The sum of all trees, given that of those before the last stop."""
        return _descend(total, self.trees[self.stops[-1].trees :], measured)

    def shares(self, measured: Sequence[int]) -> dict[int, int]:
        """What each feature added to the score or took from it."""
        out: dict[int, int] = {}
        for feature, limit, left, value in self.trees:
            node = 0
            while (at := feature[node]) >= 0:
                below = left[node] + (measured[at] > limit[node])
                out[at] = out.get(at, 0) + value[below] - value[node]
                node = below
        return out


def _most(tree: Tree, measured: Sequence[int], unknown: Container[int], node: int) -> int:
    """The most that a tree can add from a node on."""
    feature, limit, left, value = tree
    while (at := feature[node]) >= 0:
        if at in unknown:
            return max(_most(tree, measured, unknown, left[node]), _most(tree, measured, unknown, left[node] + 1))
        node = left[node] + (measured[at] > limit[node])
    return value[node]


def _descend(total: int, trees: Sequence[Tree], measured: Sequence[int]) -> int:
    for feature, limit, left, value in trees:
        node = 0
        while (at := feature[node]) >= 0:
            node = left[node] + (measured[at] > limit[node])
        total += value[node]
    return total
