"""The law of a history's scan: one report, however git packed the objects and whatever way they are read."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from keyguard.report.formats import write_report
from keyguard.scan.history import scan_history
from tests.caging import enclose
from tests.program import ROOT, environment
from tests.repositories import Repo
from tests.scan.histories import make_history

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyguard.scan.options import ScanOptions

SEEDS = range(2)
COMMITS = 30
SETTINGS: dict[str, tuple[str, ...]] = {
    "narrow": ("--window=4", "--depth=50"),
    "wide": ("--window=200", "--depth=50"),
    "deep": ("--window=20", "--depth=500"),
    "flat": ("--window=10", "--depth=1"),
}
CONFIGURED: dict[str, tuple[str, ...]] = {
    "bases by name": ("-c", "repack.useDeltaBaseOffset=false"),
    "stored": ("-c", "pack.compression=0"),
    "large files whole": ("-c", "core.bigFileThreshold=20k"),
}
PACKINGS = ("as imported", "many packs", "loose", *SETTINGS, *CONFIGURED)


class Subject(NamedTuple):
    """A repository as git fast-import left it, and the report of reading all its objects whole."""

    repo: Repo
    stream: list[bytes]
    expected: str


@pytest.fixture(scope="module", params=SEEDS)
def subject(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, options: ScanOptions
) -> Iterator[Subject]:
    with pytest.MonkeyPatch.context() as patch:
        enclose(tmp_path_factory.mktemp("home"), tmp_path_factory.getbasetemp(), patch)
        repo = Repo(tmp_path_factory.mktemp("subject"), bare=True)
        stream = list(make_history(request.param, COMMITS))
        _import(repo, stream)
        yield Subject(repo, stream, _report(repo, options._replace(delta=False)))


def _import(repo: Repo, stream: list[bytes]) -> None:
    repo.git("-c", "fastimport.unpackLimit=1", "fast-import", "--quiet", "--force", stdin=b"".join(stream))


@pytest.fixture
def packed(subject: Subject, tmp_path: Path, request: pytest.FixtureRequest) -> Repo:
    """The subject in one of the PACKINGS."""
    way = request.param
    if way == "many packs":
        repo = Repo(tmp_path / "packed", bare=True)
        for start in range(0, len(subject.stream), 13):
            go_on = [b"reset refs/heads/main\nfrom refs/heads/main^0\n\n"] if start else []
            _import(repo, go_on + subject.stream[start : start + 13])
            repo.git("repack", "-dq", "--window=30")
        return repo
    shutil.copytree(subject.repo.path, tmp_path / "packed", dirs_exist_ok=True)
    repo = Repo(tmp_path / "packed", bare=True)
    if way == "loose":
        packs = [path.rename(tmp_path / path.name) for path in (repo.path / "objects" / "pack").glob("*.pack")]
        for pack in packs:
            repo.git("unpack-objects", "-q", stdin=pack.read_bytes())
        for index in (repo.path / "objects" / "pack").glob("*.idx"):
            index.unlink()
    elif way != "as imported":
        repo.git(*CONFIGURED.get(way, ()), "repack", "-adfkq", *SETTINGS.get(way, ("--window=50", "--depth=50")))
    return repo


def _report(repo: Repo, options: ScanOptions) -> str:
    report = scan_history(str(repo.path), options)
    assert report.complete
    out = io.StringIO()
    write_report(report, "json", out, show_secrets=True)
    return _without_stats(out.getvalue())


def _without_stats(text: str) -> str:
    document: dict[str, Any] = json.loads(text)
    del document["stats"]
    return json.dumps(document, indent=1)


def test_a_history_has_findings_of_all_kinds(subject: Subject) -> None:
    """Else the other tests would prove nothing."""
    findings = json.loads(subject.expected)["findings"]
    places = [place for finding in findings for place in finding["occurrences"]]
    assert len({finding["rule"] for finding in findings}) > 50
    assert {place["kind"] for place in places} == {"file", "commit", "path"}
    assert {place["state"] for place in places} == {"head", "history", "unreachable"}


@pytest.mark.parametrize("packed", PACKINGS, indirect=True)
def test_the_packing_does_not_matter(subject: Subject, packed: Repo, options: ScanOptions) -> None:
    assert _report(packed, options) == subject.expected


@pytest.mark.parametrize("packed", ["wide"], indirect=True)
@pytest.mark.parametrize(
    "changes",
    [
        {"jobs": 2, "slab": 50_000},
        {"jobs": 4, "slab": 1_000, "memory": 10_000},
        {"jobs": 1, "slab": 1},
        {"engine": "portable"},
        {"engine": "portable", "delta": False, "slab": 20_000},
    ],
    ids=str,
)
def test_the_way_of_reading_does_not_matter(
    subject: Subject, packed: Repo, changes: dict[str, Any], options: ScanOptions
) -> None:
    assert _report(packed, options._replace(**changes)) == subject.expected


@pytest.mark.parametrize("packed", ["wide"], indirect=True)
def test_the_extension_does_not_matter(subject: Subject, packed: Repo, tmp_path: Path) -> None:
    """A copy of the program without its compiled part reads the same."""
    for part in ("keyguard", "rules"):
        left_out = shutil.ignore_patterns("*.so", "*.pyd", "__pycache__")
        shutil.copytree(ROOT / part, tmp_path / "program" / part, ignore=left_out)
    words = ("scan", "--history", "--format", "json", "--show-secrets", "--config", "", str(packed.path))
    done = subprocess.run(
        [sys.executable, "-m", "keyguard", *words],
        cwd=tmp_path / "program",
        env=environment(PYTHONPATH=str(tmp_path / "program")),
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert _without_stats(done.stdout.decode()) == subject.expected
