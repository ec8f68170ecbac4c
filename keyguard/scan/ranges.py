"""Scans what a range of commits brought: new lines, messages, and names of files."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from keyguard.errors import ObjectError
from keyguard.git.catfile import CatFile
from keyguard.git.changes import commit_changes, in_head, tree_changes
from keyguard.git.commits import list_commits, shallow_ends
from keyguard.model import Occurrence, Provenance, Report, Skip
from keyguard.odb.commits import message_start, read_author, tag_target
from keyguard.scan.changed import ChangeScanner
from keyguard.scan.matcher import open_matcher
from keyguard.scan.options import PLAIN, ScanOptions
from keyguard.scan.outcome import change_report
from keyguard.sources.text import text_view

if TYPE_CHECKING:
    from keyguard.git.changes import Change
    from keyguard.git.place import Place
    from keyguard.git.pushes import Pushed
    from keyguard.triage.group import Sighting

_LONGEST = 256 << 20  # of a commit or tag


def scan_range(place: Place, revisions: Sequence[str], options: ScanOptions = PLAIN) -> Report:
    """Scans the commits of ranges such as "A..B", or that a revision reaches. GitError for an unknown revision."""
    started = time.monotonic()
    commits = list_commits(place, revisions)
    ends = shallow_ends(place).intersection(commits)
    reason = "the clone is shallow here, and what is older was not scanned: git fetch --unshallow"
    skips = [Skip(f"commit {commit}", reason) for commit in sorted(ends)]
    return _scan(place, options, "range", started, commits, (), skips)


def scan_commits(
    place: Place, commits: Sequence[str], pushed: Sequence[Pushed], mode: str, options: ScanOptions
) -> Report:
    """Scans commits (hex ids), and of refs that are pushed what is no commit: tags, and what they name."""
    return _scan(place, options, mode, time.monotonic(), commits, pushed, [])


def _scan(
    place: Place,
    options: ScanOptions,
    mode: str,
    started: float,
    commits: Sequence[str],
    pushed: Sequence[Pushed],
    skips: list[Skip],
) -> Report:
    matcher = open_matcher(options)
    with CatFile(place) as git:
        reader = _Reader(git)
        scanner = ChangeScanner(matcher, place, git, options)
        scanner.add_changes(commit_changes(place, commits))
        for commit in commits:
            scanner.add_text("commit", commit, reader.message(commit))
        for ref in pushed:
            scanner.add_changes(_add_tag(place, reader, scanner, ref))
        outcome = scanner.outcome()
        reader.head = _head_of(place, outcome.sightings)
        outcome = outcome._replace(sightings=[reader.told(sighting) for sighting in outcome.sightings])
    return change_report(mode, matcher, options, place, started, outcome, [*skips, *reader.skips], len(commits))


def _add_tag(place: Place, reader: _Reader, scanner: ChangeScanner, pushed: Pushed) -> Iterable[Change]:
    """Adds the messages of a tag, and of those it names; returns the changes where what is behind is no commit."""
    from keyguard.git.changes import Change

    name, seen = pushed.new, set[str]()
    while name and name not in seen:
        seen.add(name)
        kind, content = reader.read(name)
        if kind == "tree":
            return tree_changes(place, name)
        if kind == "blob":
            return [Change(pushed.ref, name, (), False)]
        if kind != "tag":
            return []
        scanner.add_text("tag", name, content[message_start(content) :])
        name = tag_target(content)[0]
    return []


def _head_of(place: Place, sightings: Sequence[Sighting]) -> dict[bytes, str]:
    paths = sorted({each.occurrence.location.path for each in sightings if each.occurrence.location.path})
    return in_head(place, paths)


class _Reader:
    """Reads commits and tags; what it cannot read is in `skips`."""

    def __init__(self, git: CatFile) -> None:
        self._git = git
        self.head: dict[bytes, str] = {}
        self.skips: list[Skip] = []

    def read(self, name: str) -> tuple[str, bytes]:
        try:
            return self._git.read(name, _LONGEST)
        except ObjectError as error:
            kind = getattr(error, "kind", "")
            if kind != "blob":
                self.skips.append(Skip(f"object {name}", str(error)))
            return kind, b""

    def message(self, commit: str) -> bytes:
        _, content = self.read(commit)
        return content[message_start(content) :]

    def told(self, sighting: Sighting) -> Sighting:
        """The sighting with who brought it, when, and whether HEAD still has it."""
        location, provenance = sighting.occurrence
        if provenance is None:
            return sighting
        own = location.kind in {"commit", "tag"}
        source = provenance.object if own else provenance.commit
        content = self.read(source)[1] if source else b""
        author = read_author(content)
        commit = provenance.object if location.kind == "commit" else provenance.commit
        stamped = Provenance(provenance.object, commit, author.name, author.email, author.date, self._state(sighting))
        if own:  # offsets in messages count from the start of the object, as everywhere
            shift = message_start(content)
            location = location._replace(start=location.start + shift, end=location.end + shift)
        return sighting._replace(occurrence=Occurrence(location, stamped))

    def _state(self, sighting: Sighting) -> str:
        """`head` where HEAD has the same secret at the same path."""
        path = sighting.occurrence.location.path
        name = self.head.get(path, "")
        if sighting.occurrence.location.kind == "path":
            return "head" if name else "history"
        return "head" if name and self._holds(name, sighting) else "history"

    def _holds(self, name: str, sighting: Sighting) -> bool:
        provenance = sighting.occurrence.provenance
        if provenance and provenance.object == name:
            return True
        try:
            content = self._git.read(name, _LONGEST)[1]
        except ObjectError:
            return False
        return sighting.value in content or sighting.value in (text_view(content) or b"")
