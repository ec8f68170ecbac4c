"""Where the entries of a history's trees are known from: which trees hold some objects, and under which names.

Trees are read by their deltas like blobs: an entry is carried from a tree to its deltas until it changes. So the work
grows with the trees that lead to a finding, not with the history.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from itertools import accumulate, compress
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from keyguard.odb.delta import carry_family
from keyguard.odb.forest import Forest
from keyguard.odb.pack import Ints, Pack, name_keys
from keyguard.odb.trees import Births, TreeDeltas, name_before

_LARGEST = 1 << 31
_SIEVE_BITS = 22
_MARK = 8  # bytes: an offset and a label

Keys = npt.NDArray[np.uint64]


class Entry(NamedTuple):
    """An entry of a tree; `key` is the first 8 bytes of the child's name as a number."""

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


class Source(Protocol):
    """Some trees. `lead_to` gives the keys of those that hold one of the given keys (sorted, some), and for each its
    labels: native int32 numbers of entries in `entries`, which grows."""

    entries: list[Entry]

    def lead_to(self, keys: Keys) -> tuple[Keys, list[bytes]]: ...


def key_of(name: str) -> int:
    """The key of an object name (hex)."""
    return int(name[:16], 16)


def open_sources(packs: Sequence[PackTrees], loose: dict[str, list[tuple[str, bytes]]]) -> list[Source]:
    """All trees; `loose` are given entry by entry: name, (child, file name)."""
    return [*map(_PackSource, packs), _LooseSource(loose)]


class _Sieve:
    """Finds some keys (sorted) among very many: most are told by a bit for the first bits of each."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._bits = np.zeros(1 << _SIEVE_BITS, np.bool_)
        self._bits[keys >> np.uint64(64 - _SIEVE_BITS)] = True

    def places(self, among: Keys) -> npt.NDArray[np.intp]:
        """Where one of the keys stands, in order."""
        likely = np.flatnonzero(self._bits[among >> np.uint64(64 - _SIEVE_BITS)])
        found = among[likely]
        nearest = np.searchsorted(self._keys, found).clip(max=len(self._keys) - 1)
        sure: npt.NDArray[np.intp] = likely[self._keys[nearest] == found]
        return sure


class _PackSource:
    """Answers for one pack."""

    def __init__(self, trees: PackTrees) -> None:
        self._pack, self._forest = trees.pack, trees.forest
        self._births = trees.births
        order = self._forest.order
        self._places = np.zeros(len(self._pack), np.int32)
        self._places[order] = np.arange(len(order), dtype=np.int32)
        bases = self._pack.bases[order]
        self._parents = np.where(bases >= 0, self._places[bases], -1).astype(np.int32)
        self._deltas = trees.deltas
        self._kept = np.full((len(order), 3), -1, np.int32)  # number of the gathering, start and end in it
        for number, deltas in enumerate(trees.deltas):
            starts = np.append(np.int32(0), deltas.ends[:-1])[: len(deltas.ends)]
            self._kept[self._places[deltas.numbers]] = np.stack([np.full_like(starts, number), starts, deltas.ends], 1)
        self._unread = trees.unread
        self._labels: dict[tuple[int, bytes], int] = {}
        self.entries: list[Entry] = []

    def lead_to(self, keys: Keys) -> tuple[Keys, list[bytes]]:
        places, labels = self._carried(self._born(keys))
        self._pack.release()
        return name_keys(self._pack.names[self._forest.order[places]]), labels

    def _born(self, keys: Keys) -> dict[int, bytes]:
        """Marks by the place of the tree in the forest: every birth of one of the keys."""
        sieve = _Sieve(keys)
        tables = [np.zeros((0, 3), np.int32)]
        for births in self._births:
            picked = sieve.places(births.keys)
            named = zip(births.keys[picked].tolist(), self._names(births, picked))
            labels = np.fromiter((self._label(key, name) if name else -1 for key, name in named), np.int32, len(picked))
            rows = np.stack([self._places[births.trees[picked]], births.places[picked], labels], 1, dtype=np.int32)
            tables.append(rows[labels >= 0])
        table = np.concatenate(tables)
        table = table[np.argsort(table[:, 0], kind="stable")]
        marks = table[:, 1:].tobytes()
        places, starts = np.unique(table[:, 0], return_index=True)
        cuts = (starts * _MARK).tolist()
        return {place: marks[low:high] for place, low, high in zip(places.tolist(), cuts, [*cuts[1:], len(marks)])}

    def _names(self, births: Births, picked: npt.NDArray[np.intp]) -> Iterator[bytes]:
        """The file names of some births, from the text that was kept or from the trees."""
        if births.text:
            for floor, at in zip(births.floors[picked].tolist(), births.ats[picked].tolist()):
                yield name_before(births.text, floor, at)
            return
        read, content = -1, b""
        for tree, offset in zip(births.trees[picked].tolist(), births.places[picked].tolist()):
            if tree != read:
                read, content = tree, self._pack.payload(tree)
            yield name_before(content, 0, offset)

    def _label(self, key: int, name: bytes) -> int:
        label = self._labels.get((key, name))
        if label is None:
            entry = Entry(key, name)
            label = self._labels[entry] = len(self.entries)
            self.entries.append(entry)
        return label

    def _carried(self, born: dict[int, bytes]) -> tuple[Ints, list[bytes]]:
        """The places in the forest of the births and of all trees that copy the same entries, with their labels."""
        places: list[int] = []
        labels: list[bytes] = []
        known: dict[bytes, bytes] = {}  # most trees have what others have, which is held once
        reached = -1
        for first in sorted(born):
            if first < reached:
                continue
            reached = first + int(self._forest.families[self._forest.order[first]])
            parents = (self._parents[first:reached] - first).tobytes()
            mine = list(map(born.get, range(first, reached)))
            results = carry_family(self._payloads(first, reached), mine, parents, self._pack.names.shape[1] + 1)
            places += compress(range(first, reached), results)
            labels += (known.setdefault(each, each) for each in _labels_of([*filter(None, results)]))
        return np.array(places, np.int64), labels

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


def _labels_of(marks: list[bytes]) -> Iterator[bytes]:
    """The labels of each tree, given its marks: an offset and a label each."""
    labels = np.frombuffer(b"".join(marks), np.int32)[1::2].tobytes()
    ends = list(accumulate(len(mark) // 2 for mark in marks))  # bytes of labels
    return (labels[start:end] for start, end in zip([0, *ends], ends))


class _LooseSource:
    """Answers for trees that are given entry by entry."""

    def __init__(self, trees: dict[str, list[tuple[str, bytes]]]) -> None:
        self.entries: list[Entry] = []
        self._parents: dict[int, list[tuple[int, int]]] = {}
        for tree, entries in sorted(trees.items()):
            for child, name in entries:
                self._parents.setdefault(key_of(child), []).append((key_of(tree), len(self.entries)))
                self.entries.append(Entry(key_of(child), name))

    def lead_to(self, keys: Keys) -> tuple[Keys, list[bytes]]:
        labels: dict[int, array[int]] = {}
        for key in keys.tolist():
            for tree, label in self._parents.get(key, ()):
                labels.setdefault(tree, array("i")).append(label)
        return np.fromiter(labels, np.uint64, len(labels)), [mine.tobytes() for mine in labels.values()]
