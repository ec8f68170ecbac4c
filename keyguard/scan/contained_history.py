"""Scans what is inside the containers that a history holds, and says where each of them stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from keyguard.model import Provenance, Skip
from keyguard.odb.commits import Author, read_author
from keyguard.odb.loose import read_loose
from keyguard.odb.pack import BLOB, Pack
from keyguard.odb.walk import Chunk, Limits, walk
from keyguard.scan.contained import Unpacker
from keyguard.scan.files import Batch
from keyguard.scan.matcher import Matcher
from keyguard.scan.objects import LooseChunk
from keyguard.scan.options import ScanOptions
from keyguard.scan.paths import Excluded
from keyguard.scan.placing import Place, Placing
from keyguard.scan.pool import jobs_of, run_tasks
from keyguard.scan.record import Record
from keyguard.sources.container_kinds import HEAD, kind_of
from keyguard.triage.group import Sighting


class Inside(NamedTuple):
    """What the containers in a history gave. The sizes of their members count as content and as scanned."""

    sightings: list[Sighting]
    skips: list[Skip]


class ContainerFinder:
    """Names the blobs of a chunk that are containers and hold something to report. Runs in a worker process."""

    def __init__(self, matcher: Matcher, packs: Sequence[Pack], limits: Limits, options: ScanOptions) -> None:
        self._matcher, self._packs = matcher, packs
        self._limits, self._options = limits._replace(delta=False), options

    def run(self, chunk: Chunk | LooseChunk) -> list[str]:
        blobs = self._loose(chunk) if isinstance(chunk, LooseChunk) else self._packed(chunk)
        return [name for name, content in blobs if any(_look_into(self._matcher, self._options, b"", content))]

    def _packed(self, chunk: Chunk) -> Iterator[tuple[str, bytes]]:
        pack = self._packs[chunk.pack]
        for batch in walk(pack, chunk, self._limits, []):
            slab = batch.slab
            for number, start, end in zip(slab.owners, slab.starts, [*slab.starts[1:], len(slab.text)]):
                if kind_of(slab.text[start : min(start + HEAD, end - 1)]):
                    yield pack.name(number), slab.text[start : end - 1]

    def _loose(self, chunk: LooseChunk) -> Iterator[tuple[str, bytes]]:
        for name, path in chunk.files:
            try:
                kind, _, content = read_loose(path, self._limits.limit)
            except (ValueError, OSError):
                continue  # the scan of the objects has told
            if kind == "blob" and content and kind_of(content[:HEAD]):
                yield name, content


def look_inside(
    matcher: Matcher,
    record: Record,
    packs: list[Pack],
    limits: Limits,
    options: ScanOptions,
    tasks: Iterable[Chunk | LooseChunk],
) -> Inside:
    """All that stands inside containers of up to `limits.limit` bytes: one sighting a secret and path, at its first
    commit."""
    finder = ContainerFinder(matcher, packs, limits, options)
    blobs = [task for task in tasks if isinstance(task, LooseChunk) or task.kind == BLOB]
    lists = run_tasks(finder, blobs, jobs_of(options.jobs))
    names = sorted({name for found in lists for name in found if record.is_wanted(name)})
    placing = Placing(record, names, named=False) if names else None
    best: dict[tuple[int, bytes, bytes], tuple[int, str, list[Sighting]]] = {}
    skips: set[Skip] = set()
    excluded = Excluded(options.exclude)
    for name in names if placing else ():
        content = record.contents.read(name)
        for place in placing.places(name) if placing else ():
            if excluded.matches(place.path) or (placing and place.path in placing.older(name)):
                continue
            sightings, refused = _look_into(
                matcher, options, place.path or name.encode(), content, _provenance(record, placing, name, place)
            )
            skips.update(refused)
            for (rule, value, path), mine in _by_secret(sightings).items():
                kept = best.get((rule, value, path))
                if kept is None or (place.order, name) < kept[:2]:
                    best[rule, value, path] = (place.order, name, mine)
    return Inside([each for _, _, mine in best.values() for each in mine], sorted(skips))


def _look_into(
    matcher: Matcher, options: ScanOptions, path: bytes, content: bytes, provenance: Provenance | None = None
) -> tuple[list[Sighting], list[Skip]]:
    """What is in one container; its own bytes were scanned with the other objects."""
    batch = Batch(matcher, options.min_confidence)
    unpacker = Unpacker(batch, provenance=provenance)
    unpacker.open_content(path, content)
    outcome = batch.outcome(0)
    return outcome.sightings, outcome.skips


def _by_secret(sightings: Iterable[Sighting]) -> dict[tuple[int, bytes, bytes], list[Sighting]]:
    found: dict[tuple[int, bytes, bytes], list[Sighting]] = {}
    for each in sightings:
        found.setdefault((each.rule, each.value, each.occurrence.location.path), []).append(each)
    return found


def _provenance(record: Record, placing: Placing | None, name: str, place: Place) -> Provenance:
    author = read_author(record.contents.read(place.commit)) if place.commit else Author("", "", "")
    in_head = placing is not None and placing.is_in_head(name, place.path)
    return Provenance(name, place.commit, *author, "head" if in_head else place.state)
