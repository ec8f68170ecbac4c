"""Scans what the next commit would bring: the index against HEAD."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from keyguard.git.catfile import CatFile
from keyguard.git.changes import merge_heads, staged_changes
from keyguard.model import Report, Skip
from keyguard.scan.changed import ChangeScanner
from keyguard.scan.matcher import open_matcher
from keyguard.scan.options import PLAIN, ScanOptions
from keyguard.scan.outcome import change_report

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keyguard.git.added import Lines
    from keyguard.git.changes import Changes
    from keyguard.git.place import Place
    from keyguard.scan.files import FilesOutcome


def scan_staged(place: Place, options: ScanOptions = PLAIN, merging: Sequence[str] = ()) -> Report:
    """Scans the index of the repository around a place against HEAD, or all of it before the first commit.

    `merging`: the commits that a merge is bringing in where git has not written them down yet; else they are looked up.
    Raises GitError outside of a repository.
    """
    started = time.monotonic()
    found = staged_changes(place)
    matcher = open_matcher(options)
    with CatFile(place) as git:
        outcome = _scan(ChangeScanner(matcher, place, git, options, partial(_lines, place)), found)
        # Only a finding makes it worth asking whether a commit that is being merged has it too.
        if outcome.sightings and (merged := [*merging, *merge_heads(place)]):
            found = staged_changes(place, merged)
            outcome = _scan(ChangeScanner(matcher, place, git, options), found)
    return change_report("staged", matcher, options, place, started, outcome, _conflicts(found))


def _scan(scanner: ChangeScanner, found: Changes) -> FilesOutcome:
    scanner.add_changes(found.changes)
    return scanner.outcome()


def _lines(place: Place) -> Mapping[tuple[str, str], Sequence[Lines]]:
    from keyguard.git.added import staged_lines  # most changes hold nothing that it matters for

    return staged_lines(place)


def has_staged(place: Place) -> bool:
    """Whether the next commit would differ from the last."""
    found = staged_changes(place)
    return bool(found.changes or found.unmerged)


def _conflicts(changes: Changes) -> list[Skip]:
    """git commits nothing while there are any."""
    reason = "in conflict: nothing of it is staged yet"
    return [Skip(path.decode("utf-8", "replace"), reason, True) for path in changes.unmerged]
