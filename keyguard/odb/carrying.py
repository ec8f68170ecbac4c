"""Carries spans and marks of a base across deltas, for machines without a compiler: the twin of `_delta_carry.h`."""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np

from keyguard.odb.instructions import Ints, Runs, read, runs

_PLACE_BITS = 32
_LARGEST = 2**31


def carry(delta: bytes, spans: bytes) -> list[tuple[int, int]]:
    """Which spans of the base lie inside one copy run, and how far each moves.

    `spans` are pairs of native int32: from (-1: the start of the base is part of it) and to (base size + 1: its end
    is). Returns (number of the span, shift) for every run that holds it, run by run, the spans by where
    they start. Raises ValueError for a broken delta.
    """
    instructions = read(delta, [(0, len(delta))])
    base_size, size, problem = instructions.headers[0]
    if problem:
        raise ValueError(problem)
    _, starts, stops, ats = runs(instructions)
    shifts = ats - starts
    lows = starts - ((starts == 0) & (ats == 0))
    highs = stops + ((stops == base_size) & (stops + shifts == size))
    froms, tos = _wide(spans).reshape(-1, 2).T
    order = froms.argsort(kind="stable")
    run, rank = _inside(froms[order], lows, highs)
    span = order[rank]
    held = tos[span] <= highs[run]
    return [*zip(span[held].tolist(), shifts[run[held]].tolist())]


def _inside(keys: Ints, lows: Ints, highs: Ints) -> tuple[Ints, Ints]:
    """Which of the sorted keys lie between a low and a high, both included: the number of that pair and of the key."""
    first = keys.searchsorted(lows)
    counts = np.maximum(keys.searchsorted(highs, "right") - first, 0)
    pairs = np.arange(len(lows)).repeat(counts)
    return pairs, np.arange(len(pairs)) + (first - counts.cumsum() + counts)[pairs]


class _Marks(NamedTuple):
    """Marks, parallel: an object's number above the place in it, and the label."""

    keys: Ints
    labels: Ints

    def updated(self, keys: Ints, labels: Ints) -> _Marks:
        """These and new ones, by key; a new one takes the place of one at the same place."""
        keys, labels = np.append(self.keys, keys), np.append(self.labels, labels)
        order = np.argsort(keys, kind="stable")
        order = order[np.diff(keys[order], append=-1) != 0]
        return _Marks(keys[order], labels[order])

    def carried(self, found: Runs, bases: Ints, objects: Ints, width: int) -> _Marks:
        """Those inside one of the runs; `bases` and `objects` are numbers by delta."""
        base = bases[found.deltas] << _PLACE_BITS
        run, mark = _inside(self.keys, base + found.starts, base + found.stops.clip(max=_LARGEST) - width)
        moves = (objects[found.deltas] << _PLACE_BITS) - base + found.ats - found.starts
        return _Marks(self.keys[mark] + moves[run], self.labels[mark])


def carry_family(
    data: list[bytes], deltas: bytes, parents: bytes, born: bytes, ends: bytes, width: int
) -> tuple[bytes, bytes]:
    """Hands marks down delta families, bases before their deltas.

    All but `data` are native int32, parallel by object: `deltas` has three values for each, the number of a buffer in
    `data` (-1: it is whole) and where its delta starts and ends there; `parents` the place of its base (-1: none);
    `ends` says where the marks that are born in it end among all `born`. Marks are pairs of an offset and any label;
    one is carried where its `width` bytes lie inside one copy run.

    Gives all marks, and where those of each object end.
    """
    rows, bases = np.frombuffer(deltas, np.int32).reshape(-1, 3), _wide(parents)
    counts = np.diff(_wide(ends), prepend=0)
    owners = np.repeat(np.arange(len(rows)), counts)
    places, labels = _wide(born)[: 2 * len(owners)].reshape(-1, 2).T
    depths = _depths(rows[:, 0].tolist(), bases.tolist(), counts.tolist())
    levels = zip(_by_depth(depths, depths), _by_depth(depths[owners], depths))
    marks = _Marks(places[:0], labels[:0])
    found = [marks]
    for depth, (objects, mine) in enumerate(levels):
        if depth:
            changed = [data[number][start:end] for number, start, end in rows[objects].tolist()]
            spans = pairwise(accumulate(map(len, changed), initial=0))
            marks = marks.carried(runs(read(b"".join(changed), spans)), bases[objects], objects, width)
        marks = marks.updated((owners[mine] << _PLACE_BITS) + places[mine], labels[mine])
        found.append(marks)
    keys, labels = map(np.concatenate, zip(*found))
    order = np.argsort(keys)
    objects = keys[order] >> _PLACE_BITS
    flat = np.stack([keys, labels], 1)[order].astype(np.int32)  # without the object's number
    return flat.tobytes(), objects.searchsorted(np.arange(len(rows)), "right").astype(np.int32).tobytes()


def _wide(raw: bytes) -> Ints:
    return np.frombuffer(raw, np.int32).astype(np.int64)


def _depths(buffers: list[int], bases: list[int], counts: list[int]) -> Ints:
    """How many bases hand marks down to each object, one to the next; 0 where its own base has none."""
    depths: list[int] = []
    marked: list[bool] = []
    for place, (buffer, base, count) in enumerate(zip(buffers, bases, counts)):
        is_heir = buffer >= 0 and 0 <= base < place and marked[base]
        depths.append(depths[base] + 1 if is_heir else 0)
        marked.append(is_heir or count > 0)
    return np.array(depths, np.int64)


def _by_depth(some: Ints, depths: Ints) -> list[Ints]:
    """The numbers of some depths, from each depth to the deepest of all."""
    sizes = np.bincount(some, minlength=int(depths.max(initial=0)) + 1)
    return np.split(np.argsort(some, kind="stable"), np.cumsum(sizes)[:-1])
