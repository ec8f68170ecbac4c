"""Scores what was measured with boosted trees, in whole numbers: thousandths of the log-odds."""

from __future__ import annotations

import sys
from collections.abc import Container, Sequence
from typing import TYPE_CHECKING

from keyguard.model.namedtuple import NamedTuple

if TYPE_CHECKING:
    from keyguard.triage.judge.grove import Grove

# So many walks down a tree take the time in which numpy is loaded.
_WORTH_NUMPY = 100_000
Rows = Sequence[Sequence[int]]


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


class Forest:
    """`guess` is where the sum starts. The trees up to the last of `stops` need a glance only."""

    def __init__(self, guess: int, trees: Sequence[Tree], stops: Sequence[Stop]) -> None:
        self.guess, self.trees, self.stops = guess, trees, stops
        self._walked = 0
        self._grove: Grove | None = None

    def begin(self, rows: Rows) -> list[int | None]:
        """For each row of measured features the sum of the trees that need a glance only, None without hope."""
        out: list[int | None] = [None] * len(rows)
        hopeful, totals, done = list(range(len(rows))), [self.guess] * len(rows), 0
        for trees, least in self.stops:
            totals = self._add(totals, [rows[place] for place in hopeful], done, trees)
            hopeful = [place for place, total in zip(hopeful, totals) if total >= least]
            totals = [total for total in totals if total >= least]
            done = trees
        for place, total in zip(hopeful, totals):
            out[place] = total
        return out

    def finish(self, totals: Sequence[int], rows: Rows) -> list[int]:
        """The sums of all trees, given those of the trees before the last stop."""
        return self._add(totals, rows, self.stops[-1].trees, len(self.trees))

    def may_pass(self, measured: Sequence[int], unknown: Container[int]) -> bool:
        """Whether `begin` may give a sum, whatever the features in `unknown` are."""
        total, done = self.guess, 0
        for trees, least in self.stops:
            total += sum([_most(tree, measured, unknown) for tree in self.trees[done:trees]])
            if total < least:
                return False
            done = trees
        return True

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

    def _add(self, totals: Sequence[int], rows: Rows, first: int, last: int) -> list[int]:
        """The totals with what the trees from `first` to before `last` add to each row."""
        if not rows or first == last:
            return list(totals)
        if self._grove:
            return self._grove.add(totals, rows, first, last)
        kinds = list(map(tuple, rows))
        different = set(kinds)  # what differs in a name only is often the same here
        self._walked += len(different) * (last - first)
        if self._walked > _WORTH_NUMPY or "numpy" in sys.modules:
            from keyguard.triage.judge.grove import Grove

            self._grove = Grove(self.trees)
            return self._grove.add(totals, rows, first, last)
        trees = self.trees[first:last]
        sums = {kind: _sum(trees, kind) for kind in different}
        return [total + sums[kind] for total, kind in zip(totals, kinds)]


def _sum(trees: Sequence[Tree], measured: Sequence[int]) -> int:
    """What the trees add."""
    total = 0
    for features, limits, lefts, values in trees:
        node = 0
        while (feature := features[node]) >= 0:
            node = lefts[node] if measured[feature] <= limits[node] else lefts[node] + 1
        total += values[node]
    return total


def _most(tree: Tree, measured: Sequence[int], unknown: Container[int], node: int = 0) -> int:
    """The most that a tree can add from a node on."""
    features, limits, lefts, values = tree
    while (feature := features[node]) >= 0:
        low = lefts[node]
        if feature in unknown:
            return max(_most(tree, measured, unknown, low), _most(tree, measured, unknown, low + 1))
        node = low if measured[feature] <= limits[node] else low + 1
    return values[node]
