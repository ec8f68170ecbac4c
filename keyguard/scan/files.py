"""Scans the content of files, many at a time. Runs in a worker process where there are many."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

from keyguard.errors import ObjectError
from keyguard.model import Confidence, Location, Occurrence, Provenance, Skip, Slab
from keyguard.model.namedtuple import NamedTuple
from keyguard.scan.matcher import Matcher
from keyguard.sources.container_kinds import HEAD, kind_of
from keyguard.sources.files import load_file, open_file, open_pieces
from keyguard.sources.slabs import SlabBuilder
from keyguard.sources.text import stored_offset, text_view
from keyguard.triage.context import Case, Passage, Verdict
from keyguard.triage.group import Sighting
from keyguard.triage.locate import Span, locate
from keyguard.triage.match import Match
from keyguard.triage.resolve import resolve

if TYPE_CHECKING:
    from keyguard.scan.contained import Unpacker
    from keyguard.scan.fresh import FreshLines
    from keyguard.scan.pieces import InPieces


class FilesOutcome(NamedTuple):
    """What a list of files gave; `content` and `scanned` in bytes."""

    files: int
    content: int
    scanned: int
    sightings: list[Sighting]
    skips: list[Skip]

    def plus(self, other: FilesOutcome) -> FilesOutcome:
        return FilesOutcome(
            self.files + other.files,
            self.content + other.content,
            self.scanned + other.scanned,
            self.sightings + other.sightings,
            self.skips + other.skips,
        )


class Text(NamedTuple):
    """One text to scan: where it is from, its bytes as stored, and whether the engine saw its UTF-8 view.

    Of a text that has `fresh` lines only these matter.
    """

    kind: str
    path: bytes
    stored: bytes
    view: bool
    provenance: Provenance | None = None
    fresh: FreshLines | None = None


class FileScanner:
    """Scans files with one matcher; files over `limit` bytes in pieces. `containers`: and what is inside them."""

    def __init__(self, matcher: Matcher, least: Confidence, limit: int, *, containers: bool = False) -> None:
        self._matcher, self._least, self._limit, self._containers = matcher, least, limit, containers

    def run(self, paths: Sequence[bytes]) -> FilesOutcome:
        batch = Batch(self._matcher, self._least)
        skips: list[Skip] = []
        files = 0
        for path in paths:
            try:
                content = load_file(path, self._limit)
                if content is None:
                    self._add_large(path, batch)
                elif self._containers and kind_of(content[:HEAD]):
                    _unpacker(batch).add(path, content)
                else:
                    batch.add("file", path, content)
                files += 1
            except ObjectError as error:
                skips.append(Skip(path.decode("utf-8", "replace"), str(error)))
        return batch.outcome(files, skips)

    def run_text(self, kind: str, content: bytes) -> FilesOutcome:
        """The same for one text that is no file."""
        batch = Batch(self._matcher, self._least)
        if self._containers and kind == "stdin" and kind_of(content[:HEAD]):
            _unpacker(batch).add(b"stdin", content)
        else:
            batch.add(kind, b"", content)
        return batch.outcome(0)

    def _add_large(self, path: bytes, batch: Batch) -> None:
        from keyguard.scan.pieces import scan_pieces

        if self._containers:
            with open_file(path) as file:
                kind = kind_of(file.read(HEAD))
                file.seek(0)
                if kind and _unpacker(batch).open(kind, path, file):
                    return
        in_pieces = scan_pieces(self._matcher, lambda size, overlap: open_pieces(path, size, overlap))
        batch.add_located("file", path, in_pieces)


def _unpacker(batch: Batch) -> Unpacker:
    from keyguard.scan.contained import Unpacker

    return Unpacker(batch)


class Batch:
    """Texts that are scanned together, and what was found in them."""

    def __init__(self, matcher: Matcher, least: Confidence) -> None:
        self._matcher, self._least = matcher, least
        self._builder = SlabBuilder()
        self._texts: list[Text] = []
        self._is_fresh = False
        self.content = self.scanned = 0
        self.sightings: list[Sighting] = []
        self.skips: list[Skip] = []

    def add(
        self,
        kind: str,
        path: bytes,
        content: bytes,
        provenance: Provenance | None = None,
        fresh: FreshLines | None = None,
    ) -> None:
        """Texts that a scan sees decoded as a whole, such as UTF-16, count with all of their lines."""
        self.content += len(content)
        self._add(Text(kind, path, content, False, provenance, fresh), content)
        if (view := text_view(content)) is not None:
            self._add(Text(kind, path, content, True, provenance), view)
        if self._builder.full:
            self.flush()

    def _add(self, text: Text, seen: bytes) -> None:
        self._builder.add_whole(len(self._texts), seen)
        self._texts.append(text)
        self._is_fresh |= text.fresh is not None

    def add_located(self, kind: str, path: bytes, in_pieces: InPieces, provenance: Provenance | None = None) -> None:
        self.content += in_pieces.content
        self.scanned += in_pieces.scanned
        found = in_pieces.found
        cases = [
            Case(Passage(kind, path, found[match].around, found[match].origin), match)
            for match in self._standing(list(found))
        ]
        for (passage, match), verdict in zip(cases, self._matcher.context.weigh(cases)):
            judged = self._allowed(passage, match, verdict)
            text = Text(kind, path, b"", False, provenance)
            self._sight(text, match, judged, found[match].span, (match.start, match.end))
        self.skips += [_too_long(path, rule) for rule in in_pieces.timeouts]

    def outcome(self, files: int, skips: Sequence[Skip] = ()) -> FilesOutcome:
        """All that was found, when all has been added."""
        self.flush()
        return FilesOutcome(files, self.content, self.scanned, self.sightings, [*skips, *self.skips])

    def flush(self) -> None:
        slab = self._builder.take()
        self.scanned += len(slab.text)
        confirmed = self._matcher.match(slab, partial(self._counts, slab) if self._is_fresh else None)
        by_owner: dict[int, list[Match]] = {}
        for owner, match in confirmed.matches:
            fresh = self._texts[owner].fresh
            if fresh is None or fresh.touch(match.start, match.end):
                by_owner.setdefault(owner, []).append(match)
        cases: list[tuple[Text, Case]] = []
        for owner, matches in by_owner.items():
            if standing := self._standing(matches):
                text = self._texts[owner]
                passage = Passage(text.kind, text.path, _whole(slab, owner))
                cases.extend((text, Case(passage, match)) for match in standing)
        verdicts = self._matcher.context.weigh([case for _, case in cases])
        weighed = [(text, case, self._allowed(*case, verdict)) for (text, case), verdict in zip(cases, verdicts)]
        for (text, passage), group in groupby(weighed, key=lambda each: (each[0], each[1].passage)):
            self._place(text, passage.text, [(case.match, verdict) for _, case, verdict in group])
        for owner, rule in confirmed.timeouts:
            self.skips.append(_too_long(self._texts[owner].path, rule))
        self._texts.clear()

    def _counts(self, slab: Slab, at: int) -> bool:
        """Whether the line before an offset of the slab matters. (Asked of every hit.)"""
        number = bisect_left(slab.starts, at) - 1
        fresh = self._texts[number].fresh
        if fresh is None:
            return True
        at -= slab.starts[number]
        return fresh.touch(at - 1, at)

    def _standing(self, matches: list[Match]) -> list[Match]:
        settled = resolve(self._matcher.rules, matches)
        return [match for match in settled if self._matcher.context.may_reach(match, self._least)]

    def _allowed(self, passage: Passage, match: Match, verdict: Verdict) -> Verdict:
        if not verdict.reaches(self._least):
            return verdict
        return self._matcher.allowlist.judge(passage, match, verdict)

    def _place(self, text: Text, seen: bytes, weighed: list[tuple[Match, Verdict]]) -> None:
        weighed = [(match, verdict) for match, verdict in weighed if verdict.reaches(self._least)]
        spans = locate(seen, [(match.start, match.end) for match, _ in weighed])
        for (match, verdict), span in zip(weighed, spans):
            offsets = (match.start, match.end)
            if text.view:
                offsets = (stored_offset(text.stored, seen, match.start), stored_offset(text.stored, seen, match.end))
            self._sight(text, match, verdict, span, offsets)

    def _sight(self, text: Text, match: Match, verdict: Verdict, span: Span, offsets: tuple[int, int]) -> None:
        if verdict.confidence and verdict.reaches(self._least):
            occurrence = Occurrence(Location(text.kind, text.path, *span, *offsets, match.inner.steps), text.provenance)
            about = (verdict.reasons, match.named_parts, verdict.allowed)
            self.sightings.append(Sighting(match.rule, match.value, verdict.confidence, occurrence, *about))


def _too_long(path: bytes, rule: str) -> Skip:
    return Skip(path.decode("utf-8", "replace"), f"rule {rule} took too long on it")


def _whole(slab: Slab, owner: int) -> bytes:
    """The text of one owner; owners of a batch are numbered in the order of the slab."""
    piece = slab.piece(slab.starts[owner])
    return slab.text[piece.start : piece.end]
