"""Finds the first commits of objects: gathers the trees that lead to them, then follows these from the roots down.

It goes a level of folders at a time, for all commits at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from keyguard.odb.births import Keys
from keyguard.odb.pack import Ints
from keyguard.odb.treesources import Holders, Source

MOST_PATHS = 1000
_LONGEST_PATH = 1 << 14


class FirstSeen(NamedTuple):
    """Where an object stood first below one name: its path and the place of the commit in the order given."""

    path: bytes
    commit: int


class _Level(NamedTuple):
    """Objects as deep as each other, parallel: their keys, the numbers of their paths, the places of their first
    commits."""

    keys: Keys
    paths: Ints
    commits: Ints

    def only(self, which: npt.NDArray[np.bool_] | npt.NDArray[np.intp]) -> _Level:
        return _Level(self.keys[which], self.paths[which], self.commits[which])

    def first(self) -> _Level:
        """The first commit of each object at each path."""
        order = np.lexsort((self.commits, self.paths, self.keys))
        ordered = self.only(order)
        is_new = (np.diff(ordered.keys, prepend=~ordered.keys[:1]) != 0) | (np.diff(ordered.paths, prepend=-1) != 0)
        return ordered.only(is_new)

    def rows(self) -> Iterator[tuple[int, int, int]]:
        return zip(self.keys.tolist(), self.paths.tolist(), self.commits.tolist())


class _Entries(NamedTuple):
    """Entries, parallel: the child's key, and the rank of its name."""

    keys: Keys
    names: Ints


class _Layer:
    """Some trees in the order of their keys, with their entries."""

    def __init__(self, holders: Holders, entries: _Entries) -> None:
        order = np.argsort(holders.trees)
        self._trees, self._sets = holders.trees[order], holders.numbers[order]
        self._labels, self._ends = holders.labels, holders.ends
        self._entries = entries

    def children(self) -> Keys:
        """The keys of all that is in these trees."""
        return self._entries.keys[self._labels]

    def below(self, level: _Level) -> tuple[_Level, Ints]:
        """What is in trees: still with the paths of the trees, and beside them the ranks of the names."""
        at = np.searchsorted(self._trees, level.keys).clip(max=len(self._trees) - 1)
        there = self._trees[at] == level.keys
        sets = _Level(self._sets[at[there]].astype(np.uint64), level.paths[there], level.commits[there]).first()
        sets = sets.only(np.argsort(sets.commits))
        number = sets.keys.astype(np.int64)
        ends, counts = self._ends[number], np.diff(self._ends, prepend=0)[number]
        labels = self._labels[np.repeat(ends - np.cumsum(counts), counts) + np.arange(counts.sum())]
        paths = np.repeat(sets.paths, counts)
        # Sets differ little, so most of what is in them is in others too.
        _, firsts = np.unique(paths * len(self._entries.keys) + labels, return_index=True)
        labels = labels[firsts]
        inside = _Level(self._entries.keys[labels], paths[firsts], np.repeat(sets.commits, counts)[firsts])
        return inside, self._entries.names[labels]


class _Paths:
    """Numbers paths; `texts` has them by number. The first is that of a root."""

    def __init__(self, names: Sequence[bytes]) -> None:
        self._names = names
        self.texts = [b""]

    def descend(self, level: _Level, names: Ints) -> _Level:
        """The same objects with their own paths, given those of their trees and the ranks of their names."""
        pairs, numbers = np.unique(level.paths * len(self._names) + names, return_inverse=True)
        known = len(self.texts)
        for pair in pairs.tolist():
            tree, name = divmod(pair, len(self._names))
            self.texts.append(self.texts[tree] + b"/" * bool(tree) + self._names[name])
        return level._replace(paths=known + numbers)


class Attribution:
    """Knows the trees that lead to `targets` (keys).

    `crowded` are keys of objects with more paths than anyone wants to hear of; the first `MOST_PATHS` are given.
    """

    def __init__(self, sources: Sequence[Source], targets: Keys) -> None:
        self.crowded: set[int] = set()
        self.targets = _distinct(targets)
        self._trees = np.zeros(0, np.uint64)
        gathered: list[tuple[Source, Holders]] = []
        keys = self.targets
        while len(keys):
            new = [(source, source.lead_to(keys, are_trees=bool(gathered))) for source in sources]
            keys = _distinct(np.concatenate([holders.trees for _, holders in new]))
            keys = keys[~_is_among(keys, self._trees)]
            self._trees = np.sort(np.concatenate((self._trees, keys)))
            gathered += new
        self._names = sorted({name for source in sources for name in source.texts})
        ranks = {name: rank for rank, name in enumerate(self._names)}
        entries = {id(source): _ranked(source, ranks) for source in sources}
        self._layers = [_Layer(holders, entries[id(source)]) for source, holders in gathered if len(holders.trees)]

    def first_seen(self, roots: Keys) -> dict[int, list[FirstSeen]]:
        """For each target all its paths, each with the place of the first root (key of a tree) that has it there."""
        found: dict[int, list[FirstSeen]] = {}
        trees, commits = np.unique(roots, return_index=True)
        level = _Level(trees, np.zeros(len(trees), np.int64), commits)
        paths, visits = _Paths(self._names), _Visits()
        while len(level.keys) and self._layers:
            inside, names = zip(*[layer.below(level) for layer in self._layers])
            level = _Level(*map(np.concatenate, zip(*inside)))
            level = paths.descend(level, np.concatenate(names)).first()
            level = level.only(visits.admits(level, paths.texts))
            for key, path, commit in level.only(_is_among(level.keys, self.targets)).rows():
                found.setdefault(key, []).append(FirstSeen(paths.texts[path], commit))
            level = level.only(_is_among(level.keys, self._trees))
        self.crowded |= visits.crowded
        return found

    def dangling(self, roots: Keys) -> Keys:
        """Trees that are neither among `roots` nor inside another one."""
        inner = [roots, *(layer.children() for layer in self._layers)]
        return self._trees[~_is_among(self._trees, _distinct(np.concatenate(inner)))]


class _Visits:
    """Counts the paths to each object. A few nested trees can make billions of them (a "git bomb"), and trees whose
    names lie can lead to themselves."""

    def __init__(self) -> None:
        self.crowded: set[int] = set()
        self._counts: dict[int, int] = {}

    def admits(self, level: _Level, texts: Sequence[bytes]) -> npt.NDArray[np.bool_]:
        """Which objects of a level (sorted by key) to follow to one more path. Its paths are the last of `texts`."""
        keys, starts, sizes = np.unique(level.keys, return_index=True, return_counts=True)
        before = np.fromiter(map(self._counts.get, keys.tolist(), repeat(0)), np.int64, len(keys))
        after = before + sizes
        self._counts.update(zip(keys.tolist(), after.tolist()))
        known = int(level.paths.min(initial=len(texts)))
        lengths = np.fromiter(map(len, texts[known:]), np.int64, len(texts) - known)
        admitted = lengths[level.paths - known] <= _LONGEST_PATH
        if after.max(initial=0) > MOST_PATHS:
            ranks = np.empty(len(level.keys), np.int64)
            ranks[np.lexsort((level.paths, level.commits, level.keys))] = np.arange(len(ranks))
            admitted &= ranks - np.repeat(starts - before, sizes) < MOST_PATHS
        self.crowded.update(level.keys[~admitted].tolist())
        return admitted


def _ranked(source: Source, ranks: dict[bytes, int]) -> _Entries:
    by_text = np.array([ranks[text] for text in source.texts], np.int64)
    return _Entries(source.keys, by_text[source.names])


def _distinct(keys: Keys) -> Keys:
    """All keys once, sorted. (For so many, `numpy.unique` takes ten times as long.)"""
    ordered = np.sort(keys)
    different: Keys = ordered[np.diff(ordered, prepend=~ordered[:1]) != 0]
    return different


def _is_among(keys: Keys, known: Keys) -> npt.NDArray[np.bool_]:
    """Which keys are in `known` (sorted)."""
    if not len(known):
        return np.zeros(len(keys), np.bool_)
    is_known: npt.NDArray[np.bool_] = known[np.searchsorted(known, keys).clip(max=len(known) - 1)] == keys
    return is_known
