"""Scans everything that a repository ever held."""

from __future__ import annotations

import gc
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from keyguard.errors import GitError, ObjectError
from keyguard.git.catfile import CatFile
from keyguard.git.clone import clone, is_url
from keyguard.git.refs import list_refs
from keyguard.git.repository import Repository, find_repository
from keyguard.git.revisions import Reach, reach
from keyguard.model import Report, Skip, Stats, Tick
from keyguard.odb.forest import Forest, endless_objects, grow_forest
from keyguard.odb.pack import BLOB, COMMIT, TAG, TREE
from keyguard.odb.store import Store, open_store
from keyguard.odb.walk import Chunk, Limits, cut_chunks
from keyguard.scan.asked import ask_git
from keyguard.scan.census import Census
from keyguard.scan.contents import Contents
from keyguard.scan.matcher import Matcher, open_matcher
from keyguard.scan.objects import LooseChunk, ObjectScanner
from keyguard.scan.options import EVERYTHING, PLAIN, HistoryRange, OnTick, ScanOptions
from keyguard.scan.pool import jobs_of, run_tasks
from keyguard.scan.provenance import trace
from keyguard.scan.record import Record
from keyguard.scan.salt import history_key
from keyguard.scan.silencing import settle
from keyguard.scan.skeleton import SkeletonBuilder

if TYPE_CHECKING:
    from keyguard.scan.contained_history import Inside

_LOOSE_CHUNK = 500
_HASH_SIZES = {"sha1": 20, "sha256": 32}


def scan_history(
    target: str, options: ScanOptions = PLAIN, span: HistoryRange = EVERYTHING, on_tick: OnTick = None
) -> Report:
    """Scans every object of the repository at a path, or at a URL that git can clone.

    Raises GitError where there is no repository, or git cannot read it; what cannot be read inside becomes a Skip.
    """
    if not is_url(target):
        with _uncollected():
            return _scan(Path(target), target, options, span, on_tick)
    with tempfile.TemporaryDirectory(prefix="keyguard-") as folder:
        into = Path(folder) / "clone.git"
        clone(target, into)
        with _uncollected():
            return _scan(into, target, options, span, on_tick)


@contextmanager
def _uncollected() -> Iterator[None]:
    """No search for cycles: there are none, and what is known of a large history takes long to look through."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _scan(path: Path, target: str, options: ScanOptions, span: HistoryRange, on_tick: OnTick) -> Report:
    started = time.monotonic()
    repository = find_repository(path)
    if repository is None:
        raise GitError(f"{target} is not a git repository", "name one, or scan plain files without --history")
    matcher = open_matcher(options, screened=True)
    hash_size = _HASH_SIZES[repository.object_format]
    store = open_store(repository.common_dir / "objects", hash_size)
    forests = [grow_forest(pack) for pack in store.packs]
    endless = _endless(store, forests)
    if endless and not span.everything:
        raise ObjectError(f"{target} holds delta bases that lead in a circle, which git cannot walk", "scan all of it")
    wanted = None if span.everything else reach(repository, branch=span.branch, since=span.since, revs=span.revs)
    refs = list_refs(repository, endless)
    skeletons = SkeletonBuilder(store, forests, refs, shallow=repository.shallow)
    with closing(skeletons) as builder, CatFile(repository, endless) as git:
        census = _scan_objects(matcher, store, forests, hash_size, options, wanted, on_tick, builder.start)
        asked = ask_git(git, matcher, census, options.max_object)
        contents = Contents(store, git, options.max_object)
        timeline, trees, missing = builder.result(census)
        record = Record(trees, census, asked, contents, refs, timeline, wanted)
        sightings = trace(matcher, record, options)
        inside = _inside(matcher, record, store, forests, hash_size, options)
    lost = [Skip(f"object {name}", f"its findings have no place: {why}") for name, why in contents.lost.items()]
    skips = [*store.broken, *asked.skips, *census.skips(), *lost, *(inside.skips if inside else ())]
    skips += _promised(repository) if repository.partial and not endless else missing
    settled = settle(
        matcher.rules,
        [*sightings, *(inside.sightings if inside else ())],
        options.silencing,
        lambda: history_key(repository, timeline.roots, options.cache),
        whole=span.everything and not options.exclude,
    )
    return Report(
        target=target,
        mode="history",
        findings=settled.findings,
        skipped=tuple(sorted(set(skips))),
        stats=Stats(census.objects, 0, census.content, census.scanned, time.monotonic() - started),
        rules=matcher.rules,
        allowed=settled.allowed,
        notes=(*matcher.notes, *settled.notes),
    )


def _inside(
    matcher: Matcher, record: Record, store: Store, forests: Sequence[Forest], hash_size: int, options: ScanOptions
) -> Inside | None:
    """What containers hold, where that was asked for: it takes a second reading of all blobs, each of them whole."""
    if not options.containers:
        return None
    from keyguard.scan.contained_history import look_inside

    limits = Limits(matcher.confirmer.margin, options.max_object, options.memory, hash_size, False, options.slab)
    return look_inside(matcher, record, store.packs, limits, options, _tasks(store, forests, options.slab))


def _endless(store: Store, forests: Sequence[Forest]) -> frozenset[str]:
    pairs = zip(store.packs, forests)
    return frozenset(pack.name(number) for pack, forest in pairs for number in endless_objects(forest))


def _promised(repository: Repository) -> list[Skip]:
    """What a partial clone left at its remote: told, and no error."""
    try:
        missing = len(reach(repository).missing)
    except GitError as error:
        return [Skip("promised objects", f"they cannot be counted: {error}")]
    return [Skip(f"{missing} objects", "promised by the remote of this partial clone", True)] if missing else []


def _scan_objects(
    matcher: Matcher,
    store: Store,
    forests: Sequence[Forest],
    hash_size: int,
    options: ScanOptions,
    wanted: Reach | None,
    on_tick: OnTick,
    on_skeleton: Callable[[Census], None],
) -> Census:
    limits = Limits(
        matcher.confirmer.margin, options.max_object, options.memory, hash_size, options.delta, options.slab
    )
    scanner = ObjectScanner(matcher, store.packs, limits)
    tasks = list(_tasks(store, forests, options.slab))
    total = sum(map(len, store.packs)) + len(store.loose)
    census = Census(wanted)
    for pack, forest in zip(store.packs, forests):
        census.add_lost(pack, forest)
    left = sum(not (isinstance(task, Chunk) and task.kind == BLOB) for task in tasks)
    for outcome in run_tasks(scanner, tasks, jobs_of(options.jobs)):
        census.add(outcome)
        left -= outcome.kind != BLOB
        if not left:
            on_skeleton(census)
            left = -1
        if on_tick:
            on_tick(Tick(census.objects, total, census.content, len(census.values)))
    return census


def _tasks(store: Store, forests: Sequence[Forest], weight: int) -> Iterator[Chunk | LooseChunk]:
    """Blobs last: what the others tell can be worked on while they are scanned."""
    loose = sorted(store.loose.items())
    for start in range(0, len(loose), _LOOSE_CHUNK):
        yield LooseChunk(loose[start : start + _LOOSE_CHUNK])
    for kind in (TREE, COMMIT, TAG, BLOB):
        for number, (pack, forest) in enumerate(zip(store.packs, forests)):
            yield from cut_chunks(number, pack, forest, kind, weight)
