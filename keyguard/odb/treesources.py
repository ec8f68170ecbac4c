"""Where the entries of a history's trees are known from: which trees hold some objects, and under which names.

Trees are read by their deltas like blobs: an entry is carried from a tree to its deltas until it changes. So the work
grows with the trees that lead to a finding, not with the history.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

import numpy as np

from keyguard.odb.births import AllBirths, Born, Keys, Sieve
from keyguard.odb.delta import carry_family
from keyguard.odb.forest import Forest
from keyguard.odb.pack import TREE, Ints, Pack, name_keys
from keyguard.odb.trees import Births, SmallInts, TreeDeltas

_LARGEST = 1 << 31
_TOGETHER = 1 << 16  # trees
_TAG = 8
_PARTS = 8


class PackTrees(NamedTuple):
    """The trees of one pack: their births (see `odb.trees`; the list is emptied where they are taken over), and the
    deltas that were kept. `unread` are numbers of objects that could not be read: nothing is carried through them."""

    pack: Pack
    forest: Forest
    births: list[Births]
    deltas: list[TreeDeltas]
    unread: frozenset[int] = frozenset()


class Holders(NamedTuple):
    """Trees that hold some objects: their keys, and parallel to them the numbers of their sets of labels. Trees differ
    little from one to the next, so there are few sets; `labels` has one after the other, `ends` says where each ends.
    """

    trees: Keys
    numbers: Ints
    labels: SmallInts
    ends: Ints


class Source(Protocol):
    """Some trees. `lead_to` gives those that hold one of the given keys (sorted, some), sooner if all are of trees.
    Labels are numbers of entries: `keys` of the children, and `names`, the numbers of their file names in `texts`. All
    three grow."""

    keys: Keys
    names: Ints
    texts: list[bytes]

    def lead_to(self, keys: Keys, *, are_trees: bool = False) -> Holders: ...


def key_of(name: str) -> int:
    """The key of an object name (hex)."""
    return int(name[:16], 16)


def keys_of(names: Iterable[str]) -> Keys:
    """The keys of object names (hex), in their order."""
    return np.frombuffer(bytes.fromhex("".join(name[:16] for name in names)), ">u8").astype(np.uint64)


def open_sources(packs: Sequence[PackTrees], loose: dict[str, list[tuple[str, bytes]]]) -> list[Source]:
    """All trees; `loose` are given entry by entry: name, (child, file name)."""
    named = [name_keys(each.pack.names[each.forest.kinds == TREE]) for each in packs]
    folders = np.sort(np.concatenate([*named, keys_of(loose)]))
    return [*(_PackSource(each, folders) for each in packs), _LooseSource(loose)]


class _PackSource:
    """Answers for one pack. `folders` are the keys of all trees there are."""

    def __init__(self, trees: PackTrees, folders: Keys) -> None:
        self._pack, self._forest = trees.pack, trees.forest
        self._births = AllBirths(trees.births, self._pack.names.shape[1])
        trees.births.clear()  # they stand in one table now
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
        # A number for each family, in the order of the forest.
        self._families = np.cumsum(self._parents < 0)
        self.keys: Keys = np.zeros(0, np.uint64)
        self.names = np.zeros(0, np.int64)
        self.texts: list[bytes] = []
        # Part by part: there may be a million, and each takes a hundred bytes while it is looked up.
        table = np.concatenate([self._born(self._births.of(part)) for part in np.array_split(folders, _PARTS)])
        self._folders: SmallInts = table[np.argsort(table[:, 0], kind="stable")]

    def lead_to(self, keys: Keys, *, are_trees: bool = False) -> Holders:
        born = self._folders_born(keys) if are_trees else self._born(self._births.of(keys))
        none = np.zeros(0, np.int32)
        found = [(none, none, none)] + [self._carried(born, places) for places in self._affected(born)]
        self._pack.release()
        places, counts, labels = (np.concatenate(column) for column in zip(*found))
        trees = name_keys(self._pack.names[self._forest.order[places]])
        return _holders(trees, np.cumsum(counts), labels)

    def _born(self, born: Born) -> SmallInts:
        """Births as carried: the place of the tree in the forest, the offset there, and the label. Adds the labels."""
        table = np.stack([self._places[born.trees], born.offsets, born.labels + len(self.keys)], 1, dtype=np.int32)
        self.keys = np.concatenate((self.keys, born.keys))
        self.names = np.concatenate((self.names, born.names + len(self.texts)))
        self.texts += born.texts
        return table[np.argsort(table[:, 0], kind="stable")]

    def _folders_born(self, keys: Keys) -> SmallInts:
        is_wanted = np.zeros(len(self.keys), np.bool_)
        is_wanted[Sieve(keys).places(self.keys)] = True
        return self._folders[is_wanted[self._folders[:, 2]]]

    def _affected(self, born: SmallInts) -> Iterator[Ints]:
        """The places of all families that something is born in, some at a time."""
        if not len(born):
            return
        wanted = np.zeros(len(self._families) + 1, np.bool_)
        wanted[self._families[born[:, 0]]] = True
        places = np.flatnonzero(wanted[self._families])
        families = self._families[places]
        starts = np.flatnonzero(np.diff(families, prepend=-1))
        cuts = np.unique(starts[np.searchsorted(starts, np.arange(_TOGETHER, len(places), _TOGETHER)) % len(starts)])
        yield from np.split(places, cuts[cuts > 0])

    def _carried(self, born: SmallInts, places: Ints) -> tuple[Ints, Ints, SmallInts]:
        """Those of the places whose trees have labels, how many, and the labels."""
        local = np.zeros(len(self._places) + 1, np.int32)  # the last one is for what has no base
        local[places] = np.arange(len(places), dtype=np.int32)
        local[-1] = -1
        low, high = np.searchsorted(born[:, 0], [places[0], places[-1] + 1])
        mine = born[low:high]
        ends = np.searchsorted(mine[:, 0], places, side="right").astype(np.int32)
        data, deltas = self._deltas_at(places)
        parents = local[self._parents[places]]
        width = self._pack.names.shape[1] + 1
        marks, cuts = carry_family(
            data, deltas.tobytes(), parents.tobytes(), mine[:, 1:].tobytes(), ends.tobytes(), width
        )
        stops = np.frombuffer(cuts, np.int32).astype(np.int64)
        counts = stops - np.append(0, stops[:-1])
        told = np.flatnonzero(counts)
        return places[told], counts[told], np.frombuffer(marks, np.int32)[1::2].copy()

    def _deltas_at(self, places: Ints) -> tuple[list[bytes], SmallInts]:
        """The deltas of trees: buffers, and for each tree the number of one, start and end in it."""
        rows = self._kept[places]
        numbers = self._forest.order[places]
        lost = np.flatnonzero((rows[:, 0] < 0) & (self._parents[places] >= 0))
        if self._unread:
            lost = lost[~np.isin(numbers[lost], [*self._unread])]
        again = self._pack.payloads(numbers[lost], _LARGEST, checked=False).split()
        data = [deltas.data for deltas in self._deltas] + again
        rows[lost, 0] = np.arange(len(self._deltas), len(data))
        rows[lost, 1:] = [(0, len(each)) for each in data[len(self._deltas) :]] or 0
        return data, rows


def _holders(trees: Keys, ends: Ints, labels: SmallInts) -> Holders:
    """Finds equal sets, given the labels of all trees and where those of each end."""
    if not len(trees):
        return Holders(trees, ends, labels, ends)
    # Equal sets have equal sums of random numbers, different ones all but surely not.
    tags = np.frombuffer(os.urandom(_TAG * (int(labels.max()) + 1)), np.uint64)
    starts = np.append(0, ends[:-1])
    _, firsts, numbers = np.unique(np.add.reduceat(tags[labels], starts), return_index=True, return_inverse=True)
    sizes = (ends - starts)[firsts]
    cuts = np.cumsum(sizes)
    picks = np.repeat(starts[firsts] - cuts + sizes, sizes) + np.arange(sizes.sum())
    return Holders(trees, numbers, labels[picks], cuts)


class _LooseSource:
    """Answers for trees that are given entry by entry."""

    def __init__(self, trees: dict[str, list[tuple[str, bytes]]]) -> None:
        entries = [(key_of(tree), child, name) for tree, mine in sorted(trees.items()) for child, name in mine]
        self.keys = keys_of(child for _, child, _ in entries)
        self.names = np.arange(len(entries))
        self.texts = [name for _, _, name in entries]
        self._parents: dict[int, list[tuple[int, int]]] = {}
        for label, (tree, child, _) in enumerate(entries):
            self._parents.setdefault(key_of(child), []).append((tree, label))

    def lead_to(self, keys: Keys, *, are_trees: bool = False) -> Holders:
        labels: dict[int, list[int]] = {}
        for key in keys.tolist() if self._parents else ():
            for tree, label in self._parents.get(key, ()):
                labels.setdefault(tree, []).append(label)
        flat = [label for mine in labels.values() for label in mine]
        ends = np.cumsum([len(mine) for mine in labels.values()], dtype=np.int64)
        trees = np.fromiter(labels, np.uint64, len(labels))
        return Holders(trees, np.arange(len(trees)), np.array(flat, np.int32), ends)
