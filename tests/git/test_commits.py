from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from keyguard.errors import GitError
from keyguard.git.commits import Stop, known, list_commits, resolved, shallow_ends, since
from keyguard.git.place import Place

if TYPE_CHECKING:
    from pathlib import Path

    from tests.repositories import Repo


def here(path: Path) -> Place:
    return Place(str(path), {**os.environ})


@pytest.mark.parametrize("word", ["", "-all", "--all", "a\nb"])
def test_refuses_what_is_no_revision(git_repo: Repo, word: str) -> None:
    with pytest.raises(GitError, match="is not a revision"):
        list_commits(here(git_repo.path), [word])


def test_an_unknown_revision(git_repo: Repo) -> None:
    git_repo.commit()
    with pytest.raises(GitError, match=r"unknown revision nowhere\.\.HEAD") as caught:
        list_commits(here(git_repo.path), ["nowhere..HEAD"])
    assert "git branch --all" in caught.value.hint
    with pytest.raises(GitError, match="unknown revision nowhere"):
        resolved(here(git_repo.path), "nowhere")


def test_a_shallow_clone(git_repo: Repo, tmp_path: Path) -> None:
    first, second = git_repo.commit(), git_repo.commit()
    git_repo.git("clone", "--quiet", "--depth=1", git_repo.path.as_uri(), tmp_path / "clone")
    with pytest.raises(GitError, match="unknown revision") as caught:
        list_commits(here(tmp_path / "clone"), [f"{first}..HEAD"])
    assert "--unshallow" in caught.value.hint
    assert shallow_ends(here(tmp_path / "clone")) == {second}
    assert shallow_ends(here(git_repo.path)) == frozenset()


def test_parents_first(git_repo: Repo) -> None:
    ids = [git_repo.commit(), git_repo.commit(), git_repo.commit()]
    assert list_commits(here(git_repo.path), ["HEAD"]) == ids
    assert list_commits(here(git_repo.path), [f"{ids[0]}..HEAD"]) == ids[1:]
    assert list_commits(here(git_repo.path), ["HEAD"], Stop((ids[1],))) == ids[2:]
    assert list_commits(here(git_repo.path), ["HEAD"], Stop(refs=True)) == []
    assert list_commits(here(git_repo.path), ["HEAD"], Stop(remote="origin")) == ids
    assert resolved(here(git_repo.path), "HEAD~1") == ids[1]


def test_what_is_known(git_repo: Repo) -> None:
    head = git_repo.commit()
    assert known(here(git_repo.path), []) == []
    assert known(here(git_repo.path), ["1" * 40, head]) == [head]


def test_since() -> None:
    assert since("origin/main") == "origin/main..HEAD"
    assert since("0" * 40) == "HEAD"
