from __future__ import annotations

import gzip
import io
import os
import random
import zipfile
from typing import TYPE_CHECKING

import pytest

from keyguard.errors import ConfigError, GitError
from keyguard.git.place import Place
from keyguard.model import Silencing
from keyguard.model.silence import IgnoreFile, IgnoreLine
from keyguard.scan.staged import has_staged, scan_staged
from tests.scan.planting import text, token
from tests.scan.situations import LONG, secret_line, stage

if TYPE_CHECKING:
    from pathlib import Path

    from keyguard.scan.options import ScanOptions
    from tests.repositories import Repo


def here(repo: Repo) -> Place:
    return Place(str(repo.path), {**os.environ})


def test_outside_of_a_repository(tmp_path: Path, options: ScanOptions) -> None:
    with pytest.raises(GitError, match="not a git repository"):
        scan_staged(Place(str(tmp_path)), options)


def test_an_unknown_rule(git_repo: Repo, options: ScanOptions) -> None:
    with pytest.raises(ConfigError):
        scan_staged(here(git_repo), options._replace(disabled=("nothing",)))


@pytest.mark.parametrize("damage", [b"", b"nonsense", None])
def test_what_cannot_be_read_is_told(git_repo: Repo, options: ScanOptions, damage: bytes | None) -> None:
    stage(git_repo, {"a.txt": text("lost"), "b.txt": text("there")})
    place = git_repo.loose(git_repo.git("rev-parse", ":a.txt"))
    place.chmod(0o644)
    if damage is None:
        place.unlink()
    else:
        place.write_bytes(damage)
    report = scan_staged(here(git_repo), options)
    assert report.exit_code == 3
    assert [skip.what for skip in report.skipped] == ["a.txt"]
    assert len(report.findings) == 1


def test_a_conflict_is_told(git_repo: Repo, options: ScanOptions) -> None:
    git_repo.commit({"a": b"x"})
    entry = f"100644 {git_repo.blob(text('theirs'))} 3\ta\n"
    git_repo.git("update-index", "--index-info", stdin=f"0 {'0' * 40}\ta\n{entry}".encode())
    report = scan_staged(here(git_repo), options)
    assert report.skipped[0].reason == "in conflict: nothing of it is staged yet"
    assert report.exit_code == 0


def test_nothing_is_staged(git_repo: Repo, options: ScanOptions) -> None:
    assert not has_staged(here(git_repo))
    git_repo.commit({"a.txt": text("old")})
    assert not has_staged(here(git_repo))
    assert scan_staged(here(git_repo), options).findings == ()


def test_a_report_of_what_is_staged(git_repo: Repo, options: ScanOptions) -> None:
    git_repo.commit({"a.txt": LONG})
    stage(git_repo, {"a.txt": LONG + secret_line("new"), "b.txt": b"x"})
    assert has_staged(here(git_repo))
    report = scan_staged(here(git_repo), options)
    ((occurrence,),) = (finding.occurrences for finding in report.findings)
    assert report.mode == "staged"
    assert report.stats.files == 2
    assert occurrence.provenance is None
    assert (occurrence.location.line, occurrence.location.column) == (41, 7)
    assert report.findings[0].secret.reveal() == token("new")
    start, end = occurrence.location.start, occurrence.location.end
    assert (LONG + secret_line("new"))[start:end] == token("new")


def test_a_large_file_is_read_in_pieces(git_repo: Repo, options: ScanOptions) -> None:
    large = LONG * 2000 + secret_line("old") + LONG * 2000
    git_repo.commit({"a.txt": large})
    stage(git_repo, {"a.txt": b"top\n" + large + secret_line("new"), "b.txt": LONG * 4000 + text("all new")})
    report = scan_staged(here(git_repo), options._replace(max_object=1 << 16))
    lines = {finding.secret.reveal(): finding.occurrences[0].location.line for finding in report.findings}
    assert lines == {token("new"): 160003, token("all new"): 160002}
    assert report.complete


def test_the_context_is_the_whole_file(git_repo: Repo, options: ScanOptions) -> None:
    """A key block of which only the middle is new is a key block."""
    body = b"MIIBvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\n" * 12
    begin, end = (b"-----%b PRIVATE KEY-----\n" % word for word in (b"BEGIN", b"END"))
    git_repo.commit({"a.pem": begin + end})
    stage(git_repo, {"a.pem": begin + body + end})
    report = scan_staged(here(git_repo), options)
    assert report.findings
    stage(git_repo, {"b.pem": begin + body + end})
    assert {finding.rule for finding in report.findings} == {
        finding.rule for finding in scan_staged(here(git_repo), options).findings
    }


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def test_what_is_new_in_a_container(git_repo: Repo, options: ScanOptions) -> None:
    """It has no lines to compare: what the older version did not hold is new."""
    old = zipped(a=text("old"))
    git_repo.commit({"a.zip": old, "b.gz": gzip.compress(text("old too")), "moved.zip": old})
    stage(git_repo, {"a.zip": zipped(x=LONG, a=text("old"), b=text("new")), "c.zip": old, "d.zip": old})
    stage(git_repo, {"b.gz": gzip.compress(LONG + text("old too") + secret_line("new too"))})
    report = scan_staged(here(git_repo), options)
    found = {each.location.path: finding for finding in report.findings for each in finding.occurrences}
    assert {path: finding.secret.reveal() for path, finding in found.items()} == {
        b"a.zip!b": token("new"),
        b"b.gz!b": token("new too"),
        b"c.zip!a": token("old"),
        b"d.zip!a": token("old"),
    }
    assert report.complete
    assert not scan_staged(here(git_repo), options._replace(containers=False)).findings


def test_a_container_that_is_too_large_is_told(git_repo: Repo, options: ScanOptions) -> None:
    stage(git_repo, {"a.zip": zipped(a=random.Random(1).randbytes(1 << 17))})
    report = scan_staged(here(git_repo), options._replace(max_object=1 << 16))
    assert report.exit_code == 3
    assert report.skipped[0].reason == "too large a zip file to be unpacked here"


def test_names_of_new_files(git_repo: Repo, options: ScanOptions) -> None:
    git_repo.commit({f"old {token('old name').decode()}.txt": b"x"})
    name = f"folder/my {token('in a name').decode()} key.txt"
    stage(git_repo, {f"old {token('old name').decode()}.txt": b"y", name: b"x"})
    (finding,) = scan_staged(here(git_repo), options).findings
    location = finding.occurrences[0].location
    assert (location.kind, location.path, location.line, location.column) == ("path", name.encode(), 1, 11)
    assert name.encode()[location.start : location.end] == token("in a name")


def test_excluded_paths(git_repo: Repo, options: ScanOptions) -> None:
    stage(git_repo, {"docs/a.txt": text("left out"), "b.txt": text("found")})
    report = scan_staged(here(git_repo), options._replace(exclude=("docs/",)))
    assert [finding.secret.reveal() for finding in report.findings] == [token("found")]


def test_silenced_paths_count_from_the_top(git_repo: Repo, options: ScanOptions) -> None:
    git_repo.commit()
    stage(git_repo, {"sub/a.txt": text("ignored"), "a.txt": text("found")})
    root = os.fsencode(os.path.realpath(git_repo.path))
    lines = (IgnoreLine(pattern="/sub/a.txt", fingerprint="", reason="a test", until="", where="ignore:1"),)
    silencing = Silencing(root=root, today="2026-01-01", ignores=(IgnoreFile("ignore", root, "", lines),))
    below = Place(str(git_repo.path / "sub"), {**os.environ})
    report = scan_staged(below, options._replace(silencing=silencing))
    assert [finding.secret.reveal() for finding in report.findings] == [token("found")]
    assert [allowed.finding.secret.reveal() for allowed in report.allowed] == [token("ignored")]
    assert report.allowed[0].finding.occurrences[0].provenance is None


def test_the_same_fingerprint_as_in_a_tree(git_repo: Repo, options: ScanOptions) -> None:
    from keyguard.scan.tree import scan_tree

    git_repo.commit({"x": b"x"})
    stage(git_repo, {"a.txt": text("new")})
    (staged,) = scan_staged(here(git_repo), options).findings
    (in_tree,) = scan_tree([git_repo.path / "a.txt"], options).findings
    assert staged.fingerprint == in_tree.fingerprint
