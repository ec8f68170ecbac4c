"""Which files are read: with git, without it, and around everything that is not a file."""

from __future__ import annotations

import os
import socket
import sys
from typing import TYPE_CHECKING

import pytest

from keyguard.errors import GitError, KeyguardError
from keyguard.model.report import Skip
from keyguard.sources.listing import list_files, list_targets, shown

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.repositories import Repo

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")


@pytest.fixture
def here(git_repo: Repo, monkeypatch: pytest.MonkeyPatch) -> Repo:
    """A repository that is the current folder, with tracked, untracked, ignored and deleted files."""
    git_repo.commit({".gitignore": "*.log\nbuild/\n", "a.py": "1", "src/b.py": "2", "src/gone.py": "3"})
    git_repo.write("new.py", "4")
    git_repo.write("out.log", "5")
    git_repo.write("build/c.py", "6")
    (git_repo.path / "src" / "gone.py").unlink()
    monkeypatch.chdir(git_repo.path)
    return git_repo


def test_a_missing_target_is_named() -> None:
    with pytest.raises(KeyguardError, match="no/such/place") as caught:
        list_files(b"no/such/place")
    assert caught.value.exit_code == 2


@pytest.mark.usefixtures("here")
def test_ignored_and_deleted_files_are_left_out() -> None:
    assert list_files(b".") == ([b".gitignore", b"a.py", b"new.py", b"src/b.py"], [])


@pytest.mark.usefixtures("here")
def test_ignored_files_on_demand() -> None:
    files = list_files(b".", include_ignored=True).files
    assert files == [b".gitignore", b"a.py", b"build/c.py", b"new.py", b"out.log", b"src/b.py"]


@pytest.mark.usefixtures("here")
def test_without_git() -> None:
    listing = list_files(b".", use_git=False)
    assert listing.files == [b".gitignore", b"a.py", b"build/c.py", b"new.py", b"out.log", b"src/b.py"]
    assert listing.skipped == [Skip(".git", "git's own folder: keyguard scan --history .", complete=True)]


@pytest.mark.usefixtures("here")
def test_what_is_named_is_scanned_though_ignored() -> None:
    assert list_files(b"out.log").files == [b"out.log"]
    assert list_files(b"build").files == [b"build/c.py"]


@pytest.mark.usefixtures("here")
def test_paths_are_shown_as_the_target_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = os.getcwdb()
    assert list_files(b"src").files == list_files(b"./src/").files == list_files(b"src//.").files == [b"src/b.py"]
    assert list_files(whole + b"/src").files == [whole + b"/src/b.py"]
    monkeypatch.chdir("src")
    assert list_files(b"..").files == [b"../.gitignore", b"../a.py", b"../new.py", b"../src/b.py"]
    assert list_files(b"../a.py").files == [b"../a.py"]


@pytest.mark.parametrize(
    ("target", "name"),
    [
        (b".", b""),
        (b"./", b""),
        (b"./a", b"a"),
        (b"a/./b//c/", b"a/b/c"),
        (b"../a", b"../a"),
        (b"/", b"/"),
        (b"//a/", b"/a"),
    ],
)
def test_shown(target: bytes, name: bytes) -> None:
    assert shown(target) == name


@pytest.mark.usefixtures("here")
def test_targets_share_what_they_share() -> None:
    listing = list_targets([b"src", b"a.py", b"./a.py", b".", os.getcwdb() + b"/new.py"])
    assert listing.files == [b".gitignore", b"a.py", b"new.py", b"src/b.py"]


@posix
def test_targets_through_a_link(here: Repo) -> None:
    (here.path / "again").symlink_to("src")
    (here.path / "one.py").symlink_to("a.py")
    assert list_targets([b"src", b"again", b"a.py", b"one.py"]).files == [b"a.py", b"src/b.py"]
    assert list_targets([b"again"]).files == [b"again/b.py"]
    assert list_targets([b"one.py"]).files == [b"one.py"]


@posix
def test_links_inside_are_not_followed(here: Repo, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "b.py").write_bytes(b"x")
    (here.path / "tracked").symlink_to("a.py")
    here.git("add", "tracked")
    (here.path / "new").symlink_to(tmp_path / "outside" / "b.py")
    assert list_files(b".") == ([b".gitignore", b"a.py", b"new.py", b"src/b.py"], [])


@posix
def test_a_folder_that_became_a_link(here: Repo, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "b.py").write_bytes(b"x")
    (here.path / "src" / "b.py").unlink()
    (here.path / "src").rmdir()
    (here.path / "src").symlink_to(tmp_path / "outside")
    assert list_files(b".") == ([b".gitignore", b"a.py", b"new.py"], [])


@posix
def test_a_file_that_became_a_folder(here: Repo) -> None:
    (here.path / "a.py").unlink()
    here.write("a.py/inner", "1")
    assert list_files(b".") == ([b".gitignore", b"a.py/inner", b"new.py", b"src/b.py"], [])


@posix
def test_pipes_and_sockets_are_named_and_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    with socket.socket(socket.AF_UNIX) as plug:
        plug.bind("plug")
    assert list_files(b".") == (
        [],
        [Skip("pipe", "a named pipe, not read", complete=True), Skip("plug", "a socket, not read", complete=True)],
    )
    assert list_files(b"pipe") == ([], [Skip("pipe", "a named pipe, not read", complete=False)])
    assert list_files(os.fsencode(os.devnull)).skipped[0].reason == "a device, not read"


@posix
def test_a_tracked_file_that_became_a_pipe(here: Repo) -> None:
    (here.path / "a.py").unlink()
    os.mkfifo(here.path / "a.py")
    assert list_files(b".").skipped == [Skip("a.py", "a named pipe, not read", complete=True)]


def test_repositories_inside_are_named(here: Repo, new_repo: Callable[..., Repo]) -> None:
    inner = new_repo("inner")
    inner.commit({"x": "1"})
    here.git("submodule", "--quiet", "add", str(inner.path), "sub dir")
    new_repo("repo/nested").commit({"x": "1"})
    listing = list_files(b".")
    assert b".gitmodules" in listing.files
    assert not [path for path in listing.files if b"sub" in path or b"nested" in path]
    assert listing.skipped == [
        Skip("nested", "a repository of its own: keyguard scan nested", complete=True),
        Skip("sub dir", "a submodule: keyguard scan 'sub dir'", complete=True),
    ]
    assert list_files(b"sub dir").files == [b"sub dir/x"]
    assert list_files(b"nested").files == [b"nested/x"]


def test_a_folder_of_repositories(here: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "loose.log").write_bytes(b"1")
    monkeypatch.chdir(tmp_path)
    listing = list_files(b".")
    assert listing.files == [b"loose.log", b"repo/.gitignore", b"repo/a.py", b"repo/new.py", b"repo/src/b.py"]
    assert listing.skipped == []
    assert b"repo/out.log" in list_files(b".", include_ignored=True).files
    assert here.path.name == "repo"


def test_a_repository_git_refuses(here: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here.git_dir / "config").write_text("[core\n")
    with pytest.raises(GitError, match="bad config"):
        list_files(b".")
    monkeypatch.chdir(tmp_path)
    (skip,) = list_files(b".").skipped
    assert (skip.what, skip.complete) == ("repo", False)
    assert "bad config" in skip.reason


def test_gits_own_folders(here: Repo, new_repo: Callable[..., Repo], monkeypatch: pytest.MonkeyPatch) -> None:
    told = "git's own folder: keyguard scan --history"
    assert list_files(b".git") == ([], [Skip(".git", f"{told} .", complete=True)])
    assert list_files(b"../repo/.git") == ([], [Skip("../repo/.git", f"{told} ../repo", complete=True)])
    here.write(".git/hooks/own", "1")
    assert b".git/hooks/own" in list_files(b".git/hooks").files
    monkeypatch.chdir(new_repo("bare.git", bare=True).path)
    assert list_files(b".") == ([], [Skip(".", f"{told} .", complete=True)])


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="the file system has no such names")
@pytest.mark.parametrize("use_git", [True, False])
def test_odd_names(git_repo: Repo, monkeypatch: pytest.MonkeyPatch, use_git: bool) -> None:
    monkeypatch.chdir(git_repo.path)
    names = [b"two\nlines", b"caf\xe9", b'"quoted"', b"tab\there", b"-n", b"H 100644 x\ty", "ключ".encode(), b"a b"]
    for name in names:
        git_repo.write(name, "1")
    assert list_files(b".", use_git=use_git).files == sorted(names)
    git_repo.git("add", "--all")
    assert list_files(b".", use_git=use_git).files == sorted(names)
    for name in names:
        assert list_files(name, use_git=use_git).files == [name]


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="needs someone whom permissions bind")
@pytest.mark.parametrize("use_git", [True, False])
def test_folders_that_cannot_be_entered(here: Repo, use_git: bool) -> None:
    here.write("shut/a", "1")
    (here.path / "shut").chmod(0)
    try:
        skipped = list_files(b".", use_git=use_git).skipped
    finally:
        (here.path / "shut").chmod(0o755)
    assert [(skip.what.rstrip("/"), skip.complete) for skip in skipped if skip.what != ".git"] == [("shut", False)]


def test_no_process_without_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "")
    (tmp_path / "a").write_bytes(b"1")
    assert list_files(b".").files == [b"a"]


@pytest.mark.usefixtures("here")
def test_a_file_needs_no_git(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert list_files(b"a.py").files == [b"a.py"]
    with pytest.raises(GitError, match="PATH"):
        list_files(b".")
