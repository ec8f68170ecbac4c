"""Containers in a history are looked into where that is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from keyguard.scan.history import scan_history
from tests.repositories import Repo
from tests.scan.crates import make_zip
from tests.scan.encodings import token

if TYPE_CHECKING:
    from pathlib import Path

    from keyguard.model import Report
    from keyguard.scan.options import ScanOptions

TEXT = b"TOKEN=" + token() + b"\n"


def _places(report: Report) -> list[tuple[str, str]]:
    places = [place for finding in report.findings for place in finding.occurrences]
    return sorted((place.location.path.decode(), place.provenance.state) for place in places if place.provenance)


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = Repo(tmp_path / "repo")
    inner = {"b.zip": make_zip({"c.env": TEXT}), "d.zip": b"PK\3\4 no more"}
    made.commit({"gone.zip": make_zip({"a.env": TEXT}), "deep.jar": make_zip(inner)})
    made.commit({"gone.zip": None})
    return made


def test_not_unless_asked(repo: Repo, options: ScanOptions) -> None:
    report = scan_history(str(repo.path), options)
    assert report.complete
    assert not report.findings


@pytest.mark.parametrize("packed", [False, True], ids=["loose", "packed"])
@pytest.mark.parametrize("jobs", [1, 2])
def test_says_where_and_since_when(packed: bool, jobs: int, repo: Repo, options: ScanOptions) -> None:
    if packed:
        repo.repack("-ad")
    report = scan_history(str(repo.path), options._replace(containers=True, jobs=jobs))
    assert _places(report) == [("deep.jar!b.zip!c.env", "head"), ("gone.zip!a.env", "history")]
    [skip] = report.skipped
    assert skip.what == "deep.jar!d.zip"


def test_leaves_out_what_is_excluded(repo: Repo, options: ScanOptions) -> None:
    report = scan_history(str(repo.path), options._replace(containers=True, exclude=("*.jar",)))
    assert _places(report) == [("gone.zip!a.env", "history")]
    assert report.complete
