"""Walks delta families of one pack depth first and gives what is new in their objects, many at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from keyguard.model import Slab
from keyguard.odb.delta import TOO_LARGE, sizes
from keyguard.odb.forest import Forest
from keyguard.odb.lines import LineTable
from keyguard.odb.pack import TREE, Ints, Pack, Payloads
from keyguard.odb.reader import Reader
from keyguard.odb.stride import COLUMNS, LAST, NEEDED, STEP, WRONG, Stretch, stride

_BLOCK = 1 << 19


class Chunk(NamedTuple):
    """Whole families of one pack and of one kind. Parallel arrays in walking order: object numbers, their distances
    from the family's root, whether anything hangs on them, and whether they are the last delta of their base."""

    pack: int
    kind: int
    numbers: Ints
    depths: Ints
    needed: Ints
    last: Ints


class Batch(NamedTuple):
    """Some objects in walking order. Parallel: `numbers`, `sizes` of the contents, `deltas` (whether they are stored as
    one) and `payloads`.

    `slab` holds what is new in them, by number. `wide` is the content of the last object where its head may not be
    plain text. `names` are entries of trees whose names are not known. `fresh` is for `LineTable.learn`.
    """

    numbers: Ints
    sizes: Ints
    deltas: npt.NDArray[np.bool_]
    payloads: Payloads
    slab: Slab
    wide: bytes | None
    fresh: bytes
    names: bytes


class Limits(NamedTuple):
    """`margin` for windows; `limit`: the largest object in bytes; `budget`: bytes of content held; `hash_size`: of an
    object name. With `delta` False every object is new as a whole. About `slab` bytes come at a time."""

    margin: int
    limit: int
    budget: int
    hash_size: int
    delta: bool
    slab: int = 4 << 20


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
    pack: Pack, chunk: Chunk, limits: Limits, failures: list[tuple[int, str]], known: LineTable | None = None
) -> Iterator[Batch]:
    """Gives every readable object of the chunk, bases first; the rest goes to `failures` with the reason.

    Lines that are `known` (see `odb.lines`) are left out of what is new. Contents that are still needed are held as
    long as they fit the budget, then read again when their turn comes.
    """
    walker = _Walker(pack, chunk, limits, failures, known)
    for part in _blocks(pack.sizes[chunk.numbers]):
        yield from walker.walk(part)
    pack.release()


def _blocks(sizes: Ints) -> Iterator[slice]:
    """Stretches of a chunk whose payloads are held at a time."""
    total = np.cumsum(sizes)
    start = 0
    while start < len(sizes):
        before = total[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(total, before + _BLOCK)))
        yield slice(start, stop)
        start = stop


class _Walker:
    """`held` are the contents from the root of a family to the object that is being read."""

    def __init__(
        self, pack: Pack, chunk: Chunk, limits: Limits, failures: list[tuple[int, str]], known: LineTable | None
    ) -> None:
        self._pack, self._chunk, self._limits, self._failures = pack, chunk, limits, failures
        self._known = known
        self._plan = _steps(chunk)
        self._hash_size = limits.hash_size if chunk.kind == TREE else 0
        self._held: list[bytes | None] = [None] * (int(chunk.depths.max(initial=0)) + 1)
        self._failed: set[int] = set()
        self._reader = Reader(pack, limits.limit, budget=0)

    def walk(self, part: slice) -> Iterator[Batch]:
        limits, plan = self._limits, self._plan[part]
        numbers = self._chunk.numbers[part]
        payloads = self._pack.payloads(numbers, limits.limit)
        margin = limits.margin if limits.delta else -1
        bounds = (margin, limits.limit, self._hash_size, limits.budget, limits.slab)
        plan[:, 2] = payloads.ends
        plan[[*payloads.wrong], 1] |= WRONG
        raw, known = plan.tobytes(), self._known.place if self._known else None
        at = 0
        while at < len(plan):
            found = Stretch(*stride(self._held, payloads.data, at, raw, bounds, known))
            if found.stop > at:
                done = slice(at, found.stop)
                yield _batch(numbers[done], plan[done, 0] > 0, payloads.cut(at, found.stop), found)
            at = found.stop
            if found.problem is not None:
                at += not self._mend(payloads, at, int(numbers[at]), int(plan[at, 0]), found.problem)

    def _mend(self, payloads: Payloads, place: int, number: int, depth: int, problem: str) -> bool:
        """Reads a base that is not held; False where the object is lost, which is noted."""
        if not problem:
            try:
                self._held[depth - 1] = self._base(number, payloads.payload(place))
            except ValueError as error:
                problem = str(error)
            else:
                return True
        self._failures.append((number, problem))
        self._failed.add(number)
        self._held[depth] = None
        return False

    def _base(self, number: int, payload: bytes) -> bytes:
        base = int(self._pack.bases[number])
        if base in self._failed:
            raise ValueError(TOO_LARGE if sizes(payload)[1] > self._limits.limit else "its delta base cannot be read")
        return self._reader.read(base)


def _steps(chunk: Chunk) -> npt.NDArray[np.int32]:
    """What `stride` is to know of each object, without the ends of payloads."""
    steps = np.zeros((len(chunk.numbers), STEP), np.int32)
    steps[:, 0] = chunk.depths
    steps[:, 1] = chunk.needed * NEEDED + chunk.last * LAST
    return steps


def _batch(
    numbers: Ints,
    deltas: npt.NDArray[np.bool_],
    payloads: Payloads,
    found: Stretch,
) -> Batch:
    sizes, starts, counts = np.frombuffer(found.table, np.int32).reshape(-1, COLUMNS).T.astype(np.int64)
    # What a stride leaves out has no text; an empty object has a newline.
    told = np.diff(starts, append=len(found.text)) > 0
    cuts = np.append(0, np.cumsum(np.maximum(counts[told], 0)))
    lows = memoryview(found.lows).cast("i")
    slab = Slab(found.text, starts[told].tolist(), numbers[told].tolist(), cuts.tolist(), found.rows, lows)
    return Batch(numbers, sizes, deltas, payloads, slab, found.wide, found.fresh, found.names)
