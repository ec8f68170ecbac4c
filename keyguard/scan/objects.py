"""Scans stored objects: chunks of packs, and loose ones. Runs in a worker process; knows nothing of refs or paths."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterator
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from keyguard.model import Slab
from keyguard.odb.commits import LinkTable, message_start, read_links_many
from keyguard.odb.delta import TOO_LARGE
from keyguard.odb.lines import new_table
from keyguard.odb.loose import read_loose
from keyguard.odb.pack import COMMIT, KIND_NAMES, TAG, TREE, Pack
from keyguard.odb.trees import Births, TreeDeltas, births_of, gather_deltas, read_entries
from keyguard.odb.walk import Batch, Chunk, Limits, walk
from keyguard.scan.inherit import Inheritance
from keyguard.scan.matcher import Matcher
from keyguard.sources.slabs import SlabBuilder
from keyguard.sources.text import text_view
from keyguard.triage.match import Confirmed, Match

_LONGEST_ENTRY = 5000
_TREE_WINDOWS = 1 << 20
_NAMES = 100_000  # different names of files and folders that are remembered
_PACKED_LINE = 128  # bytes of a pack for each different line in it, by experience


class Found(NamedTuple):
    """A match in an object; in a commit or tag offsets count from the message; `view`: in the UTF-8 of wide text."""

    name: str
    kind: str
    view: bool
    match: Match


class LooseChunk(NamedTuple):
    """Names and files of loose objects."""

    files: list[tuple[str, Path]]


class Outcome(NamedTuple):
    """What one chunk gave; `pack` is -1 and `kind` 0 for loose objects.

    `births`, `deltas`, `links` and `trees` serve attribution; `labels` are file names that may hold a secret, with the
    object (hex) that they name.

    `failures` are objects that could not be read here: name, kind and reason; `timeouts`: name and rule.
    """

    pack: int
    kind: int
    objects: int
    content: int
    scanned: int
    found: list[Found]
    links: list[LinkTable]
    births: list[Births]
    deltas: list[TreeDeltas]
    labels: set[tuple[bytes, str]]
    trees: dict[str, list[tuple[str, bytes]]]
    failures: list[tuple[str, str, str]]
    timeouts: list[tuple[str, str]]

    def counting(self, batch: Batch, scanned: int) -> Outcome:
        """The same outcome after one batch more, of which `scanned` bytes went through the engine."""
        objects, content = self.objects + len(batch.numbers), self.content + int(batch.sizes.sum())
        return self._replace(objects=objects, content=content, scanned=self.scanned + scanned)

    def scanning(self, scanned: int) -> Outcome:
        return self._replace(scanned=self.scanned + scanned)


class ObjectScanner:
    """Scans chunks of some packs with one matcher. `limits`: see `odb.walk`."""

    def __init__(self, matcher: Matcher, packs: list[Pack], limits: Limits) -> None:
        self._matcher = matcher
        self._packs = packs
        self._limits = limits
        size = sum(len(pack.data) for pack in packs)
        self._known = new_table(size // _PACKED_LINE) if limits.delta else None
        self._names = new_table(_NAMES)
        self._entry = re.compile(rb"[0-7]{5,6} ([^\0]+)\0([\0-\xff]{%d})" % limits.hash_size)

    def run(self, chunk: Chunk | LooseChunk) -> Outcome:
        if isinstance(chunk, LooseChunk):
            return self._loose(chunk)
        if chunk.kind == TREE:
            return self._trees(chunk)
        if chunk.kind in (COMMIT, TAG):
            return self._messages(chunk)
        return self._blobs(chunk)

    def _blobs(self, chunk: Chunk) -> Outcome:
        pack = self._packs[chunk.pack]
        out = _empty(chunk.pack, chunk.kind)
        failures: list[tuple[int, str]] = []
        inheritance = Inheritance(pack, self._matcher.confirmer, self._limits.limit)
        views = SlabBuilder(self._limits.slab)
        for batch in walk(pack, chunk, self._limits, failures, self._known):
            out = out.counting(batch, self._mark(batch, inheritance))
            if self._limits.delta:
                inheritance.follow(batch)
            if batch.wide is not None and (view := text_view(batch.wide)) is not None:
                views.add_whole(int(batch.numbers[-1]), view)
                if views.full:
                    out = out.scanning(self._add(views.take(), pack, "blob", True, out))
        out = out.scanning(self._add(views.take(), pack, "blob", True, out))
        for number, marks in inheritance.marks.items():
            name = pack.name(number)
            out.found.extend(Found(name, "blob", False, match) for match in sorted(marks.matches))
        _add_failures(out, pack, "blob", failures + inheritance.failures)
        out.timeouts.extend((pack.name(number), rule) for number, rule in inheritance.timeouts)
        return out

    def _mark(self, batch: Batch, inheritance: Inheritance) -> int:
        """Scans what is new in blobs and notes what was found, and the lines that hold nothing; returns its size."""
        slab = batch.slab
        confirmed = self._matcher.match(slab)
        for owner, match in confirmed.matches:
            inheritance.of(owner).matches.add(match)
        fragments = slab.in_windows() if confirmed.wide else set()
        for owner, hit in confirmed.wide:
            marks = inheritance.of(owner)
            (marks.open if owner in fragments else marks.settled).add(hit)
        inheritance.timeouts.extend(confirmed.timeouts)
        if self._known is not None:
            self._known.learn(batch.fresh, array("q", sorted(set(confirmed.places))).tobytes())
        return len(slab.text)

    def _add(self, slab: Slab, pack: Pack, kind: str, view: bool, out: Outcome) -> int:
        """Scans a slab of whole objects and adds what was found; returns its size."""
        _add_confirmed(out, self._matcher.match(slab), pack.name, kind, view)
        return len(slab.text)

    def _messages(self, chunk: Chunk) -> Outcome:
        pack = self._packs[chunk.pack]
        kind = KIND_NAMES[chunk.kind]
        out = _empty(chunk.pack, chunk.kind)
        failures: list[tuple[int, str]] = []
        for batch in walk(pack, chunk, self._limits._replace(delta=False), failures):
            slab = _messages_in(batch.slab)
            out = out.counting(batch, self._add(slab, pack, kind, False, out))
            if chunk.kind == COMMIT:
                bounds = [(start, end - 1) for start, end in _bounds(batch.slab)]
                links, broken = read_links_many(pack.names_of(batch.numbers), batch.slab.text, bounds)
                out.links.append(links)
                failures += [(batch.slab.owners[place], reason) for place, reason in broken]
        _add_failures(out, pack, kind, failures)
        return out

    def _trees(self, chunk: Chunk) -> Outcome:
        pack = self._packs[chunk.pack]
        out = _empty(chunk.pack, chunk.kind)
        failures: list[tuple[int, str]] = []
        limits = self._limits
        # Attribution needs the deltas whatever the blobs are scanned by.
        limits = limits._replace(delta=True, slab=min(limits.slab, _TREE_WINDOWS))
        for batch in walk(pack, chunk, limits, failures, self._names):
            out.deltas.append(gather_deltas(batch.numbers, batch.payloads.split(), batch.deltas.tolist()))
            out.births.append(births_of(batch.slab, limits.hash_size))
            out = out.counting(batch, self._label(batch, out))
        _add_failures(out, pack, "tree", failures)
        return out

    def _label(self, batch: Batch, out: Outcome) -> int:
        """Notes the file names that hold a hit, which are confirmed on their own later, and those that hold none."""
        text, places = batch.names, set()
        hits = self._matcher.hits(text)
        for rule, at in zip(hits.rules, hits.ends):
            # An engine may report a trigger in the name by a longer one that goes on behind it.
            last = self._matcher.rules[rule].width
            for entry in self._entry.finditer(text, max(0, at - _LONGEST_ENTRY), at + _LONGEST_ENTRY):
                if entry.start(1) < at <= entry.end(1) + last:
                    out.labels.add((entry[1], entry[2].hex()))
                    places.add(entry.start())
        if self._names is not None:
            self._names.learn(batch.fresh, array("q", sorted(places)).tobytes())
        return len(text)

    def _loose(self, chunk: LooseChunk) -> Outcome:
        out = _empty(-1, 0)
        builders: dict[tuple[str, bool], SlabBuilder] = {}
        names = [name for name, _ in chunk.files]
        objects = size = scanned = 0
        for owner, kind, data in self._read_loose(chunk, out):
            objects += 1
            size += len(data)
            for text, view in texts_of(kind, data):
                builder = builders.setdefault((kind, view), SlabBuilder())
                builder.add_whole(owner, text)
                if builder.full:
                    scanned += self._add_loose(builder.take(), names, kind, view, out)
            self._note(names[owner], kind, data, out)
        for (kind, view), builder in sorted(builders.items()):
            scanned += self._add_loose(builder.take(), names, kind, view, out)
        return out._replace(objects=objects, content=size, scanned=scanned)

    def _add_loose(self, slab: Slab, names: list[str], kind: str, view: bool, out: Outcome) -> int:
        _add_confirmed(out, self._matcher.match(slab), names.__getitem__, kind, view)
        return len(slab.text)

    def _read_loose(self, chunk: LooseChunk, out: Outcome) -> Iterator[tuple[int, str, bytes]]:
        for owner, (name, path) in enumerate(chunk.files):
            try:
                kind, _, content = read_loose(path, self._limits.limit)
            except (ValueError, OSError) as error:
                out.failures.append((name, "", str(error)))
                continue
            if content is None:
                out.failures.append((name, kind, TOO_LARGE))
            else:
                yield owner, kind, content

    def _note(self, name: str, kind: str, data: bytes, out: Outcome) -> None:
        if kind == "tree":
            entries = list(read_entries(data, self._limits.hash_size))
            out.trees[name] = [(entry.child.hex(), entry.name) for entry in entries]
            out.labels.update((entry.name, entry.child.hex()) for entry in entries)
        elif kind == "commit":
            links, broken = read_links_many([name], data, [(0, len(data))])
            out.links.append(links)
            out.failures.extend((name, kind, reason) for _, reason in broken)


def _empty(pack: int, kind: int) -> Outcome:
    return Outcome(pack, kind, 0, 0, 0, [], [], [], [], set(), {}, [], [])


def texts_of(kind: str, data: bytes) -> Iterator[tuple[bytes, bool]]:
    """What of an object is scanned, and whether it is a view."""
    if kind in ("commit", "tag"):
        yield data[message_start(data) :], False
    elif kind == "blob":
        yield data, False
        view = text_view(data)
        if view is not None:
            yield view, True


def _bounds(slab: Slab) -> Iterator[tuple[int, int]]:
    """Where each object begins in a slab of whole ones, and where the next one does."""
    return zip(slab.starts, [*slab.starts[1:], len(slab.text)])


def _messages_in(slab: Slab) -> Slab:
    """The messages of the commits or tags in a slab, all of them whole."""
    texts = [slab.text[message_start(slab.text, start, end - 1) : end] for start, end in _bounds(slab)]
    starts = [0, *accumulate(map(len, texts))][: len(texts)]
    return slab._replace(text=b"".join(texts), starts=starts)


def _add_confirmed(out: Outcome, confirmed: Confirmed, name_of: Callable[[int], str], kind: str, view: bool) -> None:
    out.found.extend(Found(name_of(owner), kind, view, match) for owner, match in confirmed.matches)
    out.timeouts.extend((name_of(owner), rule) for owner, rule in confirmed.timeouts)


def _add_failures(out: Outcome, pack: Pack, kind: str, failures: list[tuple[int, str]]) -> None:
    out.failures.extend((pack.name(number), kind, reason) for number, reason in failures)
