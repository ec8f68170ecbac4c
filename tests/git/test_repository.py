"""Finding repositories of every shape."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from keyguard.errors import GitError
from keyguard.git.repository import enclosing, find_repository

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.repositories import Repo


def test_none_outside(tmp_path: Path) -> None:
    assert find_repository(tmp_path) is None


def test_an_empty_git_folder_is_not_a_repository(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    assert find_repository(tmp_path) is None


def test_a_git_file_that_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("gitdir: /nowhere/at/all\n")
    assert find_repository(tmp_path) is None


def test_a_broken_git_file_is_told(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("nonsense\n")
    with pytest.raises(GitError, match="invalid gitfile format"):
        find_repository(tmp_path)


def test_no_process_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert find_repository(tmp_path) is None


def test_a_configuration_git_cannot_read(git_repo: Repo) -> None:
    (git_repo.git_dir / "config").write_text("[core\n")
    with pytest.raises(GitError, match="bad config"):
        find_repository(git_repo.path)


def test_working_tree(git_repo: Repo) -> None:
    git_repo.commit({"deep/er/a.txt": "1"})
    for start in ("", "deep", "deep/er/a.txt", "deep/er"):
        repo = find_repository(git_repo.path / start)
        assert repo is not None
        assert repo.work_tree == git_repo.path.resolve()
        assert repo.git_dir == repo.common_dir == git_repo.path.resolve() / ".git"
        assert (repo.object_format, repo.shallow, repo.partial) == ("sha1", False, False)


def test_bytes_and_relative_paths(git_repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(git_repo.path)
    (git_repo.path / "a").mkdir()
    assert find_repository(b"a") == find_repository(os.fsencode(git_repo.path)) == find_repository(b"gone.txt")


def test_inside_the_git_folder(git_repo: Repo) -> None:
    repo = find_repository(git_repo.path / ".git" / "hooks")
    assert repo is not None
    assert repo.git_dir == git_repo.path.resolve() / ".git"
    assert repo.work_tree is None


def test_bare(new_repo: Callable[..., Repo]) -> None:
    bare = new_repo("bare.git", bare=True)
    repo = find_repository(bare.path)
    assert repo is not None
    assert repo.git_dir == repo.common_dir == bare.path.resolve()
    assert repo.work_tree is None


def test_sha256(new_repo: Callable[..., Repo]) -> None:
    repo = find_repository(new_repo("wide", object_format="sha256").path)
    assert repo is not None
    assert repo.object_format == "sha256"


def test_linked_worktree(git_repo: Repo, tmp_path: Path) -> None:
    git_repo.commit({"a": "1"})
    git_repo.git("worktree", "add", "--quiet", "-b", "side", str(tmp_path / "linked"))
    repo = find_repository(tmp_path / "linked")
    assert repo is not None
    assert repo.git_dir == git_repo.path.resolve() / ".git" / "worktrees" / "linked"
    assert repo.common_dir == git_repo.path.resolve() / ".git"
    assert repo.work_tree == (tmp_path / "linked").resolve()


def test_submodule(git_repo: Repo, new_repo: Callable[..., Repo]) -> None:
    inner = new_repo("inner")
    inner.commit({"a": "1"})
    git_repo.git("submodule", "--quiet", "add", str(inner.path), "sub")
    repo = find_repository(git_repo.path / "sub")
    assert repo is not None
    assert repo.git_dir == git_repo.path.resolve() / ".git" / "modules" / "sub"
    assert repo.work_tree == git_repo.path.resolve() / "sub"


def test_shallow_and_partial(git_repo: Repo, tmp_path: Path) -> None:
    for number in range(3):
        git_repo.commit({"a": str(number)})
    git_repo.git("config", "uploadpack.allowFilter", "true")
    origin = git_repo.path.resolve().as_uri()
    git_repo.git("clone", "--quiet", "--depth=1", origin, str(tmp_path / "shallow"))
    git_repo.git("clone", "--quiet", "--filter=blob:none", "--no-checkout", origin, str(tmp_path / "partial"))
    shallow, partial = find_repository(tmp_path / "shallow"), find_repository(tmp_path / "partial")
    assert shallow is not None
    assert partial is not None
    assert (shallow.shallow, shallow.partial) == (True, False)
    assert (partial.shallow, partial.partial) == (False, True)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")
def test_line_break_in_the_path(new_repo: Callable[..., Repo]) -> None:
    odd = new_repo("two\nlines")
    repo = find_repository(odd.path)
    assert repo is not None
    assert repo.work_tree == odd.path.resolve()
    assert repo.git_dir == repo.common_dir == odd.path.resolve() / ".git"


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege")
def test_through_a_link(git_repo: Repo, tmp_path: Path) -> None:
    (git_repo.path / "inner").mkdir()
    (tmp_path / "link").symlink_to(git_repo.path / "inner")
    assert enclosing(os.fsencode(tmp_path / "link")) == os.fsencode(git_repo.path.resolve())


def test_paths_are_absolute(git_repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(git_repo.path)
    repo = find_repository(Path())
    assert repo is not None
    assert repo.git_dir.is_absolute()
    assert repo.common_dir.is_absolute()
