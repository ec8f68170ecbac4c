from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from keyguard.errors import GitError
from keyguard.git.place import Place
from keyguard.git.pushes import Pushed
from keyguard.scan.pushed import scan_push, scan_received
from keyguard.scan.ranges import scan_range
from tests.repositories import Repo
from tests.scan.planting import Sight, sights, text, token
from tests.scan.situations import LONG, secret_line

if TYPE_CHECKING:
    from pathlib import Path

    from keyguard.model import Report
    from keyguard.scan.options import ScanOptions

ADA = "Ada Author <ada@example.com>"


def here(repo: Repo) -> Place:
    return Place(str(repo.path), {**os.environ})


def secrets(report: Report) -> set[bytes]:
    return {finding.secret.reveal() for finding in report.findings}


def tokens(*labels: str) -> set[bytes]:
    return set(map(token, labels))


@pytest.mark.parametrize("revision", ["nowhere..HEAD", "--all", "HEAD..nowhere"])
def test_a_wrong_range(git_repo: Repo, options: ScanOptions, revision: str) -> None:
    git_repo.commit()
    with pytest.raises(GitError, match="revision"):
        scan_range(here(git_repo), (revision,), options)


def test_an_empty_range(git_repo: Repo, options: ScanOptions) -> None:
    git_repo.commit({"a.txt": text("old")})
    report = scan_range(here(git_repo), ("HEAD..HEAD",), options)
    assert (report.findings, report.stats.objects, report.exit_code) == ((), 0, 0)


def test_a_shallow_end_is_incomplete(git_repo: Repo, options: ScanOptions, tmp_path: Path) -> None:
    for number in range(3):
        git_repo.commit({"a.txt": LONG + secret_line(f"commit {number}")})
    git_repo.git("clone", "--quiet", "--depth=2", git_repo.path.as_uri(), tmp_path / "clone")
    report = scan_range(Place(str(tmp_path / "clone")), ("HEAD",), options)
    assert report.exit_code == 3
    assert "git fetch --unshallow" in report.skipped[0].reason


def test_a_damaged_object_is_incomplete(git_repo: Repo, options: ScanOptions) -> None:
    git_repo.commit({"a.txt": text("lost"), "b.txt": text("there")})
    git_repo.loose(git_repo.head("HEAD:a.txt")).unlink()
    report = scan_range(here(git_repo), ("HEAD",), options)
    assert (report.exit_code, secrets(report)) == (3, tokens("there"))


def test_says_who_and_when_and_whether_it_is_still_there(git_repo: Repo, options: ScanOptions) -> None:
    git_repo.commit()
    first = git_repo.commit({"a.txt": LONG + secret_line("gone"), "b.txt": LONG + secret_line("stays")})
    git_repo.commit({"a.txt": LONG, "b.txt": LONG + secret_line("stays") + b"more\n"})
    found = sights(scan_range(here(git_repo), ("HEAD~2..HEAD",), options))
    date = "2026-01-01T02:00:00+00:00"
    assert found == {
        token("gone"): [Sight("file", b"a.txt", 41, 7, first, ADA, date, "history")],
        token("stays"): [Sight("file", b"b.txt", 41, 7, first, ADA, date, "head")],
    }


def test_messages(git_repo: Repo, options: ScanOptions) -> None:
    git_repo.commit(message=f"old {token('old').decode()}")
    commit = git_repo.commit(message=f"Subject\n\nuse {token('in a message').decode()}")
    (finding,) = scan_range(here(git_repo), ("HEAD~1..HEAD",), options).findings
    ((location, provenance),) = finding.occurrences
    assert provenance is not None
    assert (location.kind, location.line, location.column) == ("commit", 3, 5)
    assert (provenance.object, provenance.commit, provenance.author) == (commit, commit, "Ada Author")
    raw = git_repo.git("cat-file", "commit", commit).encode()
    assert raw[location.start : location.end] == token("in a message")


def remote_of(repo: Repo) -> Repo:
    remote = Repo(repo.path.parent / "remote.git", bare=True)
    repo.git("remote", "add", "origin", str(remote.path))
    return remote


def test_a_new_branch_holds_what_the_remote_has_not(git_repo: Repo, options: ScanOptions) -> None:
    remote_of(git_repo)
    git_repo.commit({"a.txt": text("pushed")})
    git_repo.git("push", "--quiet", "origin", "main")
    git_repo.branch("side")
    new = git_repo.commit({"b.txt": text("not yet")})
    pushed = [Pushed(b"refs/heads/side", "", new)]
    assert secrets(scan_push(here(git_repo), pushed, "origin", options)) == tokens("not yet")
    # Of a URL nothing is known, and another remote may not have it.
    assert secrets(scan_push(here(git_repo), pushed, "", options)) == tokens("pushed", "not yet")
    assert secrets(scan_push(here(git_repo), pushed, "https://host/x", options)) == tokens("pushed", "not yet")


def test_a_forced_push_over_what_was_never_fetched(git_repo: Repo, options: ScanOptions) -> None:
    old = git_repo.commit({"a.txt": text("old")})
    new = git_repo.commit({"b.txt": text("new")})
    forced = [Pushed(b"refs/heads/main", "1" * 40, new)]
    assert secrets(scan_push(here(git_repo), forced, "origin", options)) == tokens("old", "new")
    plain = [Pushed(b"refs/heads/main", old, new)]
    assert secrets(scan_push(here(git_repo), plain, "origin", options)) == tokens("new")


def test_a_deleted_branch(git_repo: Repo, options: ScanOptions) -> None:
    old = git_repo.commit({"a.txt": text("old")})
    report = scan_push(here(git_repo), [Pushed(b"refs/heads/x", old, "")], "origin", options)
    assert (report.findings, report.exit_code) == ((), 0)
    assert scan_push(here(git_repo), [], "origin", options).exit_code == 0


def test_several_refs_at_once(git_repo: Repo, options: ScanOptions) -> None:
    base = git_repo.commit()
    git_repo.branch("one")
    one = git_repo.commit({"a.txt": text("one")})
    git_repo.branch("two", base)
    two = git_repo.commit({"b.txt": text("two")})
    pushed = [Pushed(b"refs/heads/one", "", one), Pushed(b"refs/heads/two", base, two)]
    assert secrets(scan_push(here(git_repo), pushed, "origin", options)) == tokens("one", "two")


def test_tags(git_repo: Repo, options: ScanOptions) -> None:
    remote_of(git_repo)
    git_repo.commit({"a.txt": text("pushed")})
    git_repo.git("push", "--quiet", "origin", "main")
    tag = git_repo.tag("v1", f"use {token('in a tag').decode()}")
    outer = git_repo.tag("v2", f"and {token('around it').decode()}", "v1")
    report = scan_push(here(git_repo), [Pushed(b"refs/tags/v2", "", outer)], "origin", options)
    assert secrets(report) == tokens("in a tag", "around it")
    assert {finding.occurrences[0].location.kind for finding in report.findings} == {"tag"}
    report = scan_push(here(git_repo), [Pushed(b"refs/tags/v1", outer, tag)], "origin", options)
    assert secrets(report) == tokens("in a tag")


def test_tags_of_what_is_no_commit(git_repo: Repo, options: ScanOptions) -> None:
    git_repo.commit({"sub/a.txt": text("in a tree")})
    blob, tree = git_repo.blob(text("in a blob")), git_repo.head("HEAD^{tree}")
    git_repo.tag("outer", "names a tree", tree)
    pushed = [Pushed(b"refs/tags/blob", "", blob), Pushed(b"refs/tags/tree", "", git_repo.head("outer"))]
    report = scan_push(here(git_repo), pushed, "origin", options)
    places = {(finding.secret.reveal(), finding.occurrences[0].location.path) for finding in report.findings}
    assert places == {(token("in a blob"), b"refs/tags/blob"), (token("in a tree"), b"sub/a.txt")}


def test_a_server_knows_what_its_refs_reach(git_repo: Repo, options: ScanOptions) -> None:
    old = git_repo.commit({"a.txt": text("known")})
    git_repo.git("checkout", "--quiet", "--detach")
    new = git_repo.commit({"b.txt": text("coming")})
    git_repo.git("checkout", "--quiet", "main")
    received = [Pushed(b"refs/heads/main", old, new), Pushed(b"refs/heads/copy", "", old)]
    assert secrets(scan_received(here(git_repo), received, options)) == tokens("coming")
