"""Walks delta families of one pack depth first and gives, for every object, what is new in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from keyguard.odb.delta import step
from keyguard.odb.forest import Forest
from keyguard.odb.pack import TREE, Ints, Pack
from keyguard.odb.reader import Reader


class Chunk(NamedTuple):
    """Whole families of one pack and of one kind. Parallel arrays in walking order: object numbers, their distances
    from the family's root, whether anything hangs on them, and whether they are the last delta of their base."""

    pack: int
    kind: int
    numbers: Ints
    depths: Ints
    needed: Ints
    last: Ints


class Step(NamedTuple):
    """One object: its content and, for a delta, the windows (see `delta.step`); `rows` None: all of it is new."""

    number: int
    content: bytes
    text: bytes
    rows: bytes | None


class Limits(NamedTuple):
    """`margin` for windows; `limit`: the largest object in bytes; `budget`: bytes of content held; `hash_size`: of an
    object name. With `delta` False every object is new as a whole."""

    margin: int
    limit: int
    budget: int
    hash_size: int
    delta: bool


def cut_chunks(pack_number: int, pack: Pack, forest: Forest, kind: int, weight: int) -> list[Chunk]:
    """The families of one kind, cut into chunks of about `weight` packed bytes (an object counts 500 more)."""
    order = forest.order[forest.kinds[forest.order] == kind]
    if not len(order):
        return []
    cost = np.cumsum(pack.ends[order] - pack.starts[order] + 500)
    roots = np.flatnonzero(forest.depths[order] == 0)
    # A chunk ends before the first root past each multiple of the weight.
    cuts = np.unique(roots[np.searchsorted(cost[roots], np.arange(weight, cost[-1], weight)).clip(max=len(roots) - 1)])
    columns = (order, forest.depths[order], (forest.families[order] > 1) * 1, forest.last[order] * 1)
    parts = [np.split(column, cuts[cuts > 0]) for column in columns]
    return [Chunk(pack_number, kind, *part) for part in zip(*parts)]


def walk(pack: Pack, chunk: Chunk, limits: Limits, failures: list[tuple[int, str]]) -> Iterator[Step]:
    """Gives every readable object of the chunk, bases first; the rest goes to `failures` with the reason.

    Contents that are still needed are held as long as they fit the budget, then read again when their turn comes.
    """
    reader = Reader(pack, limits.limit, budget=0)
    deepest = int(chunk.depths.max(initial=0)) + 1
    held: list[bytes | None] = [None] * deepest
    failed = [False] * deepest
    used = 0
    hash_size = limits.hash_size if chunk.kind == TREE else 0
    rows = zip(chunk.numbers.tolist(), chunk.depths.tolist(), chunk.needed.tolist(), chunk.last.tolist())
    for (number, depth, needed, last), payload in zip(rows, pack.payloads(chunk.numbers, limits.limit)):
        text, windows = b"", None
        try:
            if depth and failed[depth - 1]:
                raise ValueError("its delta base cannot be read")
            if isinstance(payload, ValueError):
                raise payload
            content = payload
            if depth:
                base = held[depth - 1]
                base = reader.read(int(pack.bases[number])) if base is None else base
                content, text, windows = step(base, content, limits.margin, limits.limit, hash_size)
                if not limits.delta:
                    text, windows = b"", None
        except ValueError as error:
            failures.append((number, str(error)))
            failed[depth] = True
            continue
        failed[depth] = False
        if last and depth:
            used -= len(held[depth - 1] or b"")
            held[depth - 1] = None
        if needed:
            used += len(content) - len(held[depth] or b"")
            held[depth] = content
            if used > limits.budget:
                used = _shrink(held, depth)
        yield Step(number, content, text, windows)


def _shrink(held: list[bytes | None], depth: int) -> int:
    """Lets go of all but the newest content; returns what is held then."""
    for place in range(len(held)):
        if place != depth:
            held[place] = None
    return len(held[depth] or b"")
