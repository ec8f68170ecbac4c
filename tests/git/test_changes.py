from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from keyguard.errors import GitError
from keyguard.git.changes import Change, commit_changes, in_head, merge_heads, staged_changes, tree_changes
from keyguard.git.place import Place

if TYPE_CHECKING:
    from pathlib import Path

    from tests.repositories import Repo


def here(repo: Repo) -> Place:
    return Place(str(repo.path), {**os.environ})


def test_outside_of_a_repository(tmp_path: Path) -> None:
    with pytest.raises(GitError, match="not a git repository"):
        staged_changes(Place(str(tmp_path)))


@pytest.mark.parametrize("content", ["ref: refs/heads/broken\n", "f" * 40 + "\n", "nonsense\n"])
def test_a_broken_head_is_an_error(git_repo: Repo, content: str) -> None:
    git_repo.commit({"a": b"x"})
    (git_repo.git_dir / "refs/heads/broken").write_text("0123\n")
    (git_repo.git_dir / "HEAD").write_text(content)
    with pytest.raises(GitError):
        staged_changes(here(git_repo))


def test_a_broken_index_is_an_error(git_repo: Repo) -> None:
    git_repo.commit({"a": b"x"})
    (git_repo.git_dir / "index").write_bytes(b"DIRC nonsense")
    with pytest.raises(GitError):
        staged_changes(here(git_repo))


def test_nothing_is_staged(git_repo: Repo) -> None:
    git_repo.commit({"a": b"x"})
    assert staged_changes(here(git_repo)) == ([], [])


def test_no_commits(git_repo: Repo) -> None:
    git_repo.commit({"a": b"x"})
    assert commit_changes(here(git_repo), []) == []
    assert merge_heads(here(git_repo)) == []
    assert in_head(here(git_repo), []) == {}


def test_names_the_old_and_the_new(git_repo: Repo) -> None:
    before = git_repo.commit({"a": b"x", "b": b"same"})
    after = git_repo.commit({"a": b"y", "c": b"z"})
    x, y, z = (git_repo.blob(content) for content in (b"x", b"y", b"z"))
    found = commit_changes(here(git_repo), [before, after])
    assert found[2:] == [Change(b"a", y, (x,), False, after), Change(b"c", z, (), True, after)]
    assert {(change.path, change.commit) for change in found[:2]} == {(b"a", before), (b"b", before)}


def test_a_tree_is_all_new(git_repo: Repo) -> None:
    git_repo.commit({"a/b": b"x"})
    (change,) = tree_changes(here(git_repo), git_repo.head("HEAD^{tree}"))
    assert change == Change(b"a/b", git_repo.blob(b"x"), (), True)


def test_objects_of_head(git_repo: Repo) -> None:
    git_repo.commit({"a b": b"x", "*": b"y"})
    assert in_head(here(git_repo), [b"a b", b"nothing"]) == {b"a b": git_repo.blob(b"x")}
    assert in_head(here(git_repo), [b"*"]) == {b"*": git_repo.blob(b"y")}


def test_conflicts_are_told(git_repo: Repo) -> None:
    git_repo.commit({"a": b"x"})
    for stage, content in ((1, b"1"), (2, b"2"), (3, b"3")):
        entry = f"100644 {git_repo.blob(content)} {stage}\ta\n"
        git_repo.git("update-index", "--index-info", stdin=(f"0 {'0' * 40}\ta\n" * (stage == 1) + entry).encode())
    assert staged_changes(here(git_repo)).unmerged == [b"a"]
