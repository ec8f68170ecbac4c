"""Finds the commits that brought objects: flags every tree that leads to one, then walks flagged trees, oldest first.

Trees are read by their deltas like blobs: an entry is carried from a tree to its deltas until it changes. So the work
grows with the trees that lead to a finding, not with the history.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from keyguard.odb.delta import carry_family
from keyguard.odb.forest import Forest
from keyguard.odb.pack import Pack, name_keys
from keyguard.odb.trees import Births, TreeDeltas, name_before

MOST_PATHS = 1000
_LONGEST_PATH = 1 << 14
_LARGEST = 1 << 31

Keys = npt.NDArray[np.uint64]


class Entry(NamedTuple):
    """An entry of a flagged tree; `key` is the first 8 bytes of the child's name as a number."""

    key: int
    name: bytes


class PackTrees(NamedTuple):
    """The trees of one pack: their births (see `odb.trees`), and the deltas that were kept. `unread` are numbers of
    objects that could not be read: nothing is carried through them."""

    pack: Pack
    forest: Forest
    births: list[Births]
    deltas: list[TreeDeltas]
    unread: frozenset[int] = frozenset()


class FirstSeen(NamedTuple):
    """Where an object stood first below one name: its path and the place of the commit in the order given."""

    path: bytes
    commit: int


class Source(Protocol):
    """Some trees. `lead_to` gives the keys of those that hold one of the given keys (sorted), each with its labels:
    native int32 numbers of entries in `entries`."""

    entries: list[Entry]

    def lead_to(self, keys: Keys) -> Iterable[tuple[int, bytes]]: ...


def key_of(name: str) -> int:
    """The key of an object name (hex)."""
    return int(name[:16], 16)


def _sorted_keys(keys: Collection[int]) -> Keys:
    return np.sort(np.fromiter(keys, np.uint64, len(keys)))


def open_sources(packs: Sequence[PackTrees], loose: dict[str, list[tuple[str, bytes]]]) -> list[Source]:
    """All trees; `loose` are given entry by entry: name, (child, file name)."""
    return [*map(_PackSource, packs), _LooseSource(loose)]


class Attribution:
    """Flags the trees that lead to `targets` (keys).

    `crowded` are keys of objects with more paths than anyone wants to hear of; the first `MOST_PATHS` are given.
    """

    def __init__(self, sources: Sequence[Source], targets: Iterable[int]) -> None:
        self.targets = frozenset(targets)
        self.crowded: set[int] = set()
        self._sources = sources
        self._flagged: list[dict[int, bytes]] = [{} for _ in self._sources]
        self._trees: set[int] = set()
        keys = _sorted_keys(self.targets)
        while len(keys):
            before = set(self._trees)
            for source, flagged in zip(self._sources, self._flagged):
                for tree, labels in source.lead_to(keys):
                    flagged[tree] = flagged.get(tree, b"") + labels
                self._trees |= flagged.keys()
            keys = _sorted_keys(self._trees - before)

    def first_seen(self, roots: Iterable[int]) -> dict[int, list[FirstSeen]]:
        """For each target all its paths, each with the place of the first root (key of a tree) that has it there."""
        found: dict[int, list[FirstSeen]] = {}
        visits = _Visits()
        visited: set[int] = set()
        for place, root in enumerate(roots):
            if root in self._trees and root not in visited:
                visited.add(root)
                for key, path in self._visit(root, visits):
                    found.setdefault(key, []).append(FirstSeen(path, place))
        return found

    def dangling(self, roots: Iterable[int]) -> list[int]:
        """Flagged trees that are neither among `roots` nor inside another flagged tree."""
        inner = {
            source.entries[label].key
            for source, flagged in zip(self._sources, self._flagged)
            for labels in set(flagged.values())
            for label in memoryview(labels).cast("i")
        }
        return sorted(self._trees - inner - set(roots))

    def _visit(self, root: int, visits: _Visits) -> Iterator[tuple[int, bytes]]:
        todo = [(root, b"")]
        while todo:
            tree, prefix = todo.pop()
            for number, source in enumerate(self._sources):
                labels = self._flagged[number].get(tree)
                for key, name in visits.fresh(prefix, number, labels, source.entries) if labels else ():
                    if not visits.admits(key, prefix):
                        self.crowded.add(key)
                        continue
                    if key in self.targets:
                        yield key, prefix + name
                    if key in self._trees:
                        todo.append((key, prefix + name + b"/"))


class _Visits:
    """What a walk has seen below each path: the labels of whole trees, and single entries."""

    def __init__(self) -> None:
        self._labels: set[tuple[bytes, int, bytes]] = set()
        self._entries: set[tuple[bytes, Entry]] = set()
        self._paths: dict[int, int] = {}

    def admits(self, key: int, prefix: bytes) -> bool:
        """Whether to follow one more path to an object. A few nested trees can make billions of them (a "git bomb"),
        and trees whose names lie can lead to themselves."""
        self._paths[key] = self._paths.get(key, 0) + 1
        return self._paths[key] <= MOST_PATHS and len(prefix) <= _LONGEST_PATH

    def fresh(self, prefix: bytes, number: int, labels: bytes, entries: list[Entry]) -> list[Entry]:
        """The entries that were not seen before. Trees differ little from one to the next, so most labels are known."""
        if (prefix, number, labels) in self._labels:
            return []
        self._labels.add((prefix, number, labels))
        mine = {entries[label] for label in memoryview(labels).cast("i")}
        new = sorted(entry for entry in mine if (prefix, entry) not in self._entries)
        self._entries.update((prefix, entry) for entry in new)
        return new


class _PackSource:
    """Answers for one pack."""

    def __init__(self, trees: PackTrees) -> None:
        self._pack, self._forest = trees.pack, trees.forest
        parts = [births.keys for births in trees.births]
        # Sorted they serve all; there is a key for every entry of every tree.
        self._births = [births._replace(keys=np.zeros(0, np.uint64)) for births in trees.births]
        keys = np.concatenate(parts) if parts else np.zeros(0, np.uint64)
        self._order = np.argsort(keys).astype(np.uint32)
        self._sorted = keys[self._order]
        self._cuts = np.cumsum([0, *map(len, parts)])
        order = self._forest.order
        self._places = np.zeros(len(self._pack), np.int64)
        self._places[order] = np.arange(len(order))
        bases = self._pack.bases[order]
        self._parents = np.where(bases >= 0, self._places[bases], -1).astype(np.int32)
        self._deltas = trees.deltas
        self._kept = np.full((len(order), 3), -1, np.int32)  # number of the gathering, start and end in it
        for number, deltas in enumerate(trees.deltas):
            starts = np.append(np.int32(0), deltas.ends[:-1])[: len(deltas.ends)]
            self._kept[self._places[deltas.numbers]] = np.stack([np.full_like(starts, number), starts, deltas.ends], 1)
        self._unread = trees.unread
        self._labels: dict[Entry, int] = {}
        self.entries: list[Entry] = []

    def lead_to(self, keys: Keys) -> Iterable[tuple[int, bytes]]:
        places: list[int] = []
        labels: list[bytes] = []
        for place, marks in self._carried(self._born(keys)):
            places.append(place)
            labels.append(memoryview(marks).cast("i")[1::2].tobytes())
        numbers = self._forest.order[places] if places else np.zeros(0, np.int64)
        return zip(name_keys(self._pack.names[numbers]).tolist(), labels)

    def _born(self, keys: Keys) -> dict[int, bytes]:
        """Marks by the place of the tree in the forest: every birth of one of the keys."""
        low, high = np.searchsorted(self._sorted, keys, "left"), np.searchsorted(self._sorted, keys, "right")
        counts = high - low
        picks = np.repeat(low - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
        rows = self._order[picks].astype(np.int64)
        # Rows of one tree together, so that a whole tree is inflated once.
        together = np.argsort(rows)
        rows, of_key = rows[together], np.repeat(keys, counts)[together]
        cuts = np.searchsorted(rows, self._cuts)
        born: dict[int, list[int]] = {}
        for source in np.flatnonzero(np.diff(cuts)).tolist():
            mine = slice(cuts[source], cuts[source + 1])
            births = self._births[source]
            picked = rows[mine] - self._cuts[source]
            trees, offsets = births.trees[picked].tolist(), births.places[picked].tolist()
            names = self._names(births, picked, trees, offsets)
            for tree, offset, key, name in zip(trees, offsets, of_key[mine].tolist(), names):
                if name:
                    born.setdefault(tree, []).extend((offset, self._label(Entry(key, name))))
        return {int(self._places[tree]): array("i", marks).tobytes() for tree, marks in born.items()}

    def _names(
        self, births: Births, picked: npt.NDArray[np.int64], trees: list[int], offsets: list[int]
    ) -> Iterator[bytes]:
        """The file names of some births, from the text that was kept or from the trees."""
        if births.text:
            for floor, at in zip(births.floors[picked].tolist(), births.ats[picked].tolist()):
                yield name_before(births.text, floor, at)
            return
        read, content = -1, b""
        for tree, offset in zip(trees, offsets):
            if tree != read:
                read, content = tree, self._pack.payload(tree)
            yield name_before(content, 0, offset)

    def _label(self, entry: Entry) -> int:
        label = self._labels.setdefault(entry, len(self.entries))
        if label == len(self.entries):
            self.entries.append(entry)
        return label

    def _carried(self, born: dict[int, bytes]) -> Iterator[tuple[int, bytes]]:
        """The births, and the same entries in all trees that copy them, by place in the forest."""
        reached = -1
        for first in sorted(born):
            if first < reached:
                continue
            reached = first + int(self._forest.families[self._forest.order[first]])
            family = range(first, reached)
            parents = (self._parents[first:reached] - first).tobytes()
            mine = [born.get(place) for place in family]
            results = carry_family(self._payloads(first, reached), mine, parents, self._pack.names.shape[1] + 1)
            yield from ((place, marks) for place, marks in zip(family, results) if marks)

    def _payloads(self, first: int, reached: int) -> list[bytes | None]:
        """The deltas of a family; the first one is not needed."""
        gathered = self._deltas
        kept = self._kept[first:reached].tolist()
        deltas = [gathered[number].data[start:end] if number >= 0 else None for number, start, end in kept]
        family = self._forest.order[first:reached]
        lost = [
            place
            for place, number in enumerate(family.tolist())
            if place and deltas[place] is None and number not in self._unread
        ]
        numbers = family[lost]
        for place, delta in zip(lost, self._pack.payloads(numbers, _LARGEST, checked=False)):
            deltas[place] = None if isinstance(delta, ValueError) else delta
        return deltas


class _LooseSource:
    """Answers for trees that are given entry by entry."""

    def __init__(self, trees: dict[str, list[tuple[str, bytes]]]) -> None:
        self.entries: list[Entry] = []
        self._parents: dict[int, list[tuple[int, bytes]]] = {}
        for tree, entries in sorted(trees.items()):
            for child, name in entries:
                label = struct.pack("i", len(self.entries))
                self.entries.append(Entry(key_of(child), name))
                self._parents.setdefault(key_of(child), []).append((key_of(tree), label))

    def lead_to(self, keys: Keys) -> Iterator[tuple[int, bytes]]:
        for key in keys.tolist():
            yield from self._parents.get(key, ())
