"""The root commit: the same in every clone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyguard.git.repository import Repository, find_repository
from keyguard.git.salt import root_commit

if TYPE_CHECKING:
    from pathlib import Path

    from tests.repositories import Repo


def opened(path: Path) -> Repository:
    found = find_repository(path)
    assert found is not None
    return found


def test_none_without_commits(git_repo: Repo) -> None:
    assert root_commit(opened(git_repo.path)) is None


def test_none_in_a_shallow_clone(git_repo: Repo, tmp_path: Path) -> None:
    git_repo.commit()
    git_repo.commit()
    git_repo.git("clone", "--quiet", "--depth=1", git_repo.path.resolve().as_uri(), str(tmp_path / "shallow"))
    assert root_commit(opened(tmp_path / "shallow")) is None


def test_none_where_history_is_damaged(git_repo: Repo) -> None:
    first = git_repo.commit()
    git_repo.commit()
    git_repo.loose(first).unlink()
    assert root_commit(opened(git_repo.path)) is None


def test_oldest_of_several(git_repo: Repo) -> None:
    git_repo.commit(message="newer root", date="2026-02-01T12:00:00+0000")
    git_repo.git("checkout", "--quiet", "--orphan", "other")
    oldest = git_repo.commit(message="older root", date="2026-01-01T12:00:00+0000")
    git_repo.switch("main")
    git_repo.git("merge", "--quiet", "--allow-unrelated-histories", "--message", "join", "other")
    assert root_commit(opened(git_repo.path)) == oldest


def test_replacements_do_not_change_it(git_repo: Repo) -> None:
    first = git_repo.commit()
    second = git_repo.commit()
    git_repo.git("replace", "--graft", second)
    assert root_commit(opened(git_repo.path)) == first
