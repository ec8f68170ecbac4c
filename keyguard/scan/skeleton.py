"""The skeleton of a history: what its commits and trees tell, worked out while blobs are still scanned."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import NamedTuple

from keyguard.git.refs import Ref
from keyguard.model import Skip
from keyguard.odb.forest import Forest
from keyguard.odb.pack import Pack
from keyguard.odb.store import Store
from keyguard.odb.treesources import PackTrees, Source, open_sources
from keyguard.scan.ancestry import Timeline, read_timeline
from keyguard.scan.census import Census
from keyguard.scan.missing import missing_objects


class Skeleton(NamedTuple):
    """The order of commits; all trees, ready to be asked; and what is named somewhere, but not in the store."""

    timeline: Timeline
    trees: list[Source]
    missing: list[Skip]


class SkeletonBuilder:
    """Builds the skeleton in the background once all commits and trees were read."""

    def __init__(self, store: Store, forests: Sequence[Forest], refs: Sequence[Ref], *, shallow: bool) -> None:
        self._store, self._forests, self._refs, self._shallow = store, forests, refs, shallow
        self._threads = ThreadPoolExecutor(1)
        self._future: Future[Skeleton] | None = None

    def close(self) -> None:
        """Waits for what was started, and throws it away."""
        self._threads.shutdown(cancel_futures=True)

    def start(self, census: Census) -> None:
        """To be called when nothing but blobs is left to scan. What could not be read is asked of git first."""
        if not census.failures:
            # Blobs that fail from now on are added while this runs; no tree hangs on them.
            self._future = self._threads.submit(self._build, census, frozenset())

    def result(self, census: Census) -> Skeleton:
        """To be called when all that can be read has been."""
        return self._future.result() if self._future else self._build(census, frozenset(census.failures))

    def _build(self, census: Census, unread: frozenset[str]) -> Skeleton:
        heads = [ref.target for ref in self._refs if ref.name == b"HEAD"]
        timeline = read_timeline(census.links, (ref.target for ref in self._refs), heads)
        pairs = enumerate(zip(self._store.packs, self._forests))
        packs = [_trees_of(census, number, pack, forest, unread) for number, (pack, forest) in pairs]
        missing = missing_objects(self._store, census.links, self._refs, shallow=self._shallow)
        trees = open_sources(packs, census.trees)
        del packs
        _give_back()
        return Skeleton(timeline, trees, missing)


def _give_back() -> None:
    """Has the C library return what is free to the system, where it has a way: births came in thousands of pieces, and
    stand in one table now."""
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


def _trees_of(census: Census, number: int, pack: Pack, forest: Forest, unread: frozenset[str]) -> PackTrees:
    lost = frozenset(map(pack.number_of, unread))
    return PackTrees(pack, forest, census.births.pop(number, []), census.deltas.pop(number, []), lost)
