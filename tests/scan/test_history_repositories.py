"""Every kind of repository is read whole, wherever its objects lie."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest

from keyguard.errors import GitError
from keyguard.scan.history import scan_history
from tests.scan.planting import ADA, Garden, Sight, sights, text, token

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from keyguard.model import Report
    from keyguard.scan.options import ScanOptions
    from tests.repositories import Repo
    from tests.scan.planting import Stamp


@pytest.fixture
def scan(options: ScanOptions) -> Callable[[Path], Report]:
    return lambda path: scan_history(str(path), options)


def at(stamp: Stamp, path: str, state: str) -> list[Sight]:
    return [Sight("file", path.encode(), 2, 7, stamp.commit, ADA, stamp.date, state)]


def two_commits(repo: Repo) -> tuple[Stamp, Stamp]:
    """One secret that is gone, one that is there."""
    garden = Garden(repo)
    return garden.commit({"gone.txt": text("gone")}), garden.commit({"gone.txt": None, "here.txt": text("here")})


def expected(gone: Stamp, here: Stamp) -> dict[bytes, list[Sight]]:
    return {token("gone"): at(gone, "gone.txt", "history"), token("here"): at(here, "here.txt", "head")}


def test_folder_without_repository(tmp_path: Path, scan: Callable[[Path], Report]) -> None:
    with pytest.raises(GitError, match="not a git repository"):
        scan(tmp_path)


def test_empty_repository(git_repo: Repo, scan: Callable[[Path], Report]) -> None:
    report = scan(git_repo.path)
    assert not report.findings
    assert report.complete


def test_unborn_head(git_repo: Repo, scan: Callable[[Path], Report]) -> None:
    git_repo.blob(text("blob"))
    assert sights(scan(git_repo.path)) == {token("blob"): [Sight("file", b"", 2, 7, "", "", "", "unreachable")]}


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
@pytest.mark.parametrize("packed", [False, True])
def test_object_format(
    object_format: str, packed: bool, new_repo: Callable[..., Repo], scan: Callable[[Path], Report]
) -> None:
    repo = new_repo("repo", object_format=object_format)
    gone, here = two_commits(repo)
    repo.tag("v1", f"see {token('tag').decode()}")
    later = Garden(repo)
    folder = token("folder").decode()
    named = later.commit({f"{folder}/a.txt": "x" * 99, "big.txt": text("here") + b"grown\n"})
    if packed:
        repo.repack()
    found = sights(scan(repo.path))
    assert found.pop(token("tag"))[0][:4] == ("tag", b"", 1, 5)
    assert found.pop(token("folder")) == [Sight("path", folder.encode(), 1, 1, named.commit, ADA, named.date, "head")]
    twice = expected(gone, here)
    twice[token("here")] += at(named, "big.txt", "head")
    assert found == {value: sorted(places) for value, places in twice.items()}


@pytest.mark.parametrize(
    "settings",
    [
        ["pack.indexVersion=1"],
        ["repack.useDeltaBaseOffset=false"],
        ["pack.compression=0"],
        ["pack.writeReverseIndex=true", "repack.writeBitmaps=true"],
    ],
)
def test_pack_formats(settings: list[str], git_repo: Repo, scan: Callable[[Path], Report]) -> None:
    gone, here = two_commits(git_repo)
    words = [word for setting in settings for word in ("-c", setting)]
    git_repo.git(*words, "repack", "-adfq", "--depth=50")
    git_repo.git("multi-pack-index", "write")
    assert not list(git_repo.git_dir.glob("objects/??/*"))
    assert sights(scan(git_repo.path)) == expected(gone, here)


def test_object_in_many_stores_counts_once(
    git_repo: Repo, new_repo: Callable[..., Repo], scan: Callable[[Path], Report]
) -> None:
    gone, here = two_commits(git_repo)
    usual = scan(git_repo.path)
    other = new_repo("other")
    shutil.copytree(git_repo.git_dir / "objects", other.git_dir / "objects", dirs_exist_ok=True)
    git_repo.git("repack", "-aq")
    (git_repo.git_dir / "objects/info/alternates").write_text(f"{other.git_dir / 'objects'}\n")
    report = scan(git_repo.path)
    assert sights(report) == expected(gone, here)
    assert report.stats.objects == usual.stats.objects


def test_bare_and_from_inside(git_repo: Repo, tmp_path: Path, scan: Callable[[Path], Report]) -> None:
    gone, here = two_commits(git_repo)
    git_repo.git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare.git"))
    git_repo.write("sub/folder/x", "")
    for place in (tmp_path / "bare.git", git_repo.git_dir, git_repo.path / "sub/folder", git_repo.path / "here.txt"):
        assert sights(scan(place)) == expected(gone, here), place


def test_separate_git_folder(git_repo: Repo, tmp_path: Path, scan: Callable[[Path], Report]) -> None:
    gone, here = two_commits(git_repo)
    git_repo.git("init", "--quiet", "--separate-git-dir", str(tmp_path / "else where.git"))
    assert (git_repo.path / ".git").is_file()
    assert sights(scan(git_repo.path)) == expected(gone, here)


def test_linked_worktree(git_repo: Repo, tmp_path: Path, scan: Callable[[Path], Report]) -> None:
    gone, here = two_commits(git_repo)
    linked = tmp_path / "linked"
    git_repo.git("worktree", "add", "--quiet", "--detach", str(linked))
    garden = Garden(git_repo)
    (linked / "linked.txt").write_bytes(text("linked"))
    (linked / "here.txt").unlink()
    git_repo.git("-C", str(linked), "add", "--all")
    only_there = garden.git("-C", str(linked), "commit", "--quiet", "--message", "m")
    commit = only_there._replace(commit=git_repo.git("-C", str(linked), "rev-parse", "HEAD"))
    usual = expected(gone, here)
    assert sights(scan(git_repo.path)) == {**usual, token("linked"): at(commit, "linked.txt", "history")}
    assert sights(scan(linked)) == {
        token("gone"): at(gone, "gone.txt", "history"),
        token("here"): at(here, "here.txt", "history"),
        token("linked"): at(commit, "linked.txt", "head"),
    }


def test_submodule(git_repo: Repo, new_repo: Callable[..., Repo], scan: Callable[[Path], Report]) -> None:
    inner = new_repo("inner")
    gone, here = two_commits(inner)
    outer = Garden(git_repo)
    git_repo.git("submodule", "--quiet", "add", str(inner.path), "module")
    mine = outer.commit({"mine.txt": text("mine")})
    assert (git_repo.path / "module/.git").is_file()
    assert sights(scan(git_repo.path / "module")) == expected(gone, here)
    assert sights(scan(git_repo.path)) == {token("mine"): at(mine, "mine.txt", "head")}


@pytest.mark.parametrize("chain", [["first"], ["first", "second"]])
def test_alternates(chain: list[str], git_repo: Repo, tmp_path: Path, scan: Callable[[Path], Report]) -> None:
    gone, here = two_commits(git_repo)
    source = git_repo.path
    for name in chain:
        git_repo.git("clone", "--quiet", "--shared", str(source), str(tmp_path / name))
        source = tmp_path / name
    assert not list((source / ".git/objects").glob("??/*"))
    assert sights(scan(source)) == expected(gone, here)


def test_relative_and_missing_alternates(git_repo: Repo, tmp_path: Path, scan: Callable[[Path], Report]) -> None:
    gone, here = two_commits(git_repo)
    git_repo.git("clone", "--quiet", "--shared", ".", str(tmp_path / "copy"))
    listed = tmp_path / "copy/.git/objects/info/alternates"
    listed.write_text("# where the rest is\n../../../repo/.git/objects\n/no/such/folder\n")
    report = scan(tmp_path / "copy")
    assert sights(report) == expected(gone, here)
    assert not report.complete
    assert [skip.reason for skip in report.skipped] == ["the alternate object store is missing"]


def remote(repo: Repo) -> str:
    repo.git("config", "uploadpack.allowFilter", "true")
    return repo.path.as_uri()


def test_url(git_repo: Repo, options: ScanOptions) -> None:
    gone, here = two_commits(git_repo)
    git_repo.git("update-ref", "refs/pull/1/head", gone.commit)
    report = scan_history(git_repo.path.as_uri(), options)
    assert sights(report) == expected(gone, here)


def test_shallow_clone(git_repo: Repo, tmp_path: Path, scan: Callable[[Path], Report]) -> None:
    """What there is counts from the commit the clone begins with."""
    two_commits(git_repo)
    last = Garden(git_repo).commit({"more.txt": "x\n"})
    git_repo.git("clone", "--quiet", "--depth=1", remote(git_repo), str(tmp_path / "shallow"))
    report = scan(tmp_path / "shallow")
    assert sights(report) == {token("here"): at(last, "here.txt", "head")}


@pytest.mark.parametrize(
    ("filter_", "found"), [("blob:none", ["here"]), ("tree:0", ["here"]), ("blob:limit=2k", ["gone", "here"])]
)
def test_partial_clone(
    filter_: str, found: list[str], git_repo: Repo, tmp_path: Path, scan: Callable[[Path], Report]
) -> None:
    """Objects that were promised are told and not fetched."""
    gone, here = two_commits(git_repo)
    garden = Garden(git_repo)
    garden.commit({"large.txt": b"x" * 5000})
    garden.commit({"large.txt": None}, f"use {token('message').decode()}")
    clone = tmp_path / "partial"
    git_repo.git("clone", "--quiet", f"--filter={filter_}", remote(git_repo), str(clone))
    before = _stored(clone)
    git_repo.path.rename(tmp_path / "away")
    report = scan(clone)
    assert _stored(clone) == before
    assert report.complete
    assert [skip.complete for skip in report.skipped] == [True]
    assert "promised" in report.skipped[0].reason
    seen = sights(report)
    assert seen.pop(token("message"))[0].kind == "commit"
    assert seen == {token(place): expected(gone, here)[token(place)] for place in found}


def _stored(clone: Path) -> list[Any]:
    return sorted(path for path in (clone / ".git/objects").rglob("*") if path.is_file())
