"""Staged and range scans, in every situation that a repository can be in."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from keyguard.scan.ranges import scan_range
from keyguard.scan.staged import scan_staged
from tests.scan.situations import CONTENTS, POSIX_ONLY
from tests.scan.situations_of_repositories import REPOSITORIES

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyguard.model import Report
    from keyguard.scan.options import ScanOptions
    from tests.repositories import Repo
    from tests.scan.situations import Scene


def places(report: Report) -> frozenset[str]:
    found = [occurrence.location for finding in report.findings for occurrence in finding.occurrences]
    assert len(found) == len(set(found))
    return frozenset(f"{os.fsdecode(location.path)}:{location.line}" for location in found)


@pytest.mark.parametrize("build", [*CONTENTS, *REPOSITORIES], ids=lambda build: build.__name__)
def test_finds_what_is_new_and_no_more(build: Callable[[Repo], Scene], git_repo: Repo, options: ScanOptions) -> None:
    if sys.platform == "win32" and build.__name__ in POSIX_ONLY:
        pytest.skip("Windows has no such files")
    if sys.platform == "darwin" and build.__name__ == "odd_names":
        pytest.skip("macOS has no names that are not UTF-8")
    place, staged, revs, ranged = build(git_repo)
    if build.__name__ != "bare":
        report = scan_staged(place, options)
        assert places(report) == staged
        assert report.complete
    if revs:
        report = scan_range(place, tuple(revs.split(" ")), options)
        assert places(report) == ranged
        assert report.complete
