"""Scores what was measured with boosted trees, in whole numbers: thousandths of the log-odds."""

from __future__ import annotations

import sys
from collections.abc import Container, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from keyguard.triage.judge.grove import Grove

# So many walks down a tree take the time in which numpy is loaded.
_WORTH_NUMPY = 100_000
Rows = Sequence[Sequence[int]]
_Node = tuple[int, int, int, int]


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
        self._nodes: list[list[_Node]] = []
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
            total += sum([_most(nodes, measured, unknown, nodes[0]) for nodes in self._walkable(done, trees)])
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
        self._walked += len(rows) * (last - first)
        if self._grove is None and (self._walked > _WORTH_NUMPY or "numpy" in sys.modules):
            from keyguard.triage.judge.grove import Grove

            self._grove = Grove(self.trees)
        if self._grove:
            return self._grove.add(totals, rows, first, last)
        trees = self._walkable(first, last)
        return [_descend(total, trees, measured) for total, measured in zip(totals, rows)]

    def _walkable(self, first: int, last: int) -> list[list[_Node]]:
        """The trees from `first` to before `last` in the form that is quick to walk. Most candidates need only some."""
        self._nodes += [_nodes(tree) for tree in self.trees[len(self._nodes) : last]]
        return self._nodes[first:last]


def _nodes(tree: Tree) -> list[_Node]:
    """One tuple a node: feature, limit, left and right; a leaf is -1, value, 0, 0."""
    return [
        (feature, limit, left, left + 1) if feature >= 0 else (feature, value, 0, 0)
        for feature, limit, left, value in zip(*tree)
    ]


def _most(nodes: list[_Node], measured: Sequence[int], unknown: Container[int], node: _Node) -> int:
    """The most that a tree can add from a node on."""
    feature, limit, left, right = node
    while feature >= 0:
        if feature in unknown:
            return max(_most(nodes, measured, unknown, nodes[left]), _most(nodes, measured, unknown, nodes[right]))
        feature, limit, left, right = nodes[left if measured[feature] <= limit else right]
    return limit


def _descend(total: int, trees: Sequence[list[_Node]], measured: Sequence[int]) -> int:
    for nodes in trees:
        feature, limit, left, right = nodes[0]
        while feature >= 0:
            feature, limit, left, right = nodes[left if measured[feature] <= limit else right]
        total += limit
    return total
