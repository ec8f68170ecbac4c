"""Scans what commits, or the index, brought: each new object whole, for its context, and of that only what is new."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from keyguard.errors import GitError, ObjectError
from keyguard.git.catfile import CatFile, OversizedError
from keyguard.model import Provenance, Skip
from keyguard.model.namedtuple import NamedTuple
from keyguard.scan.files import Batch, FilesOutcome
from keyguard.scan.fresh import FreshLines
from keyguard.scan.paths import Excluded
from keyguard.sources.container_kinds import HEAD, SEPARATOR, kind_of
from keyguard.triage.locate import locate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from keyguard.git.added import Lines
    from keyguard.git.changes import Change
    from keyguard.git.place import Place
    from keyguard.model import Occurrence
    from keyguard.scan.matcher import Matcher
    from keyguard.scan.options import ScanOptions
    from keyguard.triage.group import Sighting

    KnownLines = Callable[[], Mapping[tuple[str, str], Sequence[Lines]]]

_STEP = 1 << 20


class Version(NamedTuple):
    """An object at a path."""

    path: bytes
    name: str


class ChangeScanner:
    """Gathers changes and messages, then says what is new in them. `git` reads the objects of `place`.

    `lines` tells the new lines of many pairs of objects, old and new, at once; git is asked for one more pair where
    they are not among them.
    """

    def __init__(
        self, matcher: Matcher, place: Place, git: CatFile, options: ScanOptions, lines: KnownLines | None = None
    ) -> None:
        self._matcher, self._place, self._git, self._options = matcher, place, git, options
        self._lines, self._told = lines, False
        self._batch = Batch(matcher, options.min_confidence)
        self._changes: dict[Version, list[Change]] = {}
        self._skips: list[Skip] = []
        self._diffs: dict[tuple[str, str], Sequence[Lines]] = {}
        self._containers: dict[str, list[Version]] = {}
        self._held: dict[str, set[tuple[int, bytes]]] = {}

    def add_changes(self, changes: Iterable[Change]) -> None:
        excluded = Excluded(self._options.exclude)
        for change in changes:
            if not excluded.matches(change.path):
                self._changes.setdefault(Version(change.path, change.new), []).append(change)

    def add_text(self, kind: str, name: str, content: bytes) -> None:
        """A message; all of it is new. `name`: the object it is from."""
        self._batch.add(kind, b"", content, _stamp(name))

    def outcome(self) -> FilesOutcome:
        """What is new. Its provenance names the object, and the commit that brought it first."""
        for version, changes in self._changes.items():
            if any(change.named for change in changes):
                # Each part of a path stands alone, as in a tree, and at its own offset.
                self._batch.add("path", version.path, version.path.replace(b"/", b"\n"), _stamp(version.name))
            if any(version.name not in change.olds for change in changes):
                self._read(version)
        found = self._batch.outcome(len(self._changes), self._skips)
        return found._replace(sightings=[kept for sighting in found.sightings for kept in self._placed(sighting)])

    def _read(self, version: Version) -> None:
        try:
            content = self._git.read(version.name, self._options.max_object)[1]
            if self._options.containers is not False and kind_of(content[:HEAD]):
                self._containers.setdefault(version.name, []).append(version)
                _unpack(self._batch, version, content)
            else:
                self._batch.add("file", version.path, content, _stamp(version.name), self._fresh(version, content))
        except OversizedError:
            self._read_pieces(version)
        except ObjectError as error:
            self._skip(version, str(error))

    def _fresh(self, version: Version, content: bytes) -> FreshLines | None:
        """Spares the work on old lines where asking for the new ones is cheap."""
        changes = self._changes[version]
        if self._lines is None or len(changes) > 1 or len(changes[0].olds) != 1:
            return None
        return FreshLines(content, partial(self._added, changes[0].olds[0], version.name))

    def _read_pieces(self, version: Version) -> None:
        from keyguard.scan.pieces import scan_pieces

        try:
            read = lambda size, overlap: self._git.pieces(version.name, size, overlap)  # noqa: E731 - shorter than a def
            self._batch.add_located("file", version.path, scan_pieces(self._matcher, read), _stamp(version.name))
            head = next(iter(self._git.pieces(version.name, _STEP, 0)))[1]
        except ObjectError as error:
            self._skip(version, str(error))
            return
        if self._options.containers is not False and (kind := kind_of(head[:HEAD])):
            self._skip(version, f"too large a {kind} file to be unpacked here")

    def _skip(self, version: Version, reason: str) -> None:
        self._skips.append(Skip(version.path.decode("utf-8", "replace"), reason))

    def _placed(self, sighting: Sighting) -> Iterable[Sighting]:
        """The sighting at the first commit that it is new in; nothing where there is none."""
        location, provenance = sighting.occurrence
        if location.kind not in {"file", "path"} or provenance is None:
            yield sighting
            return
        version = self._version(location.path, provenance.object)
        if location.kind == "path":
            (span,) = locate(location.path, [(location.start, location.end)])
            location = location._replace(**span._asdict())
        for change in self._news(sighting, version):
            occurrence = sighting.occurrence._replace(
                location=location, provenance=provenance._replace(commit=change.commit)
            )
            yield sighting._replace(occurrence=occurrence)
            return

    def _version(self, path: bytes, name: str) -> Version:
        """The changed file that a text is from, which may lie in a container."""
        around = (each for each in self._containers.get(name, ()) if path.startswith(each.path + SEPARATOR))
        return next(around, Version(path, name))

    def _news(self, sighting: Sighting, version: Version) -> Iterable[Change]:
        """The changes that a sighting is new in."""
        changes = self._changes[version]
        if sighting.occurrence.location.kind == "path":
            return (change for change in changes if change.named)
        if version in self._containers.get(version.name, ()):
            secret = (sighting.rule, sighting.value)
            return (change for change in changes if not any(secret in self._inside(old) for old in change.olds))
        lines = self._stored_lines(sighting.occurrence, changes)
        return (change for change in changes if self._is_new(change, *lines))

    def _is_new(self, change: Change, first: int, last: int) -> bool:
        return all(any(added.touches(first, last) for added in self._added(old, change.new)) for old in change.olds)

    def _inside(self, name: str) -> set[tuple[int, bytes]]:
        """The secrets in an older version of a container, which has no lines to compare."""
        if name not in self._held:
            batch = Batch(self._matcher, self._options.min_confidence)
            with suppress(ObjectError):  # where it cannot be read, all counts as new
                _unpack(batch, Version(b"", name), self._git.read(name, self._options.max_object)[1])
            self._held[name] = {(each.rule, each.value) for each in batch.outcome(0).sightings}
        return self._held[name]

    def _added(self, old: str, new: str) -> Sequence[Lines]:
        from keyguard.git.added import Lines, added_lines

        if old == new:
            return ()
        if self._lines and not self._told:
            self._told = True
            with suppress(GitError):  # they can be told one by one
                self._diffs.update(self._lines())
        if (old, new) not in self._diffs:
            try:
                self._diffs[old, new] = added_lines(self._place, old, new)
            except GitError:
                # What was there before cannot be read, as in a partial clone: then all counts as new.
                self._diffs[old, new] = [Lines(1, 1 << 62)]
        return self._diffs[old, new]

    def _stored_lines(self, occurrence: Occurrence, changes: Sequence[Change]) -> tuple[int, int]:
        """The lines that git counts: those of the stored bytes, which may be characters of two bytes."""
        location, provenance = occurrence
        if provenance is None or not any(change.olds for change in changes):
            return location.line, location.end_line
        start, end = location.start, location.end - 1
        first = last = 1
        try:
            for offset, data in self._git.pieces(provenance.object, _STEP, 0):
                first += data.count(b"\n", 0, max(0, start - offset))
                last += data.count(b"\n", 0, max(0, end - offset))
        except ObjectError:
            return 1, 1 << 62  # it could be read a moment ago; rather too much than too little
        return first, last


def _unpack(batch: Batch, version: Version, content: bytes) -> None:
    from keyguard.scan.contained import Unpacker

    Unpacker(batch, provenance=_stamp(version.name)).add(version.path, content)


def _stamp(name: str) -> Provenance:
    return Provenance(name, "", "", "", "", "")
