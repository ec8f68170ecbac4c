"""Finds out when secrets that HEAD does not hold any more were taken out: how long they stayed."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from keyguard.errors import GitError, ObjectError
from keyguard.git.catfile import CatFile
from keyguard.git.edits import edits_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from keyguard.git.edits import Edit
    from keyguard.git.place import Place
    from keyguard.model import Finding, Occurrence

# A file that is looked at for it; a secret that left a file of more edits longer ago has no date.
_EDITS: Final = 500
_LONGEST: Final = 16 << 20
_Departures = dict[tuple[bytes, bytes], str]


def with_departures(findings: Sequence[Finding], place: Place) -> tuple[Finding, ...]:
    """The findings with `until` filled in where a commit took the secret out of the file it stood in."""
    wanted: dict[bytes, set[bytes]] = {}
    for finding in findings:
        for occurrence in filter(_gone, finding.occurrences):
            wanted.setdefault(occurrence.location.path, set()).add(finding.secret.reveal())
    if not wanted:
        return tuple(findings)
    try:
        edits = sorted(edits_of(place, sorted(wanted)), key=lambda edit: edit.path)
        with CatFile(place) as git:
            left = _departures(edits, wanted, git)
    except GitError:  # a report without these dates is better than none
        return tuple(findings)
    return tuple(_told(finding, left) for finding in findings)


def _gone(occurrence: Occurrence) -> bool:
    location, provenance = occurrence
    return location.kind == "file" and bool(location.path) and provenance is not None and provenance.state == "history"


def _departures(edits: Iterable[Edit], wanted: dict[bytes, set[bytes]], git: CatFile) -> _Departures:
    left: _Departures = {}
    for path, group in groupby(edits, key=lambda edit: edit.path):
        missing = set(wanted.get(path, ()))
        for edit in list(group)[:_EDITS]:
            if not missing:
                break
            old, new = _content(git, edit.old), _content(git, edit.new)
            for value in [each for each in missing if each in old and each not in new]:
                left[path, value] = edit.date
                missing.discard(value)
    return left


def _content(git: CatFile, name: str) -> bytes:
    if not name.strip("0"):
        return b""
    try:
        return git.read(name, _LONGEST)[1]
    except ObjectError:
        return b""


def _told(finding: Finding, left: _Departures) -> Finding:
    value = finding.secret.reveal()
    return finding._replace(
        occurrences=tuple(
            each._replace(provenance=each.provenance._replace(until=left.get((each.location.path, value), "")))
            if each.provenance and _gone(each)
            else each
            for each in finding.occurrences
        )
    )
