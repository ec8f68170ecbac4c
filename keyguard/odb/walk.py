"""Walks delta families of one pack depth first and gives, for every object, what is new in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from keyguard.odb.delta import TOO_LARGE, WHOLE_RESULT, sizes, step
from keyguard.odb.forest import Forest
from keyguard.odb.pack import TREE, Ints, Pack
from keyguard.odb.reader import Reader

HEAD = 1 << 10


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
    """One object: its size, and, for a delta, the windows (see `delta.step`); `rows` None: all of it is new.

    `content` is whole where all of it is new or a delta hangs on it, else it may be the head alone. `payload` is what
    is stored: the content, or the delta.
    """

    number: int
    size: int
    content: bytes
    text: bytes
    rows: bytes | None
    payload: bytes


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


def walk(
    pack: Pack,
    chunk: Chunk,
    limits: Limits,
    failures: list[tuple[int, str]],
    wants_all: Callable[[bytes], bool] | None = None,
) -> Iterator[Step]:
    """Gives every readable object of the chunk, bases first; the rest goes to `failures` with the reason.

    Contents that are still needed are held as long as they fit the budget, then read again when their turn comes. Of a
    delta that nothing hangs on, only the head is put together, unless `wants_all` says of it that all is wanted.
    """
    stack = _Stack(pack, chunk, limits)
    hash_size = limits.hash_size if chunk.kind == TREE else 0
    rows = zip(chunk.numbers.tolist(), chunk.depths.tolist(), chunk.needed.tolist(), chunk.last.tolist())
    for (number, depth, needed, last), payload in zip(rows, pack.payloads(chunk.numbers, limits.limit)):
        text, windows = b"", None
        try:
            if isinstance(payload, ValueError):
                raise payload
            content, size = payload, len(payload)
            if depth:
                base = stack.base(number, depth, payload)
                wanted = WHOLE_RESULT if needed or not limits.delta else HEAD
                content, text, windows, size = step(base, payload, limits.margin, limits.limit, hash_size, wanted)
                if wanted == HEAD and wants_all and wants_all(content):
                    content = step(base, payload, 0, limits.limit, 0, WHOLE_RESULT)[0]
                if not limits.delta:
                    text, windows = b"", None
        except ValueError as error:
            failures.append((number, str(error)))
            stack.fail(depth)
            continue
        stack.push(depth, content if needed else None, last=bool(last))
        yield Step(number, size, content, text, windows, payload)
    pack.release()


class _Stack:
    """The contents from the root of a family to the object that is being read."""

    def __init__(self, pack: Pack, chunk: Chunk, limits: Limits) -> None:
        deepest = int(chunk.depths.max(initial=0)) + 1
        self._pack, self._limits = pack, limits
        self._reader = Reader(pack, limits.limit, budget=0)
        self._held: list[bytes | None] = [None] * deepest
        self._failed = [False] * deepest
        self._used = 0

    def base(self, number: int, depth: int, payload: bytes) -> bytes:
        """The content that a delta is against. Raises ValueError where it cannot be read."""
        if self._failed[depth - 1]:
            raise ValueError(TOO_LARGE if sizes(payload)[1] > self._limits.limit else "its delta base cannot be read")
        base = self._held[depth - 1]
        return self._reader.read(int(self._pack.bases[number])) if base is None else base

    def fail(self, depth: int) -> None:
        self._failed[depth] = True

    def push(self, depth: int, content: bytes | None, *, last: bool) -> None:
        """Notes an object that was read; `last`: its base has no other delta. None where nothing hangs on it."""
        self._failed[depth] = False
        if last and depth:
            self._hold(depth - 1, None)
        if content is not None:
            self._hold(depth, content)
            if self._used > self._limits.budget:
                for place in range(len(self._held)):
                    if place != depth:
                        self._hold(place, None)

    def _hold(self, depth: int, content: bytes | None) -> None:
        self._used += len(content or b"") - len(self._held[depth] or b"")
        self._held[depth] = content
