"""What git says of a folder's files."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from keyguard.errors import GitError
from keyguard.git.listing import is_ignored, list_tree

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.repositories import Repo


def test_none_without_a_working_tree(tmp_path: Path, new_repo: Callable[..., Repo]) -> None:
    assert list_tree(os.fsencode(tmp_path)) is None
    assert list_tree(os.fsencode(new_repo("bare.git", bare=True).path)) is None


def test_a_damaged_index_is_told(git_repo: Repo) -> None:
    git_repo.commit({"a": "1"})
    (git_repo.git_dir / "index").write_bytes(b"nonsense" * 20)
    with pytest.raises(GitError, match="index"):
        list_tree(os.fsencode(git_repo.path))


def test_sorts_out_what_it_lists(git_repo: Repo, new_repo: Callable[..., Repo]) -> None:
    inner = new_repo("inner")
    inner.commit({"a": "1"})
    git_repo.git("submodule", "--quiet", "add", str(inner.path), "sub")
    git_repo.commit({"kept.txt": "1", ".gitignore": "*.log\n"})
    new_repo("repo/nested").commit({"a": "1"})
    git_repo.write("new.txt", "1")
    git_repo.write("out.log", "1")
    folder = os.fsencode(git_repo.path)
    plain, whole = list_tree(folder), list_tree(folder, include_ignored=True)
    assert plain is not None
    assert whole is not None
    assert plain.tracked == [b".gitignore", b".gitmodules", b"kept.txt"]
    assert plain.untracked == [b"new.txt"]
    assert plain.submodules == [b"sub"]
    assert plain.nested == [b"nested/"]
    assert whole.untracked == [b"new.txt", b"out.log"]


def test_a_conflict_is_listed_once(git_repo: Repo) -> None:
    git_repo.commit({"a": "1"})
    git_repo.branch("side")
    git_repo.commit({"a": "2"})
    git_repo.switch("main")
    git_repo.commit({"a": "3"})
    with pytest.raises(AssertionError, match="merge"):
        git_repo.merge("side")
    tree = list_tree(os.fsencode(git_repo.path))
    assert tree is not None
    assert tree.tracked == [b"a"]


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="the file system has no such names")
def test_names_that_look_like_gits_own_answer(git_repo: Repo) -> None:
    names = [b"H 100644 " + b"0" * 40 + b" 0\tx", b"? y", b"two\nlines", b"caf\xe9", b'"quoted"', b" ", b"-n"]
    for name in names:
        git_repo.write(name, "1")
    tree = list_tree(os.fsencode(git_repo.path))
    assert tree is not None
    assert sorted(tree.untracked) == sorted(names)
    git_repo.git("add", "--all")
    tree = list_tree(os.fsencode(git_repo.path))
    assert tree is not None
    assert tree.tracked == sorted(names)


def test_ignored_folders(git_repo: Repo) -> None:
    git_repo.commit({".gitignore": "build/\n", "src/a": "1"})
    git_repo.write("build/deep/a", "1")
    assert is_ignored(os.fsencode(git_repo.path / "build" / "deep"))
    assert not is_ignored(os.fsencode(git_repo.path / "src"))
    assert not is_ignored(os.fsencode(git_repo.path))
