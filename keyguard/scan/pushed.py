"""Scans what a push would bring, before it leaves (pre-push) and before it is taken in (pre-receive)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from keyguard.git.commits import Stop, known, list_commits
from keyguard.scan.options import PLAIN, ScanOptions
from keyguard.scan.ranges import scan_commits

if TYPE_CHECKING:
    from keyguard.git.place import Place
    from keyguard.git.pushes import Pushed
    from keyguard.model import Report


def scan_push(place: Place, pushed: Sequence[Pushed], remote: str, options: ScanOptions = PLAIN) -> Report:
    """Scans what `remote` does not have yet: neither what its refs were, nor what was last seen of it, reaches it.

    `remote` is the name of one; empty where a URL was named, of which nothing is known but what the push tells.
    """
    return _scan(place, pushed, "pre-push", options, remote=remote)


def scan_received(place: Place, pushed: Sequence[Pushed], options: ScanOptions = PLAIN) -> Report:
    """Scans what no ref of this repository reaches yet. Runs in the quarantine that git names in the environment."""
    return _scan(place, pushed, "pre-receive", options, refs=True)


def _scan(
    place: Place, pushed: Sequence[Pushed], mode: str, options: ScanOptions, *, remote: str = "", refs: bool = False
) -> Report:
    coming = [each for each in pushed if each.new]
    # A forced push replaces what may never have been fetched.
    had = known(place, sorted({each.old for each in pushed if each.old}))
    stop = Stop(tuple(had), remote, refs)
    commits = list_commits(place, sorted({each.new for each in coming}), stop) if coming else []
    return scan_commits(place, commits, coming, mode, options)
