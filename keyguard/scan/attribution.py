"""Finds the commits that brought objects: flags every tree that leads to one, then walks flagged trees, oldest first.

Trees are read by their deltas like blobs: an entry is carried from a tree to its deltas until it changes. So the work
grows with the trees that lead to a finding, not with the history.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from keyguard.odb.delta import carry
from keyguard.odb.forest import Forest
from keyguard.odb.pack import Ints, Pack
from keyguard.odb.trees import Births, WindowBirths, window_entry

_LARGEST = 1 << 31
_MODE = re.compile(rb"(?:100644|100755|40000|120000|160000|100664) ")


class Entry(NamedTuple):
    """An entry of a flagged tree; `key` is the first 8 bytes of the child's name as a number."""

    key: int
    name: bytes


class PackTrees(NamedTuple):
    """The trees of one pack: births by whole trees and by windows (see `odb.trees`)."""

    pack: Pack
    forest: Forest
    wholes: list[Births]
    windows: list[WindowBirths]


class FirstSeen(NamedTuple):
    """Where an object stood first below one name: its path and the place of the commit in the order given."""

    path: bytes
    commit: int


def key_of(name: str) -> int:
    """The key of an object name (hex)."""
    return int(name[:16], 16)


class Attribution:
    """Flags the trees that lead to `targets` (keys). `loose` are trees given entry by entry: name, (child, file name)."""

    def __init__(
        self, packs: Sequence[PackTrees], loose: dict[str, list[tuple[str, bytes]]], targets: Iterable[int]
    ) -> None:
        self.targets = frozenset(targets)
        self._flagged: dict[int, list[Entry]] = {}
        sources = [_PackSource(trees) for trees in packs]
        lone = _LooseSource(loose)
        frontier = set(self.targets)
        while frontier:
            keys = np.array(sorted(frontier), np.uint64)
            frontier = set()
            for source in (*sources, lone):
                for tree, entries in source.lead_to(keys):
                    if tree not in self._flagged:
                        frontier.add(tree)
                    known = self._flagged.setdefault(tree, [])
                    known.extend(entry for entry in entries if entry not in known)

    def first_seen(self, roots: Iterable[int]) -> dict[int, list[FirstSeen]]:
        """For each target all its paths, each with the place of the first root (key of a tree) that has it there."""
        found: dict[int, list[FirstSeen]] = {}
        seen: set[tuple[bytes, int, bytes]] = set()
        visited: set[int] = set()
        for place, root in enumerate(roots):
            if root in self._flagged and root not in visited:
                visited.add(root)
                for key, path in self._visit(root, seen):
                    found.setdefault(key, []).append(FirstSeen(path, place))
        return found

    def _visit(self, root: int, seen: set[tuple[bytes, int, bytes]]) -> Iterator[tuple[int, bytes]]:
        todo = [(root, b"")]
        while todo:
            tree, prefix = todo.pop()
            for key, name in self._flagged[tree]:
                if (prefix, key, name) in seen:
                    continue
                seen.add((prefix, key, name))
                if key in self.targets:
                    yield key, prefix + name
                if key in self._flagged:
                    todo.append((key, prefix + name + b"/"))


class _PackSource:
    """Answers for one pack which trees hold given objects."""

    def __init__(self, trees: PackTrees) -> None:
        self._pack, self._forest = trees.pack, trees.forest
        self._wholes, self._windows = trees.wholes, trees.windows
        parts = [births.keys for births in (*trees.wholes, *trees.windows)]
        keys = np.concatenate(parts) if parts else np.zeros(0, np.uint64)
        self._order = np.argsort(keys, kind="stable")
        self._sorted = keys[self._order]
        self._cuts = np.cumsum([0, *map(len, parts)])
        self._places = np.zeros(len(self._pack), np.int64)
        self._places[self._forest.order] = np.arange(len(self._forest.order))
        self._held: tuple[int, bytes] = (-1, b"")

    def lead_to(self, keys: npt.NDArray[np.uint64]) -> Iterator[tuple[int, list[Entry]]]:
        """Trees (keys) with those of their entries that are among `keys` (sorted)."""
        born = self._born(keys)
        if not born:
            return
        marks = self._carried(born)
        numbers = np.array(sorted(marks), np.int64)
        names = self._pack.names[numbers, :8]
        trees = np.ascontiguousarray(names).view(">u8").reshape(len(numbers)).tolist()
        for tree, number in zip(trees, numbers.tolist()):
            yield tree, list(marks[number].values())

    def _born(self, keys: npt.NDArray[np.uint64]) -> dict[int, dict[int, Entry]]:
        """Number of a tree, offset in it, entry: for every birth of one of the keys."""
        low, high = np.searchsorted(self._sorted, keys, "left"), np.searchsorted(self._sorted, keys, "right")
        counts = high - low
        picks = np.repeat(low - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
        rows = self._order[picks]
        of_key = np.repeat(keys, counts)
        sources = np.searchsorted(self._cuts, rows, "right") - 1
        born: dict[int, dict[int, Entry]] = {}
        # Rows of one tree together, so that a whole tree is inflated once.
        for pick in np.argsort(rows, kind="stable").tolist():
            source, row, key = int(sources[pick]), int(rows[pick]), int(of_key[pick])
            tree, place, name = self._birth(source, row - int(self._cuts[source]))
            if name:
                born.setdefault(tree, {})[place] = Entry(key, name)
        return born

    def _birth(self, source: int, row: int) -> tuple[int, int, bytes]:
        if source >= len(self._wholes):
            return window_entry(self._windows[source - len(self._wholes)], row)
        births = self._wholes[source]
        tree, place = int(births.trees[row]), int(births.places[row])
        if self._held[0] != tree:
            self._held = (tree, self._pack.payload(tree))
        return tree, place, _name_before(self._held[1], place)

    def _carried(self, born: dict[int, dict[int, Entry]]) -> dict[int, dict[int, Entry]]:
        """The births, and the same entries in all trees that copy them: by number and offset."""
        marks: dict[int, dict[int, Entry]] = {}
        reached = -1
        for place, number in sorted((int(self._places[number]), number) for number in born):
            if place < reached:
                continue
            reached = place + int(self._forest.families[number])
            marks[number] = born[number]
            self._carry(self._forest.order[place + 1 : reached], born, marks)
        return marks

    def _carry(self, family: Ints, born: dict[int, dict[int, Entry]], marks: dict[int, dict[int, Entry]]) -> None:
        width = self._pack.names.shape[1] + 1
        bases = self._pack.bases[family].tolist()
        payloads = self._pack.payloads(family, _LARGEST, checked=False)
        for number, base, delta in zip(family.tolist(), bases, payloads):
            mine: dict[int, Entry] = {}
            if base in marks and not isinstance(delta, ValueError):
                entries = marks[base]
                spans = array("i", [edge for place in entries for edge in (place, place + width)])
                places = list(entries)
                for index, shift in carry(delta, spans.tobytes()):
                    mine[places[index] + shift] = entries[places[index]]
            if number in born:
                mine.update(born[number])
            if mine:
                marks[number] = mine


class _LooseSource:
    """The same for trees that are given entry by entry."""

    def __init__(self, trees: dict[str, list[tuple[str, bytes]]]) -> None:
        self._parents: dict[int, list[tuple[int, bytes]]] = {}
        for tree, entries in sorted(trees.items()):
            for child, name in entries:
                self._parents.setdefault(key_of(child), []).append((key_of(tree), name))

    def lead_to(self, keys: npt.NDArray[np.uint64]) -> Iterator[tuple[int, list[Entry]]]:
        for key in keys.tolist():
            for tree, name in self._parents.get(key, ()):
                yield tree, [Entry(key, name)]


def _name_before(content: bytes, nul: int) -> bytes:
    """The file name that ends at a NUL of a tree; empty where the NUL is part of an object name."""
    start = content.rfind(b"\0", 0, nul) + 1
    mode = _MODE.search(content, start, nul)
    return content[mode.end() : nul] if mode else b""
