"""Scans the content of files, many at a time. Runs in a worker process where there are many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from keyguard.errors import ObjectError
from keyguard.model import Confidence, Location, Occurrence, Skip, Slab
from keyguard.scan.matcher import Matcher
from keyguard.sources.files import load_file, open_pieces
from keyguard.sources.slabs import SlabBuilder
from keyguard.sources.text import stored_offset, text_view
from keyguard.triage.confirm import Match
from keyguard.triage.group import Sighting
from keyguard.triage.locate import Span, locate
from keyguard.triage.resolve import resolve

if TYPE_CHECKING:
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
    """One text to scan: where it is from, its bytes as stored, and whether the engine saw its UTF-8 view."""

    kind: str
    path: bytes
    stored: bytes
    view: bool


class FileScanner:
    """Scans files with one matcher; files over `limit` bytes in pieces."""

    def __init__(self, matcher: Matcher, least: Confidence, limit: int) -> None:
        self._matcher, self._least, self._limit = matcher, least, limit

    def run(self, paths: Sequence[bytes]) -> FilesOutcome:
        batch = _Batch(self._matcher, self._least)
        skips: list[Skip] = []
        files = 0
        for path in paths:
            try:
                content = load_file(path, self._limit)
                if content is None:
                    self._add_large(path, batch)
                else:
                    batch.add("file", path, content)
                files += 1
            except ObjectError as error:
                skips.append(Skip(path.decode("utf-8", "replace"), str(error)))
        batch.flush()
        return FilesOutcome(files, batch.content, batch.scanned, batch.sightings, skips + batch.skips)

    def run_text(self, kind: str, content: bytes) -> FilesOutcome:
        """The same for one text that is no file."""
        batch = _Batch(self._matcher, self._least)
        batch.add(kind, b"", content)
        batch.flush()
        return FilesOutcome(0, batch.content, batch.scanned, batch.sightings, batch.skips)

    def _add_large(self, path: bytes, batch: _Batch) -> None:
        from keyguard.scan.pieces import scan_pieces

        in_pieces = scan_pieces(self._matcher, lambda size, overlap: open_pieces(path, size, overlap))
        batch.add_located("file", path, in_pieces)


class _Batch:
    """Texts that are scanned together, and what was found in them."""

    def __init__(self, matcher: Matcher, least: Confidence) -> None:
        self._matcher, self._least = matcher, least
        self._builder = SlabBuilder()
        self._texts: list[Text] = []
        self.content = self.scanned = 0
        self.sightings: list[Sighting] = []
        self.skips: list[Skip] = []

    def add(self, kind: str, path: bytes, content: bytes) -> None:
        self.content += len(content)
        self._add(Text(kind, path, content, False), content)
        if (view := text_view(content)) is not None:
            self._add(Text(kind, path, content, True), view)
        if self._builder.full:
            self.flush()

    def _add(self, text: Text, seen: bytes) -> None:
        self._builder.add_whole(len(self._texts), seen)
        self._texts.append(text)

    def add_located(self, kind: str, path: bytes, in_pieces: InPieces) -> None:
        for match in resolve(self._matcher.rules, in_pieces.found):
            self._sight(kind, path, match, in_pieces.found[match], (match.start, match.end))
        self.skips += [_too_long(path, rule) for rule in in_pieces.timeouts]

    def flush(self) -> None:
        slab = self._builder.take()
        self.scanned += len(slab.text)
        confirmed = self._matcher.match(slab)
        by_owner: dict[int, list[Match]] = {}
        for owner, match in confirmed.matches:
            by_owner.setdefault(owner, []).append(match)
        for owner, matches in by_owner.items():
            self._place(self._texts[owner], _whole(slab, owner), resolve(self._matcher.rules, matches))
        for owner, rule in confirmed.timeouts:
            self.skips.append(_too_long(self._texts[owner].path, rule))
        self._texts.clear()

    def _place(self, text: Text, seen: bytes, matches: list[Match]) -> None:
        spans = locate(seen, [(match.start, match.end) for match in matches])
        for match, span in zip(matches, spans):
            offsets = (match.start, match.end)
            if text.view:
                offsets = (stored_offset(text.stored, seen, match.start), stored_offset(text.stored, seen, match.end))
            self._sight(text.kind, text.path, match, span, offsets)

    def _sight(self, kind: str, path: bytes, match: Match, span: Span, offsets: tuple[int, int]) -> None:
        if match.confidence >= self._least:
            occurrence = Occurrence(Location(kind, path, *span, *offsets), None)
            self.sightings.append(Sighting(match.rule, match.value, match.confidence, occurrence))


def _too_long(path: bytes, rule: str) -> Skip:
    return Skip(path.decode("utf-8", "replace"), f"rule {rule} took too long on it")


def _whole(slab: Slab, owner: int) -> bytes:
    """The text of one owner; owners of a batch are numbered in the order of the slab."""
    piece = slab.piece(slab.starts[owner])
    return slab.text[piece.start : piece.end]
